"""One qna.yaml under edit: a text, seen as fields or as YAML.

    editor = LeafEditor.open(data, KNOWLEDGE)
    editor.set(("seed_examples", 0, "context"), "A songbird of …")     # only the bytes of that value change
    editor.replace(text)                                               # what the YAML view holds now
    editor.pause()                                                     # the next edit is a new step of undo
    editor.undo()
    save(path, editor, expected_sha256)                                # saving.py; drafts.py keeps it before that

There is one text; both views show it, so they cannot disagree. Nothing here reads a clock, a disk or a screen.

For a form:
- Seeds and pairs count from 0 in paths and arguments. A path is a tuple of keys and numbers.
- `set` may be called on every keystroke. Calls for the same path that follow each other are one step of undo, until
  `pause()`, another path, another kind of edit, undo or redo. Call `pause()` when a field is left and after a rest.
- `typed` and `shown` are `set` and `text_at` without the line end that closes a block: what a text area should hold.
- Every edit raises CannotEdit (a LabError: what, hint) where it is refused, and then has changed nothing. While
  `problem` is set only `replace`, `undo` and `redo` work; the form shows why.
- `undo` and `redo` return the step: its `path` says which field to go to, its `splice.start` where in the text.
- After each edit `revision` has grown; `text`, `value` and `leaf()` are those of the new text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from pathlib import Path as FilePath
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from labtui.taxonomy.editing import file_text, keys, lists, replacing
from labtui.taxonomy.editing.document import (
    Document,
    Path,
    Target,
    at_path,
    closed,
    find,
    is_nothing,
    named,
    read_document,
    replaced,
    same,
)
from labtui.taxonomy.editing.file_text import FileText
from labtui.taxonomy.editing.history import History, Step
from labtui.taxonomy.editing.scalars import Old
from labtui.taxonomy.editing.spans import CannotEdit
from labtui.taxonomy.editing.writing import Value
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import Leaf, as_text, leaf_of
from labtui.taxonomy.source import Unreadable, decode

SEEDS: Path = ("seed_examples",)
PAIRS = "questions_and_answers"
NUMBERS: frozenset[Path] = frozenset([("version",)])
"""What is a number in the file and not a text."""


class LeafEditor:
    """See the module's text."""

    def __init__(self, file: FileText, kind: str) -> None:
        self.kind = kind
        """KNOWLEDGE, SKILLS or empty, by the leaf's place; empty: by what it holds."""
        self.revision = 0
        self.was_there = True
        """Whether there is a file on disk it began from."""
        self._file = file
        self._saved = file
        self._history = History()
        self._read: Document | Unreadable | None = None
        self._touched: tuple[Path, Old | None] | None = None

    @classmethod
    def open(cls, data: bytes, kind: str = "", *, new: bool = False) -> LeafEditor:
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
        """The file's bytes: byte-order mark and line ends as they were. Raises LabError for half characters."""
        return self._file.data()

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

    def leaf(self, name: str, path: FilePath, attribution: str = "") -> Leaf:
        """As `read_leaf_file` would give it if this were saved under `path`."""
        read = self._document_or_problem()
        tree = read if isinstance(read, Unreadable) else (read.value, read.root)
        return leaf_of(name, path, self.data(), self.text, tree, attribution)

    def text_at(self, path: Path) -> str:
        """The text at `path`; empty where there is none, and as YAML writes it where it is something else."""
        return as_text(at_path(self.value, path))

    def shown(self, path: Path) -> str:
        """`text_at` without the one line end that closes a block."""
        return self.text_at(path).removesuffix("\n")

    # Single values

    def set(self, path: Path, text: str) -> None:
        """Makes `text` the value at `path`, adding the key where it is missing. Exactly this text is read back."""
        text = file_text.newlines(text) if "\r" in text else text
        self._refuse_half_characters(text)
        document = self._document()
        if same(at_path(document.value, path), text) and find(document, path).node is not None:
            return
        number = path in NUMBERS and re.fullmatch(r"[0-9]{1,9}", text) is not None
        value: Any = int(text) if number else text
        document, target = self._prepared(document, path)
        if target.rest:
            candidates: Iterator[str] = iter([keys.add(document, target, value)])
            self._touched = (path, None)
        elif not isinstance(target.node, ScalarNode):
            raise CannotEdit(
                f"{named(path)} holds a list or a mapping, not a text.", hint="Change it in the YAML view."
            )
        elif number:
            candidates = iter([replacing.with_number(document, target, text)])
        else:
            candidates = replacing.with_text(document, target, text, self._style(path, document, target))
        self._change(candidates, replaced(document.value, path, value), ("set", path), path)

    def typed(self, path: Path, text: str) -> None:
        """As `set`, for what stands in a text area: a text that ended with a line end goes on doing so.

        A new text of several lines gets one, as is the habit in taxonomies.
        """
        before = at_path(self.value, path)
        ends = before.endswith("\n") if isinstance(before, str) and before else "\n" in text
        if self._touched is not None and self._touched[0] == path and not before:
            old = self._touched[1]
            ends = old.value.endswith("\n") if old is not None and old.value else ends
        self.set(path, f"{text}\n" if ends and text else text)

    def set_list(self, path: Path, values: Sequence[str]) -> None:
        """Makes the texts the entries of the list at `path`, such as `("document", "patterns")`."""
        found = at_path(self.value, path)
        present = list(found) if isinstance(found, list) else []
        if same(present, list(values)):
            return
        for text in values:
            self._refuse_half_characters(text)
        document, target = self._prepared(self._document(), path)
        expected = replaced(document.value, path, list(values))
        node = target.node
        if not target.rest and not is_nothing(node) and not isinstance(node, SequenceNode):
            raise CannotEdit(f"{named(path)} is no list.", hint="Change it in the YAML view.")
        if isinstance(node, SequenceNode) and not target.rest and (node.flow_style or not values):
            if not node.flow_style or (node.value and not all(isinstance(item, ScalarNode) for item in node.value)):
                raise CannotEdit(f"{named(path)} cannot be emptied here.", hint="Change it in the YAML view.")
            self._change(iter([lists.brackets(document, target, list(values))]), expected, None, path)
            return
        if not isinstance(node, SequenceNode) or target.rest:
            target = target if target.rest else self._nothing(target, path)
            self._change(iter([keys.add(document, target, list(values))]), expected, None, path)
            return
        self._together(lambda: self._entries(path, present, list(values)), path)

    def _entries(self, path: Path, present: list[Any], wanted: list[str]) -> None:
        """Entry by entry, so that those which stay keep their style and remarks."""
        for number in range(len(present) - 1, -1, -1):
            if len(present) > len(wanted) and present[number] not in wanted:
                self._remove(path, number)
                del present[number]
        while len(present) > len(wanted):
            self._remove(path, len(present) - 1)
            present.pop()
        for number, text in enumerate(wanted):
            if number == len(present):
                self._insert(path, number, text)
                present.append(text)
            elif not same(present[number], text):
                self.set((*path, number), text)

    # Seeds and pairs

    def add_seed(
        self, at: int | None = None, *, context: str | None = None, pairs: Iterable[tuple[str, str]] = (("", ""),)
    ) -> int:
        """Adds a seed before seed `at` (None: at the end) and returns its number.

        A knowledge seed gets its context and as many pairs as given; a skill's seed one pair, and a context where
        one is given or the first seed has one. Empty texts are written as `''`, to be filled in.
        """
        seeds = self._seeds()
        at = len(seeds) if at is None else min(max(at, 0), len(seeds))
        first = seeds[0] if seeds and isinstance(seeds[0], dict) else {}
        asked = [{"question": question, "answer": answer} for question, answer in pairs]
        seed: dict[str, Value] = {}
        if self.is_knowledge:
            seed = {"context": context or "", PAIRS: asked}
        else:
            if context is not None or "context" in first:
                seed["context"] = context or ""
            seed |= asked[0] if asked else {"question": "", "answer": ""}
        self._add(SEEDS, at, seed)
        return at

    def duplicate_seed(self, number: int) -> int:
        """Doubles a seed, remarks included, and returns the number of the copy."""
        self._double(SEEDS, number)
        return number + 1

    def move_seed(self, number: int, to: int) -> None:
        """Makes seed `number` seed `to`, with the remarks above it."""
        self._move(SEEDS, number, to)

    def delete_seed(self, number: int) -> None:
        self._delete(SEEDS, number)

    def add_pair(self, seed: int, at: int | None = None, *, question: str = "", answer: str = "") -> int:
        """Adds a pair to a knowledge seed before pair `at` (None: at the end) and returns its number."""
        path = self._pairs(seed)
        found = at_path(self.value, path)
        count = len(found) if isinstance(found, list) else 0
        at = count if at is None else min(max(at, 0), count)
        self._add(path, at, {"question": question, "answer": answer})
        return at

    def duplicate_pair(self, seed: int, number: int) -> int:
        self._double(self._pairs(seed), number)
        return number + 1

    def move_pair(self, seed: int, number: int, to: int) -> None:
        self._move(self._pairs(seed), number, to)

    def delete_pair(self, seed: int, number: int) -> None:
        self._delete(self._pairs(seed), number)

    @property
    def is_knowledge(self) -> bool:
        value = self.value
        return self.kind == KNOWLEDGE or (not self.kind and isinstance(value, dict) and "document" in value)

    # Values that were read as something else than text

    def odd(self) -> list[Path]:
        """Where a text is expected and an unquoted value was read as a number, a date, or yes or no."""
        document = self._document()
        return [path for path in _texts(document.value) if _odd(document, path) is not None]

    def quote_odd(self) -> list[Path]:
        """Puts quotes around each of these, so that what was written is what is read. One step of undo."""
        found = self.odd()

        def quote() -> None:
            for path in found:
                node = _odd(self._document(), path)
                if node is not None:
                    self.set(path, node.value)

        self._together(quote, ())
        return found

    # The text as a whole

    def replace(self, text: str) -> None:
        """Takes over what the YAML view holds. Never refused for what it says: see `problem` afterwards."""
        text = file_text.newlines(text)
        self._refuse_half_characters(text, allowed=True)
        splice = self._file.difference(text)
        if splice is not None:
            self._history.record(self._file, "yaml", ())
            self._become(self._file.apply(splice))
            self._touched = None

    def replace_data(self, data: bytes) -> None:
        """Takes over other bytes (a repair, an upgrade, a merge, what an editor saved), line ends included."""
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
        step = self._history.undo(self._file)
        if step is not None:
            self._become(self._file.apply(step.splice.back))
            self._touched = None
        return step

    def redo(self) -> Step | None:
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
    def state(self) -> FileText:
        """The file as it is now: a value that later edits leave alone."""
        return self._file

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
                if _holds_half_characters(self.text):
                    decode(self.data())
                self._read = read_document(self.text)
            except Unreadable as trouble:
                self._read = trouble
        return self._read

    def _document(self) -> Document:
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

    def _prepared(self, document: Document, path: Path) -> tuple[Document, Target]:
        """The document and where `path` leads; made ready to be added to where something is missing."""
        target = find(document, path)
        if not target.rest and isinstance(target.node, ScalarNode):
            return document, target
        document = closed(document)
        return document, find(document, path)

    def _nothing(self, target: Target, path: Path) -> Target:
        """A value that says nothing, as a place to write one."""
        return target._replace(rest=(0,)) if isinstance(target.node, ScalarNode) else target

    def _style(self, path: Path, document: Document, target: Target) -> Old | None:
        """The style the field had when its editing began: a passing space at its end must not change it for good."""
        if self._touched is None or self._touched[0] != path:
            node = target.node
            empty = isinstance(node, ScalarNode) and not node.value
            self._touched = (path, None if empty else replacing.style_of(document, target))
        return self._touched[1]

    def _change(self, candidates: Iterator[str], expected: Any, group: Hashable, path: Path) -> None:
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

    def _refuse_half_characters(self, text: str, *, allowed: bool = False) -> None:
        for character in text if _holds_half_characters(text) else "":
            if "\ud800" <= character <= "\udfff" and not (allowed and "\udc80" <= character <= "\udcff"):
                raise CannotEdit("The text holds half a character, which no file can hold.", hint="Type it again.")

    # Lists

    def _seeds(self) -> list[Any]:
        found = at_path(self._document().value, SEEDS)
        if found is not None and not isinstance(found, list):
            raise CannotEdit("seed_examples is no list.", hint="Change it in the YAML view.")
        return found or []

    def _pairs(self, seed: int) -> Path:
        seeds = self._seeds()
        if not 0 <= seed < len(seeds):
            raise CannotEdit(f"There is no seed {seed + 1}.")
        if isinstance(seeds[seed], dict) and "question" in seeds[seed] and PAIRS not in seeds[seed]:
            raise CannotEdit(
                "A seed of a skill holds one question and one answer.", hint="Add a seed instead of a pair."
            )
        return (*SEEDS, seed, PAIRS)

    def _add(self, path: Path, at: int, value: Value) -> None:
        for text in _strings(value):
            self._refuse_half_characters(text)
        self._insert(path, at, value)
        self._touched = None

    def _insert(self, path: Path, at: int, value: Value) -> None:
        document, target = self._prepared(self._document(), path)
        present = at_path(document.value, path)
        if isinstance(target.node, MappingNode) and not target.rest:
            raise CannotEdit(f"{named(path)} is no list.", hint="Change it in the YAML view.")
        expected = replaced(document.value, path, [*(present or [])[:at], value, *(present or [])[at:]])
        if target.rest or isinstance(target.node, ScalarNode):
            if not target.rest and not is_nothing(target.node):
                raise CannotEdit(f"{named(path)} is no list.", hint="Change it in the YAML view.")
            target = self._nothing(target, path)
            source = keys.add(document, target, value if target.rest == (0,) else [value])
        else:
            source = lists.insert(document, target, at, value)
        self._change(iter([source]), expected, None, path)

    def _remove(self, path: Path, number: int) -> None:
        document, target, present = self._entry(path, number)
        source = lists.remove(document, target, number)
        self._change(
            iter([source]), replaced(document.value, path, present[:number] + present[number + 1 :]), None, path
        )

    def _delete(self, path: Path, number: int) -> None:
        self._remove(path, number)
        self._touched = None

    def _double(self, path: Path, number: int) -> None:
        document, target, present = self._entry(path, number)
        expected = replaced(document.value, path, [*present[: number + 1], *present[number:]])
        self._change(iter([lists.copy(document, target, number)]), expected, None, path)
        self._touched = None

    def _move(self, path: Path, number: int, to: int) -> None:
        document, target, present = self._entry(path, number)
        if not 0 <= to < len(present):
            raise CannotEdit("It stands at the end of the list already.")
        if number == to:
            return
        order = list(present)
        order.insert(to, order.pop(number))
        source = lists.move(document, target, number, to)
        self._change(iter([source]), replaced(document.value, path, order), None, path)
        self._touched = None

    def _entry(self, path: Path, number: int) -> tuple[Document, Target, list[Any]]:
        document, target = self._prepared(self._document(), path)
        present = at_path(document.value, path)
        if not isinstance(present, list) or not 0 <= number < len(present):
            raise CannotEdit(f"There is no entry {number + 1} in {named(path)}.")
        return document, target, present


def _holds_half_characters(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _strings(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def _texts(value: Any) -> Iterator[Path]:
    """Where texts are expected in a leaf."""
    if not isinstance(value, dict):
        return
    for key in ("created_by", "domain", "task_description", "document_outline"):
        if key in value:
            yield (key,)
    document = value.get("document")
    if isinstance(document, dict):
        yield from (("document", key) for key in ("repo", "commit") if key in document)
        patterns = document.get("patterns")
        if isinstance(patterns, list):
            yield from (("document", "patterns", number) for number in range(len(patterns)))
    seeds = value.get("seed_examples")
    for number, seed in enumerate(seeds if isinstance(seeds, list) else []):
        if not isinstance(seed, dict):
            continue
        at: Path = ("seed_examples", number)
        yield from ((*at, key) for key in ("context", "question", "answer") if key in seed)
        pairs = seed.get(PAIRS)
        for index, pair in enumerate(pairs if isinstance(pairs, list) else []):
            if isinstance(pair, dict):
                yield from ((*at, PAIRS, index, key) for key in ("question", "answer") if key in pair)


def _odd(document: Document, path: Path) -> ScalarNode | None:
    """The node of an unquoted value that is no text though it was meant as one."""
    found = at_path(document.value, path)
    if found is None or isinstance(found, str | list | dict):
        return None
    try:
        target = find(document, path)
    except CannotEdit:
        return None
    return target.node if isinstance(target.node, ScalarNode) and not target.rest else None
