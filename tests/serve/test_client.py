from __future__ import annotations

import contextlib
import json
import socket
from pathlib import Path

import pytest

from labtui.errors import LabError
from labtui.serve.client import (
    Busy,
    Client,
    ContextExceeded,
    Finished,
    Part,
    Sampling,
    ServerGone,
    complete,
    count_tokens,
    estimate_tokens,
    stream_chat,
)
from labtui.serve.target import Target
from tests.scripted_server import Answer, ScriptedServer

ASK = [{"role": "user", "content": "Hi there"}]
PLAIN = Sampling()


def error(message: str, **fields: object) -> bytes:
    return json.dumps({"error": {"message": message, **fields}}).encode()


async def test_pieces_arrive_as_parts_and_are_counted() -> None:
    with ScriptedServer(Answer("Good ", "day", "!")) as server:
        items = [item async for item in stream_chat(server.target(), ASK, Sampling(seed=7, max_tokens=5))]
    assert items[:-1] == [Part("Good "), Part("day"), Part("!")]
    last = items[-1]
    assert isinstance(last, Finished)
    assert (last.reason, last.prompt_tokens, last.completion_tokens, last.counted) == ("stop", 2, 3, True)
    asked = server.requests[0]
    assert (asked["seed"], asked["max_tokens"], asked["stream"]) == (7, 5, True)


@pytest.mark.parametrize("cut", [1, 2, 3, 7])
async def test_events_and_characters_may_be_cut_anywhere(cut: int) -> None:
    with ScriptedServer(Answer("四十雀 ", "<thi", "nk>no", " answer", cut=cut)) as server:
        said = await complete(server.target(), ASK, PLAIN)
    assert said.text == "四十雀 <think>no answer"


async def test_reasoning_of_both_kinds_is_no_answer() -> None:
    with ScriptedServer(Answer("<thi", "nk>hm", "m</th", "ink>\n\nYes", reasoning=("let me ", "see"))) as server:
        said = await complete(server.target(), ASK, PLAIN)
    assert (said.text, said.reasoning) == ("Yes", "let me seehmm")


async def test_without_usage_pieces_are_counted_and_it_says_so() -> None:
    with ScriptedServer(Answer("a", "b", usage=False)) as server:
        finished = (await complete(server.target(), ASK, PLAIN)).finished
    assert (finished.completion_tokens, finished.counted) == (2, False)


async def test_a_server_that_does_not_stream_is_understood() -> None:
    body = json.dumps(
        {"choices": [{"message": {"role": "assistant", "content": "All at once."}, "finish_reason": "stop"}]}
    ).encode()
    answer = Answer(body=body, headers={"content-type": "application/json"})
    with ScriptedServer(answer) as server:
        assert (await complete(server.target(), ASK, PLAIN)).text == "All at once."


async def test_closing_the_stream_ends_the_request() -> None:
    with ScriptedServer(Answer(*["word "] * 5000, delay=0.005)) as server:
        async with contextlib.aclosing(stream_chat(server.target(), ASK, PLAIN)) as stream:
            async for _ in stream:
                break
        assert server.broken_off.wait(10)


@pytest.mark.parametrize("pieces", [0, 1, 5])
async def test_a_server_that_dies_leaves_what_came(pieces: int) -> None:
    came: list[str] = []
    with ScriptedServer(Answer(*["word "] * 9, die_after=pieces)) as server, pytest.raises(ServerGone):
        async for item in stream_chat(server.target(), ASK, PLAIN):
            assert isinstance(item, Part)
            came.append(item.text)
    assert came == ["word "] * pieces


async def test_a_dead_server_of_ours_shows_its_log(tmp_path: Path) -> None:
    job = tmp_path / "20260101T000000Z-serve-abcde"
    job.mkdir()
    (job / "output.log").write_text("one\n\nGGML_ASSERT\x1b]52;c;ZXZpbA==\x07 failed\n")
    with ScriptedServer(Answer("a", "b", die_after=1)) as server, pytest.raises(ServerGone) as gone:
        await complete(server.target(job=str(job)), ASK, PLAIN)
    assert gone.value.log[0] == "one"
    assert "GGML_ASSERT" in gone.value.log[1]
    assert "\x1b" not in "".join(gone.value.log)
    assert "labtui jobs log" in gone.value.hint


async def test_an_error_inside_the_stream() -> None:
    with ScriptedServer(Answer("a", "b", error_after=1)) as server, pytest.raises(LabError) as raised:
        await complete(server.target(), ASK, PLAIN)
    assert "the engine failed" in raised.value.what
    assert "\x1b" not in raised.value.what


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (401, error("Invalid API Key"), LabError, "refuses the access key"),
        (404, error("model not found"), LabError, "does not know the model 'scripted'"),
        (
            400,
            error("bad", type="exceed_context_size_error", n_prompt_tokens=9031, n_ctx=8192),
            ContextExceeded,
            "9,031",
        ),
        (400, error("This model's maximum context length is 4096 tokens"), ContextExceeded, "context window"),
        (400, error("messages: field required"), LabError, "field required"),
        (429, error("slow down"), Busy, "too many requests"),
        (503, error("Loading model"), Busy, "not ready"),
        (500, error("boom \x1b[2J"), LabError, "HTTP 500"),
        (502, b"<html><h1>Bad Gateway</h1></html>", LabError, "Bad Gateway"),
        (200, b"<html>a login page</html>", LabError, "not what an OpenAI-compatible server says"),
        (418, b"", LabError, "HTTP 418"),
    ],
)
async def test_refusals_become_sentences(status: int, body: bytes, kind: type[LabError], said: str) -> None:
    answer = Answer(status=status, body=body, headers={"retry-after": "3"})
    with ScriptedServer(answer) as server, pytest.raises(kind) as raised:
        await complete(server.target(engine="remote"), ASK, PLAIN)
    assert said in raised.value.what
    assert "\x1b" not in str(raised.value)
    if isinstance(raised.value, Busy):
        assert raised.value.retry_after == 3


async def test_nobody_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/v1"
    with pytest.raises(ServerGone, match="nothing listens") as raised:
        await complete(Target(url=url, model="m", name="m"), ASK, PLAIN)
    assert "serve.remotes" in raised.value.hint


async def test_fields_a_server_does_not_know_are_left_away() -> None:
    def picky(request: dict[str, object]) -> Answer:
        for field in ("min_p", "stream_options"):
            if field in request:
                return Answer(status=400, body=error(f"Unrecognized request argument supplied: {field}"))
        return Answer("fine")

    with ScriptedServer(picky) as server:
        async with Client(server.target(engine="remote")) as client:
            assert (await client.complete(ASK, PLAIN)).text == "fine"
            asked = len(server.requests)
            assert (await client.complete(ASK, PLAIN)).text == "fine"
    # Once learnt it is remembered.
    assert (asked, len(server.requests)) == (3, 4)


@pytest.mark.parametrize(("engine", "kind"), [("xllamacpp", "json_schema"), ("llama_cpp", "json_object")])
async def test_a_schema_is_asked_for_as_the_engine_wants_it(engine: str, kind: str) -> None:
    with ScriptedServer(Answer("{}")) as server:
        await complete(server.target(engine=engine), ASK, PLAIN, schema={"type": "object"})
    assert server.requests[0]["response_format"]["type"] == kind


async def test_tokens_are_counted_by_the_server_or_estimated() -> None:
    with ScriptedServer() as server:
        assert await count_tokens(server.target(), ASK) == 2
        remote = server.target(engine="remote")
        assert await count_tokens(remote, ASK) == estimate_tokens(ASK) > 0
    assert await count_tokens(remote, ASK) == estimate_tokens(ASK)


def test_a_key_is_not_shown() -> None:
    target = Target(url="http://127.0.0.1:1/v1", model="m", key="geheim", name="m", adapter="a")
    assert "geheim" not in repr(target)
    assert target.label == "m + a"


async def test_a_request_touches_the_servers_sign_of_use(tmp_path: Path) -> None:
    with ScriptedServer() as server:
        await complete(server.target(job=str(tmp_path)), ASK, PLAIN)
    assert (tmp_path / "used").exists()
