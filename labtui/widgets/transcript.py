"""The turns of one branch, oldest above, with a cursor for the reader. Follows its end until the reader moves up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message

from labtui.actions import bindings_for
from labtui.chat.conversations import Turn
from labtui.widgets.message import MessageView
from labtui.widgets.plain import Plain

LINES = 4
"""How far an arrow scrolls in a turn that is taller than the window."""


class Turns(Vertical):
    """At least as high as the window: a short conversation stands at its top, though its end is followed."""

    # Drawn in one piece: it has nothing of its own to show, and moves with every line of a streaming answer.
    BLANK = True
    DEFAULT_CSS = "Turns { height: auto; min-height: 100%; layout: stream; }"


class Transcript(VerticalScroll, can_focus=True):
    BLANK = True
    BINDINGS = bindings_for("chat.turn")

    @dataclass
    class Wanted(Message):
        """Something is wanted of the turn under the cursor: `copy`, `edit`, `again`, `teach`, `before`, `after`."""

        transcript: Transcript
        turn: Turn
        what: str

        @property
        def control(self) -> Transcript:
            return self.transcript

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self._views: list[MessageView] = []
        self._cursor = -1
        """Index of the selected turn; -1 for none."""

    def compose(self) -> ComposeResult:
        yield Turns()

    def on_mount(self) -> None:
        self.anchor()

    @property
    def _holder(self) -> Turns:
        return self.query_one(Turns)

    async def show(self, turns: Sequence[Turn], empty: str = "") -> None:
        """Shows these turns. Those that are shown already stay as they are."""
        same = 0
        for view, turn in zip(self._views, turns, strict=False):
            if view.turn is not turn:
                break
            same += 1
        gone, self._views = self._views[same:], self._views[:same]
        new = [MessageView(turn) for turn in turns[same:]]
        self._views += new
        with self.app.batch_update():
            await self.query(".empty").remove()
            for view in gone:
                await view.remove()
            await self._holder.mount_all(new, after=self._views[same - 1] if same else None, before=None if same else 0)
            if not turns and empty:
                await self._holder.mount(Plain(empty, classes="empty"))
        self._select(min(self._cursor, len(self._views) - 1))
        if self.has_focus and self._cursor < 0:
            self._select(len(self._views) - 1)

    @property
    def views(self) -> Sequence[MessageView]:
        return self._views

    def view_of(self, turn: Turn) -> MessageView | None:
        return next((view for view in self._views if view.turn is turn), None)

    async def note(self, text: str) -> None:
        """A line below the last turn that says what is being done; empty for none."""
        notes = self.query(".note").results(Plain)
        if note := next(notes, None):
            if text:
                note.show(text)
            else:
                await note.remove()
        elif text:
            await self._holder.mount(Plain(text, classes="note"))

    def follow_end(self) -> None:
        """Scrolls to the end and stays there while the text grows."""
        self.anchor()

    # -- the reader's cursor --------------------------------------------------------------------------------------

    @property
    def current(self) -> MessageView | None:
        return self._views[self._cursor] if 0 <= self._cursor < len(self._views) else None

    def on_focus(self, event: events.Focus) -> None:
        if self._cursor < 0:
            self._select(len(self._views) - 1)

    def on_blur(self, event: events.Blur) -> None:
        self._select(-1)

    def _select(self, place: int) -> None:
        if (current := self.current) is not None:
            current.describe(selected=False)
        self._cursor = place
        if (current := self.current) is not None:
            current.describe(selected=True)

    def go_to(self, place: int) -> None:
        """Puts the cursor on a turn and brings it into sight."""
        self._select(max(0, min(place, len(self._views) - 1)))
        if (current := self.current) is not None:
            self.scroll_to_widget(current, animate=False, top=False)
        if self._cursor == len(self._views) - 1:
            self._check_end()

    def _check_end(self) -> None:
        if self.scroll_offset.y >= self.max_scroll_y:
            self.anchor()

    def action_previous(self) -> None:
        current = self.current
        if current is not None and current.region.y < self.content_region.y:
            self.scroll_relative(y=-LINES, animate=False)
        elif self._cursor > 0:
            self.go_to(self._cursor - 1)
            # A long turn is entered from below.
            if (view := self.current) is not None and view.region.height > self.content_region.height:
                self.scroll_to(y=view.virtual_region_with_margin.bottom - self.content_region.height, animate=False)

    def action_next(self) -> None:
        current = self.current
        if current is not None and current.region.bottom > self.content_region.bottom:
            self.scroll_relative(y=LINES, animate=False)
            self.call_after_refresh(self._check_end)
        elif self._cursor < len(self._views) - 1:
            self.go_to(self._cursor + 1)

    def action_first(self) -> None:
        self.go_to(0)
        self.scroll_home(animate=False)

    def action_last(self) -> None:
        self._select(len(self._views) - 1)
        self.follow_end()

    # -- what can be done with a turn -----------------------------------------------------------------------------

    def _want(self, what: str) -> None:
        if (current := self.current) is not None:
            self.post_message(self.Wanted(self, current.turn, what))

    def action_copy(self) -> None:
        self._want("copy")

    def action_edit(self) -> None:
        self._want("edit")

    def action_again(self) -> None:
        self._want("again")

    def action_teach(self) -> None:
        self._want("teach")

    def action_before(self) -> None:
        self._want("before")

    def action_after(self) -> None:
        self._want("after")

    def action_unfold(self) -> None:
        if (current := self.current) is not None and current.turn.reasoning:
            current.fold()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that can do nothing here stay, greyed."""
        current = self.current
        turn = current.turn if current else None
        if action == "edit":
            return True if turn and turn.role == "user" else None
        if action in ("before", "after"):
            return True if current and current.alternatives[1] > 1 else None
        if action == "unfold":
            return True if turn and turn.reasoning else None
        return super().check_action(action, parameters)
