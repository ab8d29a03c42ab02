"""Edits of lists by their path: entries added, doubled, moved and removed."""

from __future__ import annotations

from typing import Any

from yaml.nodes import MappingNode, ScalarNode

from labtui.taxonomy.editing import keys, lists
from labtui.taxonomy.editing.document import Document, Path, Target, at_path, is_nothing, named, replaced
from labtui.taxonomy.editing.spans import CannotEdit
from labtui.taxonomy.editing.under_edit import UnderEdit
from labtui.taxonomy.editing.writing import Value, strings


class ListEdits(UnderEdit):
    def insert(self, path: Path, at: int, value: Value) -> None:
        """Adds `value` as entry `at` of the list at `path`, which may be missing or empty."""
        self._refuse_half_characters(strings(value))
        document, target = self._prepared(path)
        present = at_path(document.value, path)
        if not target.rest and isinstance(target.node, MappingNode):
            raise CannotEdit(f"{named(path)} is no list.", hint="Change it in the YAML view.")
        expected = replaced(document.value, path, [*(present or [])[:at], value, *(present or [])[at:]])
        if target.rest:
            source = keys.add(document, target, [value])
        elif isinstance(target.node, ScalarNode):
            if not is_nothing(target.node):
                raise CannotEdit(f"{named(path)} is no list.", hint="Change it in the YAML view.")
            source = keys.add(document, target._replace(rest=(0,)), [value])
        else:
            source = lists.insert(document, target, at, value)
        self._change([source], expected, None, path)
        self._touched = None

    def remove(self, path: Path, number: int) -> None:
        document, target, present = self._entry(path, number)
        expected = replaced(document.value, path, present[:number] + present[number + 1 :])
        self._change([lists.remove(document, target, number)], expected, None, path)
        self._touched = None

    def double(self, path: Path, number: int) -> None:
        """Puts a copy of an entry, remarks included, behind it."""
        document, target, present = self._entry(path, number)
        expected = replaced(document.value, path, [*present[: number + 1], *present[number:]])
        self._change([lists.copy(document, target, number)], expected, None, path)
        self._touched = None

    def move(self, path: Path, number: int, to: int) -> None:
        document, target, present = self._entry(path, number)
        if not 0 <= to < len(present):
            raise CannotEdit("It stands at the end of the list already.")
        if number == to:
            return
        order = list(present)
        order.insert(to, order.pop(number))
        source = lists.move(document, target, number, to)
        self._change([source], replaced(document.value, path, order), None, path)
        self._touched = None

    def _entry(self, path: Path, number: int) -> tuple[Document, Target, list[Any]]:
        document, target = self._prepared(path)
        present = at_path(document.value, path)
        if not isinstance(present, list) or not 0 <= number < len(present):
            raise CannotEdit(f"There is no entry {number + 1} in {named(path)}.")
        return document, target, present
