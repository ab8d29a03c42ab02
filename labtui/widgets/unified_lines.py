"""A unified difference as finished lines: signs and numbers beside the text, long lines folded, nothing hidden."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from textual.content import Content

from labtui.taxonomy.fixing.unified import DiffLine, Kind, shown
from labtui.text import width

MOST = 4000
"""Lines of a difference that are drawn; nobody reads more of them in a window."""

STYLES = {Kind.REMOVED: "$error", Kind.ADDED: "$success", Kind.SAME: "", Kind.HUNK: "$secondary", Kind.NOTE: "$quiet"}


def unified_lines(lines: Sequence[DiffLine], room: int) -> list[Content]:
    """Each line at most `room` cells wide. The names of the files are left out: the window says them."""
    room = max(20, room)
    digits = len(str(max((max(line.before, line.after) for line in lines), default=0)))
    drawn: list[Content] = []
    said = [line for line in lines if line.kind != Kind.FILE]
    for line in islice(said, MOST):
        drawn += _line(line, digits, room)
    if len(said) > MOST:
        drawn += [Content(""), Content.styled(f"… and {len(said) - MOST:,} lines more"[:room], "$quiet")]
    return drawn


def _line(line: DiffLine, digits: int, room: int) -> Iterator[Content]:
    style = STYLES[line.kind]
    text = shown(line)
    if line.kind in (Kind.HUNK, Kind.NOTE):
        for part in folded(text, room):
            yield Content.styled(part, style)
        return
    sign, text = text[0], text[1:]
    number = f"{line.after or line.before:>{digits}} "
    for row, part in enumerate(folded(text, room - digits - 3)):
        # The sign stands before every row, so that a folded line never looks like an unchanged one.
        head = number if row == 0 else " " * (digits + 1)
        yield Content.assemble((head, "$quiet"), (f"{sign} ", f"bold {style}"), (part, style))


def folded(text: str, cells: int) -> list[str]:
    """`text` in pieces of at most `cells` cells, cut behind a blank where one is near, and without losing any."""
    pieces = []
    while len(text) > cells or width(text) > cells:
        end = cells if text.isascii() else _fitting(text, cells)
        blank = text.rfind(" ", end - end // 3, end)
        end = blank + 1 if blank >= 0 else end
        pieces.append(text[:end])
        text = text[end:]
    return [*pieces, text]


def _fitting(text: str, cells: int) -> int:
    """How many characters fit, at least one."""
    used = 0
    for position, character in enumerate(text):
        used += width(character)
        if used > cells:
            return max(1, position)
    return len(text)
