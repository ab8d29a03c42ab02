"""The loop, drawn: seven stages in a row with their state, or one a line where there is little room."""

from __future__ import annotations

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from labtui import signs
from labtui.operations.overview import Overview
from labtui.operations.stages import Mark, Stage, stages
from labtui.text import pad, shorten, width

WIDE = 96
"""Cells from which the stages stand side by side."""

MARKS: dict[Mark, tuple[str, str]] = {
    "none": (signs.NONE, "$quiet"),
    "some": (signs.CHANGED, "$success"),
    "running": (signs.SOME, "$primary"),
    "waiting": (signs.WAITING, "$warning"),
    "trouble": (signs.FAILED, "$error"),
}


class LoopMap(Widget, can_focus=True):
    BINDINGS = [
        Binding("left,up,h,k", "move(-1)", "before", show=False, tooltip="Go one back"),
        Binding("right,down,l", "move(1)", "next", show=False, tooltip="Go one on"),
        Binding("home", "move(-9)", "first", show=False, tooltip="Go to the first"),
        Binding("end", "move(9)", "last", show=False, tooltip="Go to the last"),
    ]
    DEFAULT_CSS = """
    LoopMap { height: 6; }
    """

    chosen: reactive[int] = reactive(0)

    class Opened(Message):
        def __init__(self, screen: str) -> None:
            super().__init__()
            self.screen = screen

    def __init__(self) -> None:
        super().__init__(id="loop", classes="panel")
        self.border_title = "the loop"
        self.stages: list[Stage] = stages(Overview())

    def show(self, overview: Overview) -> None:
        found = stages(overview)
        if found != self.stages:
            self.stages = found
            self.refresh()

    @property
    def stage(self) -> Stage:
        return self.stages[self.chosen]

    def action_move(self, by: int) -> None:
        self.chosen = min(len(self.stages) - 1, max(0, self.chosen + by))

    def on_click(self, event: object) -> None:
        offset = getattr(event, "get_content_offset", lambda _: None)(self)
        if offset is not None:
            at = offset.x // self._column if self._wide else offset.y
            self.chosen = min(len(self.stages) - 1, max(0, at))
            self.post_message(self.Opened(self.stage.screen))

    @property
    def _wide(self) -> bool:
        return self.content_size.width >= WIDE

    @property
    def _column(self) -> int:
        return max(1, self.content_size.width // len(self.stages))

    def render(self) -> Content:
        return self._drawn_wide() if self._wide else self._drawn_folded()

    def _title_style(self, index: int) -> str:
        if index != self.chosen:
            return "bold"
        return "bold $block-cursor-foreground on $block-cursor-background" if self.has_focus else "bold underline"

    def _drawn_wide(self) -> Content:
        column, count = self._column, len(self.stages)
        rows: list[tuple[str, str] | str] = []
        for index, stage in enumerate(self.stages):
            title = f" {index + 1} {stage.title} "
            rows += (title, self._title_style(index)), " " * (column - width(title))
        for part, style in (("first", ""), ("second", "$quiet")):
            rows.append("\n")
            for stage in self.stages:
                rows.append((f" {pad(getattr(stage, part), column - 2)} ", style))
        rows.append("\n")
        for index, stage in enumerate(self.stages):
            mark, style = MARKS[stage.mark]
            left = "   " if index == 0 else "─" * 3
            right = " " * (column - 4) if index == count - 1 else "─" * (column - 4)
            rows += (left, "$edge"), (mark, f"bold {style}"), (right, "$edge")
        return Content.assemble(*rows)

    def _drawn_folded(self) -> Content:
        room = max(0, self.content_size.width - 18)
        rows: list[tuple[str, str] | str] = []
        for index, stage in enumerate(self.stages):
            mark, style = MARKS[stage.mark]
            title = f" {index + 1} {stage.title} "
            state = " · ".join(part for part in (stage.first, stage.second) if part)
            rows += (mark, f"bold {style}"), " ", (title, self._title_style(index)), " " * (15 - width(title))
            rows += shorten(state, room), "\n"
        return Content.assemble(*rows[:-1])
