"""Which parts of a line of YAML are what, line by line, without parsing the file.

A block of text (`answer: |`) holds no keys, whatever it looks like; whether a line is inside of one follows from
the lines before it, which are looked at once and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Part = tuple[int, int, Literal["key", "sign", "remark", "quoted"]]
"""From, to, and what it is; what is in no part is plain text."""

_KEY = re.compile(r"^(\s*(?:- +)*)([\w.-]+|'[^']*'|\"[^\"]*\")(\s*:)(?=\s|$)")
_DASHES = re.compile(r"^\s*(?:- +|-$)+")
_OPENS = re.compile(r"(?:^|[:\-] +)[|>][-+0-9]{0,3}\s*(?:#.*)?$")
_QUOTED = re.compile(r"(?:'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\")")
_REMARK = re.compile(r"(?:^|\s)#")
FARTHEST = 5_000
"""Lines looked back over for the beginning of a block at most."""
OUTSIDE = -1


class Blocks:
    """Which lines lie inside a block of text, found when asked for."""

    def __init__(self) -> None:
        self._known: list[int] = []
        """For each line from the first: the indentation of the key whose block it is in, or OUTSIDE."""

    def forget(self, row: int) -> None:
        """The lines from `row` on may have changed."""
        del self._known[row:]

    def inside(self, lines: Sequence[str], row: int) -> bool:
        known = self._known
        if row - len(known) > FARTHEST:
            # Far from all that is known: a line at the left margin is in no block.
            start = next((at for at in range(row, row - FARTHEST, -1) if lines[at][:1].strip()), row - FARTHEST)
            known += [OUTSIDE] * (start - len(known))
        for at in range(len(known), min(row + 1, len(lines))):
            known.append(self._state(lines, at, known[at - 1] if at else OUTSIDE))
        return row < len(known) and known[row] != OUTSIDE

    @staticmethod
    def _state(lines: Sequence[str], row: int, before: int) -> int:
        if row == 0:
            return OUTSIDE
        line = lines[row]
        if before == OUTSIDE:
            above = lines[row - 1]
            if not _OPENS.search(above) or above.lstrip().startswith("#"):
                return OUTSIDE
            before = _indentation(above)
        return before if not line.strip() or len(line) - len(line.lstrip(" ")) > before else OUTSIDE


def _indentation(line: str) -> int:
    """The column of the key, or of the last hyphen where there is no key, that a block belongs to."""
    key = _KEY.match(line)
    if key is not None:
        return key.end(1)
    dashes = _DASHES.match(line)
    return line.rindex("-", 0, dashes.end()) if dashes is not None else len(line) - len(line.lstrip())


def parts(line: str) -> list[Part]:
    """The parts of a line outside of blocks."""
    if line.lstrip().startswith("#"):
        return [(0, len(line), "remark")]
    found: list[Part] = []
    at = 0
    if key := _KEY.match(line):
        found += [(0, key.end(1), "sign"), (key.start(2), key.end(2), "key"), (key.start(3), key.end(3), "sign")]
        at = key.end()
    elif dashes := _DASHES.match(line):
        found.append((0, dashes.end(), "sign"))
        at = dashes.end()
    while at < len(line) and line[at] == " ":
        at += 1
    if quoted := _QUOTED.match(line, at):
        found.append((quoted.start(), quoted.end(), "quoted"))
        at = quoted.end()
    elif at < len(line) and line[at] in "|>":
        found.append((at, at + 1, "sign"))
    if remark := _REMARK.search(line, at):
        found.append((remark.start(), len(line), "remark"))
    return found
