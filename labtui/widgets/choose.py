"""One question with several answers, each with its key; escape answers nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from labtui.text import clean
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Window


class Choice(NamedTuple):
    key: str
    """One letter; also what the window answers."""
    label: str
    meaning: str = ""


class ChooseWindow(Window[str]):
    """Gives the key of the choice, or None where the user went back."""

    BINDINGS = [Binding("escape", "dismiss(None)", "back")]

    def __init__(self, question: str, detail: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._question, self._detail, self._choices = question, detail, choices

    def compose(self) -> ComposeResult:
        with Vertical(classes="window"):
            yield Plain(self._question, classes="what")
            if self._detail:
                yield Plain(self._detail, classes="hint quiet")
            yield OptionList(*[Option(_shown(choice)) for choice in self._choices], compact=True)
            yield HintLine()

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_key(self, event: events.Key) -> None:
        if any(choice.key == event.key for choice in self._choices):
            event.stop()
            self.dismiss(event.key)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._choices[event.option_index].key)


def _shown(choice: Choice) -> Content:
    parts: list[tuple[str, str]] = [(f" {choice.key}  ", "bold $accent"), (clean(choice.label, lines=False), "bold")]
    if choice.meaning:
        parts.append((f"  {clean(choice.meaning, lines=False)}", "$quiet"))
    return Content.assemble(*parts)
