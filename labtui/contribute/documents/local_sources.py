"""Documents that lie on this machine: what is there at a path, what of it can be taken, and its text."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec

from labtui.errors import LabError, UsageError
from labtui.taxonomy.documents.files import MAX_ALL, MAX_FILE, MAX_FILES

MARKDOWN = (".md", ".markdown")
TEXT = (".txt", ".text")
PDF = ".pdf"
MAX_PDF = 100 * 1024 * 1024
"""Bytes of a PDF that is converted; its text is a small part of it."""
LOOKED_AT = 20_000
"""Entries of a folder that are looked at."""

Cancelled = Callable[[], bool]


class SourceFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that could be taken. `problem` says why it is not, as a sentence; `note` what is done to it."""

    path: Path
    name: str
    """Where it would lie among the copies: from the top of the document, always ending in `.md`."""
    size: int = 0
    """Bytes."""
    pdf: bool = False
    problem: str = ""
    hint: str = ""
    note: str = ""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What stands at a path on this machine. Made by `look`; nothing was copied."""

    source: Path
    files: tuple[SourceFile, ...] = ()
    """Those that will be taken, by name."""
    left_out: tuple[SourceFile, ...] = ()
    """Those that look like documents and cannot be taken."""
    others: int = 0
    """Files of other kinds."""

    @property
    def bytes(self) -> int:
        return sum(file.size for file in self.files)


def look(source: Path) -> Found:
    """What is at `source`, a file or a folder. Raises UsageError where there is nothing to take."""
    source = _absolute(source)
    try:
        mode = os.stat(source).st_mode
    except (OSError, ValueError) as error:
        why = "There is no such file or folder." if not os.path.lexists(_safe(source)) else reason(error)
        raise UsageError(why, where=str(source), hint="Name a Markdown or text file, or a folder of them.") from error
    if stat.S_ISREG(mode):
        paths, others = [source], 0
        top = source.parent
    elif stat.S_ISDIR(mode):
        paths, others = _documents_below(source)
        top = source
    else:
        raise UsageError("This is neither a file nor a folder.", where=str(source), hint="Name another one.")
    files, left_out = _sorted_out(paths, top, named=stat.S_ISREG(mode))
    found = Found(source=source, files=tuple(files), left_out=tuple(left_out), others=others)
    if not files:
        raise _nothing(found)
    return found


def _absolute(source: Path) -> Path:
    try:
        return source.expanduser().absolute()
    except RuntimeError as error:  # there is no such user's home
        raise UsageError("There is no such home folder.", where=str(source), hint="Write the path in full.") from error


def _safe(path: Path) -> str:
    return str(path).replace("\0", "")


def _documents_below(top: Path) -> tuple[list[Path], int]:
    """Files of the kinds that can be documents, by name, and how many others there are. Hidden ones are passed by."""
    paths, others, seen = [], 0, 0
    for folder, names, files in os.walk(top):
        names[:] = sorted(name for name in names if not name.startswith("."))
        seen += len(names) + len(files)
        if seen > LOOKED_AT:
            raise UsageError(
                f"The folder holds more than {LOOKED_AT:,} files.",
                where=str(top),
                hint="Name the folder of the documents themselves.",
            )
        for name in sorted(files):
            if name.startswith("."):
                continue
            if Path(name).suffix.lower() in (*MARKDOWN, *TEXT, PDF):
                paths.append(Path(folder, name))
            else:
                others += 1
    return paths, others


def _sorted_out(paths: list[Path], top: Path, *, named: bool) -> tuple[list[SourceFile], list[SourceFile]]:
    taken: list[SourceFile] = []
    left_out: list[SourceFile] = []
    names: set[str] = set()
    total = 0
    for path in paths:
        name = _name_of(path.relative_to(top), names)
        file = _judged(path, name) if named or _stays_in(path, top) else _led_out(path, name)
        if not file.problem and len(taken) >= MAX_FILES:
            file = msgspec.structs.replace(
                file, problem=f"There are more than {MAX_FILES} files; this one is too many."
            )
        if not file.problem and not file.pdf and total + file.size > MAX_ALL:
            words = f"The documents are larger than {MAX_ALL // 1024**2} MB together; this one is too much."
            file = msgspec.structs.replace(file, problem=words)
        if file.problem:
            left_out.append(file)
        else:
            names.add(file.name.lower())
            total += file.size
            taken.append(file)
    return taken, left_out


def _stays_in(path: Path, top: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(top.resolve(strict=True))
    except OSError:
        return True  # what is wrong with it is said when it is looked at


def _led_out(path: Path, name: str) -> SourceFile:
    """A folder may be somebody else's, and a link in it may name any file of this machine."""
    return SourceFile(
        path=path,
        name=name,
        problem="It is a link to a file outside of the folder.",
        hint="Put the file itself there, or name it by itself.",
    )


def _judged(path: Path, name: str) -> SourceFile:
    suffix = path.suffix.lower()
    known: dict[str, object] = {"path": path, "name": name, "pdf": suffix == PDF}
    if suffix not in (*MARKDOWN, *TEXT, PDF):
        words = f"A {suffix or 'file without an ending'} is no Markdown, text or PDF."
        return _file(known, problem=words, hint="Save it as Markdown or plain text first.")
    try:
        found = os.stat(path)
    except OSError as error:
        return _file(known, problem=f"It cannot be read: {reason(error)}")
    if not stat.S_ISREG(found.st_mode):
        return _file(known, problem="It is no ordinary file.")
    known["size"] = found.st_size
    if suffix == PDF:
        return _judged_pdf(known, found.st_size)
    if found.st_size > MAX_FILE:
        return _file(known, problem=f"It is larger than {MAX_FILE // 1024**2} MB.", hint="Split it into parts.")
    try:
        text_of(_file(known), None)
    except LabError as error:
        return _file(known, problem=error.what, hint=error.hint)
    return _file(known, note="" if suffix in MARKDOWN else "copied as Markdown")


def _judged_pdf(known: dict[str, object], size: int) -> SourceFile:
    from labtui.contribute.documents import pdf

    if size > MAX_PDF:
        return _file(known, problem=f"It is larger than {MAX_PDF // 1024**2} MB.", hint="Split it into parts.")
    if not pdf.available():
        missing = pdf.missing()
        return _file(known, problem=missing.what, hint=missing.hint)
    return _file(known, note="converted to Markdown: read what comes of it")


def _file(known: dict[str, object], **more: object) -> SourceFile:
    return SourceFile(**{**known, **more})  # type: ignore[arg-type]


_ODD_IN_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f*?\[\]\\:\"<>|\ud800-\udfff]")


def _name_of(relative: Path, names: set[str]) -> str:
    """What a copy is called: no character that means something in a pattern, and no name twice."""
    parts = [_ODD_IN_NAME.sub("_", part).lstrip(".-").strip() or "_" for part in relative.with_suffix("").parts]
    stem, number = "/".join(parts), 1
    name = f"{stem}.md"
    while name.lower() in names:
        number += 1
        name = f"{stem}-{number}.md"
    return name


def _nothing(found: Found) -> UsageError:
    if len(found.left_out) == 1 or (found.left_out and found.source == found.left_out[0].path):
        file = found.left_out[0]
        return UsageError(file.problem, where=str(file.path), hint=file.hint or "Name another file.")
    if found.left_out:
        file = found.left_out[0]
        words = f"None of the {len(found.left_out)} documents there can be taken. {file.path.name}: {file.problem}"
        return UsageError(words, where=str(found.source), hint=file.hint)
    return UsageError(
        "There is no Markdown, text or PDF in this folder.",
        where=str(found.source),
        hint="Documents end in .md, .txt or .pdf.",
    )


def text_of(file: SourceFile, cancelled: Cancelled | None) -> str:
    """What its copy will hold. Raises LabError."""
    if file.pdf:
        from labtui.contribute.documents import pdf

        return _settled(pdf.to_markdown(file.path, cancelled))
    try:
        data = file.path.read_bytes()
    except OSError as error:
        raise LabError(f"It cannot be read: {reason(error)}", where=str(file.path)) from error
    return _settled(_decoded(data, file.path))


def _decoded(data: bytes, path: Path) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise LabError(
            f"It is no UTF-8 text: line {line} holds the byte 0x{data[error.start]:02x}.",
            where=str(path),
            hint=f"Save it as UTF-8, as with: iconv -f WINDOWS-1252 -t UTF-8 {path.name} > new.md",
        ) from error
    if "\0" in text:
        raise LabError("It is no text: it holds null bytes.", where=str(path), hint="Name a Markdown or text file.")
    if not text.strip():
        raise LabError("It is empty.", where=str(path), hint="Name a file that holds the text.")
    return text


def _settled(text: str) -> str:
    """With newlines as line ends, and one at the end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.endswith("\n") else f"{text}\n"


def reason(error: BaseException) -> str:
    return f"{getattr(error, 'strerror', None) or 'it is damaged'}."
