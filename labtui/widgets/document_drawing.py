"""One row of a document as it is drawn: Markdown in its source, lightly styled, with what is marked laid over it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from textual.content import Content, Span

from labtui.widgets.document_rows import TAB

STYLED = 20_000
"""Characters of the longest line that is styled."""
SEED = "underline on $panel"
FOUND = "bold $warning underline"
FOUND_HERE = "bold reverse $warning"
MARKED = "reverse"

_HEADING = re.compile(r" {0,3}#{1,6}(?=\s)")
_BULLET = re.compile(r"\s*(?:>\s?)*(?:[-*+]|\d{1,9}[.)])(?=\s)|\s*(?:>\s?)+")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_INLINE = re.compile(
    r"(?P<code>`[^`\n]+`)"
    r"|(?P<bold>(?P<b>\*\*|__)(?=\S)[^*_\n]+?(?<=\S)(?P=b))"
    r"|(?P<emphasis>(?<![\w*])(?P<e>[*_])(?=\S)[^*_\n]+?(?<=\S)(?P=e)(?![\w*]))"
    r"|(?P<target>(?<=\])\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\))"
    r"|(?P<tag></?[A-Za-z][^<>\n]{0,200}>)"
)


class Laid(NamedTuple):
    """A style laid over a part of the text, by the text's offsets."""

    start: int
    end: int
    style: str


def draw(text: str, line: tuple[int, int], row: tuple[int, int], laid: Iterable[Laid]) -> Content:
    """The row from `row[0]` to `row[1]` of the text's line `line`; tabs and line breaks within it as spaces."""
    start, end = row
    spans = [
        Span(max(span.start + line[0], start) - start, min(span.end + line[0], end) - start, span.style)
        for span in _styled(text[line[0] : line[1]].replace("\n", " "))
        if span.start + line[0] < end and span.end + line[0] > start
    ]
    spans += [
        Span(max(part.start, start) - start, min(part.end, end) - start, part.style)
        for part in laid
        if part.start < end and part.end > start
    ]
    return _with_tabs(Content(text[start:end].replace("\n", " "), spans=spans))


def _with_tabs(content: Content) -> Content:
    if "\t" not in content.plain:
        return content
    pieces: list[Content] = []
    for piece in content.split("\t", allow_blank=True):
        if pieces:
            pieces.append(Content(" " * TAB))
        pieces.append(piece)
    return Content.assemble(*pieces)


@lru_cache(512)
def _styled(line: str) -> tuple[Span, ...]:
    if len(line) > STYLED:
        return ()
    if found := _HEADING.match(line):
        return Span(0, len(line), "bold $primary"), Span(0, found.end(), "$quiet")
    if _FENCE.match(line):
        return (Span(0, len(line), "$quiet"),)
    spans = []
    if found := _BULLET.match(line):
        spans.append(Span(0, found.end(), "$quiet"))
    for found in _INLINE.finditer(line):
        start, end = found.span()
        kind = found.lastgroup
        if found["code"]:
            spans += [Span(start, end, "$secondary")]
        elif found["bold"]:
            spans += [Span(start, end, "bold"), Span(start, start + 2, "$quiet"), Span(end - 2, end, "$quiet")]
        elif found["emphasis"]:
            spans += [Span(start, end, "italic"), Span(start, start + 1, "$quiet"), Span(end - 1, end, "$quiet")]
        elif kind:
            spans.append(Span(start, end, "$quiet"))
    return tuple(spans)
