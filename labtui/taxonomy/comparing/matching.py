"""Which item of one list is which item of another: seeds and pairs found again by what they say, not by number."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from labtui.taxonomy.comparing.word_spans import words

SIMILAR = 0.5
"""Share of words two items must have in common to be one that was edited."""
SIMILAR_IN_PLACE = 0.25
"""The same for two items that stand at the same place."""
SAME_BEGINNING = 0.9
"""What an equal head (a question) counts at least: then only the rest was rewritten."""
MOST_COMPARISONS = 40_000
MOST_WORDS = 4_000_000
"""Beyond so many pairs of unequal items, or words in them, only those near each other are compared."""
NEAR = 20


class Item(NamedTuple):
    whole: str
    """Everything it holds: equal texts are equal items."""
    said: str
    """What of it counts for likeness: its values without their keys."""
    head: str
    """What it is known by: its question."""


def match(before: Sequence[Item], after: Sequence[Item]) -> tuple[dict[int, int], set[int]]:
    """Index after -> index before of every item found again, and the indexes after of those that moved.

    Equal items are the same, those first found in their order; of the rest the most alike are. An item moved when
    it no longer stands in the order of the others.
    """
    found = _equal(before, after)
    taken = set(found.values())
    left = [index for index in range(len(before)) if index not in taken]
    right = [index for index in range(len(after)) if index not in found]
    found |= _similar(before, after, left, right)
    return found, _moved(found)


def _equal(before: Sequence[Item], after: Sequence[Item]) -> dict[int, int]:
    places: dict[str, list[int]] = {}
    for index, item in enumerate(before):
        places.setdefault(item.whole, []).append(index)
    found: dict[int, int] = {}
    for index, item in enumerate(after):
        if places.get(item.whole):
            found[index] = places[item.whole].pop(0)
    return found


def _similar(before: Sequence[Item], after: Sequence[Item], left: list[int], right: list[int]) -> dict[int, int]:
    old_bags = {index: _bag(before[index].said) for index in left}
    new_bags = {index: _bag(after[index].said) for index in right}
    pairs = len(left) * len(right)
    size = max((len(bag) for bag in (*old_bags.values(), *new_bags.values())), default=0)
    everything = pairs <= MOST_COMPARISONS and pairs * size <= MOST_WORDS
    scored = []
    for old in left:
        for new in right:
            if not everything and abs(old - new) > NEAR:
                continue
            score = _alike(old_bags[old], new_bags[new])
            if before[old].head and before[old].head == after[new].head:
                score = max(score, SAME_BEGINNING)
            if score >= (SIMILAR_IN_PLACE if old == new else SIMILAR):
                scored.append((-score, abs(old - new), old, new))
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, old, new in sorted(scored):
        if old not in taken and new not in found:
            found[new] = old
            taken.add(old)
    return found


def _bag(text: str) -> Counter[str]:
    return Counter(word.lower() for word in words(text) if word.isalnum())


def _alike(one: Counter[str], other: Counter[str]) -> float:
    """Share of the words that both have, 0 to 1."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def _moved(found: dict[int, int]) -> set[int]:
    """The indexes after of what is not in the longest run that kept its order."""
    new = sorted(found)
    tails: list[int] = []
    at: list[int] = []
    for index in new:
        place = bisect.bisect_left(tails, found[index])
        tails[place : place + 1] = [found[index]]
        at.append(place)
    kept: set[int] = set()
    wanted = len(tails) - 1
    for index, place in zip(reversed(new), reversed(at), strict=True):
        if place == wanted:
            kept.add(index)
            wanted -= 1
    return set(new) - kept
