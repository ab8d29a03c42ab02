"""How alike the seeds of a leaf are: a meter for people who write them, and the duplicates by name.

What is measured is wording, nothing else: how many words, and words in a row, two seeds have in common. Two seeds may
ask the same in different words and count as varied; the sentences beside the meter claim no more than that.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from labtui.taxonomy.checking.sketches import likeness, shingles, words
from labtui.taxonomy.leaf import Pair, Seed
from labtui.taxonomy.rules.seeds import same_text

MEASURED = 120
"""So many seeds are compared with each other; of a leaf with more, the first ones."""
NAMED = 3
"""So many pairs are named, the most alike first."""
WEIGHTS = (0.35, 0.45, 0.2)
"""What context, question and answer count. Answers count least: many questions have the answer `no`."""
WORDS = ((0.3, "very alike"), (0.55, "rather alike"), (0.75, "varied"), (1.01, "very varied"))
"""Below which value the meter says what."""
CLOSE = 0.6
"""Two seeds that are at least so alike are worth naming."""
BEGINNING = 2
"""Words that make the beginning of a question."""


class AlikeSeeds(msgspec.Struct, frozen=True, kw_only=True):
    first: int
    """Numbers of seeds, from 1; `first` is the smaller one."""
    second: int
    likeness: float
    """0 (no word in common) to 1 (the same words in the same order)."""
    says: str
    """`seeds 2 and 4 share 71 % of their words`."""


class Duplicate(msgspec.Struct, frozen=True, kw_only=True):
    """The same again, apart from capitals, spacing and the last sign."""

    what: Literal["question", "context"]
    first: int
    second: int
    """Numbers of seeds, from 1. They are equal where one seed asks the same twice."""
    second_pair: int = 1
    """Which question of the second seed it is, from 1."""
    says: str


class Variety(msgspec.Struct, frozen=True, kw_only=True):
    value: float = 1.0
    """0 (all say the same) to 1 (no word in common): 1 less the mean likeness of each seed to the one nearest to it."""
    says: str = ""
    """The value in words, with what was measured; empty where there are fewer than two seeds."""
    alike: tuple[AlikeSeeds, ...] = ()
    """The pairs that are most alike, the most alike first, NAMED at most, none below CLOSE."""
    duplicates: tuple[Duplicate, ...] = ()
    notes: tuple[str, ...] = ()
    """What else the seeds have in common, as sentences."""


class _Worded(msgspec.Struct):
    """A seed as far as its wording goes: for context, questions and answers the words and the pairs of words."""

    number: int
    context: frozenset[str]
    questions: tuple[frozenset[str], ...]
    answers: frozenset[str]


def variety(
    seeds: Sequence[Seed], *, passages: bool | None = None, cancelled: Callable[[], bool] = lambda: False
) -> Variety:
    """How alike `seeds` are. Empty ones are left out. Takes milliseconds for the usual numbers.

    `passages`: whether contexts are passages of a document, each to be taken once, as in knowledge (a skill may show
    one text from several sides); by default they are where a seed has several questions.
    """
    written = [seed for seed in seeds if seed.context.strip() or any(_is_written(pair) for pair in seed.pairs)]
    if passages is None:
        passages = any(len(seed.pairs) > 1 for seed in written)
    duplicates = tuple(_duplicates(written, passages))
    measured = [_worded(seed) for seed in written[:MEASURED]]
    if len(measured) < 2:
        return Variety(duplicates=duplicates)
    nearest = [0.0] * len(measured)
    close: list[AlikeSeeds] = []
    for (at, one), (other_at, other) in itertools.combinations(enumerate(measured), 2):
        if cancelled():
            return Variety(duplicates=duplicates)
        how = _likeness(one, other)
        nearest[at], nearest[other_at] = max(nearest[at], how), max(nearest[other_at], how)
        if how >= CLOSE:
            close.append(_alike(one.number, other.number, how))
    value = 1.0 - sum(nearest) / len(nearest)
    close.sort(key=lambda pair: (-pair.likeness, pair.first, pair.second))
    return Variety(
        value=value,
        says=_says(value, len(measured), len(written)),
        alike=tuple(close[:NAMED]),
        duplicates=duplicates,
        notes=tuple(_notes(written)),
    )


def _is_written(pair: Pair) -> bool:
    return bool(pair.question.strip() or pair.answer.strip())


def _says(value: float, measured: int, seeds: int) -> str:
    name = next(name for limit, name in WORDS if value < limit)
    of = f"the first {measured} seeds" if measured < seeds else f"{measured} seeds"
    shared = round((1 - value) * 100)
    return f"{name}: of {of}, each shares {shared} % of its wording with the one nearest to it"


def _alike(first: int, second: int, how: float) -> AlikeSeeds:
    says = f"seeds {first} and {second} share {round(how * 100)} % of their wording"
    return AlikeSeeds(first=first, second=second, likeness=how, says=says)


# -- likeness ---------------------------------------------------------------------------------------------------


def _worded(seed: Seed) -> _Worded:
    return _Worded(
        number=seed.number,
        context=_wording(seed.context),
        questions=tuple(_wording(pair.question) for pair in seed.pairs if pair.question.strip()),
        answers=_wording(" ".join(pair.answer for pair in seed.pairs)),
    )


def _wording(text: str) -> frozenset[str]:
    """The words, and each two in a row, so that both the same words and the same phrases count."""
    found = words(text)
    return frozenset((*found, *shingles(found)))


def _likeness(one: _Worded, other: _Worded) -> float:
    parts = (
        (WEIGHTS[0], _common(one.context, other.context), one.context or other.context),
        (WEIGHTS[1], _asked_alike(one.questions, other.questions), one.questions or other.questions),
        (WEIGHTS[2], _common(one.answers, other.answers), one.answers or other.answers),
    )
    weight = sum(weight for weight, _, there in parts if there)
    return sum(weight * how for weight, how, there in parts if there) / weight if weight else 0.0


def _common(one: frozenset[str], other: frozenset[str]) -> float:
    return likeness(set(one), set(other))


def _asked_alike(one: Sequence[frozenset[str]], other: Sequence[frozenset[str]]) -> float:
    """Each question beside the one of the other seed that is most like it, on average of both sides."""
    if not one or not other:
        return 0.0
    return (_nearest(one, other) + _nearest(other, one)) / 2


def _nearest(one: Sequence[frozenset[str]], other: Sequence[frozenset[str]]) -> float:
    return sum(max(_common(asked, beside) for beside in other) for asked in one) / len(one)


# -- duplicates and notes ---------------------------------------------------------------------------------------


def _duplicates(seeds: Iterable[Seed], passages: bool) -> Iterable[Duplicate]:
    contexts: dict[str, int] = {}
    asked: dict[tuple[str, str], int] = {}
    for seed in seeds:
        context = same_text(seed.context)
        if context and (first := contexts.setdefault(context, seed.number)) != seed.number and passages:
            says = f"seed {seed.number} has the same context as seed {first}"
            yield Duplicate(what="context", first=first, second=seed.number, says=says)
        for number, pair in enumerate(seed.pairs, 1):
            key = context, same_text(pair.question)
            if not key[1]:
                continue
            if key in asked:
                first = asked[key]
                where = f"seed {seed.number} asks the same as seed {first}"
                says = where if first != seed.number else f"seed {seed.number} asks the same twice"
                yield Duplicate(what="question", first=first, second=seed.number, second_pair=number, says=says)
            else:
                asked[key] = seed.number


def _notes(seeds: Sequence[Seed]) -> Iterable[str]:
    """What readers of the seeds notice and the likeness of two does not show."""
    asked = [words(pair.question) for seed in seeds for pair in seed.pairs if pair.question.strip()]
    if len(asked) >= 4:
        beginnings = Counter(" ".join(found[:BEGINNING]) for found in asked if len(found) > BEGINNING)
        beginning, count = beginnings.most_common(1)[0] if beginnings else ("", 0)
        if count * 2 > len(asked):
            yield f"{count} of {len(asked)} questions begin with “{beginning}”: ask in other ways, too"
