"""What a contribution is made on, and where its branch goes: which remote, which branch, which address.

The base is what the taxonomy's changes are counted from (`taxonomy.base`, else a remote's default branch, `upstream`
before `origin`). The branch goes to the remote git is told to push to (`remote.pushDefault`), else to `origin` where
the base is `upstream`, else to the base's own remote; on a forge where one may not push there, to a fork.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from labtui import git
from labtui.contribute.submitting.records import SubmitStepName
from labtui.contribute.submitting.runs import Run
from labtui.errors import LabError, UsageError
from labtui.git_objects import commits
from labtui.git_push import address_of, remotes
from labtui.taxonomy.comparing.base import EVERYTHING, LAST_COMMIT, find_default, require_repository
from labtui.workspace import Workspace


class Clone(msgspec.Struct, frozen=True, kw_only=True):
    """The repository the taxonomy lies in."""

    top: Path
    """Its working tree's root: every git command runs here."""
    inside: str = ""
    """Where the taxonomy stands in it: empty for the root, else `folder/…/` with a slash at the end."""


class BaseBranch(msgspec.Struct, frozen=True, kw_only=True):
    """The branch a contribution is to go into."""

    name: str
    """As people say it: `upstream/main`; `main` of this clone where there is no remote."""
    remote: str
    """Empty: it is a branch of this clone."""
    branch: str
    """Empty where it is not known before asking the remote, and where HEAD is detached in a clone without remotes."""
    commit: str
    """As known here, in full; empty where nothing of it was fetched."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where the branch is pushed to."""

    to: str
    """A remote's name or an address; empty: nowhere."""
    address: str
    """Without secrets."""
    fork: bool = False


NOWHERE = Target(to="", address="")


def clone_of(workspace: Workspace) -> Clone:
    """Raises LabError that says what to do where the taxonomy is not under git, or where git is missing."""
    taxonomy = workspace.taxonomy
    if not git.available():
        raise LabError(
            "git is not installed, or not on the PATH.",
            where=str(taxonomy),
            hint="Install it with your system's package manager: git. The draft is kept.",
        )
    if not taxonomy.is_dir():
        raise LabError(
            "This workspace has no taxonomy to contribute to.",
            where=str(taxonomy),
            hint="Bring one: labtui init --taxonomy URL",
        )
    require_repository(taxonomy)
    answer = git.run(taxonomy, "rev-parse", "--show-toplevel", "--show-prefix").out.split(b"\n")
    return Clone(top=Path(os.fsdecode(answer[0])), inside=os.fsdecode(answer[1]) if len(answer) > 1 else "")


def base_branch(clone: Clone, default: str = "") -> BaseBranch:
    """The branch to contribute to, as known here; `default` is the setting `taxonomy.base`. Asks no network.

    Raises UsageError where the setting names no branch, and LabError where nothing was ever committed.
    """
    known = remotes(clone.top)
    name = default.strip()
    if name and name != EVERYTHING:
        return _named(clone, name, known)
    found = find_default(clone.top)
    if found != LAST_COMMIT:
        return _named(clone, found, known)
    if known:
        remote = next((one for one in ("upstream", "origin") if one in known), known[0])
        return BaseBranch(name=remote, remote=remote, branch="", commit="")
    return _here(clone)


def _named(clone: Clone, name: str, known: list[str]) -> BaseBranch:
    for remote in sorted(known, key=len, reverse=True):
        if name.startswith(f"{remote}/") and len(name) > len(remote) + 1:
            (commit,) = commits(clone.top, [f"refs/remotes/{name}"])
            return BaseBranch(name=name, remote=remote, branch=name[len(remote) + 1 :], commit=commit)
    if name == LAST_COMMIT:
        return _here(clone)
    (commit,) = commits(clone.top, [f"refs/heads/{name}"])
    if not commit:
        raise UsageError(
            f"'{name}' is no branch, and a contribution goes into a branch.",
            where="taxonomy.base",
            hint="Set it to a branch such as origin/main, or leave it empty.",
        )
    follows = git.run(clone.top, "for-each-ref", "--format=%(upstream:lstrip=2)", f"refs/heads/{name}").text.strip()
    if any(follows.startswith(f"{remote}/") for remote in known):
        return _named(clone, follows, known)
    return BaseBranch(name=name, remote="", branch=name, commit=commit)


def _here(clone: Clone) -> BaseBranch:
    (commit,) = commits(clone.top, [LAST_COMMIT])
    if not commit:
        raise LabError(
            "Nothing was ever committed in the taxonomy, so there is nothing to contribute to.",
            where=str(clone.top),
            hint=f"Commit what is there first: git -C '{clone.top}' add . && git -C '{clone.top}' commit",
        )
    branch = git.run(clone.top, "symbolic-ref", "--quiet", "--short", "HEAD", check=False).text.strip()
    return BaseBranch(name=branch or commit[:7], remote="", branch=branch, commit=commit)


def push_target(clone: Clone, base: BaseBranch) -> Target:
    """Where the branch goes as git is set, without asking a forge."""
    if not base.remote:
        return NOWHERE
    known = remotes(clone.top)
    wanted = git.run(clone.top, "config", "--get", "remote.pushDefault", check=False).text.strip()
    if not wanted or wanted.startswith("-"):
        wanted = "origin" if base.remote == "upstream" and "origin" in known else base.remote
    return Target(to=wanted, address=address_of(clone.top, wanted, pushing=True), fork=wanted != base.remote)


def target_of(clone: Clone, base: BaseBranch, history: list[Run], branch: str) -> Target:
    """Where the branch was pushed before, else where it goes as git is set."""
    target = push_target(clone, base)
    before = [run.done[SubmitStepName.PUSH] for run in history if run.is_done(SubmitStepName.PUSH)]
    if not before or before[-1]["branch"] != branch:
        return target
    to = before[-1]["to"]
    address = address_of(clone.top, to, pushing=True)
    return Target(to=to, address=address, fork=target.fork or to != base.remote)


def fork_address(clone: Clone, base: BaseBranch, https: str, ssh: str) -> str:
    """The fork's address, of the kind that the base's remote has: who uses ssh there has a key, who does not has none.

    A remote of the clone that is this very fork is named instead, so that its branches are seen there.
    """
    for remote in remotes(clone.top):
        if _same(address_of(clone.top, remote, pushing=True), https, ssh):
            return remote
    address = address_of(clone.top, base.remote)
    return ssh if ssh and not address.startswith(("http://", "https://")) else https


def _same(address: str, https: str, ssh: str) -> bool:
    from labtui.contribute.forges.address import remote_place

    place = remote_place(address)
    others = [remote_place(other) for other in (https, ssh) if other]
    return place is not None and any(
        other is not None and (place.host, place.path.lower()) == (other.host, other.path.lower()) for other in others
    )
