"""Putting another text in the place of one value: only the value's own characters change."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from yaml.nodes import MappingNode, ScalarNode

from labtui.taxonomy.editing.document import Document, Target
from labtui.taxonomy.editing.quoting import Spot
from labtui.taxonomy.editing.scalars import LONGEST, Old, ways
from labtui.taxonomy.editing.spans import (
    block_indent,
    header_remark,
    is_block,
    line_start,
    line_stop,
    next_line,
    remark_at,
    scalar_stop,
    skip_properties,
    start_of,
    stop_of,
)


def style_of(document: Document, target: Target) -> Old:
    """How the value at `target` is written now."""
    node = target.node
    if not isinstance(node, ScalarNode):
        return Old("")
    text = document.text
    begin, end = skip_properties(text, node), scalar_stop(text, node)
    source = text[begin:end]
    if is_block(node):
        source = source.replace(header_remark(text, node), "", 1)
        begin = next_line(text, begin)
    lines = text[begin:end].split("\n") if begin < end else []
    return Old(node.style or "", node.value, tuple(lines), source, _indent(text, node, begin, end))


def with_text(document: Document, target: Target, text: str, old: Old | None) -> Iterator[str]:
    """The whole text with `text` as the value at `target`, which is a scalar; the best way to write it first."""
    node = target.node
    assert isinstance(node, ScalarNode)  # noqa: S101
    whole = document.text
    begin, end = skip_properties(whole, node), scalar_stop(whole, node)
    spot = _spot(document, target, begin, end)
    if old is not None and old.indent > spot.parent:
        spot = msgspec.structs.replace(spot, indent=old.indent)
    for source in ways(text, spot, old):
        yield _put(whole, node, source, begin, end, target)
    if begin != start_of(node):
        # A tag such as !!int may be what keeps the text from being one.
        for source in ways(text, spot, old):
            yield _put(whole, node, source, start_of(node), end, target)


def with_number(document: Document, target: Target, digits: str) -> str:
    """The whole text with a plain number as the value at `target`."""
    node = target.node
    assert isinstance(node, ScalarNode)  # noqa: S101
    return _put(document.text, node, digits, start_of(node), scalar_stop(document.text, node), target)


def _spot(document: Document, target: Target, begin: int, end: int) -> Spot:
    text, node = document.text, target.node
    assert isinstance(node, ScalarNode)  # noqa: S101
    parent = target.parent_column
    column = begin - line_start(text, begin) + (begin == end)
    indent = _indent(text, node, begin, end)
    if indent <= parent:
        indent = parent + (document.habits.block if isinstance(target.parent, MappingNode) else 2)
    wide = not is_block(node) and line_stop(text, begin) - line_start(text, begin) > LONGEST
    following = next_line(text, end)
    # Empty lines that part this from what follows must not become its text.
    last = not text[end:].strip() or not text[following : line_stop(text, following)].strip()
    return Spot(column=column, parent=parent, indent=indent, flow=target.flow, last=last, wide=wide)


def _indent(text: str, node: ScalarNode, begin: int, end: int) -> int:
    """The column of the lines of a value after its first; -1 where there is none."""
    if is_block(node):
        return block_indent(text, node)
    if "\n" not in text[begin:end]:
        return -1
    second = text[next_line(text, begin) : line_stop(text, next_line(text, begin))]
    return len(second) - len(second.lstrip(" ")) if second.strip() else -1


def _put(text: str, node: ScalarNode, source: str, begin: int, end: int, target: Target) -> str:
    """`source` in the place of the value; a remark behind it stays on the first line of a block."""
    first, newline, rest = source.partition("\n")
    to_block = first.startswith(("|", ">")) and bool(newline)
    remark = ""
    if is_block(node):
        remark = header_remark(text, node)
    elif to_block:
        remark = remark_at(text, end)
        end = min(line_stop(text, end), end + max(len(remark), _white(text, end)))
        begin, above = _up_to_key(text, begin, target)
        remark = remark or above
    if text[begin - 1 : begin] in (":", "-"):
        first = " " + first
    after = text[end:]
    if to_block:
        after = after or "\n"
    return text[:begin] + first + (remark if to_block or is_block(node) else "") + newline + rest + after


def _white(text: str, at: int) -> int:
    tail = text[at : line_stop(text, at)]
    return len(tail) if not tail.strip(" \t") else 0


def _up_to_key(text: str, begin: int, target: Target) -> tuple[int, str]:
    """A block's sign stands on the line of its key, also where the value stood on the next one."""
    if target.key is None:
        return begin, ""
    found = re.compile(r"[ ]*:([ \t]+#[^\n]*)?[ \t]*\n\s*").match(text, stop_of(target.key), begin)
    if found is None or found.end() != begin:
        return begin, ""
    colon = text.index(":", found.start())
    return colon + 1, found[1] or ""
