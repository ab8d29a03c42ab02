"""A text with the values and nodes read from it, and the way along a path of keys and numbers into them."""

from __future__ import annotations

from typing import Any, NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from labtui.taxonomy.editing.habits import Habits, habits_of
from labtui.taxonomy.editing.spans import (
    CannotEdit,
    column_of,
    inside,
    is_block,
    keeps_ending,
    last_of,
    line_stop,
    stop_of,
)
from labtui.taxonomy.parse import parse
from labtui.taxonomy.places import entry

Path = tuple[str | int, ...]
"""A place in the values: `("seed_examples", 0, "question")`. Numbers count from 0."""


class Document(NamedTuple):
    text: str
    value: Any
    root: Node | None

    @property
    def habits(self) -> Habits:
        return habits_of(self.text, self.root)


class Target(NamedTuple):
    """What a path leads to, as far as it is there."""

    parent: Node | None
    """The collection the last step that was found stands in; None for the document itself."""
    key: Node | None
    """The key's node, where the parent is a mapping."""
    node: Node | None
    """The value at the end of the steps that were found."""
    rest: Path
    """The steps that lead nowhere yet."""
    flow: bool
    """Whether it stands within braces or brackets."""

    @property
    def parent_column(self) -> int:
        return column_of(self.parent) if self.parent is not None else 0


def read_document(text: str) -> Document:
    """Raises Unreadable."""
    value, root = parse(text)
    return Document(text, value, root)


def find(document: Document, path: Path) -> Target:
    """Follows `path`. Raises CannotEdit where it leads through an alias, or through something of another kind."""
    parent: Node | None = None
    key: Node | None = None
    node = document.root
    flow = False
    for number, step in enumerate(path):
        rest = path[number:]
        flow = flow or bool(getattr(node, "flow_style", False))
        if isinstance(node, MappingNode) and isinstance(step, str):
            found = entry(node, step)
            if found is None:
                return Target(parent, key, node, rest, flow)
            key, child = found
        elif isinstance(node, SequenceNode) and isinstance(step, int):
            if not 0 <= step < len(node.value):
                return Target(parent, key, node, rest, flow)
            key, child = None, node.value[step]
        elif is_nothing(node):
            return Target(parent, key, node, rest, flow)
        else:
            raise CannotEdit(
                f"{_named(path[:number])} is no {'list' if isinstance(step, int) else 'mapping of keys'}.",
                hint="Change it in the YAML view.",
            )
        if not inside(child, node) or (key is not None and not stop_of(key) <= stop_of(child)):
            raise CannotEdit(
                f"{_named(path[: number + 1])} is written elsewhere in the file and only referred to here.",
                hint="Write it out in the YAML view instead of using *.",
            )
        parent, node = node, child
    return Target(parent, key, node, (), flow)


def is_nothing(node: Node | None) -> bool:
    """Whether there is no value: none at all, or one that means nothing, such as `~`."""
    return node is None or (isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:null")


def _named(path: Path) -> str:
    return "The file" if not path else " ".join(f"{step + 1}" if isinstance(step, int) else step for step in path)


def named(path: Path) -> str:
    """A path as a person says it: `seed_examples 2 question`."""
    return _named(path)


def closed(document: Document) -> Document:
    """The same document with a newline at its end, so that something can stand behind it."""
    text = document.text
    if not text or text.endswith("\n"):
        return document
    node = last_of(document.root) if document.root is not None else None
    if isinstance(node, ScalarNode) and is_block(node) and stop_of(node) == len(text):
        # Without the newline a block's text has none either; with one it would get one.
        start: Any = node.start_mark
        header = text[start.index : line_stop(text, start.index)]
        sign = header.find(node.style)
        if "-" not in header and sign >= 0 and not keeps_ending(text, node):
            at = start.index + sign + 1
            text = f"{text[:at]}-{text[at:]}"
    return read_document(text + "\n")


def replaced(value: Any, path: Path, new: Any) -> Any:
    """The value with `new` at the end of `path`; what is not on the way is shared, not copied."""
    if not path:
        return new
    step = path[0]
    if isinstance(step, int):
        items = list(value) if isinstance(value, list) else []
        inner = items[step] if step < len(items) else None
        items[step : step + 1] = [replaced(inner, path[1:], new)]
        return items
    entries = dict(value) if isinstance(value, dict) else {}
    entries[step] = replaced(entries.get(step), path[1:], new)
    return entries


def at_path(value: Any, path: Path) -> Any:
    """The value at the end of `path`, or None."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, kinds included; a number that is none equals itself."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(item, other[key]) for key, item in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(same(item, twin) for item, twin in zip(one, other, strict=True))
    return bool(one == other) or (one != one and other != other)
