"""System prompt and sampling of the open conversation. Every valid change counts at once."""

from __future__ import annotations

import re
import typing
from typing import Any

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, TextArea

from labtui import settings
from labtui.chat.conversations import Conversation
from labtui.serve.client import Sampling
from labtui.text import clean
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Modal

FIELDS = {
    "temperature": "0: always the likeliest token",
    "top_p": "share of probability, 0 to 1",
    "min_p": "least beside the likeliest",
    "max_tokens": "longest answer",
    "seed": "fixes the draw; may be empty",
}


class SettingsWindow(Modal[None]):
    BINDINGS = [
        Binding("escape", "dismiss(None)", "done"),
        Binding("ctrl+r", "defaults", "defaults of the settings"),
    ]

    def __init__(self, conversation: Conversation, defaults: Sampling) -> None:
        super().__init__()
        self._conversation, self._defaults = conversation, defaults

    def compose(self) -> ComposeResult:
        with Vertical(classes="window") as window:
            window.border_title = "settings of this conversation"
            with VerticalScroll(can_focus=False):
                yield Plain("system prompt", classes="quiet")
                yield TextArea(clean(self._conversation.system), id="system", show_line_numbers=False)
                for name, meaning in FIELDS.items():
                    with Horizontal(classes="field"):
                        yield Plain(name, classes="name")
                        yield Input(_text(getattr(self._conversation.sampling, name)), id=name)
                        yield Plain(meaning, classes="quiet", id=f"{name}-note")
            yield Plain("They count from the next answer on.", classes="hint quiet")
            yield HintLine()

    @on(TextArea.Changed)
    def _system_typed(self, event: TextArea.Changed) -> None:
        self._conversation.system = clean(event.text_area.text).strip()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        name = str(event.input.id)
        note = self.query_one(f"#{name}-note", Plain)
        try:
            value = parse(name, event.value)
        except ValueError as error:
            note.show(f"! {error}")
            note.set_classes("warn")
            return
        note.show(FIELDS[name])
        note.set_classes("quiet")
        self._conversation.sampling = msgspec.structs.replace(self._conversation.sampling, **{name: value})

    def action_defaults(self) -> None:
        for name in FIELDS:
            self.query_one(f"#{name}", Input).value = _text(getattr(self._defaults, name))


def _text(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def parse(name: str, text: str) -> Any:
    """The value of a sampling field as it was typed. Raises ValueError with a sentence."""
    kind = typing.get_type_hints(settings.Chat, include_extras=True)[name]
    if not text.strip():
        if name == "seed":
            return None
        raise ValueError("a number is needed")
    try:
        return msgspec.convert(text.strip(), kind, strict=False)
    except msgspec.ValidationError as error:
        whole = "a whole number" if name in ("max_tokens", "seed") else "a number"
        bound = re.search(r"([<>]=?) (\S+)$", str(error))
        if bound is None:
            raise ValueError(f"{whole} is needed") from error
        limit = float(bound[2])
        raise ValueError(f"at {'most' if bound[1].startswith('<') else 'least'} {limit:g}") from error
