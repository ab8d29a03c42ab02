"""A text broken into rows of a given width, by offsets: every row is a piece of the text, so that what is marked on the
screen is exactly what stands in the document."""

from __future__ import annotations

import bisect
import re
from array import array
from collections.abc import Iterator
from functools import lru_cache

from labtui.text import width

TAB = 4
"""Cells a tab takes."""
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_WORD = re.compile(f"[{_UNSPACED}]|[^\\s{_UNSPACED}]+")
_BREAKS = re.compile(f"[{_UNSPACED}]")
_BLANKS = " \t\n"
LOOK_BACK = 2000
"""Characters searched for the word before."""


HAND_WRAPPED = 60
"""A line of so many characters was most likely broken for the file's sake: prose flows on over its end."""
_PROSE = re.compile(r"[^\W\d_]|\d+(?![.)\d]|\s*\|)|[\"'“‘(\[]|[*_]{1,2}\w|`(?!``)")
_NO_PROSE = re.compile(r"\s*(?:#{1,6}\s|\||```|~~~|(?:[-*_]\s*){3,}$|=+\s*$)")
_FENCE = re.compile(r" {0,3}(```|~~~)")


class Rows:
    """The rows of `text` at most `room` cells wide; white space at which a row is broken belongs to none.

    Prose that its author broke by hand at some width flows: a row may hold a line break, to be drawn as a space.
    """

    def __init__(self, text: str, room: int) -> None:
        self.text = text
        self.room = max(1, room)
        self.starts = array("L")
        self.ends = array("L")
        self._lines = array("L")
        """Where the line begins, or the lines that flow together, of which the row is a part."""
        for start, end in _flowing(text):
            self._line = start
            if end - start <= self.room and text.isascii() and text.find("\t", start, end) < 0:
                self._add(start, end)
            else:
                self._break(start, end)

    def __len__(self) -> int:
        return len(self.starts)

    def _add(self, start: int, end: int) -> None:
        self.starts.append(start)
        self.ends.append(end)
        self._lines.append(self._line)

    def line(self, row: int) -> tuple[int, int]:
        """Where the line begins and ends, or the lines that flow together, of which the row is a part."""
        start = self._lines[row]
        last = bisect.bisect_right(self._lines, start) - 1
        return start, self.ends[last]

    def _break(self, start: int, end: int) -> None:
        text = self.text
        while True:
            fits = self._fit(start, end)
            if fits >= end:
                self._add(start, end)
                return
            cut = fits
            if not text[fits].isspace():
                space = max(text.rfind(blank, start, fits) for blank in _BLANKS)
                if _BREAKS.match(text, fits) is None and space > start:
                    cut = space + 1
            kept = cut
            while kept > start and text[kept - 1] in _BLANKS:
                kept -= 1
            self._add(start, kept if kept > start else cut)
            while cut < end and text[cut] in _BLANKS:
                cut += 1
            start = cut
            if start >= end:
                return

    def _fit(self, start: int, end: int) -> int:
        """How far a row from `start` reaches; at least one character."""
        piece = self.text[start : min(end, start + self.room)]
        if piece.isascii() and "\t" not in piece:
            return start + len(piece)
        used = 0
        for place, character in enumerate(piece):
            used += cells(character)
            if used > self.room:
                return start + max(1, place)
        # Characters without width (accents of their own) make more of them fit.
        at = start + len(piece)
        while at < end and cells(self.text[at]) == 0:
            at += 1
        return at

    def at(self, offset: int) -> int:
        """The row in which the character at `offset` stands, or after which it was left out."""
        return max(0, bisect.bisect_right(self.starts, offset) - 1)

    def line_of(self, row: int) -> int:
        """The number of the text's line, from 1."""
        return self.text.count("\n", 0, self.starts[row]) + 1


def _flowing(text: str) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends, those of hand-broken prose together."""
    # The line break at the end of a text begins no line.
    last = len(text) - text.endswith("\n")
    at, fenced = 0, ""
    while at <= last:
        start, end = at, _end(text, at)
        if found := _FENCE.match(text, start, end):
            fenced = "" if fenced == found[1] else fenced or found[1]
        while not fenced and end < last and _flows(text, at, end):
            at, end = end + 1, _end(text, end + 1)
        yield start, end
        at = end + 1


def _end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _flows(text: str, start: int, end: int) -> bool:
    """Whether the line from `start` to `end` goes on in the next one."""
    if end - start < HAND_WRAPPED or text.endswith(("  ", "\\"), start, end):
        return False
    if _PROSE.match(text, end + 1) is None or _NO_PROSE.match(text, start, end):
        return False
    # What is underlined is a heading, and a row of a table stays a row.
    following = text[end + 1 : _end(text, end + 1)]
    return "|" not in following and "|" not in text[start:end]


def word_after(text: str, offset: int) -> tuple[int, int]:
    """Where the next word begins and ends; the end of the text where there is none."""
    found = _WORD.search(text, offset)
    return found.span() if found else (len(text), len(text))


def word_before(text: str, offset: int) -> tuple[int, int]:
    """Where the last word that begins before `offset` begins and ends; the start of the text where there is none."""
    base = max(0, offset - LOOK_BACK)
    last = (0, 0)
    for found in _WORD.finditer(text, base, offset):
        last = found.span()
    return last


def paragraph(text: str, start: int, end: int) -> tuple[int, int]:
    """From the empty line before `start` to the one after `end`."""
    before = max((found.end() for found in re.finditer(r"\n[ \t]*\n", text[:start])), default=0)
    after = re.compile(r"\n[ \t]*(?=\n)").search(text, max(start, end - 1))
    return before, after.start() if after else len(text)


@lru_cache(4096)
def cells(character: str) -> int:
    return TAB if character == "\t" else width(character)
