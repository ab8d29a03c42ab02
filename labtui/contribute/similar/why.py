"""One leaf beside what is wanted, read exactly: how similar it is, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from labtui.contribute.similar.terms import path_terms, terms
from labtui.contribute.similar.wanted import SimilarLeaf, Wanted, seed_text
from labtui.taxonomy.checking.sketches import ALIKE, likeness, shingles, words
from labtui.taxonomy.leaf import Leaf

Rarity = Callable[[str], float]
NAMED = 4
"""Words that are named."""
RESEMBLES = 0.35
"""A seed with this share of word pairs in common is said to resemble the other."""
WORDS_WEIGHT = 0.75
"""Words in common never weigh as much as the same seed."""
FEW_WORDS = 3
"""Fewer words than this in a description are too few to be compared by their share."""


class Reason(NamedTuple):
    score: float
    says: str


class WantedWords(NamedTuple):
    """What is wanted, as it is compared: made once for all leaves."""

    ways: tuple[tuple[set[str], str], ...]
    """Terms that may be a leaf's name, with what is said where they are."""
    about: set[str]
    everything: set[str]
    """Terms of all that is known of its subject; of the seeds where nothing else is."""
    seeds: tuple[set[str], ...]
    """Of each the pairs of words."""


class LeafWords(NamedTuple):
    """A leaf, as it is compared."""

    leaf: Leaf
    path: set[str]
    about: set[str]
    everything: set[str]
    seeds: tuple[tuple[int, set[str]], ...]


def wanted_words(wanted: Wanted) -> WantedWords:
    name = terms(wanted.path.rpartition("/")[2].replace("_", " "))
    typed = terms(wanted.words)
    place = path_terms(wanted.path) if wanted.path else set()
    about = terms(wanted.about)
    looked_for = place | about | typed
    return WantedWords(
        ways=tuple((found, "its name") for found in (name, typed) if found),
        about=about,
        everything=looked_for or terms(" ".join(wanted.seeds)),
        seeds=tuple(shingles(words(text)) for text in wanted.seeds),
    )


def leaf_words(leaf: Leaf) -> LeafWords:
    path, about = path_terms(leaf.id), terms(f"{leaf.description} {leaf.outline} {leaf.domain}")
    texts = [(seed.number, seed_text(seed)) for seed in leaf.seeds]
    return LeafWords(
        leaf=leaf,
        path=path,
        about=about,
        everything=path | about | terms(" ".join(text for _, text in texts)),
        seeds=tuple((number, shingles(words(text))) for number, text in texts),
    )


def compared(wanted: WantedWords, held: LeafWords, rarity: Rarity) -> SimilarLeaf | None:
    """None where nothing is in common."""
    reasons = sorted(_reasons(wanted, held, rarity), key=lambda reason: -reason.score)
    if not reasons:
        return None
    leaf = held.leaf
    about = " ".join((leaf.description or leaf.outline or leaf.domain).split())[:200]
    why = " · ".join(reason.says for reason in reasons[:2])
    return SimilarLeaf(id=leaf.id, score=min(1.0, reasons[0].score), why=why, kind=leaf.kind, about=about)


def _reasons(wanted: WantedWords, held: LeafWords, rarity: Rarity) -> Iterable[Reason]:
    if (reason := _same_seed(wanted.seeds, held.seeds)) is not None:
        yield reason
    for asked, what in wanted.ways:
        if (reason := _shared(asked, held.path, rarity, what)) is not None:
            yield reason
    if wanted.about and (reason := _shared(wanted.about, held.about, rarity, "its description")) is not None:
        yield reason
    if (reason := _held(wanted.everything, held.everything, rarity)) is not None:
        yield reason


def _same_seed(mine: tuple[set[str], ...], theirs: tuple[tuple[int, set[str]], ...]) -> Reason | None:
    """The two seeds most alike, by neighbouring words."""
    best, which, whose = 0.0, 0, 0
    for number, seed in enumerate(mine, 1):
        for other, beside in theirs:
            how = likeness(seed, beside)
            if how > best:
                best, which, whose = how, number, other
    if best < RESEMBLES:
        return None
    how_much = "is" if best > 0.99 else "is nearly" if best >= ALIKE else "resembles"
    return Reason(best, f"your seed {which} {how_much} its seed {whose}")


def _shared(mine: set[str], theirs: set[str], rarity: Rarity, what: str) -> Reason | None:
    """How much two short texts share, by the weight of their words (0 to 1)."""
    common = mine & theirs
    if not common:
        return None
    shared = _weight(common, rarity)
    score = 2 * shared / (_weight(mine, rarity) + _weight(theirs, rarity))
    if len(mine) < FEW_WORDS and mine <= theirs:
        # Who types one word means the leaves that are called so.
        score = max(score, 0.6)
    return Reason(score * WORDS_WEIGHT, f"{what} says {_listed(common, rarity)}")


def _held(mine: set[str], theirs: set[str], rarity: Rarity) -> Reason | None:
    """How much of what is wanted the leaf holds anywhere."""
    common = mine & theirs
    if not common:
        return None
    score = _weight(common, rarity) / _weight(mine, rarity)
    # One word out of one may be chance.
    score *= WORDS_WEIGHT * min(1.0, 0.4 + 0.2 * len(common))
    count = f"{len(common)} words" if len(common) > 1 else "one word"
    return Reason(score, f"{count} in common: {_listed(common, rarity)}")


def _weight(found: Iterable[str], rarity: Rarity) -> float:
    return sum(rarity(term) for term in found)


def _listed(found: Iterable[str], rarity: Rarity) -> str:
    ranked = sorted(found, key=lambda term: (-rarity(term), term))
    return ", ".join(ranked[:NAMED]) + (", …" if len(ranked) > NAMED else "")
