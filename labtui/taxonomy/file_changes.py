"""Which files of a working tree differ from a commit, and which differ between two commits."""

from __future__ import annotations

import enum
import os
from pathlib import Path

import msgspec

from labtui import git


class State(enum.StrEnum):
    """How a file or a leaf differs from the base."""

    ADDED = "added"
    CHANGED = "changed"
    RENAMED = "renamed"
    DELETED = "deleted"
    UNTRACKED = "untracked"
    CONFLICT = "conflict"


class FileChange(msgspec.Struct, frozen=True, kw_only=True):
    """One file that differs. A file that was moved is one deleted and one added file."""

    path: str
    """From the taxonomy's root, as the system names it (`os.fsdecode`): joined with the root it can be opened."""
    state: State
    before: str = ""
    """Object name of the content at the base; empty where there was none."""
    was_link: bool = False
    """Whether that content is where a symbolic link pointed."""
    after: str = ""
    """Object name of the content now; empty where it lies in the working tree only."""


def file_changes(root: Path, commit: str) -> list[FileChange]:
    """Every file below `root` that differs from `commit`: staged, not staged, new or gone. Two calls of git.

    Without a commit everything is new. Ignored files, submodules and repositories within are left out.
    Raises LabError.
    """
    if not commit:
        return [FileChange(path=path, state=State.ADDED) for path in _all_files(root)]
    found = _compared(root, commit)
    listing = git.run(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    for raw in filter(None, listing.out.split(b"\0")):
        path = os.fsdecode(raw)
        if path.endswith("/"):
            continue  # a repository of its own
        gone = found.get(path)
        # Taken out of the index but still there: it is compared with what it was.
        found[path] = (
            FileChange(path=path, state=State.CHANGED, before=gone.before, was_link=gone.was_link)
            if gone is not None and gone.before
            else FileChange(path=path, state=State.UNTRACKED)
        )
    return [found[path] for path in sorted(found)]


def changes_between(root: Path, before: str, after: str) -> list[FileChange]:
    """Every file below `root` that differs between two commits (full object names). Raises LabError."""
    return list(_compared(root, before, after).values())


_STATES = {"A": State.ADDED, "D": State.DELETED, "U": State.CONFLICT}
_SUBMODULE, _LINK = "160000", "120000"


def _compared(root: Path, *commits: str) -> dict[str, FileChange]:
    arguments = ("--raw", "-z", "--no-renames", "--no-abbrev", "--relative", "--ignore-submodules=all")
    fields = git.run(root, "diff", *arguments, *commits, "--", ".").out.split(b"\0")
    found: dict[str, FileChange] = {}
    for description, raw in zip(fields[::2], fields[1::2], strict=False):
        old_mode, new_mode, old, new, letter = description.decode("ascii", "replace").lstrip(":").split(" ")
        if _SUBMODULE in (old_mode, new_mode):
            continue
        path = os.fsdecode(raw)
        state = _STATES.get(letter[:1], State.CHANGED)
        known = found.get(path)
        if known is not None and known.state is State.CONFLICT:
            state = State.CONFLICT  # git lists a file in conflict a second time, as it differs from the base
        before = old if old.strip("0") else known.before if known else ""
        found[path] = FileChange(
            path=path,
            state=state,
            before=before,
            was_link=old_mode == _LINK,
            after=new if len(commits) > 1 and new.strip("0") else "",
        )
    return found


def _all_files(root: Path) -> list[str]:
    from labtui.taxonomy.layout import candidates

    return sorted(file.relative_to(root).as_posix() for file in candidates(root))
