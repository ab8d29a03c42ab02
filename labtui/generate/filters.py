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

_WORD = re.compile(r"\w+")
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
