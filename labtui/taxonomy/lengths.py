"""How long the parts of a leaf should be, and how words are counted."""

from __future__ import annotations

import re

CONTEXT_WORDS = 500
"""Words of a knowledge leaf's context at most."""
PAIR_WORDS = 250
"""Words of a knowledge leaf's question, and of its answer, at most."""
SEED_WORDS = 750
"""Words of a context together with its pairs at most."""
LEAF_WORDS = 2300
"""Words of all questions and answers of a leaf at most, about."""
USED_PAIRS = 3
"""Pairs of a context that generation shows the teacher; the rest is never read."""
SEEDS = 5
"""Seeds a leaf needs."""

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, Chinese, Japanese."""


def words(text: str) -> int:
    """Words as white space parts them. Where a script has no spaces, two of its letters count as one word."""
    count = len(text.split())
    if text.isascii():
        return count
    letters = len(_UNSPACED.findall(text))
    return len(_UNSPACED.sub(" ", text).split()) + (letters + 1) // 2 if letters else count
