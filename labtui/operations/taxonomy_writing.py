"""Writing changed leaves: all of them as they were shown, or none."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from labtui.errors import LabError
from labtui.operations.taxonomy_fixing import Change


def apply(changes: Sequence[Change]) -> None:
    """Writes the files, each in one step, with the mode it had.

    Raises LabError and writes nothing where one of them is no longer what it was when the plan was made, or cannot be
    written. Where the disk fails halfway, the error says which files were written.
    """
    from labtui.journal import atomic_write

    modes = [_mode(change) for change in changes]
    written: list[str] = []
    for change, mode in zip(changes, modes, strict=True):
        try:
            if change.after != change.before:
                # A link stays one: what it leads to is written.
                atomic_write(Path(os.path.realpath(change.path)), change.after, mode)
            if change.target != change.path:
                _rename(change.path, change.target)
        except OSError as error:
            before = f" Written before it: {', '.join(written)}." if written else " Nothing was written."
            raise LabError(
                f"It cannot be written: {error.strerror}.{before}",
                where=change.shown,
                hint="Look whether the disk is full and whether you may write there, then do it again.",
            ) from error
        written.append(change.shown_target)


def _mode(change: Change) -> int:
    """The file's mode, if it still is what it was and may be written. Raises LabError."""
    from labtui.taxonomy.source import Unreadable, read_bytes

    real = os.path.realpath(change.path)
    try:
        same = read_bytes(Path(real)) == change.before
        mode = stat.S_IMODE(os.stat(real).st_mode)
    except (Unreadable, OSError):
        same, mode = False, 0
    if not same or (change.target != change.path and _taken(change)):
        raise LabError(
            "It was changed meanwhile; nothing was written.", where=change.shown, hint="Look at the difference again."
        )
    if not os.access(real, os.W_OK) or not os.access(os.path.dirname(real), os.W_OK):
        raise LabError(
            "It is write-protected; nothing was written.",
            where=change.shown,
            hint=f"Allow yourself to write it: chmod u+w {change.shown}",
        )
    return mode


def _taken(change: Change) -> bool:
    return os.path.lexists(change.target) and not os.path.samefile(change.path, change.target)


def _rename(path: Path, target: Path) -> None:
    """Gives a file its right name; whatever came to stand there meanwhile is not replaced."""
    if _is_itself(path, target) or path.is_symlink():
        os.rename(path, target)
        return
    os.link(path, target)
    os.unlink(path)


def _is_itself(path: Path, target: Path) -> bool:
    return os.path.lexists(target) and os.path.samefile(path, target)
