"""What of a conversation is sent, and whether it fits the model's context window.

No turn is left out silently: `plan` says what would not fit, and the caller asks the user before it sends less.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence

import msgspec

from labtui.chat.conversations import Turn

Message = dict[str, str]
Count = Callable[[list[Message]], Awaitable[int]]
"""Tokens of a list of messages, as the model's own tokenizer and chat template make them."""

ANSWER_LEAST = 128
"""Tokens that must remain for the answer. A window with less room left counts as full."""
ANSWER_SHARE = 8
"""In a small window, one part in so many is enough."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent when nothing more is left out than what the user agreed to."""

    messages: list[Message]
    tokens: int
    """Of the messages; 0 where they were not counted."""
    context: int
    """The window in tokens; 0 where it is not known: then everything is taken to fit."""
    left_out: tuple[str, ...] = ()
    """Ids of turns of the branch that are not among the messages."""

    @property
    def room(self) -> int:
        """Tokens left for the answer; 0 where the window is not known."""
        return max(0, self.context - self.tokens)

    @property
    def fits(self) -> bool:
        return not self.context or self.room >= answer_least(self.context)


def answer_least(context: int) -> int:
    return min(ANSWER_LEAST, context // ANSWER_SHARE)


def messages(turns: Sequence[Turn], system: str = "", left_out: Collection[str] = ()) -> list[Message]:
    """The branch in the form a server takes: system prompt, then questions and answers in turn.

    Reasoning is not sent. An answer that never came is skipped, and the questions around it are joined, since
    chat templates want questions and answers to alternate.
    """
    result: list[Message] = []
    if system.strip():
        result.append({"role": "system", "content": system})
    for turn in turns:
        if turn.id in left_out or not turn.text.strip():
            continue
        if result and result[-1]["role"] == turn.role:
            result[-1]["content"] += f"\n\n{turn.text}"
        else:
            result.append({"role": turn.role, "content": turn.text})
    return result


async def plan(turns: Sequence[Turn], system: str, context: int, count: Count, left_out: Collection[str] = ()) -> Plan:
    """What sending `turns` (ending in the question) would take, without the turns already left out."""
    chosen = tuple(turn.id for turn in turns if turn.id in left_out)
    sent = messages(turns, system, chosen)
    return Plan(messages=sent, tokens=await count(sent), context=context, left_out=chosen)


async def shortened(
    turns: Sequence[Turn], system: str, context: int, count: Count, left_out: Collection[str] = ()
) -> Plan:
    """As `plan`, leaving out as few of the oldest questions, each with its answer, as make the rest fit.

    The system prompt and the last question are always kept, so that the result may still not fit.
    """
    starts = [place for place, turn in enumerate(turns) if turn.role == "user"]
    low, high = 0, max(0, len(starts) - 1)
    best = await _without(turns, starts, high, system, context, count, left_out)
    while low < high and best.fits:
        middle = (low + high) // 2
        attempt = await _without(turns, starts, middle, system, context, count, left_out)
        if attempt.fits:
            best, high = attempt, middle
        else:
            low = middle + 1
    return best


async def _without(
    turns: Sequence[Turn],
    starts: Sequence[int],
    oldest: int,
    system: str,
    context: int,
    count: Count,
    left_out: Collection[str],
) -> Plan:
    cut = starts[oldest] if starts else 0
    dropped = {*left_out, *(turn.id for turn in turns[:cut])}
    return await plan(turns, system, context, count, dropped)
