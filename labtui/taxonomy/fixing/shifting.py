"""Repairs that move whole blocks of lines to the left or to the right: indentation, and blanks behind a hyphen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.fixing.spaces import Group, blanks
from labtui.taxonomy.fixing.text import Edit, FileText

_WRONG = re.compile(r"expected (\d+) but found (\d+)")


def indentation(file: FileText, findings: Iterable[Finding]) -> list[Group]:
    """Moves the block, or the one line, that begins at a finding to where the linter expects it."""
    nodes = dict(_by_place(file.parsed.root))
    groups: list[Group] = []
    for finding in findings:
        if found := _WRONG.search(finding.message):
            by = int(found[1]) - int(found[2])
            node = nodes.get((finding.line, finding.column))
            lines = _lines(file, node) if node is not None else range(finding.line, finding.line + 1)
            groups.append(tuple(shift(file, lines, by, finding.column - 1, node)))
    return groups


def hyphens(file: FileText, findings: Iterable[Finding]) -> list[Group]:
    """Takes away blanks behind a hyphen; a block that begins there follows with its other lines."""
    nodes = dict(_by_place(file.parsed.root))
    groups: list[Group] = []
    for finding in findings:
        if (edit := blanks(file, finding)) is None:
            continue
        rest: Iterable[Edit] = ()
        node = nodes.get((finding.line, finding.column + 1))
        if isinstance(node, CollectionNode) and not node.flow_style:
            lines = _lines(file, node)[1:]
            rest = shift(file, lines, len(edit.text) - (edit.end - edit.start), finding.column, node)
        groups.append((edit, *rest))
    return groups


def shift(file: FileText, lines: range, by: int, column: int, node: Node | None = None) -> Iterator[Edit]:
    """Moves lines by that many columns, as far as there is room to the left.

    Empty lines stay, and so do remarks that stand further left than `column`: they belong to something else.
    """
    inside = set(_text_lines(node))
    for line in lines:
        start, text = file.line_start(line), file.line(line)
        indent = len(text) - len(text.lstrip(" "))
        if not text or (indent < column and text.startswith("#", indent) and line not in inside):
            continue
        if by > 0:
            yield Edit(start, start, " " * by)
        elif taken := min(-by, indent):
            yield Edit(start, start + taken, "")


def _lines(file: FileText, node: Node) -> range:
    """The lines a node takes, without what is empty behind it."""
    return lines_of(file, node.start_mark.index, node.end_mark.index)


def lines_of(file: FileText, start: int, end: int) -> range:
    """The lines from one position to another, without what is empty at the end."""
    last = file.line_of(start + max(0, len(file.text[start:end].rstrip()) - 1))
    return range(file.line_of(start), last + 1)


def end_of(node: Node) -> int:
    """Where the last thing in a node ends. The parser ends a block only where the next thing begins."""
    while isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _by_place(root: Node | None) -> Iterator[tuple[tuple[int, int], Node]]:
    """Every node by line and column from 1; where several begin at one place, the outermost comes last."""
    for node in reversed(list(nodes(root))):
        yield (node.start_mark.line + 1, node.start_mark.column + 1), node


def _text_lines(node: Node | None) -> Iterator[int]:
    """The lines, from 1, that go on with a text begun on a line before."""
    for inner in nodes(node):
        if isinstance(inner, ScalarNode) and inner.end_mark.line > inner.start_mark.line:
            yield from range(inner.start_mark.line + 2, inner.end_mark.line + 2)


def nodes(root: Node | None) -> Iterator[Node]:
    """Every node once, outer ones first, in the order of the text."""
    stack, seen = [root] if root is not None else [], set[int]()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, SequenceNode):
            stack.extend(reversed(node.value))
        elif isinstance(node, MappingNode):
            stack.extend(child for pair in reversed(node.value) for child in reversed(pair))
