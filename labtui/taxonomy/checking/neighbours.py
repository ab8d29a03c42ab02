"""What only many leaves together show: seeds that are near duplicates, and questions that are answered differently.

Leaves of one and the same path are versions of each other and never compared. No step compares every seed with every
other: equal ones are one group, near ones share a band of their MinHash, and a crowded band is compared with a few of
its members only, so that thousands of seeds from one template cost little more than as many different ones.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from labtui.taxonomy.checking.facts import Facts, PairSketch, SeedSketch, SeedText
from labtui.taxonomy.checking.remembered import Remark
from labtui.taxonomy.checking.sketches import ALIKE, BANDS, HASH_BYTES, likeness, shingles, words
from labtui.taxonomy.checking.worker import Found
from labtui.taxonomy.findings import Level
from labtui.taxonomy.layout import KNOWLEDGE

NEAR, CONTRADICTION = RULES = ("quality.near-duplicate", "quality.contradiction")
CROWD = 16
"""In a band with more members than this each is compared with so many of them."""
ASKED_ALIKE = 0.5
"""So alike must the questions and answers be by themselves: one may ask many things about one text."""
COUNTED = 500
"""Up to so many leaves with a seed like this one are counted exactly."""
ANSWERS = 16
"""So many different answers to one question are compared with each other."""
KEPT_TEXTS = 4096
"""Leaves whose texts are held while they are compared."""


class Member(NamedTuple):
    """One leaf among those compared."""

    name: str
    """Its id; of leaves with the same id none is compared with another."""
    sketches: tuple[SeedSketch, ...]
    kind: str


def member(name: str, facts: Facts) -> Member:
    return Member(name, facts.sketches, facts.kind)


def compare(
    members: Sequence[Member],
    facts_of: Callable[[int], Facts | None],
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Remark]:
    """Everything the leaves show together. `facts_of(leaf)` gives a leaf's texts, None where they are gone."""
    facts_of = lru_cache(maxsize=KEPT_TEXTS)(facts_of)

    def text_of(leaf: int, seed: int) -> SeedText | None:
        facts = facts_of(leaf)
        return facts.seed_text(seed) if facts is not None and seed <= facts.seeds else None

    collecting = gc.isenabled()
    gc.disable()  # Millions of small things are made and none is garbage.
    try:
        found = [*_near(members, text_of, cancelled), *_contradictions(members, text_of, cancelled)]
    finally:
        if collecting:
            gc.enable()
    return sorted(found, key=lambda remark: (remark.leaf, remark.found.line, remark.found.column))


# -- near duplicates --------------------------------------------------------------------------------------------


class _Seed(NamedTuple):
    leaf: int
    sketch: SeedSketch


class _Alike:
    """For one text: the best of those like it, and how many leaves hold one."""

    __slots__ = ("best", "groups", "likeness")

    def __init__(self) -> None:
        self.likeness = 0.0
        self.best = -1
        self.groups: list[int] = []

    def add(self, group: int, likeness: float) -> None:
        self.groups.append(group)
        if likeness > self.likeness:
            self.likeness, self.best = likeness, group


def _near(
    members: Sequence[Member], text_of: Callable[[int, int], SeedText | None], cancelled: Callable[[], bool]
) -> Iterator[Remark]:
    groups = [_Group(seeds, members) for seeds in _grouped(members)]
    alike: dict[int, _Alike] = {}
    shingles_of = lru_cache(maxsize=KEPT_TEXTS)(lambda number: _shingles_of(groups[number].seeds[0], text_of))
    for first, second in _pairs(groups, cancelled):
        if cancelled():
            return
        how = _alike(shingles_of(first), shingles_of(second))
        if how >= ALIKE:
            alike.setdefault(first, _Alike()).add(second, how)
            alike.setdefault(second, _Alike()).add(first, how)
    for number, group in enumerate(groups):
        if len(group.seeds) > 1 or number in alike:
            yield from _remarks(group, alike.get(number), groups, members)


class _Group:
    """Seeds with the very same words."""

    __slots__ = ("_by_name", "_members", "seeds")

    def __len__(self) -> int:
        """How many paths hold it."""
        return len(self.by_name)

    def __init__(self, seeds: list[_Seed], members: Sequence[Member]) -> None:
        self.seeds = seeds
        self._members = members
        self._by_name: dict[str, _Seed] | None = None

    @property
    def by_name(self) -> dict[str, _Seed]:
        """One seed for each path."""
        if self._by_name is None:
            found: dict[str, _Seed] = {}
            for seed in self.seeds:
                found.setdefault(self._members[seed.leaf].name, seed)
            self._by_name = found
        return self._by_name


def _grouped(members: Sequence[Member]) -> Iterator[list[_Seed]]:
    by_text: dict[bytes, list[_Seed]] = {}
    for leaf, one in enumerate(members):
        for sketch in one.sketches:
            if sketch.text:
                by_text.setdefault(sketch.text, []).append(_Seed(leaf, sketch))
    yield from by_text.values()


def _pairs(groups: Sequence[_Group], cancelled: Callable[[], bool]) -> Iterator[tuple[int, int]]:
    """Groups that may be near each other, each pair once; those with the same second group follow each other."""
    seen: set[int] = set()
    count = len(groups)
    for band in range(BANDS):
        if cancelled():
            return
        for bucket in _buckets(groups, slice(band * HASH_BYTES, (band + 1) * HASH_BYTES)):
            for at, second in enumerate(bucket):
                # In a crowd: the first few, which all have in common, and those next to it.
                near = bucket[:at] if at <= CROWD else [*bucket[: CROWD - 2], *bucket[at - 2 : at]]
                seen.update(second * count + first for first in near)
    for pair in sorted(seen):
        second, first = divmod(pair, count)
        if len(groups[first].by_name.keys() | groups[second].by_name.keys()) > 1:
            yield first, second


def _buckets(groups: Sequence[_Group], part: slice) -> Iterator[list[int]]:
    first: dict[bytes, int] = {}
    more: dict[bytes, list[int]] = {}
    for number, group in enumerate(groups):
        key = group.seeds[0].sketch.bands[part]
        known = first.setdefault(key, number)
        if known != number:
            more.setdefault(key, [known]).append(number)
    yield from more.values()


class _Shingles(NamedTuple):
    all: set[str]
    asked: set[str]
    """Of the questions and answers alone."""


def _shingles_of(seed: _Seed, text_of: Callable[[int, int], SeedText | None]) -> _Shingles:
    text = text_of(seed.leaf, seed.sketch.number)
    if text is None:
        return _Shingles(set(), set())
    asked = words(" ".join(part for pair in text.pairs for part in pair))
    if not text.context:
        return _Shingles(both := shingles(asked), both)
    return _Shingles(shingles([*words(text.context), *asked]), shingles(asked))


def _alike(first: _Shingles, second: _Shingles) -> float:
    """How alike two seeds are: 0 where only the text they ask about is the same."""
    how = likeness(first.all, second.all)
    return how if how < ALIKE or likeness(first.asked, second.asked) >= ASKED_ALIKE else 0.0


def _remarks(
    group: _Group, alike: _Alike | None, groups: Sequence[_Group], members: Sequence[Member]
) -> Iterator[Remark]:
    """One finding a seed: the nearest seed of another path, and in how many more leaves there is one."""
    near = sorted(alike.groups, key=lambda number: number != alike.best) if alike is not None else []
    all_ = [group, *(groups[number] for number in near)]
    counted = sum(len(one.by_name) for one in all_) <= COUNTED
    # A leaf may hold several of them. Where they are too many to be told apart, the largest group is what is sure.
    names = {name for one in all_ for name in one.by_name} if counted else max(all_, key=len).by_name.keys()
    for seed in group.seeds:
        own = members[seed.leaf].name
        found = next(((one, name) for one in all_ for name in one.by_name if name != own), None)
        if found is not None:
            one, name = found
            how = "the same as" if one is group else "nearly the same as"
            more = len(names) - (own in names) - (name in names)
            yield Remark(seed.leaf, _duplicate(seed, one.by_name[name], members, how, more, counted))


def _duplicate(seed: _Seed, other: _Seed, members: Sequence[Member], how: str, more: int, counted: bool) -> Found:
    where = f"seed {other.sketch.number} of {members[other.leaf].name} (line {other.sketch.line})"
    rest = f"; {'' if counted else 'at least '}{more:,} more {'leaf has' if more == 1 else 'leaves have'} one like it"
    return Found(
        line=seed.sketch.line,
        column=seed.sketch.column,
        level=Level.WARNING,
        rule=NEAR,
        message=f"Seed {seed.sketch.number} is {how} {where}{rest if more else ''}.",
        hint="A model learns nothing new from it: ask about something else, or keep it in one leaf only.",
    )


# -- contradictions ---------------------------------------------------------------------------------------------


class _Asked(NamedTuple):
    leaf: int
    seed: SeedSketch
    pair: PairSketch


def _contradictions(
    members: Sequence[Member], text_of: Callable[[int, int], SeedText | None], cancelled: Callable[[], bool]
) -> Iterator[Remark]:
    for asked in _asked_again(members):
        if cancelled():
            return
        by_answer: dict[bytes, list[_Asked]] = {}
        for one in asked:
            by_answer.setdefault(one.pair.answer, []).append(one)
        if len(by_answer) < 2:
            continue
        answers = [_answer(group[0], text_of) for group in by_answer.values()]
        groups = list(by_answer.values())
        for number, group in enumerate(groups):
            against = [other for other in _some_others(number, len(groups)) if differ(answers[number], answers[other])]
            yield from _answered(group, [groups[other] for other in against], members, text_of)


def _some_others(number: int, count: int) -> Iterator[int]:
    tried = 0
    for other in range(count):
        if other != number:
            yield other
            tried += 1
            if tried == ANSWERS:
                return


def _asked_again(members: Sequence[Member]) -> Iterator[list[_Asked]]:
    """The questions that more than one path asks."""
    first: dict[bytes, _Asked] = {}
    more: dict[bytes, list[_Asked]] = {}
    for leaf, one in enumerate(members):
        for seed in one.sketches:
            for pair in seed.pairs:
                if pair.question:
                    asked = _Asked(leaf, seed, pair)
                    known = first.setdefault(pair.question, asked)
                    if known is not asked:
                        more.setdefault(pair.question, [known]).append(asked)
    for group in more.values():
        if len({members[asked.leaf].name for asked in group}) > 1:
            yield group


def _answer(asked: _Asked, text_of: Callable[[int, int], SeedText | None]) -> list[str]:
    text = text_of(asked.leaf, asked.seed.number)
    return words(text.pairs[asked.pair.number - 1][1]) if text and asked.pair.number <= len(text.pairs) else []


def differ(first: list[str], second: list[str]) -> bool:
    """Whether two answers say different things, as far as their words tell.

    One that only says more than the other does not differ, unless they name different numbers.
    """
    one, other = set(first), set(second)
    if not one or not other:
        return False
    numbers, others = {word for word in one if word.isdecimal()}, {word for word in other if word.isdecimal()}
    if numbers - others and others - numbers:
        return True
    common = len(one & other)
    return common < 0.7 * min(len(one), len(other)) and likeness(one, other) < 0.5


def _answered(
    group: list[_Asked],
    against: list[list[_Asked]],
    members: Sequence[Member],
    text_of: Callable[[int, int], SeedText | None],
) -> Iterator[Remark]:
    others: dict[str, _Asked] = {}
    for answered in against:
        for asked in answered:
            others.setdefault(members[asked.leaf].name, asked)
    for asked in group:
        own = members[asked.leaf].name
        other = next((name for name in others if name != own), None)
        if other is not None:
            more = len(others) - (own in others) - 1
            yield Remark(asked.leaf, _contradiction(asked, others[other], other, more, members, text_of))


def _contradiction(
    asked: _Asked,
    other: _Asked,
    name: str,
    more: int,
    members: Sequence[Member],
    text_of: Callable[[int, int], SeedText | None],
) -> Found:
    rest = f", and so do {more:,} more" if more > 1 else ", and so does one more" if more else ""
    # A skill may well be shown by several answers; of a fact only one can be right.
    fact = members[asked.leaf].kind == members[other.leaf].kind == KNOWLEDGE
    return Found(
        line=asked.pair.line,
        column=asked.pair.column,
        level=Level.WARNING if fact else Level.INFO,
        rule=CONTRADICTION,
        message=f"{name} answers this question differently (seed {other.seed.number}, line {other.pair.line}){rest}.",
        hint="Put right the one that is wrong, or say in the question what tells the two apart."
        if fact
        else "Both may be good; a reader should be able to tell from the question why they differ.",
    )
