"""Finished lines in a window, to be read and closed."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content

from labtui.text import clean
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Window


class LinesWindow(Window[None]):
    BINDINGS = [
        Binding("escape,q,enter", "dismiss", "close"),
        Binding("up,k", "scroll(-1)", "scroll", show=False),
        Binding("down,j", "scroll(1)", "scroll", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[Content]) -> None:
        super().__init__()
        self._title, self._shown = title, Content("\n").join(lines)

    def compose(self) -> ComposeResult:
        with Vertical(classes="window -wide") as window:
            window.border_title = Content(clean(self._title, lines=False))
            with VerticalScroll(can_focus=True):
                yield Plain(self._shown)
            yield HintLine()

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
