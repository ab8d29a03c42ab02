"""A file's text under repair: edits by position, with its line ends and byte-order mark kept as they are."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from labtui.taxonomy.parse import Parsed, parse

BYTE_ORDER_MARK = "\ufeff"

_PAIR = re.compile("\r\n")
_END = re.compile("\r\n|\r|\n")


class Edit(NamedTuple):
    """`text` in place of the characters from `start` to `end`; newlines in it become the file's own line ends."""

    start: int
    end: int
    text: str
    moved_from: int = -1
    """Where `text` stood before, if it was only moved."""


class Overlap(ValueError):
    """Two edits touch the same characters."""


class FileText:
    """What a file says, as it is written (`raw`) and with every line end a newline (`text`).

    Positions are those of `text`, as the parser and the linter give them.
    """

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.text = raw.replace("\r\n", "\n").replace("\r", "\n") if "\r" in raw else raw
        # Each pair of carriage return and newline is one character in `text`, two in `raw`.
        self._pairs = [match.start() - count for count, match in enumerate(_PAIR.finditer(raw))] if "\r" in raw else []
        self._lines: list[int] | None = None

    @functools.cached_property
    def parsed(self) -> Parsed:
        """Raises Unreadable."""
        return parse(self.text)

    @property
    def data(self) -> bytes:
        return self.raw.encode("utf-8")

    @property
    def newline(self) -> str:
        """The line end most lines have; of two equally frequent ones the newline."""
        if "\r" not in self.raw:
            return "\n"
        counts = {"\n": 0, "\r\n": 0, "\r": 0}
        for found in _END.findall(self.raw):
            counts[found] += 1
        return max(counts, key=lambda kind: counts[kind])

    @property
    def _starts(self) -> list[int]:
        if self._lines is None:
            self._lines = [0, *(match.end() for match in re.finditer("\n", self.text))]
        return self._lines

    def line_start(self, line: int) -> int:
        """Where a line begins, counted from 1; the end of the text where there is no such line."""
        starts = self._starts
        return starts[line - 1] if 1 <= line <= len(starts) else len(self.text)

    def line_end(self, line: int) -> int:
        """Where a line's newline stands, or the text ends."""
        end = self.text.find("\n", self.line_start(line))
        return len(self.text) if end < 0 else end

    def line(self, line: int) -> str:
        return self.text[self.line_start(line) : self.line_end(line)]

    def line_of(self, offset: int) -> int:
        """The line, from 1, that holds a position."""
        return bisect.bisect_right(self._starts, offset)

    def offset(self, line: int, column: int) -> int:
        """The position of a line and a column, both from 1."""
        return min(self.line_start(line) + column - 1, self.line_end(line))

    def edited(self, edits: Iterable[Edit]) -> FileText:
        """The text after all these edits. Raises Overlap."""
        parts: list[str] = []
        done = 0
        newline = self.newline
        for edit in in_order(edits):
            start, end = self._in_raw(edit.start), self._in_raw(edit.end)
            parts += self.raw[done:start], edit.text.replace("\n", newline)
            done = end
        parts.append(self.raw[done:])
        return FileText("".join(parts))

    def with_line_ends(self, newline: str) -> FileText:
        return FileText(_END.sub(newline, self.raw))

    def _in_raw(self, offset: int) -> int:
        return offset + bisect.bisect_left(self._pairs, offset)


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """Raises Overlap."""
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    for before, edit in pairwise(ordered):
        if edit.start < before.end or (edit.start, edit.end) == (before.start, before.end):
            raise Overlap
    return ordered


def origin(edits: Sequence[Edit], offset: int) -> int:
    """Where a position of the edited text was before the `edits` (ordered ones): the nearest place that is left."""
    shift = 0
    for edit in edits:
        start = edit.start + shift
        if offset < start:
            break
        if offset < start + len(edit.text):
            return edit.moved_from + offset - start if edit.moved_from >= 0 else edit.start
        shift += len(edit.text) - (edit.end - edit.start)
    return offset - shift
