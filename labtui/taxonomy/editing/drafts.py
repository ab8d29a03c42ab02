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
from collections.abc import Iterator
from pathlib import Path

import msgspec

from labtui import paths
from labtui.errors import LabError
from labtui.journal import atomic_write
from labtui.taxonomy.editing.editor import LeafEditor
from labtui.taxonomy.find import leaf_id
from labtui.taxonomy.layout import LEAF_FILE, ROOTS
from labtui.taxonomy.source import MAX_BYTES, Unreadable, read_bytes

FORMAT = 1
MOST = 200
"""Drafts that are kept; the oldest make room."""
MOST_TOGETHER = 256 * 1024 * 1024
"""Bytes of all drafts."""
HEADER_LIMIT = 64 * 1024


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a draft without reading what it holds."""

    v: int = FORMAT
    path: bytes
    """Of the qna.yaml, without links on the way."""
    root: bytes
    identity: tuple[int, int]
    """Device and inode of the taxonomy's folder: they stay when it is renamed."""
    id: str
    """Of the leaf. More than one file of it may have a draft: attribution.txt as well."""
    file: str
    base_sha256: str
    """Of the file the edits began from; empty where there was none yet."""
    base_size: int
    data_size: int
    data_sha256: str
    time: float
    """When it was kept, seconds since 1970."""
    pid: int
    """Of the process that edits, or did."""

    @property
    def elsewhere(self) -> bool:
        """Whether another process that may still be editing kept it."""
        if self.pid == os.getpid():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except OSError:
            return True
        return True


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


def folder() -> Path:
    return paths.state_dir() / "edits"


def keep(path: Path, editor: LeafEditor, *, root: Path | None = None) -> None:
    """Keeps the edits of the leaf at `path`; without any, forgets them.

    Raises LabError where they cannot be kept: say so, as a crash would lose them.
    """
    if not editor.unsaved:
        forget(path, root=root)
        return
    base, data = editor.saved_data, editor.data()
    place, top = _place(path, root)
    if len(data) > MAX_BYTES:
        raise LabError("The edits are too large to be kept for the case of a crash.", where=str(path))
    kept = Kept(
        path=os.fsencode(place),
        root=os.fsencode(top),
        identity=_identity(top),
        id=leaf_id(top, place),
        file=place.name,
        base_sha256=hashlib.sha256(base).hexdigest() if editor.was_there else "",
        base_size=len(base),
        data_size=len(data),
        data_sha256=hashlib.sha256(data).hexdigest(),
        time=time.time(),
        pid=os.getpid(),
    )
    file = _file(place)
    try:
        if not file.exists():
            _make_room(len(base) + len(data))
        atomic_write(file, msgspec.json.encode(kept) + b"\n" + base + data, mode=0o600)
    except OSError as error:
        raise LabError(
            f"The edits cannot be kept for the case of a crash ({error.strerror}).",
            where=str(file),
            hint="Save them soon.",
        ) from error


def offered(path: Path, *, root: Path | None = None) -> Draft | None:
    """The edits kept of the leaf at `path`, if they say something else than the file now does."""
    place, top = _place(path, root)
    file = _find(place, top)
    if file is None:
        return None
    try:
        content = file.read_bytes()
    except OSError:
        return None
    kept = _header(content.partition(b"\n")[0])
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
    place, top = _place(path, root)
    file = _find(place, top)
    if file is not None:
        with contextlib.suppress(OSError):
            file.unlink()


def all_unsaved(root: Path) -> dict[str, Kept]:
    """Leaf id -> what was kept of it, for the taxonomy in `root`."""
    top = Path(os.path.realpath(root))
    identity = _identity(top)
    found = {}
    for _, kept in _all():
        place = Path(os.fsdecode(kept.path))
        if place.is_relative_to(top):
            found[leaf_id(top, place)] = kept
        elif kept.identity == identity and identity != (0, 0):
            found[kept.id] = kept
    return found


def moved(old: Path, new: Path, *, root: Path) -> None:
    """The file at `old` is now at `new`: its edits go with it."""
    place, top = _place(old, root)
    file = _find(place, top)
    if file is None:
        return
    target, _ = _place(new, root)
    try:
        content = file.read_bytes()
        kept = _header(content.partition(b"\n")[0])
        if kept is None:
            return
        rest = content[content.find(b"\n") + 1 :]
        renamed = msgspec.structs.replace(kept, path=os.fsencode(target), id=leaf_id(top, target))
        atomic_write(_file(target), msgspec.json.encode(renamed) + b"\n" + rest, mode=0o600)
        if _file(target) != file:
            file.unlink()
    except OSError:
        return


def _place(path: Path, root: Path | None) -> tuple[Path, Path]:
    """The file (of a folder its qna.yaml) and its taxonomy's folder, links on the way resolved, the last one not."""
    path = path / LEAF_FILE if path.is_dir() and path.name != LEAF_FILE else path
    place = Path(os.path.realpath(path.parent)) / path.name
    top = Path(os.path.realpath(root)) if root is not None else None
    if top is None or not place.is_relative_to(top):
        inside = [folder for folder in place.parents if folder.name in ROOTS]
        top = inside[-1].parent if inside else place.parent
    return place, top


def _identity(top: Path) -> tuple[int, int]:
    try:
        found = os.stat(top)
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)


def _file(place: Path) -> Path:
    return folder() / f"{hashlib.sha256(os.fsencode(place)).hexdigest()[:32]}.draft"


def _find(place: Path, top: Path) -> Path | None:
    """The draft of a leaf: by its path, else by its place in a taxonomy that has another name now."""
    direct = _file(place)
    if direct.is_file():
        return direct
    identity, name = _identity(top), leaf_id(top, place)
    for file, kept in _all():
        if (kept.id, kept.file) != (name, place.name) or os.path.lexists(os.fsdecode(kept.path)):
            continue
        if kept.identity == identity or _same_begin(place, kept):
            return file
    return None


def _same_begin(place: Path, kept: Kept) -> bool:
    """Whether a file is what the edits began from: its taxonomy was copied to another disk, say."""
    try:
        return bool(kept.base_sha256) and hashlib.sha256(read_bytes(place)).hexdigest() == kept.base_sha256
    except Unreadable:
        return False


def _all() -> Iterator[tuple[Path, Kept]]:
    try:
        files = sorted(folder().glob("*.draft"))
    except OSError:
        return
    for file in files:
        try:
            with open(file, "rb") as stream:
                kept = _header(stream.readline(HEADER_LIMIT).rstrip(b"\n"))
        except OSError:
            continue
        if kept is not None:
            yield file, kept


def _header(line: bytes) -> Kept | None:
    try:
        kept = msgspec.json.decode(line, type=Kept)
    except msgspec.MsgspecError:
        return None
    return kept if kept.v == FORMAT else None


def _make_room(size: int) -> None:
    """Removes the oldest drafts where there are too many."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    known = []
    for file in folder().glob("*.draft"):
        with contextlib.suppress(OSError):
            known.append((file.stat().st_mtime, file.stat().st_size, file))
    known.sort()
    total = size + sum(one for _, one, _ in known)
    while known and (len(known) >= MOST or total > MOST_TOGETHER):
        _, one, file = known.pop(0)
        total -= one
        with contextlib.suppress(OSError):
            file.unlink()
