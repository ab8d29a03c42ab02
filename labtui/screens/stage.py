"""A stage without a screen of its own: what is so in it, and what works today, each thing to copy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from labtui.operations.overview import Overview
from labtui.operations.stages import TITLES, stages
from labtui.text import clean
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Window
from labtui.workspace import Workspace

if TYPE_CHECKING:
    from labtui.app import LabApp


class Way(msgspec.Struct, frozen=True):
    """One thing that works today."""

    says: str
    text: str
    """The command or path that is copied; empty where a screen opens instead."""
    screen: str = ""


MEANING = {
    "review": "Generated samples are text, one JSON line each, with the seed each came from in its metadata.",
    "evaluate": "Ask the base model and the tuned one the same questions, and look at both answers.",
    "release": "A trained adapter is a folder: adapter.gguf for llama.cpp and its kin, safetensors for PEFT.",
}


class Ways(OptionList):
    BINDINGS = [Binding("enter", "select", "copy, or open →", tooltip="Copy what the line holds, or go where it leads")]


class StageWindow(Window[None]):
    BINDINGS = [
        Binding("escape,q", "dismiss", "close", tooltip="Close this window"),
        Binding("c,y", "copy", "copy", tooltip="Copy what the line holds"),
    ]
    STAGES: ClassVar[tuple[str, ...]] = tuple(MEANING)

    app: LabApp

    def __init__(self, name: str, overview: Overview, workspace: Workspace | None) -> None:
        super().__init__()
        self._stage = name
        self._said = next((stage for stage in stages(overview) if stage.screen == name), None)
        self._ways = ways(name, overview, workspace)

    def compose(self) -> ComposeResult:
        with Vertical(classes="window -wide -stage") as window:
            window.border_title = Content(TITLES[self._stage].lower())
            yield Plain(MEANING[self._stage], classes="what")
            if self._said and self._said.first:
                yield Plain(" · ".join(part for part in (self._said.first, self._said.second) if part), classes="so")
            yield Ways(*(Option(_shown(way)) for way in self._ways))
            yield HintLine()

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        way = self._ways[event.option_index]
        if way.screen:
            self.app.open(way.screen)
        else:
            self.app.copy_text(way.text)

    def action_copy(self) -> None:
        index = self.query_one(OptionList).highlighted
        if index is not None and self._ways[index].text:
            self.app.copy_text(self._ways[index].text)


def _shown(way: Way) -> Content:
    second = f"\n   {clean(way.text, lines=False)}" if way.text else ""
    mark = "→" if way.screen else "·"
    return Content.assemble((f"{mark} ", "$accent"), clean(way.says, lines=False), (second, "$quiet"))


def ways(name: str, overview: Overview, workspace: Workspace | None) -> list[Way]:
    """What can be done today in a stage, with this workspace's own paths and names."""
    if workspace is None:
        return [Way("Make a workspace first", "labtui init --demo")]
    data = _quoted(workspace.data)
    counts = overview.counts
    adapter = counts.newest_adapter if counts and counts.newest_adapter else ""
    if name == "review":
        return [
            Way("Watch samples arrive, and why others were rejected", "", "generate"),
            Way("The folder of the data sets", data),
            Way("Read the samples of all data sets", f"less {data}/*/messages.jsonl"),
        ]
    if name == "evaluate":
        tuned = f" --adapter {adapter}" if adapter else " --adapter NAME"
        return [
            Way("Put one question to both, side by side", "", "chat"),
            Way("Ask the base model", 'labtui chat "QUESTION" --model MODEL'),
            Way("Ask the tuned one", f'labtui chat "QUESTION" --model MODEL{tuned}'),
        ]
    folder = _quoted(workspace.models / adapter) if adapter else _quoted(workspace.models)
    return [
        Way("The models and adapters there are", "", "models"),
        Way(
            f"The folder of the newest adapter, {adapter}" if adapter else "The folder adapters are written to", folder
        ),
        Way("All of them, with their bases", "labtui model list"),
    ]


def _quoted(path: os.PathLike[str]) -> str:
    import shlex

    return shlex.quote(os.fspath(path))
