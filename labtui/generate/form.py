"""The outward form all seeds of a leaf share, as far as it can be seen without understanding them.

A skill often is a form: three lines that begin with fixed words, one line with a colon and two commas, a list. What
every seed without exception shows, every sample must show too. A leaf with few or differing seeds asks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

import msgspec

from labtui.serve.client import CHARACTERS_A_TOKEN

T = TypeVar("T", bound=Hashable)

LEAST = 4
"""Texts that must agree before their agreement means anything."""
COUNTED = {":": "colons", ",": "commas", ";": "semicolons", "|": "bars"}

_MARKER = re.compile(r"(?:[-*•]|\d+[.)]|[^\W\d_][\w' -]{0,30}:)(?=\s|\Z)")


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What all of some texts have in common. Empty fields ask nothing."""

    lines: int = 0
    """Exactly so many lines."""
    markers: tuple[str, ...] = ()
    """What each line begins with (`Short:`, `-`); with one marker and no fixed number of lines, every line."""
    counts: dict[str, int] = {}
    """Signs that stand exactly so often in a text of one line."""

    def misses(self, text: str) -> str:
        """What `text` lacks, in a few words; empty where it has the form."""
        lines = _lines(text)
        if self.lines and len(lines) != self.lines:
            return f"{_many(len(lines), 'line')} where the seeds have {self.lines}"
        wanted = self.markers if self.lines else self.markers * len(lines)
        for number, (line, marker) in enumerate(zip(lines, wanted, strict=False), 1):
            if marker and not line.casefold().startswith(marker.casefold()):
                return f"line {number} does not begin with '{marker}'"
        for sign, count in self.counts.items():
            if text.count(sign) != count:
                return f"{text.count(sign)} {COUNTED[sign]} where the seeds have {count}"
        return ""


def common_form(texts: Iterable[str], *, lines_only: bool = False) -> Form:
    """The form that every one of `texts` has."""
    texts = [text for text in texts if text.strip()]
    if len(texts) < LEAST:
        return Form()
    split = [_lines(text) for text in texts]
    height = _same(len(lines) for lines in split) or 0
    if lines_only:
        return Form(lines=1) if height == 1 else Form()
    if height:
        markers = tuple(_same(_marker(lines[row]) for lines in split) or "" for row in range(height))
        if height == 1:
            return Form(lines=1, markers=markers, counts=_counts(texts))
        # Texts that were only wrapped alike have no form: most of their lines must begin in a fixed way.
        return Form(lines=height, markers=markers) if sum(map(bool, markers)) * 2 >= height else Form()
    marker = _same(_marker(line) for lines in split for line in lines)
    return Form(markers=(marker,)) if marker else Form()


def room(texts: Iterable[str], most: int) -> int:
    """Tokens to allow for a text like these: twice the longest, never more than `most`.

    A small teacher that goes round in circles is cut off sooner; what is twice as long as any seed is no match.
    """
    longest = max((len(text.strip()) for text in texts), default=0)
    return min(most, round(2 * longest / CHARACTERS_A_TOKEN) + 32) if longest else most


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines() if line.strip()]


def _marker(line: str) -> str:
    found = _MARKER.match(line)
    return found.group() if found else ""


def _counts(texts: Sequence[str]) -> dict[str, int]:
    counts = {sign: _same(text.count(sign) for text in texts) for sign in COUNTED}
    return {sign: count for sign, count in counts.items() if count}


def _same(values: Iterable[T]) -> T | None:
    """The one value they all have, or None."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _many(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")
