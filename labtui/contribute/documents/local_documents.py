"""Documents of this machine, copied into a contribution: Markdown and text as they are, PDF through a converter.

    found = look(Path("~/notes"))                      # what is there, what would be taken and what not, and why
    document = take(folder, leaf_id, found, licence="CC-BY-4.0")

What is taken lies in `documents/<name>/` as UTF-8 Markdown with newlines as line ends, so that the text one marks is
the text that is committed later. Files outside the contribution are only read. Everything here blocks; call it from
a thread.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from labtui.contribute.documents.local_sources import Cancelled, Found, look, reason, text_of
from labtui.contribute.drafts.draft_folder import DraftFolder, files_below
from labtui.contribute.records import Draft, LocalDocument
from labtui.errors import LabError
from labtui.taxonomy.documents.files import DocumentFile
from labtui.taxonomy.leaf_names import tidy

__all__ = ["Found", "copies", "drop", "look", "moved_since", "of_leaf", "set_licence", "take"]

NEW, OLD = ".new-", ".old-"
"""How the folders begin that are not complete yet, or were replaced; what a crash left of them is cleared away."""

Progress = Callable[[str], None]
"""Called with a few words on what is being done."""


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
            _write(hidden / file.name, text_of(file, cancelled))
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
            found.append(DocumentFile(path=name, problem=f"It cannot be read: {reason(error)}"))
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
        return any(have[file.name] != text_of(file, None) for file in found.files if not file.pdf)
    except LabError:
        return True


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
