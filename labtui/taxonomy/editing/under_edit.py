"""A YAML file under edit as one text, with what it says and what was done to it. The ground of LeafEditor."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Self

from yaml.nodes import Node

from labtui.taxonomy.editing import file_text
from labtui.taxonomy.editing.document import (
    Document,
    Path,
    Target,
    closed,
    find,
    is_nothing,
    named,
    read_document,
    same,
)
from labtui.taxonomy.editing.file_text import FileText
from labtui.taxonomy.editing.history import History, Step
from labtui.taxonomy.editing.scalars import Old
from labtui.taxonomy.editing.spans import CannotEdit
from labtui.taxonomy.source import Unreadable, decode


class UnderEdit:
    """The text, its value, its steps. Every change goes through `_change` or `_become`."""

    def __init__(self, file: FileText, kind: str) -> None:
        self.kind = kind
        """KNOWLEDGE, SKILLS or empty, by the leaf's place; empty: by what it holds."""
        self.revision = 0
        """Grows with each edit."""
        self.was_there = True
        """Whether there is a file on disk it began from."""
        self._file = file
        self._saved = file
        self._history = History()
        self._read: Document | Unreadable | None = None
        self._touched: tuple[Path, Old | None] | None = None
        """The field that is being edited, and how it was written before."""

    @classmethod
    def open(cls, data: bytes, kind: str = "", *, new: bool = False) -> Self:
        """Any bytes can be opened; what is wrong with them is `problem`. `new`: there is no such file yet."""
        editor = cls(file_text.read(data), kind)
        if new:
            editor.was_there = False
            editor._saved = file_text.read(b"")
        return editor

    # What there is

    @property
    def text(self) -> str:
        """The file with every line end a newline and without byte-order mark.

        Bytes that are not UTF-8 stand in it as lone surrogates: show it cleaned, but hand back what was not edited.
        """
        return self._file.text

    def data(self) -> bytes:
        """The file's bytes: byte-order mark and line ends as they were."""
        return self._file.data()

    @property
    def state(self) -> FileText:
        """The file as it is now: a value that later edits leave alone."""
        return self._file

    @property
    def value(self) -> Any:
        """What the file says, as PyYAML reads it; None where it cannot be read."""
        read = self._document_or_problem()
        return None if isinstance(read, Unreadable) else read.value

    @property
    def root(self) -> Node | None:
        """The nodes the value was read from, with their places in `text`; None where it cannot be read."""
        read = self._document_or_problem()
        return None if isinstance(read, Unreadable) else read.root

    @property
    def problem(self) -> Unreadable | None:
        """Why the form cannot edit it: `message`, `hint`, and `line` and `column` from 1."""
        read = self._document_or_problem()
        return read if isinstance(read, Unreadable) else None

    # The text as a whole

    def replace(self, text: str) -> None:
        """Takes over what the YAML view holds. Never refused for what it says: see `problem` afterwards.

        Line ends become newlines, and a byte-order mark that came with a pasted text is left out.
        """
        text = file_text.newlines(text)
        text = text if self._file.mark else text.lstrip("\ufeff")
        self._refuse_half_characters([text], allowed=True)
        splice = self._file.difference(text)
        if splice is not None:
            self._history.record(self._file, "yaml", ())
            self._become(self._file.apply(splice))
            self._touched = None

    def replace_data(self, data: bytes) -> None:
        """Takes over other bytes (a repair, an upgrade, a merge, what $EDITOR saved), line ends included: one step."""
        file = file_text.read(data)
        if file == self._file:
            return
        self._history.record(self._file, None, ())
        self._become(file)
        self._history.close(self._file)
        self._touched = None

    # Steps

    def pause(self) -> None:
        """Ends the present step: the next edit, even of the same field, is undone by itself."""
        self._history.close(self._file)

    def undo(self) -> Step | None:
        """Takes the last step back, and returns it: where it was."""
        step = self._history.undo(self._file)
        if step is not None:
            self._become(self._file.apply(step.splice.back))
            self._touched = None
        return step

    def redo(self) -> Step | None:
        """Makes the step again that was taken back last."""
        step = self._history.redo(self._file)
        if step is not None:
            self._become(self._file.apply(step.splice))
            self._touched = None
        return step

    @property
    def can_undo(self) -> bool:
        return self._history.can_undo(self._file)

    @property
    def can_redo(self) -> bool:
        return self._history.can_redo

    @property
    def saved_data(self) -> bytes:
        """The bytes it was opened with or last saved as: what the unsaved edits began from."""
        return self._saved.data()

    def mark_saved(self, state: FileText | None = None) -> None:
        """This state, or the present one, is on disk."""
        self._saved = state if state is not None else self._file
        self.was_there = True

    @property
    def unsaved(self) -> bool:
        return not self.was_there or (self._file is not self._saved and self._file != self._saved)

    # How it is done

    def _document_or_problem(self) -> Document | Unreadable:
        if self._read is None:
            try:
                if file_text.half_characters(self.text):
                    decode(self.data())
                self._read = read_document(self.text)
            except Unreadable as trouble:
                self._read = trouble
        return self._read

    def _document(self) -> Document:
        """What an edit begins with. Raises CannotEdit where the file cannot be read or is no mapping."""
        read = self._document_or_problem()
        if isinstance(read, Unreadable):
            raise CannotEdit(
                f"The form cannot edit this file. {read.message}",
                where=f"line {read.line}, column {read.column}",
                hint="Put it right in the YAML view first.",
            )
        if not isinstance(read.value, dict) and not is_nothing(read.root):
            raise CannotEdit(
                "The form cannot edit this file: it is not a mapping of keys at its top.",
                hint="It must begin with keys such as version: 3. Change it in the YAML view.",
            )
        return read

    def _prepared(self, path: Path) -> tuple[Document, Target]:
        """The document and where `path` leads, ready for something to be put behind it."""
        document = closed(self._document())
        return document, find(document, path)

    def _change(self, candidates: Iterable[str], expected: Any, group: Hashable, path: Path) -> None:
        """Takes the first candidate that says what is expected, everything else in the file unchanged."""
        for text in candidates:
            try:
                document = read_document(text)
            except Unreadable:
                continue
            if same(document.value, expected):
                splice = self._file.difference(text)
                self._history.record(self._file, group, path)
                if splice is not None:
                    self._become(self._file.apply(splice), document)
                if group is None:
                    self._history.close(self._file)
                return
        raise CannotEdit(
            "This cannot be changed here without changing something else in the file.",
            where=named(path),
            hint="Change it in the YAML view.",
        )

    def _become(self, file: FileText, document: Document | None = None) -> None:
        self._file = file
        self._read = document
        self.revision += 1

    def _together(self, work: Callable[[], None], path: Path) -> None:
        """Several edits as one step; all of them or none."""
        before, kept = self._file, (self._read, self._touched, self.revision)
        history, self._history = self._history, History()
        try:
            work()
        except BaseException:
            self._file = before
            self._read, self._touched, self.revision = kept
            raise
        finally:
            self._history = history
        self._touched = None
        if self._file is not before:
            history.record(before, None, path)
            history.close(self._file)

    def _refuse_half_characters(self, texts: Iterable[str], *, allowed: bool = False) -> None:
        """`allowed`: those that stand for bytes which are no UTF-8."""
        for text in texts:
            found = file_text.half_characters(text)
            if found and not (allowed and all("\udc80" <= character <= "\udcff" for character in found)):
                raise CannotEdit("The text holds half a character, which no file can hold.", hint="Type it again.")
