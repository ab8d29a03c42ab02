"""The difference between two contents of one file as lines, each of a known kind."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec

AROUND = 3
"""Unchanged lines shown before and after a change."""
COMPARED = 20_000
"""Lines beyond which what changed is shown as removed and added as a whole: comparing takes too long."""


class Kind(StrEnum):
    FILE = "file"
    """`--- before` and `+++ after`."""
    HUNK = "hunk"
    """`@@ -1,3 +1,3 @@`"""
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    NOTE = "note"
    r"""`\ No newline at end of file`"""


SIGNS = {Kind.SAME: " ", Kind.REMOVED: "-", Kind.ADDED: "+"}


class DiffLine(msgspec.Struct, frozen=True):
    kind: Kind
    text: str
    """Without its sign and its newline; it may hold foreign text and a carriage return."""
    before: int = 0
    """The number of the line in the file before, from 1; 0: it is not in there."""
    after: int = 0

    def __str__(self) -> str:
        """As `diff -u` writes it."""
        return f"{SIGNS.get(self.kind, '')}{self.text}"


def unified_diff(before: bytes, after: bytes, path: str, new_path: str = "") -> list[DiffLine]:
    """What changes from `before` to `after`, as `diff -u` has it; nothing where they are equal.

    `new_path` is where the file stands afterwards, if that is elsewhere.
    """
    moved = bool(new_path) and new_path != path
    if before == after and not moved:
        return []
    lines = [DiffLine(Kind.FILE, f"--- {path}"), DiffLine(Kind.FILE, f"+++ {new_path or path}")]
    old, new = _lines(before), _lines(after)
    for group in _groups(old, new):
        lines.append(DiffLine(Kind.HUNK, _hunk(group)))
        for tag, start, end, new_start, new_end in group:
            if tag == "equal":
                for number, line in enumerate(old[start:end]):
                    lines += _line(Kind.SAME, line, start + number + 1, new_start + number + 1)
                continue
            for number, line in enumerate(old[start:end], start + 1):
                lines += _line(Kind.REMOVED, line, number, 0)
            for number, line in enumerate(new[new_start:new_end], new_start + 1):
                lines += _line(Kind.ADDED, line, 0, number)
    return lines


Operation = tuple[str, int, int, int, int]


def _lines(data: bytes) -> list[str]:
    """Lines with their newlines, which alone part them: other separators are part of a line."""
    return re.findall(r"[^\n]*\n|[^\n]+", data.decode("utf-8", "backslashreplace"))


def _groups(old: Sequence[str], new: Sequence[str]) -> Iterator[list[Operation]]:
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    head = max(0, first - AROUND)
    tail = max(0, last - AROUND)
    one, other = old[head : len(old) - tail], new[head : len(new) - tail]
    if not one and not other:
        return
    if len(one) + len(other) > COMPARED:
        inner = first - head
        rest = last - tail
        yield [
            ("equal", head, first, head, first),
            ("replace", first, len(old) - last, first, len(new) - last),
            ("equal", len(old) - last, len(old) - last + rest, len(new) - last, len(new) - last + rest),
        ][0 if inner else 1 : 3 if rest else 2]
        return
    for group in difflib.SequenceMatcher(None, one, other).get_grouped_opcodes(AROUND):
        yield [(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in group]


def _hunk(group: Sequence[Operation]) -> str:
    return f"@@ -{_span(group[0][1], group[-1][2])} +{_span(group[0][3], group[-1][4])} @@"


def _span(start: int, end: int) -> str:
    count = end - start
    first = start + 1 if count else start
    return str(first) if count == 1 else f"{first},{count}"


def _line(kind: Kind, line: str, before: int, after: int) -> Iterator[DiffLine]:
    yield DiffLine(kind, line.removesuffix("\n"), before, after)
    if not line.endswith("\n"):
        yield DiffLine(Kind.NOTE, "\\ No newline at end of file")


def counts(lines: Sequence[DiffLine]) -> tuple[int, int]:
    """How many lines are added and how many removed."""
    return (sum(line.kind == Kind.ADDED for line in lines), sum(line.kind == Kind.REMOVED for line in lines))


def shown(line: DiffLine) -> str:
    """A line for a screen: cleaned, and what cannot be seen at its end made visible where it is what changes."""
    from labtui.text import clean

    if line.kind in (Kind.FILE, Kind.HUNK, Kind.NOTE):
        return clean(str(line), lines=False)
    text = line.text
    if line.kind == Kind.SAME:
        return " " + clean(text.removesuffix("\r"), lines=False)
    bare = text.rstrip(" \t\r")
    # In the middle as well a tab must not look like the blanks that take its place.
    marks = text[len(bare) :].translate({ord(" "): "·", ord("\t"): "→", ord("\r"): "␍"})
    return SIGNS[line.kind] + clean(bare.replace("\t", "→"), lines=False) + marks
