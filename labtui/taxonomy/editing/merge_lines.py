"""Three texts, two of which came from the third, merged line by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Chunk(NamedTuple):
    """Some lines as they were, as one side has them and as the other has them."""

    base: list[str]
    mine: list[str]
    theirs: list[str]

    @property
    def merged(self) -> list[str] | None:
        """What both sides agree on; None where both changed the same lines differently."""
        if self.mine == self.theirs or self.theirs == self.base:
            return self.mine
        return self.theirs if self.mine == self.base else None


def chunks(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Chunk]:
    """The three texts cut at the lines that all of them have."""
    to_mine, to_theirs = _matches(base, mine), _matches(base, theirs)
    at = at_mine = at_theirs = 0
    for number in [*sorted(to_mine.keys() & to_theirs.keys()), len(base)]:
        next_mine = to_mine.get(number, len(mine))
        next_theirs = to_theirs.get(number, len(theirs))
        if at < number or at_mine < next_mine or at_theirs < next_theirs:
            yield Chunk([*base[at:number]], [*mine[at_mine:next_mine]], [*theirs[at_theirs:next_theirs]])
        if number < len(base):
            yield Chunk([base[number]], [mine[next_mine]], [theirs[next_theirs]])
        at, at_mine, at_theirs = number + 1, next_mine + 1, next_theirs + 1


def merge_texts(base: str, mine: str, theirs: str) -> str | None:
    """The merged text, or None where both sides changed the same lines differently."""
    lines: list[str] = []
    for chunk in chunks(*(text.split("\n") for text in (base, mine, theirs))):
        if chunk.merged is None:
            return None
        lines += chunk.merged
    return "\n".join(lines)


def _matches(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    start = 0
    shorter = min(len(base), len(other))
    while start < shorter and base[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and base[-1 - end] == other[-1 - end]:
        end += 1
    found = {index: index for index in range(start)}
    moved = len(other) - len(base)
    found |= {index: index + moved for index in range(len(base) - end, len(base))}
    # Lines that stand there a thousand times tell nothing, and comparing each with each would take minutes.
    matcher = difflib.SequenceMatcher(
        None, base[start : len(base) - end], other[start : len(other) - end], autojunk=len(base) > 2000
    )
    for block in matcher.get_matching_blocks():
        found |= {start + block.a + step: start + block.b + step for step in range(block.size)}
    return found
