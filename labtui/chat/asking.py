"""One answer on its way: the stream of a served model written into a turn."""

from __future__ import annotations

import asyncio
import contextlib
import time

import msgspec

from labtui.chat.context import Plan
from labtui.chat.conversations import Speed, Turn
from labtui.errors import LabError
from labtui.serve.client import Finished, Sampling, ServerGone, stream_chat
from labtui.serve.target import Target


class Progress:
    """What can be told of an answer while it arrives. Read it whenever you draw; nothing is announced."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.first = 0.0
        """When the first piece came; 0 before."""
        self.last = 0.0
        self.pieces = 0

    @property
    def tokens_per_second(self) -> float:
        """Pieces a second so far; a server sends one token a piece."""
        seconds = self.last - self.first
        return (self.pieces - 1) / seconds if self.pieces > 1 and seconds > 0 else 0.0

    @property
    def first_token_seconds(self) -> float:
        return self.first - self.started if self.first else 0.0

    @property
    def waiting_seconds(self) -> float:
        """Since the request, while nothing has come yet."""
        return time.monotonic() - self.started

    def speed(self, prompt_tokens: int = 0) -> Speed:
        return Speed(
            prompt_tokens=prompt_tokens,
            completion_tokens=self.pieces,
            first_token_seconds=self.first_token_seconds,
            tokens_per_second=self.tokens_per_second,
            seconds=time.monotonic() - self.started,
        )


def sampling_for(plan: Plan, sampling: Sampling) -> Sampling:
    """The sampling with no longer an answer than the window has room for."""
    if plan.context and plan.room < sampling.max_tokens:
        return msgspec.structs.replace(sampling, max_tokens=max(1, plan.room))
    return sampling


def reason_of(error: LabError) -> str:
    """An error as a turn keeps it: what first, then where, then what to do."""
    what = f"{error.what} ({error.where})" if error.where else error.what
    return f"{what}\n{error.hint}" if error.hint else what


async def answer(
    turn: Turn, target: Target, plan: Plan, sampling: Sampling, progress: Progress | None = None
) -> ServerGone | None:
    """Fills `turn` as the answer arrives and says in it how it ended: it never raises but for cancellation.

    Cancelling stops the server and leaves what came, with `end` "stopped". Returns the error where the server is
    gone, for its log.
    """
    progress = progress or Progress()
    gone: ServerGone | None = None
    try:
        stream = stream_chat(target, plan.messages, sampling_for(plan, sampling))
        async with contextlib.aclosing(stream):
            async for item in stream:
                if isinstance(item, Finished):
                    _finish(turn, item, progress, plan)
                elif item.recast:
                    turn.reasoning, turn.text = turn.reasoning + turn.text, ""
                else:
                    progress.last = time.monotonic()
                    progress.first = progress.first or progress.last
                    progress.pieces += 1
                    if item.reasoning:
                        turn.reasoning += item.text
                    else:
                        turn.text += item.text
        turn.text = turn.text.lstrip("\n")
    except asyncio.CancelledError:
        turn.end = "stopped"
        turn.speed = progress.speed(plan.tokens)
        raise
    except LabError as error:
        turn.end = "failed"
        turn.reason = reason_of(error)
        turn.speed = progress.speed(plan.tokens)
        gone = error if isinstance(error, ServerGone) else None
    return gone


def _finish(turn: Turn, finished: Finished, progress: Progress, plan: Plan) -> None:
    turn.end = "cut" if finished.reason == "length" else "done"
    if turn.end == "cut":
        used = (finished.prompt_tokens or plan.tokens) + finished.completion_tokens
        full = plan.context and used >= plan.context - 1
        turn.reason = "the context window is full" if full else "the longest answer (max_tokens) is reached"
    turn.speed = Speed(
        prompt_tokens=finished.prompt_tokens or plan.tokens,
        completion_tokens=finished.completion_tokens,
        first_token_seconds=finished.first_token_seconds,
        tokens_per_second=finished.tokens_per_second,
        seconds=time.monotonic() - progress.started,
    )
