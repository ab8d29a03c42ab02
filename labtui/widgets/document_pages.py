"""The files of a found document as pages: what is shown of each, and which seeds' contexts stand where."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

from labtui.taxonomy.documents.files import DocumentFile
from labtui.taxonomy.documents.locate import Located, Searchable, Span
from labtui.text import clean

SAME = 0.98
"""The share of a context's words beyond which it counts as found: a word or two were mended."""
LEAST = 0.3
"""The share below which what was found is chance."""
_MARKS = re.compile(r"‹U\+[0-9A-F]{4,6}›|[␀-␟␡␛]")


class Place(NamedTuple):
    """A piece of a seed's context on a page."""

    start: int
    end: int
    seed: int
    """From 1."""
    whole: bool


class Page:
    """One file. `text` is what is shown: cleaned, so that a character of it is a character on the screen."""

    def __init__(self, file: DocumentFile) -> None:
        self.file = file
        self.text = clean(file.text)
        self._marked = self.text != file.text
        self.places: tuple[Place, ...] = ()

    @cached_property
    def searchable(self) -> Searchable:
        return Searchable(self.text)

    def original(self, start: int, end: int) -> str:
        """The text as it may stand in a seed: without the marks that stand for invisible characters."""
        text = self.text[start:end]
        return (_MARKS.sub("", text) if self._marked else text).strip()


class Standing(NamedTuple):
    """How a seed's context stands in the document."""

    seed: int
    page: int
    """-1 where it is nowhere."""
    share: float


def pages(files: Sequence[DocumentFile]) -> list[Page]:
    return [Page(file) for file in files]


def place_seeds(
    shown: Sequence[Page], contexts: Sequence[str], cancelled: Callable[[], bool] = lambda: False
) -> tuple[list[tuple[Place, ...]], list[Standing]]:
    """(for each page what stands on it, for each context where it stands best). An empty context stands nowhere."""
    found: list[list[Place]] = [[] for _ in shown]
    standings = []
    for number, context in enumerate(contexts, 1):
        best, there = Located((), 0.0), -1
        for place, page in enumerate(shown):
            if cancelled() or best.share == 1.0:
                break
            if page.text and (located := page.searchable.locate(context)).share > best.share:
                best, there = located, place
        if best.share < LEAST:
            best, there = Located((), 0.0), -1
        standings.append(Standing(number, there, best.share))
        for span in best.spans:
            found[there].append(_placed(span, number, best.share >= SAME))
    return [tuple(sorted(places)) for places in found], standings


def _placed(span: Span, seed: int, whole: bool) -> Place:
    return Place(span.start, span.end, seed, whole)
