"""Who answers: the models there are, with the adapters made for them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from labtui.serve.models import ModelInfo
from labtui.text import clean
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Modal


class Who(msgspec.Struct, frozen=True):
    """A model, perhaps with an adapter on it."""

    model: str
    adapter: str = ""
    facts: str = ""


def answerers(models: Sequence[ModelInfo], served: Sequence[tuple[str, str]] = ()) -> list[Who]:
    """Everyone who can answer: each model, followed by its adapters, then the endpoints."""
    found: list[Who] = []
    for info in models:
        if info.kind == "adapter":
            continue
        found.append(Who(info.name, "", _facts(info, (info.name, "") in served)))
        for adapter in models:
            if adapter.kind == "adapter" and adapter.base == info.name:
                found.append(Who(info.name, adapter.name, _facts(adapter, (info.name, adapter.name) in served)))
    return found


def _facts(info: ModelInfo, served: bool) -> str:
    parts = ["served"] if served else []
    if info.missing:
        parts.append("its file is missing")
    if info.kind == "remote":
        parts.append(info.path)
    else:
        parts += [info.quantization] if info.quantization else []
        parts.append(f"{info.size / 1e6:,.0f} MB")
        if info.kind == "gguf" and not info.template:
            parts.append("no chat template")
    return " · ".join(parts)


class Choices(OptionList):
    """A list in a window whose enter shows among the key hints."""

    BINDINGS = [Binding("enter", "select", "choose")]


class ModelPicker(Modal[Who | None]):
    BINDINGS = [
        Binding("escape", "dismiss(None)", "back"),
        Binding("m", "models", "models…"),
    ]

    def __init__(self, title: str, choices: Sequence[Who], current: Who | None = None) -> None:
        super().__init__()
        self._title, self._choices, self._current = title, choices, current

    def compose(self) -> ComposeResult:
        with Vertical(classes="window") as window:
            window.border_title = self._title
            if self._choices:
                yield Choices(*(Option(_words(who, self._is_current(who))) for who in self._choices))
            else:
                yield Plain("There is no model yet. Add one on the models screen, or with: labtui model add demo")
            yield HintLine()

    def _is_current(self, who: Who) -> bool:
        return self._current is not None and (who.model, who.adapter) == (self._current.model, self._current.adapter)

    def on_mount(self) -> None:
        for place, who in enumerate(self._choices):
            if self._is_current(who):
                self.query_one(Choices).highlighted = place

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._choices[event.option_index])

    def action_models(self) -> None:
        self.dismiss(None)
        self.app.open("models")  # type: ignore[attr-defined]


def _words(who: Who, current: bool) -> Content:
    name = f"  + {clean(who.adapter, lines=False)}" if who.adapter else clean(who.model, lines=False)
    return Content.assemble("▸ " if current else "  ", (name, "bold"), "  ", (clean(who.facts, lines=False), "$quiet"))
