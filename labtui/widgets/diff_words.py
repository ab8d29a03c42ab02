"""Texts of a diff as wrapped lines: a sign before them, the words that differ marked in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise, zip_longest

from textual.content import Content

from labtui.taxonomy.comparing.word_spans import MOST_PIECES, Budget, Span, TextChange, change, differing
from labtui.text import clean, width

STYLE = {"+": "$success", "-": "$error", "~": "$warning", ">": "$secondary", " ": ""}
"""Colour of each sign; the sign itself and the underline say the same without colour."""
HAND_WRAPPED = 60
"""A text whose longest line has so many cells was most likely broken for the file's sake, not for the sentences'."""
NEARLY_FULL = 0.75
"""Share of that length at which a line ended because it was full."""
WHOLE_LINES = 8
"""Lines of a text shown whole; of a longer one only those around what differs."""


def sides(text: TextChange, room: int, *, unfolded: bool = False) -> list[tuple[str, Content]]:
    """(sign, line) of a text before and after, each at most `room` cells wide; lines that stayed are left out."""
    lines: list[tuple[str, Content]] = []
    if text.before == text.after:
        return [(" ", line) for line in folded(wrapped(text.before, (), " ", room), unfolded)]
    if text.before:
        lines += [("-", line) for line in folded(wrapped(text.before, text.removed, "-", room), unfolded)]
    if text.after:
        lines += [("+", line) for line in folded(wrapped(text.after, text.added, "+", room), unfolded)]
    return lines


def by_lines(text: TextChange, room: int, *, unfolded: bool = False) -> list[tuple[str, Content]]:
    """(sign, line) of a text whose lines each say one thing: a line that stayed stands there once, and one that was
    changed below what it was, the words that differ marked. Longer lines are wrapped."""
    before, after = text.before.splitlines(), text.after.splitlines()
    budget = Budget()
    blocks = differing(before, after, MOST_PIECES, budget)
    if blocks is None:
        blocks = [(0, len(before), 0, len(after))]
    lines: list[tuple[str, Content]] = []
    at = 0
    for a1, a2, b1, b2 in [*blocks, (len(before), len(before), len(after), len(after))]:
        lines += [(" ", row) for line in before[at:a1] for row in wrapped(line, (), " ", room)]
        for old, new in zip_longest(before[a1:a2], after[b1:b2]):
            found = change(old or "", new or "", budget)
            lines += [("-", row) for row in wrapped(found.before, found.removed, "-", room)] if old is not None else []
            lines += [("+", row) for row in wrapped(found.after, found.added, "+", room)] if new is not None else []
        at = a2
    if unfolded or len(lines) <= WHOLE_LINES or all(sign != " " for sign, _ in lines):
        return lines
    return _around_changes(lines)


def _around_changes(lines: list[tuple[str, Content]]) -> list[tuple[str, Content]]:
    """What changed, with a line on either side of it; what is left out is counted."""
    kept = sorted(
        {
            near
            for index, (sign, _) in enumerate(lines)
            if sign != " "
            for near in (index - 1, index, index + 1)
            if 0 <= near < len(lines)
        }
    )
    found: list[tuple[str, Content]] = []
    for before, index in pairwise([-1, *kept, len(lines)]):
        if index > before + 1:
            found.append((" ", _more(index - before - 1)))
        found += lines[index : index + 1]
    return found


def wrapped(text: str, spans: Sequence[Span], sign: str, room: int) -> list[Content]:
    """`text` cleaned and wrapped, the spans in it marked; one without marks in it is drawn in the sign's colour."""
    colour = STYLE[sign]
    whole = tuple(spans) == ((0, len(text)),)
    # The line break at the end of a block is no line to look at.
    shown = _flowing(text.rstrip("\n") or text)
    mark, plain = ("", colour) if whole else (f"bold underline {colour}", "")
    parts: list[tuple[str, str]] = []
    at = 0
    for start, end in () if whole else spans:
        parts += [(_shown(shown[at:start]), plain), (_shown(shown[start:end]), mark)]
        at = end
    parts.append((_shown(shown[at:]), plain))
    content = Content.assemble(*(part for part in parts if part[0]))
    return [line for row in content.split("\n", allow_blank=True) for line in (row.wrap(max(1, room)) or [Content("")])]


def folded(lines: list[Content], unfolded: bool) -> list[Content]:
    """The lines, of many only those with a mark and one on either side; what is left out is counted."""
    if unfolded or len(lines) <= WHOLE_LINES:
        return lines
    marked = [index for index, line in enumerate(lines) if any("underline" in str(span.style) for span in line.spans)]
    if not marked:
        return [*lines[: WHOLE_LINES - 1], _more(len(lines) - WHOLE_LINES + 1)]
    kept = sorted({near for index in marked for near in (index - 1, index, index + 1) if 0 <= near < len(lines)})
    found: list[Content] = []
    for before, index in pairwise([-1, *kept]):
        if index > before + 1:
            found.append(_more(index - before - 1))
        found.append(lines[index])
    if (rest := len(lines) - 1 - kept[-1]) > 0:
        found.append(_more(rest))
    return found


def _more(count: int) -> Content:
    return Content.styled(f"… {count} more {'line' if count == 1 else 'lines'} (space shows all)", "$quiet")


def signed(sign: str, lines: Iterable[Content], label: str = "") -> list[Content]:
    """The lines behind their sign; the label stands on the first one."""
    gap = " " * width(label)
    return [
        Content.assemble(
            (f"{sign} ", f"bold {STYLE[sign]}".strip()), (label if number == 0 else gap, "bold $primary"), line
        )
        for number, line in enumerate(lines)
    ]


def _shown(text: str) -> str:
    return clean(text).replace("\t", "    ")


_PROSE = re.compile(r"[^\W\d_]|[\"'(\[]")


def _flowing(text: str) -> str:
    """Prose that was broken by hand at some width, as paragraphs. As long as before: places in it stay right."""
    lines = text.split("\n")
    widths = [width(line[:200]) for line in lines]
    full = max(HAND_WRAPPED, max(widths)) * NEARLY_FULL if max(widths) >= HAND_WRAPPED else float("inf")
    pieces = [lines[0]]
    for before, line in zip(widths, lines[1:], strict=False):
        pieces.append((" " if before >= full and _PROSE.match(line) else "\n") + line)
    return "".join(pieces)
