"""A leaf's file as finished lines to read: with line numbers, in colours, each problem below the line it is in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content

from labtui.taxonomy.check import ATTRIBUTION
from labtui.taxonomy.findings import Finding
from labtui.text import clean, width
from labtui.widgets.leaf_text import SIGN, problem_lines, within
from labtui.widgets.yaml_colours import Blocks, parts

STYLES = {"key": "bold $secondary", "sign": "$quiet", "remark": "$quiet italic", "quoted": "$success"}


class SourcePage(NamedTuple):
    lines: list[Content]
    rows: list[int]
    """The row each line of the file begins at."""
    places: list[int]
    """Rows with a problem."""

    def line_at(self, row: int) -> int:
        """The line of the file (from 1) that a row belongs to."""
        from bisect import bisect_right

        return max(1, bisect_right(self.rows, row))


NO_SOURCE = SourcePage([], [], [])


def of_the_file(findings: Sequence[Finding]) -> list[Finding]:
    """Those that speak of the leaf's own file: lines of the one beside it are not its lines."""
    return [finding for finding in findings if not finding.path.endswith(ATTRIBUTION)]


def source_page(text: str, findings: Sequence[Finding], room: int) -> SourcePage:
    raw = text.removesuffix("\n").split("\n")
    by_line: dict[int, list[Finding]] = {}
    for finding in findings:
        by_line.setdefault(min(max(1, finding.line), len(raw)), []).append(finding)
    gutter = len(str(len(raw))) + 3
    whole, room = max(20, room), max(12, room - gutter)
    blocks = Blocks()
    lines: list[Content] = []
    rows: list[int] = []
    places: list[int] = []
    for number, text in enumerate(raw, 1):
        wrong = by_line.get(number, [])
        sign, style = SIGN[wrong[0].level] if wrong else (" ", "")
        shown = clean(text).replace("\n", " ").replace("\t", "    ")
        line = Content(shown) if blocks.inside(raw, number - 1) else _coloured(shown)
        for finding in wrong:
            line = _underlined(line, finding)
        pieces = [line] if len(shown) <= room and width(shown) <= room else line.wrap(room)
        rows.append(len(lines))
        if wrong:
            places.append(len(lines))
        for index, piece in enumerate(pieces):
            head = f"{sign} {number:>{gutter - 3}} " if index == 0 else " " * gutter
            lines.append(Content.assemble((head, f"bold {style}" if wrong and index == 0 else "$quiet"), piece))
        lines += [Content.assemble(" " * gutter, part) for part in problem_lines(wrong, room)]
    return SourcePage(within(lines, whole), rows, places)


def _coloured(line: str) -> Content:
    content = Content(line)
    for start, end, what in parts(line):
        content = content.stylize(STYLES[what], start, end)
    return content


def _underlined(line: Content, finding: Finding) -> Content:
    """The line with the word underlined at which the problem stands."""
    start = min(finding.column - 1, len(line.plain) - 1)
    if start < 0:
        return line
    rest = re.match(r"\s+|\S+", line.plain[start:])
    style = SIGN[finding.level][1]
    return line.stylize(f"underline {style}", start, start + len(rest.group() if rest else " "))
