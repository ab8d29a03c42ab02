"""One answer over a real socket: whole, split, thought about, cut short, stopped, broken."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import pytest

from labtui.chat import asking
from labtui.chat.context import Plan
from labtui.chat.conversations import Turn
from labtui.records import now
from labtui.serve.client import Sampling, ServerGone
from tests.scripted_server import Answer, ScriptedServer, ServerProcess


def empty() -> Turn:
    return Turn(id="t", role="assistant", created=now(), end="writing")


def plan_of(text: str = "Hi there", context: int = 4096, tokens: int = 2) -> Plan:
    return Plan(messages=[{"role": "user", "content": text}], tokens=tokens, context=context)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is watched is a number, not an event
            await asyncio.sleep(0.005)


async def ask(*answers: Answer, plan: Plan | None = None) -> tuple[Turn, ScriptedServer, ServerGone | None]:
    turn = empty()
    with ScriptedServer(*answers) as server:
        gone = await asking.answer(turn, server.target(), plan or plan_of(), Sampling())
    return turn, server, gone


async def test_an_answer_arrives_whole_with_its_numbers() -> None:
    turn, server, gone = await ask(Answer("小さ", "な", "鳥です。", delay=0.01))
    assert (turn.text, turn.end, gone) == ("小さな鳥です。", "done", None)
    assert turn.speed is not None
    assert turn.speed.completion_tokens == 3
    assert turn.speed.prompt_tokens == 2
    assert turn.speed.tokens_per_second > 0
    assert server.requests[0]["messages"] == [{"role": "user", "content": "Hi there"}]


@pytest.mark.parametrize("cut", [1, 2, 3, 7])
async def test_characters_split_between_packets_come_out_whole(cut: int) -> None:
    turn, _, _ = await ask(Answer("四十雀", " 🐦 ", "ドラム", cut=cut))
    assert turn.text == "四十雀 🐦 ドラム"


async def test_thinking_in_tags_across_pieces_is_not_the_answer() -> None:
    turn, _, _ = await ask(Answer("<th", "ink>let me ", "see</thi", "nk>\n\n", "Blue."))
    assert turn.text == "Blue."
    assert turn.reasoning.strip() == "let me see"


async def test_thinking_in_a_field_of_its_own_is_not_the_answer() -> None:
    turn, _, _ = await ask(Answer("Blue.", reasoning=("let me ", "see")))
    assert (turn.text, turn.reasoning) == ("Blue.", "let me see")


async def test_an_answer_cut_at_its_longest_says_which_limit_it_was() -> None:
    turn, _, _ = await ask(Answer("a", "b", finish="length"))
    assert turn.end == "cut" and "max_tokens" in turn.reason
    full = plan_of(context=4, tokens=2)
    turn, server, _ = await ask(Answer("a", "b", finish="length"), plan=full)
    assert "context window is full" in turn.reason
    assert server.requests[0]["max_tokens"] == 2, "no longer an answer is asked for than there is room"


async def test_stopping_keeps_what_came_and_ends_the_request() -> None:
    turn = empty()
    progress = asking.Progress()
    with ScriptedServer(Answer("one ", "two ", *["more "] * 50, wait_after=2)) as server:
        task = asyncio.create_task(asking.answer(turn, server.target(), plan_of(), Sampling(), progress))
        await until(lambda: progress.pieces >= 2)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        server.go()
        assert await asyncio.to_thread(server.broken_off.wait, 10), "the server was not told to stop"
    assert (turn.text, turn.end) == ("one two ", "stopped")
    assert turn.speed is not None and turn.speed.completion_tokens == 2


async def test_death_in_the_middle_keeps_the_partial_answer_and_says_why() -> None:
    turn, _, gone = await ask(Answer("half ", "an ", "answer", die_after=2))
    assert (turn.text, turn.end) == ("half an ", "failed")
    assert gone is not None
    assert "the connection broke" in turn.reason


async def test_a_killed_server_keeps_the_partial_answer() -> None:
    turn = empty()
    progress = asking.Progress()
    with ServerProcess(rate=50, tokens=2000) as server:
        task = asyncio.create_task(asking.answer(turn, server.target(), plan_of(), Sampling(), progress))
        await until(lambda: progress.pieces >= 5)
        server.kill()
        gone = await task
    assert gone is not None
    assert turn.end == "failed" and turn.text.startswith("# Birds")


async def test_an_error_inside_the_stream_is_told_clean() -> None:
    turn, _, gone = await ask(Answer("half ", "x", error_after=1))
    assert (turn.text, turn.end, gone) == ("half ", "failed", None)
    assert "out of memory" in turn.reason and "\x1b" not in turn.reason


async def test_a_refusal_is_told_and_the_turn_is_empty() -> None:
    body = b'{"error": {"message": "maintenance \\u001b]52;c;AAAA\\u0007 tonight"}}'
    turn, _, _ = await ask(Answer(status=500, body=body))
    assert turn.end == "failed" and turn.text == ""
    assert "maintenance" in turn.reason and "\x1b" not in turn.reason


async def test_nobody_there_is_told() -> None:
    with ScriptedServer() as server:
        target = server.target()
    turn = empty()
    gone = await asking.answer(turn, target, plan_of(), Sampling())
    assert gone is not None and turn.end == "failed"
