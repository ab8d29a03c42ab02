"""The line below a list in which one types what its lines are to hold: every letter counts at once.

    yield FilterLine("words of title or state; enter keeps, esc shows all", id="filter")

    line.open()      # `/`: shows the line and gives it the focus
    line.clear()     # esc, from the list too; False where nothing was narrowed

The owner hears Narrowed at every letter, and Left when the list is to have the focus again.
"""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from labtui.widgets.plain import Plain


class _Words(Input):
    BINDINGS = [Binding("escape", "clear", "show all"), Binding("down", "submit", "to the list", show=False)]

    def action_clear(self) -> None:
        if isinstance(self.parent, FilterLine):
            self.parent.clear()


class FilterLine(Horizontal):
    DEFAULT_CSS = """
    FilterLine { height: 1; display: none; background: $surface; }
    FilterLine > Plain { width: auto; color: $accent; }
    """

    class Narrowed(Message):
        """Only lines that hold all of these words are to be shown."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """What was typed is kept, or nothing is narrowed any more: the list is gone on with."""

    def __init__(self, placeholder: str, *, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        yield Plain("/ ")
        yield _Words(placeholder=self._placeholder, compact=True)

    @property
    def field(self) -> Input:
        return self.query_one(Input)

    def open(self) -> None:
        self.display = True
        # At once: what is typed ahead belongs here.
        self.screen.set_focus(self.field)

    def clear(self) -> bool:
        """Shows all again. False where the line was not there."""
        shown = bool(self.display)
        self.field.value = ""
        self.display = False
        if shown:
            self.post_message(self.Left())
        return shown

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Narrowed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.display = bool(event.value)
        self.post_message(self.Left())
