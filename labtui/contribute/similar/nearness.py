"""How near a model's answer is to the one a seed gives, as far as words tell. Nothing here understands either.

Counted is how many of the telling words of the seed's answer (names, numbers, nouns; not `the` and `is`) the model's
answer holds. An answer in other words counts as far, one that denies everything as near: people judge, this sorts.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from labtui.contribute.similar.terms import terms
from labtui.taxonomy.checking.sketches import words
from labtui.taxonomy.rules.seeds import same_text

Level = Literal["same", "near", "partly", "far", "empty"]

NEAR = 0.75
PARTLY = 0.35
LONG = 8
"""An answer so many times as long as the wanted one is said to be."""
NAMED = 4
"""Missing words that are named."""


class Nearness(msgspec.Struct, frozen=True, kw_only=True):
    level: Level
    share: float
    """0 to 1: the part of the wanted answer's telling words that the model's answer holds."""
    says: str
    """`partly: 3 of 7 telling words; not: insects, seeds`."""
    missing: tuple[str, ...] = ()
    """Telling words of the wanted answer that the model's lacks, as they are compared (`bird` for `birds`)."""

    @property
    def is_near(self) -> bool:
        return self.level in ("same", "near")


def nearness(answer: str, wanted: str) -> Nearness:
    """How near `answer` is to `wanted`."""
    if not words(answer):
        return Nearness(level="empty", share=0.0, says="no answer")
    if same_text(answer) == same_text(wanted):
        return Nearness(level="same", share=1.0, says="the same answer")
    # An answer such as `Yes, it may.` has no telling words: then all of them count.
    looked_for = _in_order(wanted) or list(dict.fromkeys(words(wanted)))
    if not looked_for:
        return Nearness(level="far", share=0.0, says="the seed has no answer to compare with")
    held = terms(answer) | set(words(answer))
    missing = tuple(word for word in looked_for if word not in held)
    share = 1 - len(missing) / len(looked_for)
    # A wrong number is a wrong answer, however many other words are right.
    wrong_number = any(word.isdecimal() for word in missing)
    level: Level = "near" if share >= NEAR and not wrong_number else "partly" if share >= PARTLY else "far"
    says = _says(level, looked_for, missing)
    times = len(words(answer)) // max(1, len(words(wanted)))
    if missing != tuple(looked_for) and times >= LONG:
        # Who says much says many words.
        says += f" (in an answer {times} times as long)"
    return Nearness(level=level, share=share, says=says, missing=missing)


def _says(level: Level, looked_for: list[str], missing: tuple[str, ...]) -> str:
    held = len(looked_for) - len(missing)
    said = f"{level}: {held} of {len(looked_for)} telling words"
    if not missing:
        return said
    # Numbers first: they are what a reader wants to know.
    named = sorted(missing, key=lambda word: not word.isdecimal())[:NAMED]
    return f"{said}; not: {', '.join(named)}{', …' if len(missing) > NAMED else ''}"


def _in_order(text: str) -> list[str]:
    """The telling words in the order they stand there."""
    telling = terms(text)
    found: dict[str, None] = {}
    for word in words(text):
        for term in terms(word):
            if term in telling:
                found[term] = None
    return list(found) or sorted(telling)
