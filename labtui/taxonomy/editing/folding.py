"""Breaking one long line of text into several, where YAML joins them again with a space."""

from __future__ import annotations

from labtui.text import width

COLUMNS = 110
"""Cells of the longest line that is written when there is a choice."""


def breaks_of(value: str, lines: list[str]) -> set[int]:
    """Where in `value` a line of its source ends and the next one goes on, given the source's lines.

    Empty where the lines are not simply the value broken at spaces.
    """
    found: set[int] = set()
    at = 0
    for line in filter(None, (line.strip(" ") for line in lines)):
        if not value.startswith(line, at):
            return set()
        at += len(line)
        if value[at : at + 1] == " ":
            found.add(at)
            at += 1
        while value[at : at + 1] == "\n":
            at += 1
    return found


def carried_over(old: str, new: str, breaks: set[int]) -> set[int]:
    """The breaks that lie in what both texts begin and end with, as places in the new one."""
    shorter = min(len(old), len(new))
    start = next((index for index in range(shorter) if old[index] != new[index]), shorter)
    end = next((index for index in range(shorter - start) if old[-1 - index] != new[-1 - index]), shorter - start)
    moved = len(new) - len(old)
    kept = {at for at in breaks if at < start} | {at + moved for at in breaks if at >= len(old) - end}
    return {at for at in kept if _may_break(new, at)}


def fold(line: str, room: int, keep: set[int], *, first: int = 0, remarks: bool = False) -> list[str]:
    """`line` in pieces of at most `room` cells where spaces allow it, broken at `keep` in any case.

    `first` is the room the first piece has, where it is another. `remarks` says that a piece may not begin with
    a number sign, as YAML would read it as a remark.
    """
    pieces: list[str] = []
    start = 0
    for stop in [*sorted(keep), len(line)]:
        if start and remarks and line[start] == "#":
            return [line]
        while start < stop:
            space = (first or room) if not pieces else room
            at = _break_before(line, start, stop, space, remarks)
            pieces.append(line[start:at])
            start = at + 1
        start = stop + 1
    return pieces


def _break_before(line: str, start: int, stop: int, room: int, remarks: bool) -> int:
    """The end of the longest piece from `start` that fits; at least one word."""
    if width(line[start:stop]) <= room:
        return stop
    best, used, at = stop, 0, start
    while (space := line.find(" ", at, stop)) >= 0:
        used += width(line[at:space]) + (at > start)
        if used > room and best != stop:
            break
        if space > start and _may_break(line, space) and not (remarks and line[space + 1] == "#"):
            best = space
        if used > room and best != stop:
            break
        at = space + 1
    return best


def _may_break(line: str, at: int) -> bool:
    """Whether the space at `at` stands alone between two words."""
    around = line[at - 1 : at] + line[at + 1 : at + 2]
    return line[at : at + 1] == " " and at > 0 and len(around) == 2 and not any(c in " \t\n" for c in around)
