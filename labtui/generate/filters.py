"""Which finished tries become samples. Judged in the order of the plan, so that arrival never matters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

DUPLICATE = "duplicate"
COPY = "copy of a seed"
CUT_OFF = "cut off"
REPEATS = "repeats itself"
OFF_FORM = "not in the form"
TOO_LONG = "too long"
NOT_FROM_TEXT = "not from the text"

_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]+")
TELLING = 4
"""Letters from which on a word says something about what a text speaks of."""
STEM = 4
"""Letters that must agree for two words to be the same one."""
FEW = 3
REPEATED_LINES = 4
REPEATED_SHARE = 0.5


def normal(text: str) -> str:
    """`text` without what does not tell two texts apart: case, spacing, punctuation."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


class Seen:
    """What was accepted or stands in the seeds, for finding exact duplicates."""

    def __init__(self, seeds: Iterable[str]) -> None:
        self._seeds = {normal(text) for text in seeds}
        self._accepted: dict[str, int] = {}

    def reason(self, text: str) -> tuple[str, str]:
        """(reason, detail) why `text` is not new; two empty texts where it is."""
        key = normal(text)
        if key in self._seeds:
            return COPY, ""
        if key in self._accepted:
            return DUPLICATE, f"as try {self._accepted[key]}"
        return "", ""

    def add(self, text: str, number: int) -> None:
        self._accepted[normal(text)] = number


def repeats(text: str) -> bool:
    """Whether a text goes round in circles: most of its lines, or most of its three-word runs, said before."""
    lines = [normal(line) for line in text.splitlines() if line.strip()]
    if len(lines) >= REPEATED_LINES and len(set(lines)) <= len(lines) * REPEATED_SHARE:
        return True
    words = normal(text).split()
    runs = list(zip(words, words[1:], words[2:], strict=False))
    return len(runs) >= 12 and len(set(runs)) <= len(runs) * REPEATED_SHARE


def share_from(answer: str, text: str, common: frozenset[str] = frozenset()) -> float:
    """The share of an answer's telling words that stand in `text`, 0 to 1.

    1 where the answer has too few of them, or is in a script without spaces, to say anything.
    """
    told = [word for word in _LETTERS.findall(answer.casefold()) if len(word) >= TELLING and word not in common]
    if len(told) < FEW or not all(word.isascii() or len(word) < 20 for word in told):
        return 1.0
    known = {word[:STEM] for word in _LETTERS.findall(text.casefold())}
    return sum(word[:STEM] in known for word in told) / len(told)
