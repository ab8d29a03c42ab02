"""One question with two answers; escape and `n` mean no."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button

from labtui.text import clean
from labtui.widgets.plain import Plain
from labtui.widgets.window import Window


class ConfirmWindow(Window[bool]):
    BINDINGS = [
        Binding("escape,n", "answer(False)", "no"),
        Binding("y", "answer(True)", "yes"),
        Binding("left,right", "other", "choose", show=False),
    ]

    def __init__(self, question: str, detail: str = "", *, yes: str = "Yes", no: str = "No") -> None:
        super().__init__()
        self._question, self._detail, self._yes, self._no = question, detail, yes, no

    def compose(self) -> ComposeResult:
        with Vertical(classes="window -question"):
            yield Plain(self._question, classes="what")
            if self._detail:
                yield Plain(self._detail, classes="hint")
            with Horizontal(classes="buttons"):
                yield Button(_label(self._no, "n"), id="no")
                yield Button(_label(self._yes, "y"), id="yes", variant="primary")

    def on_mount(self) -> None:
        self.query_one("#no", Button).focus()

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)

    def action_other(self) -> None:
        self.screen.focus_next(Button)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(event.button.id == "yes")


def _label(text: str, key: str) -> str:
    from textual.markup import escape

    return escape(f"{clean(text, lines=False)} ({key})")
