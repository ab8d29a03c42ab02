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
    # With -t each entry begins with a letter: `?` a new file, `M` a side of a conflict.
    arguments = ("-t", "--others", "--unmerged", "--exclude-standard", "-z")
    for raw in filter(None, git.run(root, "ls-files", *arguments, "--", ".").out.split(b"\0")):
        new = raw.startswith(b"? ")
        path = os.fsdecode(raw[2:] if new else raw.partition(b"\t")[2])
        if path.endswith("/"):
            continue  # a repository of its own
        known = found.get(path)
        # A new file that was there at the base was only taken out of the index: it is compared with what it was.
        state = State.CONFLICT if not new else State.CHANGED if known is not None and known.before else State.UNTRACKED
        was = known or FileChange(path=path, state=state)
        found[path] = FileChange(path=path, state=state, before=was.before, was_link=was.was_link)
    return [found[path] for path in sorted(found)]


def changes_between(root: Path, before: str, after: str) -> list[FileChange]:
    """Every file below `root` that differs between two commits (full object names). Raises LabError."""
    return list(_compared(root, before, after).values())


_STATES = {"A": State.ADDED, "D": State.DELETED}
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
        found[path] = FileChange(
            path=path,
            state=_STATES.get(letter[:1], State.CHANGED),
            before=old if old.strip("0") else "",
            was_link=old_mode == _LINK,
            after=new if len(commits) > 1 and new.strip("0") else "",
        )
    return found


def _all_files(root: Path) -> list[str]:
    from labtui.taxonomy.layout import candidates

    return sorted(file.relative_to(root).as_posix() for file in candidates(root))
