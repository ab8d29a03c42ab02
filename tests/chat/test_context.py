"""What is sent: reasoning never, everything else always, unless the user agreed to leave it out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labtui.chat import context
from labtui.chat import conversations as chats
from labtui.chat.conversations import Conversation, Made, Turn


async def count_words(messages: list[dict[str, str]]) -> int:
    return sum(len(message["content"].split()) for message in messages)


def talk_of(sizes: list[int]) -> Conversation:
    """Questions and answers of so many words each, ending in a question."""
    talk = chats.new("demo")
    pane = talk.panes[0]
    for size in sizes:
        question = chats.ask(talk, pane, "w " * size)
        answer = chats.begin_answer(talk, pane, question, Made(model="demo"))
        answer.text, answer.end = "a " * size, "done"
    chats.ask(talk, pane, "last question")
    return talk


def turns_of(talk: Conversation) -> list[Turn]:
    return chats.branch(talk, talk.panes[0].leaf)


def test_reasoning_is_never_sent() -> None:
    talk = talk_of([2])
    talk.turns[1].reasoning = "SECRET THOUGHT"
    sent = context.messages(turns_of(talk), "Be kind.")
    assert [message["role"] for message in sent] == ["system", "user", "assistant", "user"]
    assert "SECRET" not in str(sent)


def test_an_answer_that_never_came_leaves_the_roles_alternating() -> None:
    talk = talk_of([2, 3])
    talk.turns[1].text = ""
    sent = context.messages(turns_of(talk))
    assert [message["role"] for message in sent] == ["user", "assistant", "user"]
    assert sent[0]["content"].split() == ["w"] * 5


async def test_a_full_window_is_said_and_nothing_is_left_out_by_itself() -> None:
    talk = talk_of([400, 400])
    plan = await context.plan(turns_of(talk), "", 1000, count_words)
    assert not plan.fits
    assert plan.left_out == ()
    assert len(plan.messages) == 5


async def test_an_unknown_window_takes_everything() -> None:
    plan = await context.plan(turns_of(talk_of([9000])), "", 0, count_words)
    assert plan.fits


async def test_shortened_leaves_out_as_few_of_the_oldest_as_possible() -> None:
    talk = talk_of([300, 300, 100, 100])
    turns = turns_of(talk)
    plan = await context.shortened(turns, "be short", 1200, count_words)
    assert plan.fits
    assert list(plan.left_out) == [turn.id for turn in turns[:2]]
    assert plan.messages[0] == {"role": "system", "content": "be short"}


async def test_a_last_question_that_does_not_fit_alone_is_still_said_not_to_fit() -> None:
    talk = talk_of([10])
    talk.turns[-1].text = "w " * 2000
    plan = await context.shortened(turns_of(talk), "", 1000, count_words)
    assert not plan.fits
    assert plan.messages[-1]["content"] == "w " * 2000


@given(st.lists(st.integers(0, 300), max_size=12), st.integers(50, 2000))
async def test_shortened_is_least_and_keeps_the_end(sizes: list[int], window: int) -> None:
    talk = talk_of(sizes)
    turns = turns_of(talk)
    plan = await context.shortened(turns, "", window, count_words)
    dropped = len(plan.left_out)
    assert list(plan.left_out) == [turn.id for turn in turns[:dropped]], "only the oldest, without a hole"
    assert dropped % 2 == 0, "a question goes with its answer"
    assert plan.messages[-1]["content"].strip().endswith("last question")
    if dropped and plan.fits:
        fewer = await context.plan(turns, "", window, count_words, {turn.id for turn in turns[: dropped - 2]})
        assert not fewer.fits
    if not plan.fits:
        assert dropped == len(turns) - 1
