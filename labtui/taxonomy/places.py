"""Where in the text something stands: from a path into the values (`seed_examples`, 2, `answer`) to its node."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode


class Place(NamedTuple):
    """Counted from 1, columns in characters."""

    line: int
    column: int


START = Place(1, 1)


def place(node: Node | None) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1) if node is not None else START


def entry(node: Node | None, key: object) -> tuple[Node, Node] | None:
    """The key's node and the value's node of a mapping. Of a key written twice the last one counts, as in PyYAML."""
    if not isinstance(node, MappingNode):
        return None
    text = key if isinstance(key, str) else str(key)
    for key_node, value_node in reversed(node.value):
        if isinstance(key_node, ScalarNode) and key_node.value == text:
            return key_node, value_node
    return None


def value(node: Node | None, key: object) -> Node | None:
    found = entry(node, key)
    return found[1] if found else None


def items(node: Node | None) -> list[Node]:
    return list(node.value) if isinstance(node, SequenceNode) else []


def follow(node: Node | None, path: Iterable[object]) -> Node | None:
    """The node at the end of `path`; where a step leads nowhere, the last one that was there."""
    for step in path:
        if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
            node = node.value[step]
        elif (inner := value(node, step)) is not None:
            node = inner
        else:
            return node
    return node
