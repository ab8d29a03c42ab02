"""Writing a leaf back: whole or not at all, and never over something nobody has seen.

    try:
        sha = save(path, editor, sha)                       # sha: of the file as it was read or last saved
    except ChangedOnDisk as change:
        merged = merge(editor.saved_data, editor.data(), change.theirs)
        # no conflicts: editor.replace_data(merged.data), sha = change.sha256, show it, save again

`save` waits for the disk: call it from a thread. It may be called while the editing goes on; what was saved is then
what there was when it began.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from pathlib import Path

from labtui.errors import LabError
from labtui.taxonomy.editing.editor import LeafEditor
from labtui.taxonomy.source import Unreadable, read_bytes

MISSING = ""
"""Stands for the hash of a file that is not there."""


class ChangedOnDisk(LabError):
    """The file is not what the editing began from. Nothing was written."""

    def __init__(self, path: Path, theirs: bytes | None) -> None:
        gone = theirs is None
        super().__init__(
            "The file was removed since it was opened." if gone else "The file was changed since it was opened.",
            where=str(path),
            hint="Save it again to write it anew." if gone else "Nothing was overwritten. Take both changes together.",
        )
        self.theirs = theirs
        """What is there now; None where the file is gone."""
        self.sha256 = hashlib.sha256(theirs).hexdigest() if theirs is not None else MISSING


def save(path: Path, editor: LeafEditor, expected_sha256: str) -> str:
    """Writes the leaf under edit and returns the hash of what was written.

    `expected_sha256` is the hash of the file as it was read or last saved, MISSING for a new one. Raises ChangedOnDisk
    where the file is another by now, and LabError where it cannot be written; then the old one is still there.
    """
    state = editor.state
    digest = save_bytes(path, state.data(), expected_sha256)
    editor.mark_saved(state)
    return digest


def save_bytes(path: Path, data: bytes, expected_sha256: str) -> str:
    """As `save`, for any small file: an attribution, say."""
    # A link stays a link: the file it leads to is written.
    target = Path(os.path.realpath(path)) if path.is_symlink() else path
    try:
        before = _unchanged(path, target, expected_sha256)
        if before is not None and not os.access(target, os.W_OK):
            raise LabError("The file may not be written.", where=str(path), hint=f"Allow it with: chmod u+w {path}")
        if before is None:
            target.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, target, data, before)
    except OSError as error:
        raise LabError(
            f"The file cannot be written ({error.strerror}).", where=str(path), hint="Your edits are still here."
        ) from error
    return hashlib.sha256(data).hexdigest()


def _unchanged(path: Path, target: Path, expected: str) -> os.stat_result | None:
    """How the file is there now, None where it is not. Raises ChangedOnDisk where that is not as expected."""
    try:
        before = os.stat(target)
    except FileNotFoundError:
        if expected != MISSING:
            raise ChangedOnDisk(path, None) from None
        return None
    try:
        theirs = read_bytes(target)
    except Unreadable as trouble:
        raise LabError(trouble.message, where=str(path), hint=trouble.hint) from trouble
    if expected == MISSING or hashlib.sha256(theirs).hexdigest() != expected:
        raise ChangedOnDisk(path, theirs)
    return before


def _replace(path: Path, target: Path, data: bytes, before: os.stat_result | None) -> None:
    temporary = target.parent / f".{target.name}.{os.getpid()}-{os.urandom(6).hex()}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            if before is not None:
                with contextlib.suppress(OSError):
                    os.fchown(stream.fileno(), before.st_uid, before.st_gid)
                os.fchmod(stream.fileno(), stat.S_IMODE(before.st_mode))
            os.fsync(stream.fileno())
        # The disk was waited for: whoever wrote meanwhile is seen now.
        if _stamp(target) != (_stamp_of(before) if before is not None else None):
            raise ChangedOnDisk(path, _theirs(target))
        if before is None:
            _appear(temporary, target)
        else:
            os.replace(temporary, target)
    except FileExistsError:
        raise ChangedOnDisk(path, _theirs(target)) from None
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
    with contextlib.suppress(OSError):
        _settle(target.parent)


def _appear(temporary: Path, target: Path) -> None:
    """Gives the file its name unless there is one by now. Raises FileExistsError."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        os.rename(temporary, target)


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _stamp(target: Path) -> tuple[int, int, int] | None:
    try:
        return _stamp_of(os.stat(target))
    except FileNotFoundError:
        return None


def _stamp_of(found: os.stat_result) -> tuple[int, int, int]:
    return (found.st_ino, found.st_size, found.st_mtime_ns)


def _theirs(target: Path) -> bytes | None:
    try:
        return read_bytes(target)
    except Unreadable:
        return None
