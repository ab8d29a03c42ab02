"""The entries of a list in block style, each with the lines and remarks that belong to it."""

from __future__ import annotations

import re
from typing import NamedTuple

from yaml.nodes import SequenceNode

from labtui.taxonomy.editing.spans import (
    CannotEdit,
    column_of,
    content_stop,
    inside,
    keeps_ending,
    last_of,
    line_start,
    line_stop,
    next_line,
    start_of,
)


class Item(NamedTuple):
    """One entry of a list in the text."""

    start: int
    """Where its first line begins, that of a remark above it included."""
    dash: int
    stop: int
    """Where the line after its last begins, remarks that belong to it included."""
    keeps: bool = False
    """Whether empty lines behind it would belong to its text."""


def items_of(text: str, node: SequenceNode) -> list[Item]:
    """The entries of a list in block style. Raises CannotEdit for one that shares its lines with something else."""
    column, first = _first_dash(text, node)
    found: list[Item] = []
    previous = line_start(text, first)
    if text[previous:first].strip(" "):
        raise CannotEdit("This list begins on the line of another.", hint="Edit it in the YAML view.")
    dash = first
    for index, child in enumerate(node.value):
        if index:
            dash = _dash_from(text, previous, column)
        start = _with_remarks_above(text, dash, previous if found else 0, column)
        real = start_of(child) >= dash and inside(child, node)
        stop = max(content_stop(text, child), dash) if real else dash
        ended = next_line(text, stop)
        stop = _with_remarks_below(text, ended, column)
        found.append(Item(start, dash, stop, stop == ended and keeps_ending(text, last_of(child))))
        previous = stop
    return found


def _first_dash(text: str, node: SequenceNode) -> tuple[int, int]:
    start = start_of(node)
    if text[start : start + 1] == "-":
        return column_of(node), start
    found = re.compile(r"^( *)-(?=\s|\Z)", re.MULTILINE).search(text, start)
    if node.flow_style or found is None:
        raise CannotEdit("The list stands in brackets.", hint="Write its entries on lines of their own.")
    return len(found[1]), found.end() - 1


def _dash_from(text: str, at: int, column: int) -> int:
    """The hyphen of the next entry from the line that begins at `at`; only empty lines and remarks lie between."""
    found = re.compile(rf"^ {{{column}}}-(?=\s|\Z)", re.MULTILINE).search(text, at)
    if found is None:
        raise CannotEdit("An entry of this list was not found where it should be.", hint="Edit it in the YAML view.")
    return found.end() - 1


def _with_remarks_above(text: str, dash: int, floor: int, column: int) -> int:
    """Remarks on the lines right above an entry, not deeper than its hyphen, belong to it."""
    start = line_start(text, dash)
    while start > floor:
        above = line_start(text, start - 1)
        line = text[above : start - 1]
        if above < floor or not line.lstrip(" ").startswith("#") or len(line) - len(line.lstrip(" ")) > column:
            break
        start = above
    return start


def _with_remarks_below(text: str, stop: int, column: int) -> int:
    """Remarks right below an entry that are indented deeper than its hyphen belong to it."""
    while stop < len(text):
        line = text[stop : line_stop(text, stop)]
        if not line.lstrip(" ").startswith("#") or len(line) - len(line.lstrip(" ")) <= column:
            break
        stop = next_line(text, stop)
    return stop
