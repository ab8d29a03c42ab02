"""A text as the source of one YAML value that reads back as exactly that text and is clean to the linter."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from labtui.taxonomy.editing.folding import COLUMNS, breaks_of, carried_over, fold
from labtui.taxonomy.editing.quoting import NOT_ITSELF, PLAIN, Spot, double_quoted, inline, is_plain
from labtui.text import width

LONGEST = 120
"""Cells of the longest line with a value in plain or in quotes; a longer one becomes a block."""
MOST_EMPTY_LINES = 2
"""In a row: the linter allows no more."""

LITERAL, FOLDED = "|", ">"

_LINE_ENDS_WHITE = re.compile(r"[ \t]$", re.MULTILINE)
_MANY_EMPTY = re.compile(f"\n{{{MOST_EMPTY_LINES + 2}}}")


class Old(msgspec.Struct, frozen=True):
    """The value that stood there before, for the sake of its style."""

    style: str
    value: str = ""
    lines: tuple[str, ...] = ()
    """Of its source, without the header of a block."""
    source: str = ""
    """As it stood there, without the remark behind a block's sign."""
    indent: int = -1
    """The column of its lines after the first; -1 where it had only one."""


def ways(text: str, spot: Spot, old: Old | None = None) -> Iterator[str]:
    """Sources for `text`, the best one first. Lines after the first are indented; the last has no newline.

    The style that was there comes first as long as it fits. Several lines become a block, and so does what would
    make a line longer than LONGEST; what no block can hold stands in double quotes. Each way is one in all but
    rare cases, so callers read the result back and take the next if it is not the text.
    """
    style = old.style if old is not None else None
    if old is not None and old.source and text == old.value:
        yield old.source
    if spot.flow or not text:
        yield from inline(text, spot, style)
        return
    if "\n" in text:
        if style == FOLDED:
            yield from _some(folded(text, spot, old))
        yield from _some(literal(text, spot))
    elif style in (LITERAL, FOLDED):
        yield from _some(folded(text, spot, old) if style == FOLDED else literal(text, spot))
    else:
        yield from _one_line(text, spot, old, style)
    yield double_quoted(text, spot)


def _one_line(text: str, spot: Spot, old: Old | None, style: str | None) -> Iterator[str]:
    broken = old is not None and len(old.lines) > 1
    for source in inline(text, spot, style):
        fits = spot.column + width(source) <= LONGEST
        if fits or (spot.wide and not broken):
            yield source
            continue
        if broken and style == PLAIN:
            yield from _some(plain_lines(text, spot, old))
        yield from _some(folded(text, spot, None))
        yield from _some(literal(text, spot))
        yield source


def _some(source: str | None) -> Iterator[str]:
    if source is not None:
        yield source


def holdable(text: str) -> bool:
    """Whether the lines of a block can hold `text` and please the linter."""
    return (
        NOT_ITSELF.search(text) is None
        and bool(text.strip("\n"))
        and _LINE_ENDS_WHITE.search(text) is None
        and _MANY_EMPTY.search(text.rstrip("\n")) is None
        and not text.startswith("\n" * (MOST_EMPTY_LINES + 1))
    )


def _header(sign: str, text: str, spot: Spot) -> tuple[str, int] | None:
    """The first line of a block and the indentation of the others; None where its end cannot be written."""
    endings = len(text) - len(text.rstrip("\n"))
    if endings > 1 and (endings - 1 > MOST_EMPTY_LINES or spot.last):
        return None
    chomping = "-" if endings == 0 else "" if endings == 1 else "+"
    first = text.lstrip("\n")
    if not first.startswith((" ", "\t")):
        return f"{sign}{chomping}", spot.indent
    step = spot.indent - spot.parent
    step = step if 1 <= step <= 9 else 2
    return f"{sign}{step}{chomping}", spot.parent + step


def literal(text: str, spot: Spot) -> str | None:
    """As a block that begins with `|`, or None where none can hold it."""
    header = _header("|", text, spot)
    if header is None or not holdable(text):
        return None
    return _block(header, text.removesuffix("\n").split("\n"))


def _block(header: tuple[str, int], lines: list[str]) -> str:
    sign, indent = header
    return "\n".join([sign, *(" " * indent + line if line else "" for line in lines)])


def folded(text: str, spot: Spot, old: Old | None) -> str | None:
    """As a block that begins with `>`; lines broken by hand stay where the text around them did not change."""
    header = _header(">", text, spot)
    body = text.rstrip("\n")
    if header is None or not holdable(text) or body.startswith("\n") or re.search(r"^[ \t]|\n{3}", body, re.MULTILINE):
        return None
    keep = _kept(body, old)
    lines: list[str] = []
    at = 0
    for number, line in enumerate(body.split("\n")):
        if number:
            lines.append("")
        room = max(20, COLUMNS - header[1])
        if line:
            lines += fold(line, room, {place - at for place in keep if at < place < at + len(line)})
        at += len(line) + 1
    return _block(header, lines + [""] * max(0, len(text) - len(body) - 1))


def _kept(text: str, old: Old | None) -> set[int]:
    if old is None:
        return set()
    return carried_over(old.value, text, breaks_of(old.value, list(old.lines)))


def plain_lines(text: str, spot: Spot, old: Old | None) -> str | None:
    """Without quotes over several lines, or None where quotes are needed."""
    if not is_plain(text):
        return None
    room = max(20, COLUMNS - spot.indent)
    first = max(20, COLUMNS - spot.column)
    return ("\n" + " " * spot.indent).join(fold(text, room, _kept(text, old), first=first, remarks=True))
