"""The conversations there are: to search, open, rename, delete and export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from labtui.actions import bindings_for
from labtui.chat.store import Summary
from labtui.records import now
from labtui.screens.base import Panel
from labtui.text import clean, shorten

WIDTH = 28


class Names(OptionList):
    BINDINGS = bindings_for("chat.list")

    @dataclass
    class Wanted(Message):
        """Something is wanted of a conversation: `open`, `rename`, `delete`, `undo` or `export`."""

        id: str
        what: str

    def _want(self, what: str) -> None:
        option = self.highlighted_option
        if what == "undo" or (option is not None and option.id):
            self.post_message(self.Wanted(str(option.id) if option and option.id else "", what))

    def action_open(self) -> None:
        self._want("open")

    def action_rename(self) -> None:
        self._want("rename")

    def action_delete(self) -> None:
        self._want("delete")

    def action_undo(self) -> None:
        self._want("undo")

    def action_export(self) -> None:
        self._want("export")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._want("open")


class ConversationList(Panel):
    """The list with its search line. Which ones it shows is told to it."""

    @dataclass
    class Searched(Message):
        text: str

    def __init__(self) -> None:
        super().__init__(title="conversations", id="conversations")
        self._ids: list[str] = []

    def compose(self) -> ComposeResult:
        yield Input(placeholder="/ search…", select_on_focus=False)
        yield Names()

    @property
    def names(self) -> Names:
        return self.query_one(Names)

    def show(self, summaries: Sequence[Summary], current: str) -> None:
        names = self.names
        highlighted = names.highlighted_option.id if names.highlighted_option else None
        width = max(10, (names.content_size.width or WIDTH) - 1)
        names.clear_options()
        names.add_options([Option(_words(one, one.id == current, width), id=one.id) for one in summaries])
        self._ids = [one.id for one in summaries]
        wanted = highlighted if highlighted in self._ids else current
        if wanted in self._ids:
            names.highlighted = self._ids.index(wanted)
        elif self._ids:
            names.highlighted = 0

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Searched(event.value))

    @on(Input.Submitted)
    def _down(self, event: Input.Submitted) -> None:
        event.stop()
        self.names.focus()

    def find(self) -> None:
        self.query_one(Input).focus()

    def forget_search(self) -> bool:
        """Empties the search line. False where it was empty."""
        line = self.query_one(Input)
        if not line.value:
            return False
        line.value = ""
        return True


def _words(summary: Summary, current: bool, width: int) -> Content:
    mark = "▸ " if current else "  "
    heading = shorten(summary.heading or "(a draft)", width - 2)
    if summary.problem:
        return Content.assemble(mark, (heading, "$warning"), "\n  ", (shorten(summary.problem, width - 2), "$quiet"))
    facts = f"{when(summary.changed)} · {', '.join(summary.models) or 'no model'}"
    if summary.found:
        facts = f"…{clean(summary.found, lines=False)}"
    return Content.assemble(mark, (heading, "bold" if current else ""), "\n  ", (shorten(facts, width - 2), "$quiet"))


def when(moment: datetime) -> str:
    """A moment as people say it, in local time: `14:05` today, `12 May` this year, else the date."""
    local, today = moment.astimezone(), now().astimezone(UTC).astimezone()
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b}" if local.year == today.year else f"{local:%Y-%m-%d}"
