"""Which leaf the corrected answers go to: typed words narrow the list, enter takes the line under the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option
from textual.worker import get_current_worker

from labtui.contribute.teaching import destinations
from labtui.contribute.teaching.destinations import Offer
from labtui.contribute.teaching.lessons import Destination, Lesson
from labtui.errors import LabError
from labtui.text import clean, shorten
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Modal
from labtui.workspace import Workspace


class Words(Input):
    """Its enter shows among the key hints."""

    BINDINGS = [Binding("enter", "submit", "take it")]


class DestinationWindow(Modal[Destination | None]):
    BINDINGS = [
        Binding("down", "choose(1)", "choose", priority=True),
        Binding("up", "choose(-1)", "choose", show=False, priority=True),
        Binding("escape", "dismiss(None)", "back"),
    ]

    class Found(Message):
        def __init__(self, typed: str, offers: list[Offer], trouble: str) -> None:
            super().__init__()
            self.typed, self.offers, self.trouble = typed, offers, trouble

    def __init__(self, workspace: Workspace, lessons: Sequence[Lesson]) -> None:
        super().__init__()
        self._workspace, self._lessons = workspace, lessons
        self._offers: list[Offer] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="window -wide") as window:
            window.border_title = "where to"
            yield Words(placeholder="words of a leaf or a contribution", select_on_focus=False)
            yield OptionList(compact=True)
            yield Plain("reading the taxonomy …", id="verdict", classes="quiet")
            yield HintLine()

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._look("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look(event.value)

    @work(thread=True, exclusive=True, group="offers", exit_on_error=False)
    def _look(self, words: str) -> None:
        worker = get_current_worker()
        trouble = ""
        try:
            found = destinations.offers(self._workspace, self._lessons, words, lambda: worker.is_cancelled)
        except LabError as error:
            found, trouble = [], f"{error.what} {error.hint}"
        if not worker.is_cancelled:
            self.post_message(self.Found(words, found, trouble))

    @on(Found)
    def _found(self, event: Found) -> None:
        event.stop()
        if event.typed != self.query_one(Input).value:
            return
        self._offers = event.offers
        options = self.query_one(OptionList)
        options.clear_options()
        room = max(20, min(92, self.app.size.width - 12))
        options.add_options([Option(_line(offer, room)) for offer in self._offers])
        if self._offers:
            options.highlighted = 0
        nothing = "" if self._offers else "No leaf and no contribution holds these words."
        self.query_one("#verdict", Plain).show(event.trouble or nothing)

    def action_choose(self, by: int) -> None:
        options = self.query_one(OptionList)
        if self._offers:
            options.highlighted = ((options.highlighted or 0) + by) % len(self._offers)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        place = self.query_one(OptionList).highlighted
        if place is None or place >= len(self._offers):
            self.app.bell()
        else:
            self.dismiss(self._offers[place].destination)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._offers[event.option_index].destination)

    def on_paste(self, event: events.Paste) -> None:
        event.text = clean(event.text, lines=False)


def _line(offer: Offer, room: int) -> Content:
    name = shorten(offer.name, room)
    about = shorten(offer.about, room - 2)
    return Content.assemble((name, "bold"), ("\n  " + about, "$quiet") if about else "")
