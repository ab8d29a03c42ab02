"""Where in a document a seed's context stands.

A context is copied by hand, from a page or from its source: line breaks, marks of Markdown, quotes and dashes differ,
words seldom do. So only words are compared: letters and digits, each where it stands, without what a link points to,
tags and remarks. In scripts without spaces every letter is a word.
"""

from __future__ import annotations

import bisect
import html
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

LEAST = 4
"""Words in a row that count as found; fewer stand anywhere."""
GAP = 3
"""Words between two found pieces that are taken along: the context was mended there."""
MAX_PIECES = 6
PART = 800
"""Words that are looked for together where the whole is not found."""
MAX_PARTS = 25
USUAL = 200
"""Places of three words in a row beyond which they tell nothing about where a context is from."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_INSIDE = "\u00ad\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u200b-\u200f\u2060\ufeff"
_WORD = re.compile(f"[{_UNSPACED}]|(?:[^\\W_{_UNSPACED}][{_INSIDE}]*)+")
_HIDDEN = re.compile(f"[{_INSIDE}]")
_ASIDE = re.compile(
    r"<!--(?:(?!<!--|-->).)*-->"  # remarks
    r"|</?[A-Za-z][^<>\n]{0,300}>"  # tags and addresses in angle brackets
    r"|(?<=\])\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)"  # what a link points to
    r"|(?<=\])\[[^\[\]\n]{0,200}\]"
    r"|\[\^[^\]\n]{1,80}\]"  # footnotes
    r"|&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});",
    re.DOTALL,
)


class Span(NamedTuple):
    """From one character to another."""

    start: int
    end: int


class Located(NamedTuple):
    spans: tuple[Span, ...]
    """In the order of the text; none overlaps another."""
    share: float
    """How much of the context they hold, by words: 1 for all of it."""


NOWHERE = Located((), 0.0)


class Searchable:
    """A document made ready to look for many contexts in it."""

    def __init__(self, text: str) -> None:
        self._words: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        for word, start, end in _words(text):
            self._words.append(word)
            self._starts.append(start)
            self._ends.append(end)
        self._joined = f" {' '.join(self._words)} "

    @cached_property
    def _offsets(self) -> list[int]:
        """Where in the joined text each word begins."""
        offsets, at = [], 1
        for word in self._words:
            offsets.append(at)
            at += len(word) + 1
        return offsets

    @cached_property
    def _triples(self) -> dict[tuple[str, str, str], list[int]]:
        found: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
        for place, triple in enumerate(zip(self._words, self._words[1:], self._words[2:], strict=False)):
            found[triple].append(place)
        return found

    def locate(self, context: str) -> Located:
        """Where `context` stands: all of it, or the pieces that are found."""
        wanted = [word for word, _, _ in _words(context)]
        if not wanted or not self._words:
            return NOWHERE
        if (at := self._joined.find(f" {' '.join(wanted)} ")) >= 0:
            first = bisect.bisect_left(self._offsets, at + 1)
            return Located((self._span(first, first + len(wanted)),), 1.0)
        pieces = [piece for part in _parts(wanted) for piece in self._pieces(part)]
        spans = [self._span(start, end) for start, end in _joined(sorted((piece[1], piece[2]) for piece in pieces))]
        found = sum(end - start for _, start, end in pieces)
        return Located(tuple(spans), min(1.0, found / len(wanted)))

    def _span(self, first: int, end: int) -> Span:
        return Span(self._starts[first], self._ends[end - 1])

    def _pieces(self, wanted: list[str]) -> list[tuple[int, int, int]]:
        """(first word of the context, first and end word of the document) of what is found, largest area first."""
        left = list(range(len(wanted)))
        taken: list[tuple[int, int, int]] = []
        used: set[int] = set()
        for _ in range(MAX_PIECES):
            area = self._area(wanted, set(left))
            if area is None:
                break
            found = [piece for piece in self._matches(wanted, area, used) if piece[2] - piece[1] >= LEAST]
            if not found:
                break
            for start, first, end in found:
                taken.append((start, first, end))
                used.update(range(start, start + end - first))
            left = [place for place in left if place not in used]
            if len(left) < LEAST:
                break
        return taken

    def _area(self, wanted: list[str], left: set[int]) -> tuple[int, int] | None:
        """The part of the document, in words, that shares most with what is left of the context."""
        size = max(32, len(wanted))
        votes: Counter[int] = Counter()
        for place in range(len(wanted) - 2):
            if not {place, place + 1, place + 2} <= left:
                continue
            places = self._triples.get((wanted[place], wanted[place + 1], wanted[place + 2]), [])
            if len(places) > USUAL:
                continue
            for there in {there // size for there in places}:
                votes[there] += 1
        if not votes:
            return None
        best = max(votes, key=lambda area: (votes[area] + votes.get(area + 1, 0), -area))
        return max(0, (best - 1) * size), min(len(self._words), (best + 3) * size)

    def _matches(self, wanted: list[str], area: tuple[int, int], used: set[int]) -> Iterator[tuple[int, int, int]]:
        import difflib

        first, end = area
        # What is found already can be found no second time.
        mine = ["" if place in used else word for place, word in enumerate(wanted)]
        matcher = difflib.SequenceMatcher(None, mine, self._words[first:end])
        for block in matcher.get_matching_blocks():
            if block.size:
                yield block.a, first + block.b, first + block.b + block.size


def locate(context: str, text: str) -> Located:
    """Where `context` stands in the document `text`. For several contexts, make it `Searchable` once."""
    return Searchable(text).locate(context)


def _parts(wanted: list[str]) -> Iterator[list[str]]:
    for start in range(0, min(len(wanted), PART * MAX_PARTS), PART):
        yield wanted[start : start + PART]


def _joined(ranges: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ranges of words, those with only a few words between them as one."""
    if not ranges:
        return
    start, end = ranges[0]
    for _, (following, its_end) in pairwise(ranges):
        if following - end <= GAP:
            end = max(end, its_end)
        else:
            yield start, end
            start, end = following, its_end
    yield start, end


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    """(the word as it is compared, from, to)"""
    if "](" in text or "<" in text or "&" in text or "][" in text or "[^" in text:
        text = _ASIDE.sub(_blank, text)
    for found in _WORD.finditer(text):
        word = found.group()
        if not word.isascii():
            word = unicodedata.normalize("NFKC", _HIDDEN.sub("", unicodedata.normalize("NFD", word)))
        yield word.casefold(), found.start(), found.end()


def _blank(found: re.Match[str]) -> str:
    """As many characters, so that every place stays where it is; a letter written as &eacute; stays in its word."""
    aside = found.group()
    letter = html.unescape(aside) if aside.startswith("&") else ""
    if len(letter) == 1 and letter.isalpha():
        return letter + "\u00ad" * (len(aside) - 1)
    return " " * len(aside)
