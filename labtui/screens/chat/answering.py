"""Questions sent and answers on their way, in the open conversation and in those behind it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from textual import on, work

from labtui.chat import conversations as chats
from labtui.chat.context import Message, Plan
from labtui.chat.conversations import Turn
from labtui.chat.export import name
from labtui.errors import UsageError
from labtui.screens.chat.flight import Choice, Flight, Served
from labtui.screens.chat.full_window import FullWindow
from labtui.screens.chat.pacing import TICK_SECONDS, Pace
from labtui.screens.chat.talking import NO_WORKSPACE, Talking
from labtui.screens.chat.threads import in_thread
from labtui.serve.client import count_tokens
from labtui.serve.target import Target
from labtui.widgets import markdown_blocks
from labtui.widgets.prompt import Prompt

KEEP_SECONDS = 2.0
"""How often a half-written answer is saved: what a crash of the application can cost."""


class Answering(Talking):
    """Implements `Desk` for its flights."""

    def __init__(self) -> None:
        super().__init__()
        self.editing: Turn | None = None
        """The earlier question that what is typed replaces."""
        self._deciding = asyncio.Lock()
        self._pace = Pace()
        self._kept = 0.0
        """When what is half written was last saved."""

    def on_mount(self) -> None:
        self._drawing = self.set_interval(TICK_SECONDS, self._tick, pause=True)

    # -- asking -------------------------------------------------------------------------------------------------------

    @on(Prompt.Sent)
    async def _sent(self, event: Prompt.Sent) -> None:
        event.stop()
        self.talk.draft = ""
        if self.here:
            # One question at a time: what is typed meanwhile waits in the prompt.
            self.prompt.write(event.text)
            self.trouble = "an answer is on its way: esc stops it"
            self.show_status()
            return
        edited, self.editing = self.editing, None
        self.show_prompt_title()
        await self.ask(event.text, edited)

    async def ask(self, text: str, edited: Turn | None = None) -> None:
        """Asks every model on show; with `edited` in place of that earlier question."""
        if self.keeper is None:
            self.prompt.write(text)
            self.app.fail(UsageError(NO_WORKSPACE))
            return
        if any(not pane.model for pane in self.talk.panes):
            self.prompt.write(text)
            self.choose_model()
            return
        talk = self.talk
        depth = next((place for place, turn in enumerate(self.panes[0].turns) if turn is edited), None)
        if edited is not None and depth is None:
            depth = next(
                (place for pane in self.panes for place, turn in enumerate(pane.turns) if turn is edited), None
            )
        questions = []
        for pane in talk.panes:
            turns = chats.branch(talk, pane.leaf)
            if depth is not None and depth < len(turns):
                questions.append(chats.edit(talk, pane, turns[depth], text))
            else:
                questions.append(chats.ask(talk, pane, text))
        await self.start(questions)

    async def again(self, question: Turn | None = None) -> None:
        """Another answer to a question, or to the last one in every pane."""
        if self.here or self.keeper is None:
            return
        talk = self.talk
        if question is None:
            questions = [chats.question_of(talk, pane) for pane in talk.panes]
            await self.start([turn for turn in questions if turn is not None])
            return
        for pane in talk.panes:
            turns = chats.branch(talk, pane.leaf)
            if question in turns:
                pane.leaf = question.id
                await self.start([question], only=pane)
                return

    async def start(self, questions: list[Turn], only: chats.Pane | None = None) -> None:
        panes = [only] if only is not None else self.talk.panes
        self.trouble = ""
        flights = []
        for pane, question in zip(panes, questions, strict=False):
            pane.leaf = question.id
            flight = Flight(self.talk, pane, question)
            flights.append(flight)
            self.flights.append(flight)
            if (shown := self.pane_of(pane)) is not None:
                shown.flight = flight
        await self.show_turns()
        for shown in self.panes:
            shown.transcript.follow_end()
        for flight in flights:
            # The group is the pane's own: a second question there replaces the first, never another pane's.
            self.run_worker(self._fly(flight), group=f"answer-{id(flight)}", exit_on_error=False, name="answer")
        self._drawing.resume()
        self.refresh_bindings()
        await self.save(self.talk)

    async def _fly(self, flight: Flight) -> None:
        outcome = "answered"
        try:
            outcome = await flight.run(self)
        finally:
            await self._landed(flight)
        if outcome == "back":
            await self._take_back(flight)
        elif outcome == "new":
            await self._begin_anew(flight)

    async def _landed(self, flight: Flight) -> None:
        self.flights.remove(flight)
        if (shown := self.pane_of(flight.pane)) is not None:
            await shown.end()
            if flight.turn is None:
                await shown.refresh_turns()
        if not self.flights:
            self._drawing.pause()
        self.refresh_bindings()
        self.show_status()
        await self.save(flight.conversation)

    async def _take_back(self, flight: Flight) -> None:
        """The question goes back to the prompt; the turn stays as an alternative nobody answered."""
        flight.pane.leaf = flight.question.parent
        if flight.conversation is self.talk:
            self.prompt.write(flight.question.text)
            await self.show_turns()

    async def _begin_anew(self, flight: Flight) -> None:
        old = flight.conversation
        flight.pane.leaf = flight.question.parent
        if old is not self.talk:
            return
        new = chats.new(system=old.system, sampling=old.sampling)
        new.panes = [chats.Pane(model=pane.model, adapter=pane.adapter) for pane in old.panes]
        self.stop()
        await self.open_talk(new)
        await self.ask(flight.question.text)

    def stop(self) -> bool:
        """Stops the answers on show. False where there is none."""
        stopped = False
        for flight in self.here:
            self.workers.cancel_group(self, f"answer-{id(flight)}")
            stopped = True
        return stopped

    def unsaved(self) -> str:
        return "An answer is being written; what has come of it stays." if self.flights else ""

    @property
    def here(self) -> list[Flight]:
        """The answers on their way in the open conversation."""
        return [flight for flight in self.flights if flight.conversation is self.talk]

    # -- the desk the flights come to ---------------------------------------------------------------------------------

    async def serve(self, model: str, adapter: str, say: Callable[[str], None]) -> Served:
        from labtui.operations import serving
        from labtui.serve.models import find_model

        context = self.app.context
        workspace = context.workspace
        if workspace is None:
            raise UsageError(NO_WORKSPACE)

        def ready() -> Served:
            # What the answer will need is imported here, so that its first line does not wait for it.
            import httpx  # noqa: F401

            markdown_blocks.parse("")
            target = serving.ensure_served(workspace, context.config, model, adapter, say=say)
            settings = context.config.settings
            base = find_model(model, workspace, settings).sha256
            tuned = find_model(adapter, workspace, settings).sha256 if adapter else ""
            return Served(target, base, tuned)

        return await in_thread(ready)

    def count(self, target: Target) -> Callable[[list[Message]], Awaitable[int]]:
        return lambda messages: count_tokens(target, messages)

    async def decide(self, flight: Flight, full: Plan, shorter: Plan) -> Choice:
        async with self._deciding:
            # The other pane may have asked meanwhile.
            if flight.conversation.drop_oldest and shorter.fits:
                return "always"
            label = name(flight.pane.model, flight.pane.adapter)
            return await self.app.push_screen_wait(FullWindow(full, shorter, label))

    async def changed(self, flight: Flight, *, turns: bool = False) -> None:
        shown = self.pane_of(flight.pane)
        if shown is None:
            return
        if turns:
            await shown.refresh_turns()
            self.show_status()
        await shown.draw()

    async def _tick(self) -> None:
        if self.is_current and self._pace.due():
            for pane in self.panes:
                await pane.draw()
        if time.monotonic() > self._kept + KEEP_SECONDS:
            self._kept = time.monotonic()
            for talk in {flight.conversation.id: flight.conversation for flight in self.flights}.values():
                self.run_worker(self.save(talk), group="keep", exit_on_error=False)

    def show_prompt_title(self) -> None:
        self.query_one("#ask").border_title = "an earlier question, edited: enter branches off" if self.editing else ""

    @work(exclusive=True, group="choose")
    async def choose_model(self, beside: bool = False) -> None:
        """Overridden where models are chosen."""
