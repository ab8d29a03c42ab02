"""Texts of a leaf as finished lines: wrapped, counted, with what is wrong below them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from textual.content import Content

from labtui import signs
from labtui.taxonomy.findings import Finding, Level
from labtui.text import clean, width

SIGN = {
    Level.ERROR: (signs.FAILED, "$error"),
    Level.WARNING: (signs.WARNING, "$warning"),
    Level.INFO: ("·", "$quiet"),
}
HAND_WRAPPED = 60
"""A line of so many cells was most likely broken for the file's sake, not for the sentence's."""


@lru_cache(maxsize=4096)
def wrapped(text: str, room: int, style: str = "") -> tuple[Content, ...]:
    """Foreign text in lines of at most `room` cells; nothing for no text."""
    if not text:
        return ()
    shown = clean(text).replace("\t", "    ")
    return tuple(
        line for part in shown.split("\n") for line in (Content.styled(part, style).wrap(room) or [Content("")])
    )


def flowing(text: str) -> str:
    """Prose that its author broke by hand at some width, as paragraphs; lists, verse and tables stay as they are."""
    lines = text.split("\n")
    joined = lines[:1]
    for before, line in pairwise(lines):
        if width(before) >= HAND_WRAPPED and _PROSE.match(line):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return "\n".join(joined)


_PROSE = re.compile(r"[^\W\d_]|[\"'(\[]")


def problem_lines(findings: Iterable[Finding], room: int, indent: int = 0) -> list[Content]:
    """Each finding with its sign, and below it what to do."""
    lines: list[Content] = []
    for finding in findings:
        sign, style = SIGN[finding.level]
        text = wrapped(f"{finding.message}  {finding.hint}".strip(), max(10, room - indent - 2), style)
        for number, line in enumerate(text):
            lines.append(Content.assemble(" " * indent, (f"{sign} " if number == 0 else "  ", f"bold {style}"), line))
    return lines


def within(lines: list[Content], room: int) -> list[Content]:
    """The lines, those cut off that do not fit into a pane too narrow for them."""
    return [line if line.cell_length <= room else line.truncate(room) for line in lines]
