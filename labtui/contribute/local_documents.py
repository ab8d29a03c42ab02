"""Documents of this machine, copied into a contribution: Markdown and text as they are, PDF through a converter.

    found = look(Path("~/notes"))                      # what is there, what would be taken and what not, and why
    document = take(folder, leaf_id, found, licence="CC-BY-4.0")

What is taken lies in `documents/<name>/` as UTF-8 Markdown with newlines as line ends, so that the text one marks is
the text that is committed later. Files outside the contribution are only read. Everything here blocks; call it from
a thread.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from labtui.contribute.draft_folder import DraftFolder, files_below
from labtui.contribute.records import Draft, LocalDocument
from labtui.errors import LabError, UsageError
from labtui.taxonomy.documents.files import MAX_ALL, MAX_FILE, MAX_FILES, DocumentFile
from labtui.taxonomy.leaf_names import tidy

MARKDOWN = (".md", ".markdown")
TEXT = (".txt", ".text")
PDF = ".pdf"
MAX_PDF = 100 * 1024 * 1024
"""Bytes of a PDF that is converted; its text is a small part of it."""
LOOKED_AT = 20_000
"""Entries of a folder that are looked at."""
NEW, OLD = ".new-", ".old-"
"""How the folders begin that are not complete yet, or were replaced; what a crash left of them is cleared away."""

Progress = Callable[[str], None]
"""Called with a few words on what is being done."""
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
        reason = "There is no such file or folder." if not os.path.lexists(_safe(source)) else _reason(error)
        raise UsageError(
            reason, where=str(source), hint="Name a Markdown or text file, or a folder of them."
        ) from error
    if stat.S_ISREG(mode):
        paths, others = [source], 0
        top = source.parent
    elif stat.S_ISDIR(mode):
        paths, others = _documents_below(source)
        top = source
    else:
        raise UsageError("This is neither a file nor a folder.", where=str(source), hint="Name another one.")
    files, left_out = _sorted_out(paths, top)
    found = Found(source=source, files=tuple(files), left_out=tuple(left_out), others=others)
    if not files:
        raise _nothing(found)
    return found


def take(
    folder: DraftFolder,
    leaf: str,
    found: Found,
    *,
    licence: str = "",
    on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> LocalDocument:
    """Copies what `look` found, in place of what the leaf had before, and notes it in the draft.

    Raises LabError where a file cannot be read or converted, and where `cancelled` says so; then nothing is taken and
    what the leaf had before is still there.
    """
    say = on_progress or (lambda words: None)
    folder.leaf(leaf)
    folder.documents.mkdir(mode=0o700, exist_ok=True)
    _clear_away(folder.documents)
    hidden = folder.documents / f"{NEW}{os.urandom(4).hex()}"
    hidden.mkdir(mode=0o700)
    try:
        for number, file in enumerate(found.files, 1):
            if cancelled is not None and cancelled():
                raise LabError("Taking the document was stopped.", hint="Nothing of it was taken.")
            say(f"{'converting' if file.pdf else 'copying'} {file.path.name} ({number} of {len(found.files)})")
            _write(hidden / file.name, _text_of(file, cancelled))
        with folder.locked():
            before = of_leaf(folder.load(), leaf)
            name = _free_name(folder, leaf, found.source)
            document = LocalDocument(leaf=leaf, name=name, came_from=str(found.source), licence=licence)
            _put_in_place(folder.documents, hidden, name)
            folder.change(lambda draft: _note(draft, document))
            if before is not None and before.name != name:
                shutil.rmtree(folder.documents / before.name, ignore_errors=True)
    except OSError as error:
        raise LabError(f"The document cannot be copied: {error.strerror}.", where=str(found.source)) from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    _clear_away(folder.documents)
    return document


def drop(folder: DraftFolder, leaf: str) -> None:
    """Takes the leaf's copies out of the contribution; the files they came from stay. Without one nothing happens."""
    gone: list[str] = []

    def forget(draft: Draft) -> None:
        gone.extend(document.name for document in draft.documents if document.leaf == leaf)
        draft.documents = [document for document in draft.documents if document.leaf != leaf]

    folder.change(forget)
    for name in gone:
        shutil.rmtree(folder.documents / name, ignore_errors=True)


def of_leaf(draft: Draft, leaf: str) -> LocalDocument | None:
    """The local document of a leaf, where it has one."""
    return next((document for document in draft.documents if document.leaf == leaf), None)


def set_licence(folder: DraftFolder, leaf: str, licence: str) -> None:
    def change(draft: Draft) -> None:
        for document in draft.documents:
            if document.leaf == leaf:
                document.licence = " ".join(licence.split())

    folder.change(change)


def copies(folder: DraftFolder, document: LocalDocument) -> tuple[DocumentFile, ...]:
    """The copies with their text, to be shown like the files of a repository."""
    top = folder.documents / document.name
    found = []
    for path in files_below(top):
        name = path.relative_to(top).as_posix()
        try:
            data = path.read_bytes()
            found.append(DocumentFile(path=name, size=len(data), text=data.decode("utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            found.append(DocumentFile(path=name, problem=f"It cannot be read: {_reason(error)}"))
    return tuple(found)


def moved_since(folder: DraftFolder, document: LocalDocument) -> bool:
    """Whether the files it came from say something else by now; PDF is not compared."""
    try:
        found = look(Path(document.came_from))
    except LabError:
        return False
    have = {file.path: file.text for file in copies(folder, document)}
    if have.keys() != {file.name for file in found.files}:
        return True
    try:
        return any(have[file.name] != _text_of(file, None) for file in found.files if not file.pdf)
    except LabError:
        return True


# -- finding ---------------------------------------------------------------------------------------------------------


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


def _sorted_out(paths: list[Path], top: Path) -> tuple[list[SourceFile], list[SourceFile]]:
    taken: list[SourceFile] = []
    left_out: list[SourceFile] = []
    names: set[str] = set()
    total = 0
    for path in paths:
        file = _judged(path, _name_of(path.relative_to(top), names))
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


def _judged(path: Path, name: str) -> SourceFile:
    suffix = path.suffix.lower()
    known: dict[str, object] = {"path": path, "name": name, "pdf": suffix == PDF}
    if suffix not in (*MARKDOWN, *TEXT, PDF):
        words = f"A {suffix or 'file without an ending'} is no Markdown, text or PDF."
        return _file(known, problem=words, hint="Save it as Markdown or plain text first.")
    try:
        found = os.stat(path)
    except OSError as error:
        return _file(known, problem=f"It cannot be read: {_reason(error)}")
    if not stat.S_ISREG(found.st_mode):
        return _file(known, problem="It is no ordinary file.")
    known["size"] = found.st_size
    if suffix == PDF:
        return _judged_pdf(known, found.st_size)
    if found.st_size > MAX_FILE:
        return _file(known, problem=f"It is larger than {MAX_FILE // 1024**2} MB.", hint="Split it into parts.")
    try:
        _text_of(_file(known), None)
    except LabError as error:
        return _file(known, problem=error.what, hint=error.hint)
    return _file(known, note="" if suffix in MARKDOWN else "copied as Markdown")


def _judged_pdf(known: dict[str, object], size: int) -> SourceFile:
    from labtui.contribute import pdf

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


# -- copying ---------------------------------------------------------------------------------------------------------


def _text_of(file: SourceFile, cancelled: Cancelled | None) -> str:
    """What its copy will hold. Raises LabError."""
    if file.pdf:
        from labtui.contribute import pdf

        return _settled(pdf.to_markdown(file.path, cancelled))
    try:
        data = file.path.read_bytes()
    except OSError as error:
        raise LabError(f"It cannot be read: {_reason(error)}", where=str(file.path)) from error
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


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "xb") as stream:
        stream.write(text.encode("utf-8"))
        stream.flush()
        os.fsync(stream.fileno())


def _free_name(folder: DraftFolder, leaf: str, source: Path) -> str:
    """The folder of the copies: named after what was taken; the leaf's own one is taken again."""
    wanted = tidy(source.stem if source.suffix else source.name)[:60].strip("_") or "document"
    taken = {document.name for document in folder.load().documents if document.leaf != leaf}
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name


def _put_in_place(documents: Path, hidden: Path, name: str) -> None:
    if os.path.lexists(documents / name):
        os.rename(documents / name, documents / f"{OLD}{os.urandom(4).hex()}")
    os.rename(hidden, documents / name)


def _note(draft: Draft, document: LocalDocument) -> None:
    before = of_leaf(draft, document.leaf)
    if before is not None:
        document.licence = document.licence or before.licence
        document.repository = before.repository
    draft.documents = [other for other in draft.documents if other.leaf != document.leaf] + [document]


def _clear_away(documents: Path) -> None:
    for path in _hidden(documents):
        shutil.rmtree(path, ignore_errors=True)


def _hidden(documents: Path) -> Iterator[Path]:
    with os.scandir(documents) as entries:
        for entry in entries:
            if entry.name.startswith((NEW, OLD)):
                yield Path(entry.path)


def _reason(error: BaseException) -> str:
    return f"{getattr(error, 'strerror', None) or 'it is damaged'}."
