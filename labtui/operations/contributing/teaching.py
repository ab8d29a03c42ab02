"""An answer of a conversation as something to be taught: with its question, and what made it."""

from __future__ import annotations

import msgspec

from labtui.chat.conversations import Conversation, Made, Turn
from labtui.contribute.records import ModelUsed
from labtui.contribute.teaching.lessons import Basket, Lesson, typed


def last_answer(turns: list[Turn]) -> Turn | None:
    """The last one; None where it is none that can be taught. The one before it is not what is meant then."""
    last = next((turn for turn in reversed(turns) if turn.role == "assistant"), None)
    return last if last is not None and is_teachable(last) else None


def is_teachable(answer: Turn) -> bool:
    """What failed before its first word tells nothing of the model."""
    return bool(answer.text.strip()) or answer.end in ("done", "cut")


def lesson_of(basket: Basket, talk: Conversation, answer: Turn) -> Lesson:
    """The lesson begun on that answer; else a new one, which is on disk only once it is kept."""
    known = basket.of_turn(talk.id, answer.id)
    if known is not None:
        return known
    question = next((turn.text for turn in talk.turns if turn.id == answer.parent), "")
    return basket.begin(
        Lesson(
            question=typed(question),
            answer=answer.text,
            corrected=typed(answer.text),
            made=_used(answer.made),
            conversation=talk.id,
            turn=answer.id,
        )
    )


def _used(made: Made | None) -> ModelUsed | None:
    """Who answered and how, as evidence keeps it."""
    if made is None:
        return None
    return ModelUsed(
        model=made.model,
        model_sha256=made.model_sha256,
        adapter=made.adapter,
        adapter_sha256=made.adapter_sha256,
        engine=made.engine,
        system=made.system,
        sampling=msgspec.to_builtins(made.sampling),
    )
