"""Both engines on the real small model: answers, schemas, adapters, keys, cancellation, and a SIGKILL mid-answer."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labtui import config, jobs, workspace
from labtui.errors import LabError
from labtui.journal import JobFolder
from labtui.operations import serving
from labtui.serve import engines, find
from labtui.serve.client import Client, ContextExceeded, Finished, Part, Sampling, ServerGone, complete
from labtui.serve.models import ModelInfo, write_model
from labtui.serve.target import Target
from labtui.workspace import Workspace
from tests.serve.tiny import write_adapter

pytestmark = pytest.mark.model
SYNONYMS = [{"role": "user", "content": "Give me three synonyms for quick."}]
GREEDY = Sampling(temperature=0, max_tokens=24)
SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string", "maxLength": 20}},
    "required": ["word"],
    "additionalProperties": False,
}

Serve = Callable[..., Target]


@pytest.fixture
def lab(tmp_path: Path, demo_store: ModelInfo) -> Iterator[Workspace]:
    made = workspace.create(tmp_path / "lab")
    yield made
    for folder in serving.living(made):
        jobs.stop(folder, wait=20)


@pytest.fixture
def serve(lab: Workspace) -> Serve:
    def start(engine: str = "xllamacpp", adapter: str = "", **settings: object) -> Target:
        if not engines.installed(engine):
            pytest.skip(f"{engine} is not installed")
        overrides = [f"serve.engine={engine}", *(f"serve.{key}={value}" for key, value in settings.items())]
        return serving.ensure_served(lab, config.load(lab, overrides), "smollm2-135m", adapter, say=lambda text: None)

    return start


both = pytest.mark.parametrize("engine", ["xllamacpp", "llama_cpp"])


@both
async def test_an_answer_streams_and_is_counted(serve: Serve, engine: str) -> None:
    target = serve(engine)
    async with Client(target) as client:
        items = [item async for item in client.stream_chat(SYNONYMS, GREEDY)]
        counted = await client.count_tokens(SYNONYMS)
    *parts, last = items
    assert isinstance(last, Finished)
    assert len(parts) > 10
    assert all(isinstance(part, Part) and part.text and not part.reasoning for part in parts)
    assert last.reason in ("length", "stop")
    assert last.first_token_seconds > 0
    assert last.tokens_per_second > 0
    if engine == "xllamacpp":
        assert 10 < last.completion_tokens <= GREEDY.max_tokens
        assert last.prompt_tokens == counted
    else:
        assert counted > 0


@both
async def test_a_schema_is_kept(serve: Serve, engine: str) -> None:
    import json

    said = await complete(serve(engine), SYNONYMS, Sampling(temperature=0, max_tokens=60), schema=SCHEMA)
    # llama-cpp-python's grammar lets line ends into strings as they are; a reader must not be strict there.
    assert list(json.loads(said.text, strict=False)) == ["word"]


@both
def test_the_key_is_needed_and_lies_in_no_open_file(serve: Serve, engine: str) -> None:
    import httpx

    target = serve(engine)
    folder = JobFolder(Path(target.job))
    assert target.key
    assert folder.key_file.stat().st_mode & 0o777 == 0o600
    for key in ("x", "wrong key"):
        answer = httpx.post(
            f"{target.url}/chat/completions", json={"messages": SYNONYMS}, headers={"authorization": f"Bearer {key}"}
        )
        assert answer.status_code == 401
    asyncio.run(complete(target, SYNONYMS, Sampling(max_tokens=2)))
    for path in folder.path.rglob("*"):
        if path.is_file() and path != folder.key_file:
            assert target.key.encode() not in path.read_bytes(), path
    status = folder.status()
    assert status is not None
    if Path("/proc").exists():
        for part in ("cmdline", "environ"):
            assert target.key.encode() not in Path(f"/proc/{status.worker_pid}/{part}").read_bytes()


@both
async def test_a_kill_in_the_middle_of_an_answer(serve: Serve, engine: str) -> None:
    target = serve(engine)
    folder = JobFolder(Path(target.job))
    status = folder.status()
    assert status is not None
    partial = ""
    with pytest.raises(ServerGone) as error:
        async with Client(target) as client:
            async for item in client.stream_chat(SYNONYMS, Sampling(max_tokens=2000)):
                assert isinstance(item, Part)
                partial += item.text
                if len(partial) > 20:
                    os.kill(status.worker_pid, signal.SIGKILL)
    assert len(partial) > 20
    assert error.value.log
    assert folder.id in error.value.hint
    view = jobs.wait(folder, timeout=30)
    assert view.state == "failed"
    assert find.find_served(folder.path.parent, "smollm2-135m") is None
    # And the same call as before simply starts it again.
    again = serve(engine)
    assert again.job != target.job
    assert (await complete(again, SYNONYMS, GREEDY)).text


@both
async def test_closing_a_stream_ends_the_generation(serve: Serve, engine: str) -> None:
    target = serve(engine)
    async with Client(target) as client:
        async with contextlib.aclosing(client.stream_chat(SYNONYMS, Sampling(max_tokens=100_000))) as stream:
            async for _ in stream:
                break
        # A server still busy with the long answer would not get to this one (llama_cpp) or say so in its slots.
        assert (await complete(target, SYNONYMS, GREEDY)).text


async def test_a_conversation_longer_than_the_window(serve: Serve) -> None:
    target = serve(context=512)
    assert target.context == 512
    with pytest.raises(ContextExceeded) as error:
        await complete(target, [{"role": "user", "content": "hello " * 1000}], GREEDY)
    assert error.value.context == 512
    assert error.value.tokens > 1000


async def test_requests_that_fit_do_not_fail_because_they_come_together(serve: Serve) -> None:
    target = serve(context=1024, parallel=4)
    long = Sampling(max_tokens=100)
    asked = [[{"role": "user", "content": f"Number {number}. " + "word " * 700}] for number in range(4)]
    async with Client(target) as client:
        said = await asyncio.gather(*(client.complete(messages, long) for messages in asked))
    assert all(one.finished.prompt_tokens > 700 and one.finished.completion_tokens > 0 for one in said)


@both
async def test_base_and_adapter_are_served_side_by_side(
    serve: Serve, lab: Workspace, demo_gguf: Path, engine: str
) -> None:
    for name, scale in (("same", 0.0), ("other", 0.3)):
        folder = lab.models / name
        folder.mkdir()
        write_adapter(folder / "adapter.gguf", demo_gguf, scale=scale)
        write_model(
            folder,
            ModelInfo(name=name, kind="adapter", path=str(folder), architecture="llama", base="smollm2-135m"),
        )
    answers = {}
    for adapter in ("", "same", "other"):
        target = serve(engine, adapter)
        assert target.adapter == adapter
        answers[adapter] = (await complete(target, SYNONYMS, GREEDY)).text
    assert len({target.url for _, target in serving.served(lab) if target}) == 3
    assert answers["same"] == answers[""]
    assert answers["other"] != answers[""]


def test_an_idle_server_stops_and_one_in_use_does_not(serve: Serve, lab: Workspace) -> None:
    target = serve(idle_minutes=0.1)
    folder = JobFolder(Path(target.job))
    deadline = time.monotonic() + 12
    while time.monotonic() < deadline:
        find.touch(folder)
        time.sleep(0.5)
        assert find.alive(folder)
    view = jobs.wait(folder, timeout=60)
    assert view.state == "done"
    assert not folder.key_file.exists()
    assert serving.served(lab) == []


def test_requests_from_elsewhere_count_as_use(serve: Serve) -> None:
    """Whoever uses the address without labtui touches no file; the engine's own activity is seen."""
    import httpx

    target = serve(idle_minutes=0.15)
    folder = JobFolder(Path(target.job))
    headers = {"authorization": f"Bearer {target.key}"}
    body = {"messages": SYNONYMS, "max_tokens": 4}
    for _ in range(8):
        time.sleep(1.5)
        httpx.post(f"{target.url}/chat/completions", json=body, headers=headers, timeout=60).raise_for_status()
    assert find.alive(folder)


def test_a_port_in_use_is_a_sentence(lab: Workspace) -> None:
    import socket

    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        folder = serving.start_server(lab, config.load(lab), "smollm2-135m", port=port)
        with pytest.raises(LabError, match=f"port {port} cannot be used") as error:
            find.wait_served(folder, timeout=60)
        assert "--port" in error.value.hint


@both
def test_a_file_the_engine_cannot_load_says_why(lab: Workspace, tmp_path: Path, engine: str) -> None:
    from tests.serve.tiny import write_gguf

    path = write_gguf(tmp_path / "tiny.gguf")
    with pytest.raises(LabError, match="could not load the model") as error:
        serving.ensure_served(lab, config.load(lab, [f"serve.engine={engine}"]), str(path), say=lambda text: None)
    assert str(path) in str(error.value)


def test_a_stop_while_it_loads(lab: Workspace) -> None:
    folder = serving.start_server(lab, config.load(lab), "smollm2-135m")
    jobs.stop(folder, wait=30)
    assert jobs.view(folder).state == "stopped"
    with pytest.raises(LabError, match="was stopped"):
        find.wait_served(folder, timeout=10)
