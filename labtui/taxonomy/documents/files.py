"""The files that a leaf's patterns name in a commit, with their text where it can be had."""

from __future__ import annotations

import msgspec

from labtui.taxonomy.documents.fetch import Fetcher
from labtui.taxonomy.documents.objects import LINK, Entry, Objects

MAX_FILE = 5 * 1024 * 1024
"""Bytes of a document that is read; a model's window takes a hundredth of it."""
MAX_ALL = 20 * 1024 * 1024
"""Bytes of all documents of a leaf."""
MAX_FILES = 200
MARKDOWN, PDF = ".md", ".pdf"
"""What the reference reads, in lower case as there."""


class DocumentFile(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    """From the repository's root; bytes that are no UTF-8 as escapes."""
    size: int = 0
    """Bytes."""
    text: str = ""
    """With every line end a newline; empty where it cannot be read."""
    problem: str = ""
    """What is wrong with it, or why it is not read, as a sentence."""


def named(objects: Objects, commit: str, patterns: tuple[str, ...]) -> tuple[list[Entry], tuple[str, ...]]:
    """The files the patterns name, by path, and the patterns that name none."""
    found: dict[str, Entry] = {}
    unmatched = []
    for pattern in patterns:
        entries = [entry for entry in objects.matching(commit, pattern) if entry.path.endswith((MARKDOWN, PDF))]
        if not entries:
            unmatched.append(pattern)
        found |= {entry.path: entry for entry in entries}
    return [found[path] for path in sorted(found)][:MAX_FILES], tuple(unmatched)


def listed(entries: list[Entry]) -> tuple[DocumentFile, ...]:
    """The files without their content."""
    return tuple(DocumentFile(path=shown(entry.path)) for entry in entries)


def read(
    objects: Objects, entries: list[Entry], commit: str, fetcher: Fetcher | None
) -> tuple[tuple[DocumentFile, ...], bool]:
    """The files with their text, and whether some of them were never fetched."""
    wanted = [entry.sha for entry in entries if _is_text(entry)]
    if fetcher is not None:
        fetcher.files(commit, wanted)
    sizes = objects.sizes(entry.sha for entry in entries)
    contents = objects.contents(_affordable(wanted, sizes))
    files = tuple(_file(entry, sizes.get(entry.sha), contents.get(entry.sha)) for entry in entries)
    return files, any(sha not in sizes for sha in wanted)


def _is_text(entry: Entry) -> bool:
    return entry.path.endswith(MARKDOWN) and entry.mode != LINK


def _affordable(shas: list[str], sizes: dict[str, int]) -> list[str]:
    """Those that are there, no larger than one may be and not more than all may be together."""
    kept, room = [], MAX_ALL
    for sha in shas:
        size = sizes.get(sha)
        if size is not None and size <= min(MAX_FILE, room):
            kept.append(sha)
            room -= size
    return kept


def _file(entry: Entry, size: int | None, data: bytes | None) -> DocumentFile:
    path = shown(entry.path)
    if entry.mode == LINK:
        return DocumentFile(path=path, problem="This is a link, and links are not followed.")
    if entry.path.endswith(PDF):
        words = "A PDF needs a converter to be read as text. Generation with ilab has one; only Markdown is shown here."
        return DocumentFile(path=path, size=size or 0, problem=words)
    if size is None:
        return DocumentFile(path=path, problem="It was not fetched yet.")
    if data is None:
        largest = f"It is larger than {MAX_FILE // 1024**2} MB"
        words = largest if size > MAX_FILE else f"The documents are larger than {MAX_ALL // 1024**2} MB together"
        return DocumentFile(path=path, size=size, problem=f"{words}, and is not read.")
    if data.startswith(b"version https://git-lfs.github.com/spec/"):
        return DocumentFile(path=path, size=size, problem="Its content lies in Git LFS; only a pointer to it is here.")
    return _decoded(path, data)


def _decoded(path: str, data: bytes) -> DocumentFile:
    problem = ""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"0x{data[error.start]:02x}"
        problem = f"It is no UTF-8 text: line {line} holds the byte {byte}. Generation cannot read it."
        text = data.decode("utf-8", "replace")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return DocumentFile(path=path, size=len(data), text=text, problem=problem)


def shown(path: str) -> str:
    """A path as git has it, as text: bytes that are no UTF-8 as escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
