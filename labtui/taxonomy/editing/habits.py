"""How a file is indented, so that what is added looks like what is there and pleases the linter."""

from __future__ import annotations

import msgspec
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from labtui.taxonomy.editing.spans import block_indent, column_of, inside, is_block, start_of

MOST_NODES = 3000
"""Looked at; habits show in the first few."""


class Habits(msgspec.Struct, frozen=True):
    step: int = 2
    """Columns a mapping or list stands deeper than its key."""
    lists: int = 2
    """Columns the hyphens of a list stand deeper than its key: 0 or `step`."""
    block: int = 2
    """Columns the lines of a block stand deeper than its key."""


def habits_of(text: str, root: Node | None) -> Habits:
    """What the first of each kind in the file does; the linter wants all others to do the same."""
    step = lists = block = None
    stack: list[Node] = [root] if root is not None else []
    looked = 0
    while stack and looked < MOST_NODES and (step is None or lists is None or block is None):
        node = stack.pop()
        looked += 1
        if isinstance(node, SequenceNode) and not node.flow_style:
            stack.extend(reversed(node.value))
        if not isinstance(node, MappingNode) or node.flow_style:
            continue
        for key, value in node.value:
            if not inside(value, node):
                continue
            deeper = column_of(value) - column_of(key)
            if isinstance(value, SequenceNode) and not value.flow_style and value.value:
                lists = deeper if lists is None and text[start_of(value)] == "-" else lists
                step = deeper if step is None and deeper > 0 else step
            elif isinstance(value, MappingNode) and not value.flow_style:
                step = deeper if step is None and deeper > 0 else step
            elif isinstance(value, ScalarNode) and is_block(value) and block is None:
                indent = block_indent(text, value)
                block = indent - column_of(key) if indent > column_of(key) else None
        stack.extend(value for _, value in reversed(node.value) if inside(value, node))
    step = step or 2
    return Habits(step, step if lists is None or lists > 0 else 0, block or 2)
