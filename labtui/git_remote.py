"""The branch a branch follows, fetching it, and moving forward to it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from labtui import git
from labtui.errors import LabError
from labtui.git_objects import commits


class Upstream(msgspec.Struct, frozen=True):
    """The remote branch that a local one follows."""

    remote: str
    """Its name: `origin`. A dot is this repository itself."""
    name: str
    """As it is written: `origin/main`."""
    ref: str
    """In full: `refs/remotes/origin/main`."""


def upstream(repo: Path, branch: str) -> Upstream | None:
    """What `branch` follows; None where it follows nothing that would be kept here."""
    remote = git.run(repo, "config", "--get", f"branch.{branch}.remote", check=False).text.strip()
    if not remote or remote.startswith("-"):
        return None
    found = git.run(repo, "rev-parse", "--symbolic-full-name", f"{branch}@{{upstream}}", check=False)
    full = found.text.strip()
    if found.code != 0 or not full.startswith("refs/"):
        # Nothing was fetched of it yet, or it was taken away: where it would be kept.
        merged = git.run(repo, "config", "--get", f"branch.{branch}.merge", check=False).text.strip()
        if remote not in git.run(repo, "remote").text.split() or not merged.startswith("refs/heads/"):
            return None
        full = f"refs/remotes/{remote}/{merged.removeprefix('refs/heads/')}"
    short = full.removeprefix("refs/remotes/").removeprefix("refs/heads/")
    return Upstream(remote, short, full)


def fetch(
    repo: Path,
    remote: str,
    on_progress: Callable[[git.Step], None] | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Fetches the branches of `remote`. Changes no file and no branch of the user's. Raises LabError."""
    if stop is not None and stop.is_set():
        raise LabError("git was stopped.", where=os.fspath(repo))
    if remote == ".":
        return
    output = git.run(
        repo, "fetch", "--progress", "--no-recurse-submodules", "--", remote,
        check=False,
        timeout=None,
        settings=("http.lowSpeedLimit=100", "http.lowSpeedTime=60"),
        on_error_line=git.progress_lines(on_progress),
        stop=stop,
    )  # fmt: skip
    if output.code != 0:
        address = git.run(repo, "remote", "get-url", "--", remote, check=False).text.strip()
        words = git.last_words(output.err, output.code)
        raise LabError(
            f"What is new cannot be fetched: {words}",
            where=git.without_secret(address) or remote,
            hint="Check the network and the address. Passwords are not asked for here: git needs an agent or a "
            "credential helper.",
        )


def was_fetched(repo: Path, follows: Upstream) -> bool:
    """Whether the last fetch brought this branch: git keeps what it knew of one that is gone from the remote."""
    if follows.remote == ".":
        return True
    place = git.run(repo, "rev-parse", "--git-path", "FETCH_HEAD").out.rstrip(b"\n")
    try:
        lines = (repo / os.fsdecode(place)).read_bytes()
    except OSError:
        return True
    branch = follows.name.removeprefix(f"{follows.remote}/")
    return f"\tbranch '{branch}' of ".encode("utf-8", "surrogateescape") in lines


def is_ancestor(repo: Path, earlier: str, later: str) -> bool:
    """Whether everything in the commit `earlier` is in `later` as well (full object names)."""
    return git.run(repo, "merge-base", "--is-ancestor", earlier, later, check=False).code == 0


def count_between(repo: Path, earlier: str, later: str) -> int:
    """Commits in `later` that are not in `earlier`; an empty `earlier` has none."""
    names = [later, f"^{earlier}"] if earlier else [later]
    return int(git.run(repo, "rev-list", "--count", *names).text.strip() or 0)


def move_forward(repo: Path, to: str) -> None:
    """Moves the branch and the working tree on to the commit `to`. Raises LabError where that is no plain step forward
    or would touch a file that was changed here; nothing is changed then."""
    output = git.run(
        repo, "merge", "--ff-only", "--quiet", "--no-stat", "--no-overwrite-ignore", to,
        check=False,
        timeout=None,
        settings=("merge.autoStash=false",),
    )  # fmt: skip
    if output.code != 0:
        raise LabError(
            f"The taxonomy stays as it is: {git.last_words(output.err, output.code)}",
            where=os.fspath(repo),
            hint="Look at it with git: something changed while this was under way, or a file is in the way.",
        )


def empty_tree(repo: Path) -> str:
    """The object name of a tree without files: what there was before the first commit."""
    return git.run(repo, "hash-object", "-t", "tree", "--stdin").text.strip()


def tip(repo: Path, ref: str) -> str:
    """The commit a full reference points to; empty where there is none."""
    return commits(repo, [ref])[0]
