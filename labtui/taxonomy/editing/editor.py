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

The text and its steps are in `under_edit`, fields in `value_edits`, entries of lists in `list_edits`; what a leaf is
is known here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath
from typing import Any

from yaml.nodes import ScalarNode

from labtui.taxonomy.editing.document import Document, Path, at_path, find
from labtui.taxonomy.editing.spans import CannotEdit
from labtui.taxonomy.editing.value_edits import ValueEdits
from labtui.taxonomy.editing.writing import Value
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import Leaf, leaf_of
from labtui.taxonomy.source import Unreadable

SEEDS: Path = ("seed_examples",)
PAIRS = "questions_and_answers"


class LeafEditor(ValueEdits):
    """See the module's text."""

    def leaf(self, name: str, path: FilePath, attribution: str = "") -> Leaf:
        """As `read_leaf_file` would give it if this were saved under `path`."""
        read = self._document_or_problem()
        tree = read if isinstance(read, Unreadable) else (read.value, read.root)
        return leaf_of(name, path, self.data(), self.text, tree, attribution)

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
        self.insert(SEEDS, at, seed)
        return at

    def duplicate_seed(self, number: int) -> int:
        """Doubles a seed, remarks included, and returns the number of the copy."""
        self.double(SEEDS, number)
        return number + 1

    def move_seed(self, number: int, to: int) -> None:
        """Makes seed `number` seed `to`, with the remarks above it."""
        self.move(SEEDS, number, to)

    def delete_seed(self, number: int) -> None:
        self.remove(SEEDS, number)

    def add_pair(self, seed: int, at: int | None = None, *, question: str = "", answer: str = "") -> int:
        """Adds a pair to a knowledge seed before pair `at` (None: at the end) and returns its number."""
        path = self._pairs(seed)
        found = at_path(self.value, path)
        count = len(found) if isinstance(found, list) else 0
        at = count if at is None else min(max(at, 0), count)
        self.insert(path, at, {"question": question, "answer": answer})
        return at

    def duplicate_pair(self, seed: int, number: int) -> int:
        self.double(self._pairs(seed), number)
        return number + 1

    def move_pair(self, seed: int, number: int, to: int) -> None:
        self.move(self._pairs(seed), number, to)

    def delete_pair(self, seed: int, number: int) -> None:
        self.remove(self._pairs(seed), number)

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
        """Puts quotes around each of these, so that what was written is what is read. One step of undo.

        Returns those that could be: one that an alias refers to stays as it is.
        """
        quoted: list[Path] = []

        def quote() -> None:
            for path in self.odd():
                node = _odd(self._document(), path)
                with contextlib.suppress(CannotEdit):
                    if node is not None:
                        self.set(path, node.value)
                        quoted.append(path)

        self._together(quote, ())
        return quoted

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
