"""Problems as lines: sign, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from labtui import signs
from labtui.contribute.records import Problem
from labtui.text import clean

SHOWN = {
    "error": (signs.FAILED, "$error"),
    "warning": (signs.WARNING, "$warning"),
    "info": (signs.NONE, "$quiet"),
}


def problem_lines(problems: Iterable[Problem]) -> Content:
    """What only waits to be written is no reproach: it is said quietly."""
    from labtui.contribute.standing.judging import unfinished

    lines = []
    for one in problems:
        sign, colour = SHOWN["info"] if unfinished(one) else SHOWN[one.level]
        hint = f" {clean(one.hint, lines=False)}" if one.hint else ""
        what = clean(one.message, lines=False)
        lines.append(Content.assemble((f"{sign} ", f"bold {colour}"), (what, colour), (hint, "$quiet")))
    return Content("\n").join(lines)
