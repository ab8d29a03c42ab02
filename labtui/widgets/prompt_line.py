"""A window that asks for one line of text: a name, a path."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input

from labtui.text import clean
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Modal


class LineWindow(Modal[str | None]):
    """Gives the line, or None where the user went back."""

    BINDINGS = [
        Binding("escape", "dismiss(None)", "back"),
        Binding("enter", "take", "take it"),
    ]

    def __init__(self, question: str, value: str = "", *, detail: str = "") -> None:
        super().__init__()
        self._question, self._value, self._detail = question, clean(value, lines=False), detail

    def compose(self) -> ComposeResult:
        with Vertical(classes="window"):
            yield Plain(self._question, classes="what")
            yield Input(self._value, select_on_focus=False)
            if self._detail:
                yield Plain(self._detail, classes="hint quiet")
            yield HintLine()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        if value := clean(self.query_one(Input).value, lines=False).strip():
            self.dismiss(value)
