"""Which characters of the text belong to a node: its own, its line's remark, its item of a list with its remarks.

All places are offsets into the text the nodes were read from.
"""

from __future__ import annotations

import re
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from labtui.errors import LabError

_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*[ \t]+)+|[&!][^\s,\[\]{}]*(?=$|\n)")
_REMARK = re.compile(r"[ \t]+#[^\n]*")
_HEADER = re.compile(r"[|>]([-+0-9]*)([ \t]+#[^\n]*)?[ \t]*(?=\n|\Z)")


class CannotEdit(LabError):
    """An edit that would change more than what was asked for, or that this part of the file does not allow."""


def start_of(node: Node) -> int:
    mark: Any = node.start_mark
    return int(mark.index)


def stop_of(node: Node) -> int:
    mark: Any = node.end_mark
    return int(mark.index)


def column_of(node: Node) -> int:
    mark: Any = node.start_mark
    return int(mark.column)


def line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def line_stop(text: str, at: int) -> int:
    """The place of the newline that ends the line, or the end of the text."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def next_line(text: str, at: int) -> int:
    return min(len(text), line_stop(text, at) + 1)


def is_block(node: ScalarNode) -> bool:
    return node.style in ("|", ">")


def keeps_ending(text: str, node: Node) -> bool:
    """Whether the empty lines behind a block belong to its text (`|+`)."""
    if not isinstance(node, ScalarNode) or not is_block(node):
        return False
    header = _HEADER.match(text, skip_properties(text, node))
    return header is not None and "+" in header[1]


def skip_properties(text: str, node: Node) -> int:
    """Where the value itself begins, behind an anchor or a tag."""
    start = start_of(node)
    found = _PROPERTIES.match(text, start)
    return found.end() if found else start


def inside(child: Node, parent: Node) -> bool:
    """Whether a value stands where its parent does; one that comes from an alias or a merge does not."""
    return start_of(parent) <= start_of(child) and stop_of(child) <= stop_of(parent)


def block_indent(text: str, node: ScalarNode) -> int:
    """The column the lines of a block begin at; -1 where it has none."""
    header = _HEADER.match(text, skip_properties(text, node))
    at = next_line(text, start_of(node))
    while at < stop_of(node):
        line = text[at : line_stop(text, at)]
        if line.strip(" "):
            digits = re.sub(r"\D", "", header[1]) if header else ""
            lead = len(line) - len(line.lstrip(" "))
            # With an indicator the first line may begin with spaces of its own.
            surplus = len(node.value.lstrip("\n")) - len(node.value.lstrip("\n ")) if digits else 0
            return lead - surplus
        at = next_line(text, at)
    return -1


def scalar_stop(text: str, node: ScalarNode) -> int:
    """Behind the last character of a scalar: of a block the newline that ends its last line is not counted."""
    stop = stop_of(node)
    if not is_block(node):
        return stop
    if text[stop - 1 : stop] == "\n":
        stop -= 1
    if keeps_ending(text, node):
        return stop
    first, indent = line_stop(text, start_of(node)), block_indent(text, node)
    while stop > first:
        begin = line_start(text, stop)
        line = text[begin:stop]
        # White space beyond the indentation is text of the block.
        if line.strip(" ") or 0 <= indent < len(line):
            break
        stop = begin - 1
    return max(stop, first)


def content_stop(text: str, node: Node, at_least: int = 0) -> int:
    """Behind the last character of a node's content, remarks and empty lines behind it left out."""
    if isinstance(node, ScalarNode):
        return scalar_stop(text, node)
    if not isinstance(node, (MappingNode, SequenceNode)) or node.flow_style or not node.value:
        return stop_of(node)
    if isinstance(node, SequenceNode):
        *before, last = node.value
        known = max([start_of(node), *(start_of(child) for child in before[-1:])])
        parent_stop = last
    else:
        pairs = [pair for pair in node.value if inside(pair[0], node)]
        if not pairs:
            return stop_of(node)
        key, parent_stop = max(pairs, key=lambda pair: start_of(pair[0]))
        known = stop_of(key)
    if inside(parent_stop, node) and start_of(parent_stop) >= known:
        return max(content_stop(text, parent_stop), known, at_least)
    # An alias: its own place is not known to the tree, but it stands on the line of its key or hyphen.
    return line_stop(text, max(known, at_least))


def remark_at(text: str, at: int) -> str:
    """The remark behind `at` on the same line, with the white space before it; else nothing."""
    found = _REMARK.match(text, at)
    return found.group() if found else ""


def header_remark(text: str, node: ScalarNode) -> str:
    """The remark behind the sign of a block."""
    found = _HEADER.match(text, skip_properties(text, node))
    return (found[2] or "") if found else ""


def last_of(node: Node) -> Node:
    """The scalar, or the collection in brackets, that a node ends with."""
    while isinstance(node, (MappingNode, SequenceNode)) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node
