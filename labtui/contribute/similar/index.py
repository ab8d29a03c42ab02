"""The leaves of one taxonomy by their words: read once, kept up to date, asked while somebody types."""

from __future__ import annotations

import functools
import heapq
import math
import threading
import time
from array import array
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import msgspec

from labtui.contribute.similar.terms import LeafTerms, leaf_terms, terms
from labtui.contribute.similar.wanted import SimilarLeaf, Wanted
from labtui.contribute.similar.why import LeafWords, compared, leaf_words, wanted_words
from labtui.taxonomy.layout import leaf_files
from labtui.taxonomy.leaf import read_leaf_file

SHOWN = 8
COMPARED = 24
"""So many of the best by words are read and compared exactly; for each seed wanted, PER_SEED more."""
PER_SEED = 4
LEAST = 0.12
"""Leaves below this are not worth showing."""
COMPLETIONS = 3
"""A word in the making stands for so many."""
GONE = 50
"""Numbers of leaves that changed or are gone, which are passed over, are hardly ever more among the best."""
LEFT_BEHIND = 1000
MANY = 1000
FRESH_SECONDS = 3.0
LEAVES_KEPT = 200
PATH_WEIGHT = 3.0
"""A word in a folder's name counts so many times."""

Stamp = tuple[int, int, int]


class SimilarLeaves:
    """The leaves of one taxonomy by their words. Any thread may use it; one at a time reads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._names: list[str] = []
        """By number; empty where the leaf is gone or was read anew under another number."""
        self._files: list[Path] = []
        self._known: dict[str, tuple[Stamp, int]] = {}
        self._holding: dict[str, array[int]] = {}
        """Term → numbers of leaves that hold it."""
        self._in_path: dict[str, array[int]] = {}
        self._leaves: dict[int, LeafWords] = {}
        self._looked = -math.inf

    def refresh(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Takes in leaves that are new or changed and forgets those that are gone. What cannot be read has no words."""
        with self._lock:
            if len(self._names) > 2 * len(self._known) + LEFT_BEHIND:
                self._start_anew()
            there: set[str] = set()
            for file in leaf_files(self.root):
                if cancelled():
                    return
                name = str(file)
                there.add(name)
                stamp = _stamp(file)
                known = self._known.get(name)
                if known is None or known[0] != stamp:
                    self._forget(name)
                    self._known[name] = stamp, self._take(leaf_terms(self.root, file), file)
            for name in self._known.keys() - there:
                self._forget(name)
            self._looked = time.monotonic()

    @property
    def is_fresh(self) -> bool:
        """Whether so many leaves were looked at just now that looking again would hold up who types."""
        return len(self._known) > MANY and time.monotonic() < self._looked + FRESH_SECONDS

    def _take(self, found: LeafTerms, file: Path) -> int:
        number = len(self._names)
        self._names.append(found.id)
        self._files.append(file)
        for term in found.all:
            self._holding.setdefault(term, array("I")).append(number)
        for term in found.path:
            self._in_path.setdefault(term, array("I")).append(number)
        return number

    def _forget(self, name: str) -> None:
        known = self._known.pop(name, None)
        if known is not None:
            self._names[known[1]] = ""

    def _start_anew(self) -> None:
        """Leaves that changed again and again have left more behind than there is."""
        self._names, self._files = [], []
        self._known, self._holding, self._in_path, self._leaves = {}, {}, {}, {}

    def find(self, wanted: Wanted, *, limit: int = SHOWN, skip: Collection[str] = ()) -> list[SimilarLeaf]:
        """The leaves most like `wanted`, best first; `skip` names leaves that do not count (the draft's own)."""
        with self._lock:
            if wanted.words:
                wanted = msgspec.structs.replace(wanted, words=self._completed(wanted.words))
            candidates = self._candidates(wanted, set(skip))
            looked_for = wanted_words(wanted)
            rarity = functools.cache(self._rarity)
            found = [
                similar
                for number in candidates
                if (leaf := self._leaf(number)) is not None
                and (similar := compared(looked_for, leaf, rarity)) is not None
            ]
        found = [similar for similar in found if similar.score >= LEAST]
        found.sort(key=lambda similar: (-similar.score, similar.id))
        return found[:limit]

    def _leaf(self, number: int) -> LeafWords | None:
        """One of the leaves, read; None where its file is gone. The next letter typed will ask for it again."""
        file = self._files[number]
        if not file.is_file():
            return None
        leaf = self._leaves.get(number)
        if leaf is None:
            if len(self._leaves) >= LEAVES_KEPT:
                self._leaves.clear()
            leaf = self._leaves[number] = leaf_words(read_leaf_file(file, self._names[number]))
        return leaf

    def _completed(self, words: str) -> str:
        """Words no leaf holds become those that begin with them: somebody may still be typing."""
        found: list[str] = []
        for term in sorted(terms(words)):
            longer = [] if term in self._holding else [known for known in self._holding if known.startswith(term)]
            longer.sort(key=lambda known: (len(known), known))
            found += longer[:COMPLETIONS] or [term]
        return " ".join(found)

    def _candidates(self, wanted: Wanted, skip: Collection[str]) -> list[int]:
        whole = [terms(wanted.path), terms(wanted.about), terms(wanted.words)]
        seeds = [terms(text) for text in wanted.seeds]
        best = self._ranked(set().union(*whole, *seeds), COMPARED, skip)
        for seed in seeds[:SHOWN]:
            best += self._ranked(seed, PER_SEED, skip)
        return list(dict.fromkeys(best))

    def _ranked(self, looked_for: Iterable[str], count: int, skip: Collection[str]) -> list[int]:
        scores: dict[int, float] = {}
        for term in looked_for:
            weight = self._rarity(term)
            for number in self._holding.get(term, ()):
                scores[number] = scores.get(number, 0.0) + weight
            for number in self._in_path.get(term, ()):
                scores[number] += weight * (PATH_WEIGHT - 1)
        names = self._names
        # Those that are gone or do not count are few.
        best = heapq.nlargest(count + len(skip) + GONE, scores.items(), key=lambda one: (one[1], -one[0]))
        return [number for number, _ in best if names[number] and names[number] not in skip][:count]

    def _rarity(self, term: str) -> float:
        """What a term counts: little where every other leaf holds it."""
        held = len(self._holding.get(term, ()))
        return math.log(1 + len(self._known) / held) if held else math.log(2 + len(self._known))


def _stamp(file: Path) -> Stamp:
    try:
        found = file.stat()
    except OSError:
        return (0, 0, 0)
    return found.st_ino, found.st_size, found.st_mtime_ns
