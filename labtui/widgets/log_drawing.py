"""One line of a log as segments: its own colours, with search matches and the selection laid over them."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from rich.segment import Segment
from rich.style import Style

from labtui.widgets.log_lines import LogLine

Mark = tuple[int, int, Style]
"""From character, to character, and the look laid over them."""


@lru_cache(256)
def _style(name: str) -> Style:
    return Style.parse(name)


def segments_of(line: LogLine, marks: list[Mark], base: Style) -> list[Segment]:
    """The line's pieces in its own colours, with the marked parts laid over them."""
    if not marks:
        return [Segment(text, base + _style(name) if name else base) for text, name in line.spans]
    edges = sorted({edge for start, end, _ in marks for edge in (start, end)})
    segments = []
    position = 0
    for text, name in line.spans:
        own = base + _style(name) if name else base
        stop = position + len(text)
        cuts = [position, *(edge for edge in edges if position < edge < stop), stop]
        for left, right in pairwise(cuts):
            style = own
            for start, end, laid in marks:
                if start <= left and right <= end:
                    style = style + laid
            segments.append(Segment(text[left - position : right - position], style))
        position = stop
    return segments
