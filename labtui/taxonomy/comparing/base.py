"""What a taxonomy is compared with: from a name to a commit, and which files differ from it.

Compared is the working tree as it lies on disk, new files included, with the merge base: the commit at which the
present branch left the base. What others did on the base since then is no change of ours.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import msgspec

from labtui import git
from labtui.errors import LabError, UsageError
from labtui.git_objects import commits, merge_base
from labtui.taxonomy.comparing.file_changes import State, file_changes

EVERYTHING = "empty"
"""The base that makes every leaf a new one, as in `ilab`."""
LAST_COMMIT = "HEAD"
"""What is compared with where there is no remote to compare with."""


class Base(msgspec.Struct, frozen=True):
    """What the working tree is compared with."""

    name: str
    """As it was asked for, or found: `origin/main`."""
    commit: str
    """Full object name of the merge base; empty where everything counts as new."""
    everything: bool = False
    source: str = ""
    """Where the name came from: `--base`, `taxonomy.base`, or how it was found."""

    @property
    def short(self) -> str:
        return self.commit[:7]


def resolve(root: Path, rev: str | None, default: str = "") -> Base:
    """What `rev` (None: `default`, the setting `taxonomy.base`) means in the repository that holds `root`.

    A remote branch, a local branch, a tag or anything else git calls a commit, in this order; `empty` makes
    everything new and needs no git. Where nothing is asked for and nothing set: the remote's default branch,
    else the last commit. Raises UsageError for a name that stands for nothing here and LabError where nothing can
    be compared (no git, no repository, no commit in common).
    """
    name, source = (rev, "--base") if rev is not None else (default.strip(), "taxonomy.base")
    if name == EVERYTHING:
        return Base(EVERYTHING, "", True, source)
    _refuse_bad_name(name, source, required=rev is not None)
    require_repository(root)
    (head,) = commits(root, [LAST_COMMIT])
    if not name:
        name, source = find_default(root), "found"
    theirs = _commit(root, name)
    if not theirs:
        if not head and (name == LAST_COMMIT or source == "found"):
            return Base(EVERYTHING, "", True, "nothing is committed yet")
        raise _unknown(root, name, source)
    if not head:
        return Base(EVERYTHING, "", True, "nothing is committed yet")
    common = merge_base(root, head, theirs)
    if not common:
        raise _nothing_in_common(root, name)
    return Base(name, common, False, source)


def find_default(root: Path) -> str:
    """The base where none is set: a remote's default branch (`upstream` before `origin`), else the last commit.

    Whoever works on a fork has both, and the fork's own main branch is often behind.
    """
    remotes = git.run(root, "remote", check=False).text.split()
    first = [name for name in ("upstream", "origin") if name in remotes]
    for remote in first or remotes[:1]:
        pointed = git.run(root, "symbolic-ref", "--quiet", "--short", f"refs/remotes/{remote}/HEAD", check=False)
        candidates = [pointed.text.strip(), f"{remote}/main", f"{remote}/master"]
        names = [name for name in candidates if name]
        for name, commit in zip(names, commits(root, [f"refs/remotes/{name}" for name in names]), strict=True):
            if commit:
                return name
    return LAST_COMMIT


def changed_files(root: Path, base: Base) -> dict[str, State]:
    """Path from `root` -> how it differs from the base. Deleted files are among them; `everything`: all are added.

    Paths are as the system names them (`os.fsdecode`): joined with `root` they can be opened. A file that was moved
    is one deleted and one added file. Raises LabError.
    """
    return {change.path: change.state for change in file_changes(root, base.commit)}


def _refuse_bad_name(name: str, source: str, *, required: bool) -> None:
    if not name and not required:
        return
    if not name.strip() or name.startswith("-") or any(ord(character) < 32 for character in name):
        raise UsageError(
            f"'{name}' is not the name of a branch, a tag or a commit.",
            where=source,
            hint="It looks like: origin/main   (`empty` takes every leaf)",
        )


def require_repository(root: Path) -> None:
    """Raises LabError that says what to do where `root` is not in the working tree of a repository."""
    if not root.is_dir():
        raise LabError("There is no such folder.", where=str(root))
    if not git.available():
        raise LabError(
            "git is not installed, so there is nothing to compare with.",
            where=str(root),
            hint="Install it with your system's package manager, or take every leaf: --base empty",
        )
    inside = git.run(root, "rev-parse", "--is-inside-work-tree", check=False)
    if inside.code == 0 and inside.text.strip() == "true":
        return
    if "not a git repository" not in inside.err and inside.code != 0:
        git.run(root, "rev-parse", "--is-inside-work-tree")  # says in its own words why not
    raise LabError(
        "The taxonomy is not under git, so there is nothing to compare with.",
        where=str(root),
        hint=f"Take every leaf: --base empty\nor start its history: git -C '{root}' init",
    )


def _commit(root: Path, name: str) -> str:
    """The commit `name` stands for: a remote branch where it holds a slash, then a local one, then anything."""
    remote = f"refs/remotes/{name}"
    local = [f"refs/heads/{name}", f"refs/tags/{name}", name]
    order = [remote, *local] if "/" in name else [*local, remote]
    return next(filter(None, commits(root, order)), "")


def _unknown(root: Path, name: str, source: str) -> LabError:
    listing = git.run(root, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags")
    known = [line for line in listing.text.splitlines() if line and not line.endswith("/HEAD")]
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = "Did you mean " + ", or ".join(f"'{one}'" for one in near) + "?" if near else ""
    if not hint and "/" in name:
        hint = f"Fetch it first: git -C '{root}' fetch {name.partition('/')[0]}"
    if source == "taxonomy.base":
        hint = f"{hint}\nThe name comes from the setting taxonomy.base; another one for this time: --base REV".strip()
    if _is_shallow(root):
        hint = f"{hint}\nThis is a shallow clone: it holds only a part of the history.".strip()
    return UsageError(
        f"There is no branch, tag or commit '{name}' in this repository.",
        where=str(root),
        hint=hint or "Name a branch such as origin/main, a tag or a commit; `empty` takes every leaf.",
    )


def _nothing_in_common(root: Path, name: str) -> LabError:
    if _is_shallow(root):
        hint = f"This is a shallow clone: get the rest of its history with: git -C '{root}' fetch --unshallow"
    else:
        hint = "Compare with another branch: --base REV   or take every leaf: --base empty"
    return LabError(f"The present branch and '{name}' have no commit in common.", where=str(root), hint=hint)


def _is_shallow(root: Path) -> bool:
    return git.run(root, "rev-parse", "--is-shallow-repository", check=False).text.strip() == "true"
