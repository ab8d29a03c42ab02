"""The steps of a contribution, each with its sign and state, and the leaves it holds."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from labtui import signs
from labtui.actions import bindings_for
from labtui.contribute.records import Step, StepState
from labtui.screens.contribute.panes import AFTER
from labtui.text import clean, shorten, width

NAMES = {step: step.value for step in Step} | {AFTER: "afterwards", Step.TRY: "try it"}

SIGNS: dict[StepState, tuple[str, str, str]] = {
    "todo": (signs.NONE, "$quiet", "to do"),
    "done": (signs.DONE, "$success", "done"),
    "problem": (signs.FAILED, "$error", "not right yet"),
    "optional": (signs.NONE, "$quiet", "optional"),
    "unneeded": ("–", "$quiet", "not needed"),
}
"""How a state is drawn: sign, colour, and what it is called where nothing more is to be said."""
SAYS_FROM = 26
"""Cells of the bar from which on it says more than a step's name."""


class StepLine(msgspec.Struct, frozen=True):
    step: str
    state: StepState
    says: str = ""


class Bar(OptionList):
    """A list of lines that are drawn anew in place, so that the cursor stays where it is."""

    DEFAULT_CSS = """
    Bar { height: auto; background: $background; scrollbar-size-vertical: 1; }
    Bar > .option-list--option { padding: 0; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id, compact=True)
        self._ids: list[str] = []

    def put(self, lines: Sequence[tuple[str, Content]], chosen: str) -> None:
        """Shows (id, line) pairs. The cursor stays on its line; where that is gone it goes to `chosen`."""
        ids = [name for name, _ in lines]
        if ids == self._ids:
            for at, (_, line) in enumerate(lines):
                self.replace_option_prompt_at_index(at, line)
            if not self.has_focus:
                self.point_at(chosen)
            return
        before = self._ids[self.highlighted] if self.highlighted is not None else ""
        self._ids = ids
        self.set_options([Option(line) for _, line in lines])
        self.point_at(before if before in ids and self.has_focus else chosen)

    def point_at(self, name: str) -> None:
        if name in self._ids:
            self.highlighted = self._ids.index(name)

    @property
    def pointed(self) -> str:
        """The id of the line under the cursor; empty without lines."""
        at = self.highlighted
        return self._ids[at] if at is not None and at < len(self._ids) else ""

    @property
    def room(self) -> int:
        return max(8, self.content_size.width)


class StepBar(Bar):
    BINDINGS = bindings_for("contribute.steps")

    class Wanted(Message):
        def __init__(self, step: str) -> None:
            super().__init__()
            self.step = step

    def show(self, lines: Sequence[StepLine], current: str) -> None:
        self.put([(line.step, step_line(line, line.step == current, self.room)) for line in lines], current)

    def action_go(self) -> None:
        if self.pointed:
            self.post_message(self.Wanted(self.pointed))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_go()


def step_line(line: StepLine, current: bool, room: int) -> Content:
    """`▌✔ seeds           5 seeds`: the mark says which step is open without any colour."""
    sign, colour, state = SIGNS[line.state]
    name = NAMES[line.step]
    parts: list[tuple[str, str] | str] = [
        ("▌" if current else " ", "bold $accent"),
        (sign, colour),
        (f" {name}", "bold" if current else "$quiet" if line.state == "unneeded" else ""),
    ]
    if room >= SAYS_FROM:
        said = shorten(line.says or state, max(1, room - 16))
        parts += " " * max(1, room - 3 - width(name) - width(said) - 1), (said, "$quiet")
    return Content.assemble(*parts)


class LeafLine(msgspec.Struct, frozen=True):
    id: str
    state: StepState
    change: str = "new"
    placed: bool = True


class LeafBar(Bar):
    """The leaves of the contribution: one is the chosen one, which the steps speak of."""

    BINDINGS = bindings_for("contribute.leaves")

    class Asked(Message):
        """`choose`, `add`, `extend` or `remove`, for the leaf under the cursor (none where there is none)."""

        def __init__(self, what: str, leaf: str) -> None:
            super().__init__()
            self.what = what
            self.leaf = leaf

    def show(self, lines: Sequence[LeafLine], current: str) -> None:
        self.put([(line.id, leaf_line(line, line.id == current, self.room)) for line in lines], current)

    def _ask(self, what: str) -> None:
        self.post_message(self.Asked(what, self.pointed))

    def action_choose(self) -> None:
        self._ask("choose")

    def action_add(self) -> None:
        self._ask("add")

    def action_extend(self) -> None:
        self._ask("extend")

    def action_remove(self) -> None:
        self._ask("remove")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._ask("choose")


def leaf_line(line: LeafLine, current: bool, room: int) -> Content:
    sign, colour, _ = SIGNS[line.state]
    said = "" if line.change == "new" or room < SAYS_FROM else line.change
    name = short_name(line.id, line.placed)
    name = shorten(name, max(4, room - 3 - (width(said) + 1 if said else 0)))
    parts: list[tuple[str, str] | str] = [
        ("▌" if current else " ", "bold $accent"),
        (sign, colour),
        (f" {name}", "bold" if current else ""),
    ]
    if said:
        parts += " " * max(1, room - 4 - width(name) - width(said)), (said, "$quiet")
    return Content.assemble(*parts)


def short_name(leaf: str, placed: bool = True) -> str:
    """The last folder of a leaf's id, for places where there is no room for the whole."""
    return clean(leaf.rpartition("/")[2], lines=False) if placed else "(no place yet)"
