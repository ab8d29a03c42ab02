"""Edits of single values by their path: texts, lists of texts, keys that come and go."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any

from yaml.nodes import ScalarNode, SequenceNode

from labtui.taxonomy.editing import file_text, keys, lists, replacing
from labtui.taxonomy.editing.document import Document, Path, Target, at_path, find, is_nothing, named, replaced, same
from labtui.taxonomy.editing.list_edits import ListEdits
from labtui.taxonomy.editing.scalars import Old
from labtui.taxonomy.editing.spans import CannotEdit
from labtui.taxonomy.editing.writing import Value, strings
from labtui.taxonomy.leaf import as_text

NUMBERS: frozenset[Path] = frozenset([("version",)])
"""What is a number in the file and not a text."""


class ValueEdits(ListEdits):
    def text_at(self, path: Path) -> str:
        """The text at `path`; empty where there is none, and as YAML writes it where it is something else."""
        return as_text(at_path(self.value, path))

    def shown(self, path: Path) -> str:
        """`text_at` without the one line end that closes a block."""
        return self.text_at(path).removesuffix("\n")

    def set(self, path: Path, text: str) -> None:
        """Makes `text` the value at `path`, adding the key where it is missing. Exactly this text is read back."""
        text = file_text.newlines(text)
        self._refuse_half_characters([text])
        document = self._document()
        target = find(document, path)
        if not target.rest and same(at_path(document.value, path), text):
            return
        number = path in NUMBERS and re.fullmatch(r"[0-9]{1,9}", text) is not None
        value: Any = int(text) if number else text
        candidates: Iterable[str]
        if target.rest:
            document, target = self._prepared(path)
            candidates = [keys.add(document, target, value)]
            self._touched = (path, None)
        elif not isinstance(target.node, ScalarNode):
            raise CannotEdit(
                f"{named(path)} holds a list or a mapping, not a text.", hint="Change it in the YAML view."
            )
        elif number:
            candidates = [replacing.with_number(document, target, text)]
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

    def put(self, path: Path, value: Value) -> None:
        """Makes a text, a number, a mapping or a list the value at `path`, where there is none yet."""
        if isinstance(value, str):
            self.set(path, value)
            return
        self._refuse_half_characters(strings(value))
        document, target = self._prepared(path)
        if not target.rest:
            raise CannotEdit(f"{named(path)} has a value already.")
        self._change([keys.add(document, target, value)], replaced(document.value, path, value), None, path)
        self._touched = None

    def unset(self, path: Path) -> None:
        """Removes the key at the end of `path` with its value and the remarks on its lines."""
        document, target = self._prepared(path)
        if target.rest or target.key is None:
            raise CannotEdit(f"There is no {named(path)} that could be removed.")
        parent = at_path(document.value, path[:-1])
        left = {key: value for key, value in parent.items() if key != path[-1]}
        expected = replaced(document.value, path[:-1], left)
        self._change([keys.without(document, target)], expected, None, path)
        self._touched = None

    def set_list(self, path: Path, values: Sequence[str]) -> None:
        """Makes the texts the entries of the list at `path`, such as `("document", "patterns")`."""
        found = at_path(self._document().value, path)
        present, wanted = (list(found) if isinstance(found, list) else []), [*values]
        if same(present, wanted):
            return
        self._refuse_half_characters(wanted)
        document, target = self._prepared(path)
        expected = replaced(document.value, path, wanted)
        node = target.node
        if target.rest or is_nothing(node):
            target = target if target.rest else target._replace(rest=(0,))
            self._change([keys.add(document, target, wanted)], expected, None, path)
        elif not isinstance(node, SequenceNode):
            raise CannotEdit(f"{named(path)} is no list.", hint="Change it in the YAML view.")
        elif node.flow_style and (node.value or target.flow):
            if not all(isinstance(item, ScalarNode) for item in node.value):
                raise CannotEdit(f"{named(path)} holds more than texts.", hint="Change it in the YAML view.")
            self._change([lists.brackets(document, target, wanted)], expected, None, path)
        else:
            self._together(lambda: self._entries(path, present, wanted), path)
        self._touched = None

    def _entries(self, path: Path, present: list[Any], wanted: list[str]) -> None:
        """Entry by entry, so that those which stay keep their style and remarks."""
        # What is no text is another entry than the text it looks like.
        before = [item if isinstance(item, str) else None for item in present]
        changes = difflib.SequenceMatcher(None, before, wanted, autojunk=False).get_opcodes()
        for _, start, stop, first, last in reversed([change for change in changes if change[0] != "equal"]):
            common = min(stop - start, last - first)
            for number in range(common):
                self.set((*path, start + number), wanted[first + number])
            for number in range(first + common, last):
                self.insert(path, start + number - first, wanted[number])
            for number in range(stop - 1, start + common - 1, -1):
                self.remove(path, number)

    def _style(self, path: Path, document: Document, target: Target) -> Old | None:
        """The style the field had when its editing began: a passing space at its end must not change it for good."""
        if self._touched is None or self._touched[0] != path:
            node = target.node
            empty = isinstance(node, ScalarNode) and not node.value
            self._touched = (path, None if empty else replacing.style_of(document, target))
        return self._touched[1]
