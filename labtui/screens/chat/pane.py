"""One branch on the screen: who answers, how fast, and the turns."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from textual.app import ComposeResult

from labtui.chat.conversations import Conversation, Pane, Turn, branch, siblings
from labtui.chat.export import name
from labtui.keys import written
from labtui.screens.base import Panel
from labtui.screens.chat.flight import Flight
from labtui.widgets.message import MessageView
from labtui.widgets.message_words import seconds
from labtui.widgets.transcript import Transcript

TITLE_SECONDS = 0.5
"""How often the speed in the title changes at most: digits that flicker cannot be read."""


class ChatPane(Panel):
    """A framed transcript of one pane of a conversation."""

    def __init__(self, conversation: Conversation, pane: Pane) -> None:
        super().__init__()
        self.conversation = conversation
        self.pane = pane
        self.flight: Flight | None = None
        """The answer on its way, if any."""
        self._titled = 0.0
        self._server_logs: dict[str, tuple[str, ...]] = {}
        self._marks: Mapping[str, str] = {}

    def compose(self) -> ComposeResult:
        yield Transcript()

    @property
    def transcript(self) -> Transcript:
        return self.query_one(Transcript)

    @property
    def turns(self) -> list[Turn]:
        return branch(self.conversation, self.pane.leaf)

    async def refresh_turns(self, empty: str = "") -> None:
        """Shows the branch as it stands now."""
        turns = self.turns
        await self.transcript.show(turns, empty)
        for view in self.transcript.views:
            self._describe(view, turns)
        if self._writing is not None and (growing := self.transcript.view_of(self._writing)) is not None:
            growing.begin()
            growing.follow()
        self.show_title()

    @property
    def _writing(self) -> Turn | None:
        return self.flight.turn if self.flight else None

    def _describe(self, view: MessageView, turns: Sequence[Turn]) -> None:
        turn = view.turn
        others = siblings(self.conversation, turn)
        interrupted = turn.end == "writing" and turn is not self._writing
        model = ""
        if turn.made and (turn.made.model, turn.made.adapter) != (self.pane.model, self.pane.adapter):
            model = name(turn.made.model, turn.made.adapter)
        view.describe(
            alternatives=(1 + next(place for place, other in enumerate(others) if other is turn), len(others)),
            left_out=turn.id in self.conversation.left_out,
            model=model,
            mark=self._marks.get(turn.id, ""),
            interrupted=interrupted,
            server_log=self._server_logs.get(turn.id, ()),
            again_key=self._again_key() if turn is turns[-1] and (turn.end == "failed" or interrupted) else "",
        )

    def mark(self, marks: Mapping[str, str]) -> None:
        """Says something of our own below single turns, by their ids."""
        self._marks = marks
        turns = self.turns
        for view in self.transcript.views:
            self._describe(view, turns)

    def _again_key(self) -> str:
        """What the user has bound to asking again."""
        bound = (active.binding for active in self.screen.active_bindings.values())
        return next((written(binding.key) for binding in bound if binding.id == "chat.again"), "")

    def show_title(self) -> None:
        """Who answers, and how fast it goes or went."""
        title = name(self.pane.model, self.pane.adapter) or "no model"
        if self.pane.model and len(self.conversation.panes) > 1 and not self.pane.adapter:
            title += " (base)" if any(other.adapter for other in self.conversation.panes) else ""
        speed = self._speed()
        self.title_it(f"{title}   {speed}" if speed else title)

    def _speed(self) -> str:
        progress = self.flight.progress if self.flight else None
        if progress is not None:
            if not progress.first:
                return f"reads · {seconds(progress.waiting_seconds)}" if progress.waiting_seconds > 1 else ""
            rate = progress.tokens_per_second
        else:
            answered = (turn.speed for turn in reversed(self.turns) if turn.speed)
            rate = next((speed.tokens_per_second for speed in answered), 0.0)
        return f"{rate:.0f} tok/s" if rate else ""

    # -- while an answer is on its way -------------------------------------------------------------------------------

    async def draw(self) -> None:
        """Draws what came since the last call."""
        if self.flight is None:
            return
        await self.transcript.note(self.flight.note)
        if self._writing is not None and (view := self.transcript.view_of(self._writing)) is not None:
            view.follow()
        if time.monotonic() > self._titled + TITLE_SECONDS:
            self._titled = time.monotonic()
            self.show_title()

    async def end(self) -> None:
        """The answer stands as it is."""
        flight, self.flight = self.flight, None
        self._titled = 0.0
        await self.transcript.note("")
        if flight is None or flight.turn is None:
            return
        if flight.server_log:
            self._server_logs[flight.turn.id] = flight.server_log
        if (view := self.transcript.view_of(flight.turn)) is not None:
            view.settle()
            self._describe(view, self.turns)
        self.show_title()
