"""Unsaved edits on disk from the first keystroke, to be offered again after a crash.

    drafts.keep(path, editor, root=root)       # after every change, from a thread: it waits for the disk
    drafts.offered(path, root=root)            # when a leaf is opened: a Draft, or None
    drafts.forget(path, root=root)             # after saving, or when the edits are dropped
    drafts.all_unsaved(root)                   # {leaf id: Kept}, for the tree

A draft is found again by its leaf's path, and where the taxonomy was moved or renamed by the leaf's place in it.
It holds what the file was when the editing began: saving.merge can tell what was changed since.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from pathlib import Path

import msgspec

from labtui.errors import LabError
from labtui.journal import atomic_write
from labtui.taxonomy.editing import draft_files as files
from labtui.taxonomy.editing.draft_files import Kept, folder
from labtui.taxonomy.editing.editor import LeafEditor
from labtui.taxonomy.find import leaf_id
from labtui.taxonomy.source import MAX_BYTES, Unreadable, read_bytes

__all__ = ["Draft", "Kept", "all_unsaved", "folder", "forget", "keep", "moved", "offered"]


class Draft(msgspec.Struct, frozen=True):
    kept: Kept
    base: bytes
    """The file as it was when the editing began."""
    data: bytes
    """As it was edited."""
    disk_sha256: str
    """Of the file as it is now; empty where there is none."""

    @property
    def changed_on_disk(self) -> bool:
        return self.disk_sha256 != self.kept.base_sha256


def keep(path: Path, editor: LeafEditor, *, root: Path | None = None) -> None:
    """Keeps the edits of the leaf at `path`; without any, forgets them.

    Raises LabError where they cannot be kept: say so, as a crash would lose them.
    """
    if not editor.unsaved:
        forget(path, root=root)
        return
    base, data = editor.saved_data, editor.data()
    place, top = files.place_of(path, root)
    if len(data) > MAX_BYTES:
        raise LabError("The edits are too large to be kept for the case of a crash.", where=str(path))
    kept = Kept(
        path=os.fsencode(place),
        root=os.fsencode(top),
        identity=files.identity_of(top),
        id=leaf_id(top, place),
        file=place.name,
        base_sha256=hashlib.sha256(base).hexdigest() if editor.was_there else "",
        base_size=len(base),
        data_size=len(data),
        data_sha256=hashlib.sha256(data).hexdigest(),
        time=time.time(),
        pid=os.getpid(),
    )
    file = files.file_of(place)
    try:
        if not file.exists():
            files.make_room(len(base) + len(data))
        atomic_write(file, msgspec.json.encode(kept) + b"\n" + base + data, mode=0o600)
    except OSError as error:
        raise LabError(
            f"The edits cannot be kept for the case of a crash ({error.strerror}).",
            where=str(file),
            hint="Save them soon.",
        ) from error


def offered(path: Path, *, root: Path | None = None) -> Draft | None:
    """The edits kept of the leaf at `path`, if they say something else than the file now does."""
    place, top = files.place_of(path, root)
    file = files.find(place, top)
    if file is None:
        return None
    try:
        content = file.read_bytes()
    except OSError:
        return None
    kept = files.header(content.partition(b"\n")[0])
    start = content.find(b"\n") + 1
    if kept is None or len(content) != start + kept.base_size + kept.data_size:
        return None
    base, data = content[start : start + kept.base_size], content[start + kept.base_size :]
    if hashlib.sha256(data).hexdigest() != kept.data_sha256:
        return None
    try:
        disk = hashlib.sha256(read_bytes(place)).hexdigest()
    except Unreadable:
        disk = ""
    if disk == kept.data_sha256:
        forget(path, root=root)
        return None
    return Draft(kept, base, data, disk)


def forget(path: Path, *, root: Path | None = None) -> None:
    place, top = files.place_of(path, root)
    file = files.find(place, top)
    if file is not None:
        with contextlib.suppress(OSError):
            file.unlink()


def all_unsaved(root: Path) -> dict[str, Kept]:
    """Leaf id -> what was kept of it, for the taxonomy in `root`."""
    top = Path(os.path.realpath(root))
    identity = files.identity_of(top)
    found = {}
    for _, kept in files.every():
        place = Path(os.fsdecode(kept.path))
        if place.is_relative_to(top):
            found[leaf_id(top, place)] = kept
        elif kept.identity == identity and identity != (0, 0):
            found[kept.id] = kept
    return found


def moved(old: Path, new: Path, *, root: Path) -> None:
    """The file at `old` is now at `new`: its edits go with it."""
    place, top = files.place_of(old, root)
    file = files.find(place, top)
    if file is None:
        return
    target, _ = files.place_of(new, root)
    try:
        content = file.read_bytes()
        kept = files.header(content.partition(b"\n")[0])
        if kept is None:
            return
        rest = content[content.find(b"\n") + 1 :]
        renamed = msgspec.structs.replace(kept, path=os.fsencode(target), id=leaf_id(top, target))
        atomic_write(files.file_of(target), msgspec.json.encode(renamed) + b"\n" + rest, mode=0o600)
        if files.file_of(target) != file:
            file.unlink()
    except OSError:
        return
