"""One question on its way to one answer: the model started, the window measured, the stream written down.

Knows no widget, so that an answer goes on being written while another conversation or another screen is shown.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, Protocol

import msgspec

from labtui.chat import asking, context
from labtui.chat.asking import Progress
from labtui.chat.context import Plan
from labtui.chat.conversations import Conversation, Made, Pane, Turn, begin_answer, branch
from labtui.errors import LabError
from labtui.serve.target import Target

Choice = Literal["drop", "always", "new", "back"]
"""What to do about a full window: leave out the oldest this time, or always here; a new conversation; think again."""
Outcome = Literal["answered", "new", "back"]


class Served(msgspec.Struct, frozen=True):
    """A model that is ready, and which weights it is."""

    target: Target
    model_sha256: str = ""
    adapter_sha256: str = ""


class Desk(Protocol):
    """What a flight needs of the screen."""

    async def serve(self, model: str, adapter: str, say: Callable[[str], None]) -> Served: ...

    def count(self, target: Target) -> Callable[[list[context.Message]], Awaitable[int]]: ...

    async def decide(self, flight: Flight, full: Plan, shorter: Plan) -> Choice: ...

    async def changed(self, flight: Flight, *, turns: bool = False) -> None: ...


class Flight:
    def __init__(self, conversation: Conversation, pane: Pane, question: Turn) -> None:
        self.conversation = conversation
        self.pane = pane
        self.question = question
        self.note = ""
        """What is being done before the answer comes."""
        self.turn: Turn | None = None
        self.progress: Progress | None = None
        self.server_log: tuple[str, ...] = ()

    async def run(self, desk: Desk) -> Outcome:
        """Until the answer stands, however it ended. Raises nothing but cancellation."""
        try:
            await self._note(desk, "finding the model …")
            served = await desk.serve(self.pane.model, self.pane.adapter, lambda said: self._said(said))
            plan = await self._plan(desk, served.target)
        except LabError as error:
            await self._fail(desk, error)
            return "answered"
        if isinstance(plan, str):
            return plan
        await self._write(desk, served, plan)
        return "answered"

    def _said(self, said: str) -> None:
        self.note = said

    async def _note(self, desk: Desk, note: str) -> None:
        self.note = note
        await desk.changed(self)

    async def _plan(self, desk: Desk, target: Target) -> Plan | Literal["new", "back"]:
        talk = self.conversation
        turns = branch(talk, self.question.id)
        count = desk.count(target)
        plan = await context.plan(turns, talk.system, target.context, count, talk.left_out)
        if plan.fits:
            return plan
        shorter = await context.shortened(turns, talk.system, target.context, count, talk.left_out)
        if not (talk.drop_oldest and shorter.fits):
            choice = await desk.decide(self, plan, shorter)
            if choice in ("new", "back"):
                return choice
            talk.drop_oldest = choice == "always"
        talk.left_out += [turn for turn in shorter.left_out if turn not in talk.left_out]
        return shorter

    async def _write(self, desk: Desk, served: Served, plan: Plan) -> None:
        self.turn = begin_answer(self.conversation, self.pane, self.question, self._made(served, plan.left_out))
        self.progress = Progress()
        self.note = ""
        await desk.changed(self, turns=True)
        gone = await asking.answer(self.turn, served.target, plan, self.conversation.sampling, self.progress)
        if gone is not None:
            self.server_log = gone.log

    async def _fail(self, desk: Desk, error: LabError) -> None:
        """The reason stands where the answer would have: it can be read, scrolled and asked again."""
        self.note = ""
        self.turn = begin_answer(self.conversation, self.pane, self.question, self._made(None, ()))
        self.turn.end, self.turn.reason = "failed", asking.reason_of(error)
        await desk.changed(self, turns=True)

    def _made(self, served: Served | None, left_out: tuple[str, ...]) -> Made:
        talk = self.conversation
        return Made(
            model=self.pane.model,
            adapter=self.pane.adapter,
            model_sha256=served.model_sha256 if served else "",
            adapter_sha256=served.adapter_sha256 if served else "",
            engine=served.target.engine if served else "",
            context=served.target.context if served else 0,
            system=talk.system,
            sampling=talk.sampling,
            left_out=left_out,
        )
