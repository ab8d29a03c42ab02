"""The files of unsaved edits: a line about each, then what it began from and what it is now; how one is found."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from labtui import paths
from labtui.taxonomy.find import leaf_id
from labtui.taxonomy.layout import LEAF_FILE, ROOTS
from labtui.taxonomy.source import Unreadable, read_bytes

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


def folder() -> Path:
    return paths.state_dir() / "edits"


def place_of(path: Path, root: Path | None) -> tuple[Path, Path]:
    """The file (of a folder its qna.yaml) and its taxonomy's folder, links on the way resolved, the last one not."""
    path = path / LEAF_FILE if path.is_dir() and path.name != LEAF_FILE else path
    place = Path(os.path.realpath(path.parent)) / path.name
    top = Path(os.path.realpath(root)) if root is not None else None
    if top is None or not place.is_relative_to(top):
        inside = [folder for folder in place.parents if folder.name in ROOTS]
        top = inside[-1].parent if inside else place.parent
    return place, top


def identity_of(top: Path) -> tuple[int, int]:
    try:
        found = os.stat(top)
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)


def file_of(place: Path) -> Path:
    return folder() / f"{hashlib.sha256(os.fsencode(place)).hexdigest()[:32]}.draft"


def find(place: Path, top: Path) -> Path | None:
    """The draft of a leaf: by its path, else by its place in a taxonomy that has another name now."""
    direct = file_of(place)
    if direct.is_file():
        return direct
    identity, name = identity_of(top), leaf_id(top, place)
    for file, kept in every():
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


def every() -> Iterator[tuple[Path, Kept]]:
    try:
        files = sorted(folder().glob("*.draft"))
    except OSError:
        return
    for file in files:
        try:
            with open(file, "rb") as stream:
                kept = header(stream.readline(HEADER_LIMIT).rstrip(b"\n"))
        except OSError:
            continue
        if kept is not None:
            yield file, kept


def header(line: bytes) -> Kept | None:
    try:
        kept = msgspec.json.decode(line, type=Kept)
    except msgspec.MsgspecError:
        return None
    return kept if kept.v == FORMAT else None


def make_room(size: int) -> None:
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
