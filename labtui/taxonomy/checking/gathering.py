"""The files a check is about: found, named, read and hashed, before anything is parsed."""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from labtui.errors import UsageError
from labtui.taxonomy.check import ATTRIBUTION, ATTRIBUTION_LIMIT, check_file
from labtui.taxonomy.checking.worker import Found, packed
from labtui.taxonomy.findings import Level
from labtui.taxonomy.layout import KNOWLEDGE, LEAF_FILE, ROOTS, SKILLS, candidate_names
from labtui.taxonomy.source import Unreadable, read_bytes


class Candidate(msgspec.Struct, kw_only=True):
    """A file that is or wants to be a leaf, and what is known of it so far."""

    file: str
    """Where it lies, absolute."""
    shown: str
    """The path its findings carry."""
    name: str = ""
    """The leaf's id, or empty outside of a taxonomy."""
    kind: str = ""
    """KNOWLEDGE, SKILLS or empty: by what it holds."""
    highest: bool = False
    """Whether it is held to the newest version of the schema instead of its own."""
    reported: bool = True
    """False: it is only what others are compared with."""
    data: bytes = b""
    """SHA-256 of its content; empty where it cannot be read."""
    attribution: bytes = b""
    """SHA-256 of the attribution.txt beside it; empty where there is none."""
    found: tuple[Found, ...] | None = None
    """None: not checked yet."""


def gather(
    paths: Iterable[Path],
    changed: Collection[str] | None = None,
    *,
    newest: bool = False,
    newest_for: Collection[str] = (),
    beside: Path | None = None,
) -> Iterator[Candidate]:
    """The candidates in these files and folders, in this order, none twice; those only in `beside` come last.

    `changed`: absolute paths; a leaf without one of its two files among them is not reported. `newest`: changed ones
    are held to the newest schema; `newest_for`: so are these, and all are reported. A folder that cannot be listed is
    a candidate with its finding, whatever changed. Raises UsageError for a path that is not there.
    """
    seen: set[str] = set()
    unlisted: list[tuple[str, OSError]] = []
    for path, reported in [*((path, True) for path in paths), *([(beside, False)] if beside is not None else [])]:
        if not os.path.lexists(path):
            raise UsageError("There is no such file or folder.", where=str(path))
        given, absolute = os.fspath(path), os.path.abspath(path)
        unlisted.clear()
        for name in candidate_names(path, lambda folder, error: unlisted.append((folder, error))):
            file = absolute + name[len(given) :]
            if file in seen:
                continue
            seen.add(file)
            one = candidate(file, name.removeprefix("./"))
            one.reported = reported
            if changed is not None:
                is_changed = _among(file, changed)
                one.reported, one.highest = reported and is_changed, newest and is_changed
            elif newest_for:
                one.highest = _among(file, newest_for)
            yield one
        for folder, error in unlisted:
            file = absolute + folder[len(given) :]
            if file not in seen:
                seen.add(file)
                shown = as_text(folder.removeprefix("./"))
                yield Candidate(file=file, shown=shown, reported=reported, found=(_not_listed(shown, error),))


def _not_listed(shown: str, error: OSError) -> Found:
    right = f"Give yourself the right to: chmod u+rx {shlex.quote(shown)}"
    return Found(
        1,
        1,
        Level.ERROR,
        "quality.folder-unreadable",
        f"The folder cannot be listed, and nothing in it was checked: {error.strerror}.",
        right if isinstance(error, PermissionError) else "Look what is wrong with it: ls " + shlex.quote(shown),
    )


def _among(file: str, changed: Collection[str]) -> bool:
    return file in changed or f"{os.path.dirname(file)}/{ATTRIBUTION}" in changed


def candidate(file: str, shown: str) -> Candidate:
    """What the path alone tells. `file` is absolute."""
    parts = file.split("/")
    kind = next((part for part in reversed(parts) if part in (KNOWLEDGE, SKILLS)), "")
    at = next((at for at in reversed(range(len(parts) - 1)) if parts[at] in ROOTS), -1)
    name = as_text("/".join(parts[at:-1])) if at >= 0 else ""
    return Candidate(file=file, shown=as_text(shown), name=name, kind=kind)


def as_text(path: str) -> str:
    """A path as text that can be written: bytes that are not UTF-8 as escapes."""
    return path if path.isascii() else path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def read(one: Candidate) -> None:
    """Hashes its files; where it cannot be read, or has the wrong name, says so at once."""
    if one.found is not None:
        return
    if not one.file.endswith(f"/{LEAF_FILE}") and os.path.isfile(one.file):
        one.found = packed(check_file(Path(one.file), one.shown), one.shown)
        return
    try:
        one.data = hashlib.sha256(read_bytes(one.file)).digest()
    except Unreadable:
        one.found = packed(check_file(Path(one.file), one.shown), one.shown)
        return
    beside = f"{one.file[: -len(LEAF_FILE)]}{ATTRIBUTION}"
    if os.path.lexists(beside):
        try:
            one.attribution = hashlib.sha256(read_bytes(beside, ATTRIBUTION_LIMIT)).digest()
        except Unreadable:
            one.attribution = _NOTHING


_NOTHING = hashlib.sha256(b"").digest()
"""As `read_attribution` gives an empty one where it cannot be read."""
