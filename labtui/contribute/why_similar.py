"""One leaf beside what is wanted, read exactly: how similar it is, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from labtui.contribute.similar_records import SimilarLeaf, Wanted, seed_text
from labtui.contribute.similar_terms import path_terms, terms
from labtui.taxonomy.checking.sketches import ALIKE, likeness, shingles, words
from labtui.taxonomy.leaf import Leaf, read_leaf_file

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


def compared(wanted: Wanted, file: Path, name: str, rarity: Rarity) -> SimilarLeaf | None:
    """None where nothing is in common, or the file is gone."""
    if not file.is_file():
        return None
    leaf = read_leaf_file(file, name)
    reasons = sorted(_reasons(wanted, leaf, rarity), key=lambda reason: -reason.score)
    if not reasons:
        return None
    about = " ".join((leaf.description or leaf.outline or leaf.domain).split())[:200]
    why = " · ".join(reason.says for reason in reasons[:2])
    return SimilarLeaf(id=name, score=min(1.0, reasons[0].score), why=why, kind=leaf.kind, about=about)


def _reasons(wanted: Wanted, leaf: Leaf, rarity: Rarity) -> Iterable[Reason]:
    if wanted.seeds and (reason := _same_seed(wanted, leaf)) is not None:
        yield reason
    for asked, what in ((wanted.path.rpartition("/")[2].replace("_", " "), "its name"), (wanted.words, "its name")):
        if asked and (reason := _shared(terms(asked), path_terms(leaf.id), rarity, what)) is not None:
            yield reason
    about = f"{leaf.description} {leaf.outline} {leaf.domain}"
    if wanted.about and (reason := _shared(terms(wanted.about), terms(about), rarity, "its description")) is not None:
        yield reason
    looked_for = terms(" ".join((wanted.path.replace("/", " ").replace("_", " "), wanted.about, wanted.words)))
    everything = looked_for | terms(" ".join(wanted.seeds))
    held = path_terms(leaf.id) | terms(" ".join((about, *(seed_text(seed) for seed in leaf.seeds))))
    if (reason := _held(looked_for or everything, held, rarity)) is not None:
        yield reason


def _same_seed(wanted: Wanted, leaf: Leaf) -> Reason | None:
    """The two seeds most alike, by neighbouring words."""
    theirs = [(seed.number, shingles(words(seed_text(seed)))) for seed in leaf.seeds]
    best, which, whose = 0.0, 0, 0
    for number, text in enumerate(wanted.seeds, 1):
        mine = shingles(words(text))
        for other, beside in theirs:
            how = likeness(mine, beside)
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
