"""Marking a part of a text by rows and words, as plain data: a unit that stays marked, and an end that moves."""

from __future__ import annotations

from typing import NamedTuple

from labtui.widgets.document_rows import Rows, paragraph, word_after, word_before


class Mark(NamedTuple):
    """From `first` to `last` is what the marking began with; `head` is the end that moves."""

    first: int
    last: int
    head: int

    @property
    def forward(self) -> bool:
        return self.head >= self.last

    @property
    def start(self) -> int:
        return self.first if self.forward else self.head

    @property
    def end(self) -> int:
        return self.head if self.forward else self.last


def begin(rows: Rows, row: int) -> Mark:
    """The row, or the nearest one that holds a word: below, else above. The text holds one."""
    below_and_above = (*range(row, len(rows)), *range(row, -1, -1))
    there = next(place for place in below_and_above if rows.text[rows.starts[place] : rows.ends[place]].strip())
    return Mark(rows.starts[there], rows.ends[there], rows.ends[there])


def head_row(rows: Rows, mark: Mark) -> int:
    return rows.at(max(mark.start, mark.end - 1) if mark.forward else mark.head)


def by_rows(rows: Rows, mark: Mark, count: int) -> Mark:
    """The moving end `count` rows further down, to the end or the beginning of a row; further where nothing would
    be marked, and where it was if nothing is there."""
    row = min(len(rows) - 1, max(0, head_row(rows, mark) + count))
    while 0 <= row < len(rows):
        forward = rows.starts[row] >= mark.first
        moved = mark._replace(head=max(mark.last, rows.ends[row]) if forward else rows.starts[row])
        if rows.text[moved.start : moved.end].strip():
            return moved
        row += 1 if count > 0 else -1
    return mark


def by_word(rows: Rows, mark: Mark, count: int) -> Mark:
    """The moving end one word on, or back; one word at least stays marked."""
    text = rows.text
    if mark.forward:
        end = word_after(text, mark.end)[1] if count > 0 else word_before(text, word_before(text, mark.end)[0])[1]
        end = max(end, word_after(text, mark.first)[1])
        return _if_any(text, Mark(mark.first, min(mark.last, end), end), mark)
    start = word_after(text, word_after(text, mark.start)[1])[0] if count > 0 else word_before(text, mark.start)[0]
    return _if_any(text, Mark(mark.first, mark.last, min(start, word_before(text, mark.last)[0])), mark)


def _if_any(text: str, moved: Mark, mark: Mark) -> Mark:
    return moved if text[moved.start : moved.end].strip() else mark


def swapped(mark: Mark) -> Mark:
    """The same part, with the other end moving."""
    if mark.forward:
        return Mark(mark.end, mark.end, mark.start)
    return Mark(mark.start, mark.start, mark.end)


def by_paragraph(rows: Rows, mark: Mark) -> Mark:
    """The paragraphs in which the marked part begins and ends, whole."""
    start, end = paragraph(rows.text, mark.start, mark.end)
    return Mark(start, end, end)
