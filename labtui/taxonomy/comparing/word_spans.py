"""Which words of a text were taken out and which were put in, as places in the two texts.

Words are compared, not letters; where a script writes no spaces (Japanese, Chinese) each character is a word. The
time is bounded: long texts are compared by lines or sentences, and beyond that as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher

import msgspec

Span = tuple[int, int]
"""Start and end in characters, the end not included."""
Block = tuple[int, int, int, int]
"""Where a piece stands before (from, to) and after (from, to)."""

MOST_WORDS = 1_500
"""Words a side, without the common beginning and end, that are compared one by one."""
MOST_PIECES = 3_000
"""Lines or sentences a side that are compared one by one."""
MOST_STEPS = 800_000
"""Pairs of equal pieces the comparison of one text may have to look at: a bound for texts that repeat themselves."""
ALL_STEPS = 4_000_000
"""The same for all texts of one leaf together, about a second's work."""
LEAST_IN_COMMON = 0.2
"""Share of the words that must have stayed; below it marking single words explains nothing."""

_NO_SPACES = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
_TOKEN = re.compile(f"[{_NO_SPACES}]|[^\\W{_NO_SPACES}]+|\\s+|.", re.DOTALL)
_PIECE = re.compile(r"[^\n.!?。！？]*[\n.!?。！？]+\s*|[^\n.!?。！？]+")


class TextChange(msgspec.Struct, frozen=True, kw_only=True):
    """One text before and after; empty where it was not there."""

    before: str = ""
    after: str = ""
    removed: tuple[Span, ...] = ()
    """Places in `before` that are no longer there."""
    added: tuple[Span, ...] = ()
    """Places in `after` that are new."""


class Budget:
    """How much looking closely is left for the texts of one leaf."""

    def __init__(self, steps: int = ALL_STEPS) -> None:
        self.steps = steps

    def allows(self, steps: int) -> bool:
        """Takes that many away, if they are there."""
        if steps > min(MOST_STEPS, self.steps):
            return False
        self.steps -= steps
        return True


def change(before: str, after: str, budget: Budget | None = None) -> TextChange:
    """The two texts with what differs marked in each. A text only on one side is marked as a whole."""
    if not before or not after:
        removed: list[Span] = [(0, len(before))] if before else []
        added: list[Span] = [(0, len(after))] if after else []
    else:
        removed, added = _marked(before, after, budget or Budget())
    return TextChange(before=before, after=after, removed=tuple(removed), added=tuple(added))


def words(text: str) -> list[str]:
    """Words, single characters of scripts without spaces, signs and white space: joined they are the text again."""
    return _TOKEN.findall(text)


def differing(
    before: Sequence[Hashable], after: Sequence[Hashable], most: int, budget: Budget | None = None
) -> list[Block] | None:
    """The stretches in which two sequences differ, or None where finding them could take too long."""
    start = 0
    shorter = min(len(before), len(after))
    while start < shorter and before[start] == after[start]:
        start += 1
    end = 0
    while end < shorter - start and before[-1 - end] == after[-1 - end]:
        end += 1
    left, right = before[start : len(before) - end], after[start : len(after) - end]
    if not left and not right:
        return []
    if not left or not right:
        return [(start, len(before) - end, start, len(after) - end)]
    if max(len(left), len(right)) > most or not (budget or Budget()).allows(_steps(left, right)):
        return None
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return [
        (start + a1, start + a2, start + b1, start + b2)
        for tag, a1, a2, b1, b2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def _steps(left: Sequence[Hashable], right: Sequence[Hashable]) -> int:
    counts: dict[Hashable, int] = {}
    for item in right:
        counts[item] = counts.get(item, 0) + 1
    return sum(counts.get(item, 0) for item in left)


def _marked(before: str, after: str, budget: Budget) -> tuple[list[Span], list[Span]]:
    left, right = words(before), words(after)
    blocks = differing(left, right, MOST_WORDS, budget)
    if blocks is None:
        left, right = _PIECE.findall(before), _PIECE.findall(after)
        blocks = differing(left, right, MOST_PIECES, budget)
    if blocks is None:
        blocks = [_middle(left, right)]
    blocks = _joined(left, right, blocks)
    if _kept(left, blocks) < LEAST_IN_COMMON * max(_weight(left), _weight(right)):
        blocks = [(0, len(left), 0, len(right))]
    return _places(left, [block[:2] for block in blocks]), _places(right, [block[2:] for block in blocks])


def _middle(left: list[str], right: list[str]) -> Block:
    """Everything between the common beginning and the common end."""
    start = 0
    shorter = min(len(left), len(right))
    while start < shorter and left[start] == right[start]:
        start += 1
    end = 0
    while end < shorter - start and left[-1 - end] == right[-1 - end]:
        end += 1
    return start, len(left) - end, start, len(right) - end


def _joined(left: list[str], right: list[str], blocks: list[Block]) -> list[Block]:
    """Blocks between which only a space or a single short word stayed become one: fewer, longer marks read better."""
    joined: list[Block] = []
    for block in blocks:
        if joined:
            a1, a2, b1, _ = joined[-1]
            between = left[a2 : block[0]]
            sizes = [
                max(len("".join(left[one[0] : one[1]])), len("".join(right[one[2] : one[3]])))
                for one in (joined[-1], block)
            ]
            tokens = [word for word in between if not word.isspace()]
            if not tokens or (len(tokens) == 1 and len(tokens[0]) <= 3 and min(sizes) > 2 * len(tokens[0])):
                joined[-1] = (a1, block[1], b1, block[3])
                continue
        joined.append(block)
    return joined


def _weight(tokens: list[str]) -> int:
    return sum(len(token) for token in tokens if not token.isspace())


def _kept(left: list[str], blocks: list[Block]) -> int:
    return _weight(left) - sum(_weight(left[a1:a2]) for a1, a2, _, _ in blocks)


def _places(tokens: list[str], ranges: list[tuple[int, int]]) -> list[Span]:
    offsets = [0]
    for token in tokens:
        offsets.append(offsets[-1] + len(token))
    return [(offsets[start], offsets[end]) for start, end in ranges if end > start]
