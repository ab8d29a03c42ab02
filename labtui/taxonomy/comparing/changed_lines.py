"""Two files of any kind compared by lines, for what cannot be compared by what it says."""

from __future__ import annotations

from collections.abc import Iterator

from labtui.taxonomy.comparing.leaf_change import LineChange
from labtui.taxonomy.comparing.word_spans import differing

MOST_LINES = 5_000
"""Changed lines of an unreadable file that are given."""
AROUND = 2
"""Lines that stayed, shown before and after changed ones."""


def changed_lines(before: bytes | None, after: bytes | None) -> Iterator[LineChange]:
    """The changed lines of two files of any kind, with a few around them; at most MOST_LINES."""
    old, new = _split(before), _split(after)
    blocks = differing(old, new, MOST_LINES)
    if blocks is None:
        blocks = [(0, len(old), 0, len(new))]
    given, done = 0, 0
    for a1, a2, b1, b2 in blocks:
        for at in range(max(done, b1 - AROUND), b1):
            yield LineChange(" ", new[at], at + 1)
        yield from (LineChange("-", old[at], at + 1) for at in range(a1, min(a2, a1 + MOST_LINES - given)))
        yield from (LineChange("+", new[at], at + 1) for at in range(b1, min(b2, b1 + MOST_LINES - given)))
        given += a2 - a1 + b2 - b1
        done = min(len(new), b2 + AROUND)
        following = next((block[2] for block in blocks if block[2] >= b2 and block[2] != b1), len(new))
        done = min(done, following)
        yield from (LineChange(" ", new[at], at + 1) for at in range(b2, done))
        if given >= MOST_LINES:
            return


def _split(data: bytes | None) -> list[str]:
    if not data:
        return []
    return (
        data.decode("utf-8", "backslashreplace")
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .removesuffix("\n")
        .split("\n")
    )
