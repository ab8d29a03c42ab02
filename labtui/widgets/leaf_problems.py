"""What is wrong with a leaf, one finding after the other, with a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.visual import Visual

from labtui import signs
from labtui.actions import bindings_for
from labtui.taxonomy.check import ATTRIBUTION
from labtui.taxonomy.findings import Finding
from labtui.text import shorten, width
from labtui.widgets.leaf_text import SIGN, within, wrapped
from labtui.widgets.sheet import Sheet


class ProblemPage(NamedTuple):
    lines: list[Content]
    findings: list[Finding]
    rows: list[int]
    """Where each finding begins."""


NO_PROBLEMS = ProblemPage([], [], [])


def problem_page(findings: Sequence[Finding], room: int) -> ProblemPage:
    """Every finding: where, what, and what to do."""
    room = max(20, room)
    if not findings:
        lines = [Content.assemble((f"{signs.DONE} ", "bold $success"), "Nothing is wrong with it."), Content("")]
        lines += wrapped(
            "Checked by InstructLab's rules and those beyond them: docs/taxonomy.md lists all.", room, "$quiet"
        )
        return ProblemPage(within(lines, room), [], [])
    # Those of the file beside the leaf come last, as in the check.
    ordered = sorted(findings, key=lambda found: (found.path.endswith(ATTRIBUTION), found.line, found.column))
    lines, rows = [], []
    for finding in ordered:
        rows.append(len(lines))
        sign, style = SIGN[finding.level]
        where = f"line {finding.line}, column {finding.column}"
        if finding.path.endswith(ATTRIBUTION):
            where = f"{ATTRIBUTION}, line {finding.line}"
        gap = max(2, room - 2 - width(where) - width(finding.rule))
        rule = shorten(finding.rule, room - 4)
        lines.append(Content.assemble((f"{sign} ", f"bold {style}"), (where, "bold"), " " * gap, (rule, "$quiet")))
        lines += [Content.assemble("  ", line) for line in wrapped(finding.message, max(10, room - 2))]
        hint = f"{finding.hint}{'  (F puts it right)' if finding.fixable else ''}".strip()
        lines += [Content.assemble("  ", line) for line in wrapped(hint, max(10, room - 2), "$quiet")]
        lines.append(Content(""))
    return ProblemPage(within(lines[:-1], room), ordered, rows)


class ProblemSheet(Sheet):
    BINDINGS = bindings_for("taxonomy.list")

    class Chosen(Message):
        """The user wants to go to the place of a finding, or with `why` to know its reason."""

        def __init__(self, finding: Finding, why: bool = False) -> None:
            super().__init__()
            self.finding = finding
            self.why = why

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self.page = NO_PROBLEMS
        self.cursor = 0

    @property
    def room(self) -> int:
        return max(1, self.size.width - 2)

    @property
    def finding(self) -> Finding | None:
        return self.page.findings[self.cursor] if self.cursor < len(self.page.findings) else None

    def turn_to(self, page: ProblemPage, *, fresh: bool = False) -> None:
        """Shows a page; the cursor stays on its finding as long as that is there."""
        before = self.finding
        self.page = page
        if fresh:
            self.cursor = 0
        elif before is not None:
            alike = [
                n
                for n, found in enumerate(page.findings)
                if (found.rule, found.message) == (before.rule, before.message)
            ]
            self.cursor = min(
                alike, key=lambda n: abs(n - self.cursor), default=min(self.cursor, max(0, len(page.findings) - 1))
            )
        self.show(page.lines, keep_place=not fresh)

    def next(self) -> bool:
        """Goes to the next finding. False at the last one."""
        before = self.cursor
        self._move(1)
        return self.cursor != before

    def action_up(self) -> None:
        self._move(-1)

    def action_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        if not self.page.findings:
            self.scroll_relative(y=by, animate=False, force=True)
            return
        self.cursor = min(max(0, self.cursor + by), len(self.page.findings) - 1)
        top, bottom = self._rows(self.cursor)
        self.scroll_to_region(Region(0, top, 1, bottom - top), animate=False, force=True, x_axis=False)
        self._drawn.clear()
        self.refresh()

    def _rows(self, number: int) -> tuple[int, int]:
        rows = self.page.rows
        return rows[number], rows[number + 1] - 1 if number + 1 < len(rows) else len(self.page.lines)

    def action_go(self) -> None:
        if self.finding is not None:
            self.post_message(self.Chosen(self.finding))

    def action_why(self) -> None:
        if self.finding is not None:
            self.post_message(self.Chosen(self.finding, why=True))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        row = offset.y + round(self.scroll_offset.y) if offset is not None else -1
        for number in range(len(self.page.findings)):
            top, bottom = self._rows(number)
            if top <= row < bottom:
                self.cursor = number
                self._drawn.clear()
                self.refresh()

    def render_line(self, y: int) -> Strip:
        room = self.scrollable_content_region.width
        number = y + round(self.scroll_offset.y)
        if number >= len(self._lines):
            return Strip.blank(room, self.visual_style.rich_style)
        strip = self._drawn.get(number)
        if strip is None:
            here = bool(self.page.rows) and self._rows(self.cursor)[0] <= number < self._rows(self.cursor)[1]
            # The mark says where the cursor is without any colour.
            line = Content.assemble(("▌" if here else " ", "bold $accent"), self._lines[number])
            strips = Visual.to_strips(self, line, room, 1, self.visual_style, apply_selection=False)
            strip = self._drawn[number] = strips[0].adjust_cell_length(room, self.visual_style.rich_style)
        return strip
