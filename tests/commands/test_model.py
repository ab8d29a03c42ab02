"""`labtui model` as a person and as a script use it."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui import jobs, paths, workspace
from labtui.operations import serving
from labtui.serve.models import ModelInfo, write_model
from labtui.workspace import Workspace
from tests.serve.file_server import FileServer
from tests.serve.tiny import write_gguf
from tests.terminal import Terminal, labtui, labtui_command


@pytest.fixture(autouse=True)
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    made = workspace.create(tmp_path / "lab")
    monkeypatch.chdir(made.root)
    yield made
    for folder in serving.living(made):
        jobs.stop(folder, wait=20)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "tiny.gguf")


def test_an_empty_store_is_an_answer() -> None:
    done = labtui("model", "list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "labtui model add demo" in done.stderr
    assert json.loads(labtui("model", "list", "--json").stdout) == []


def test_adding_and_listing_work_outside_a_workspace(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tiny.parent)
    done = labtui("model", "add", str(tiny), "--json")
    assert done.returncode == 0, done.stderr
    added = json.loads(done.stdout)
    assert (added["name"], added["kind"], added["stored"], added["missing"]) == ("tiny", "gguf", "linked", False)
    (listed,) = json.loads(labtui("model", "list", "--json").stdout)
    assert listed == added
    assert listed["served"] == []
    assert "tiny" in labtui("model", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["add", "nowhere.gguf"], 2, "There is no such file."),
        (["add", "demo", "--from", "nowhere.whl"], 3, "is not a file"),
        (["add", "demo", "--name", "../x"], 2, "cannot be a model's name"),
        (["add"], 2, "Missing argument"),
        (["remove", "nope"], 2, "no model 'nope'"),
        (["serve", "nope"], 2, "no model 'nope'"),
        (["serve"], 2, "no model yet"),
        (["stop"], 1, "Nothing is being served."),
        (["serve", "x", "--port", "70000"], 2, "70000"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_a_code(arguments: list[str], code: int, said: str) -> None:
    done = labtui("model", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_model_without_a_chat_template_is_added_and_said(tmp_path: Path) -> None:
    done = labtui("model", "add", str(write_gguf(tmp_path / "bare.gguf", template=None)))
    assert done.returncode == 0
    assert "no chat template" in done.stderr


def test_ctrl_c_keeps_what_has_arrived_and_the_same_command_goes_on(tiny: Path) -> None:
    content = tiny.read_bytes() + bytes(5_000_000)

    class Slow(FileServer):
        go = threading.Event()

        def answer(self, handler: object) -> None:
            if not self.go.is_set():
                self.cut_after = 300_000
            super().answer(handler)  # type: ignore[arg-type]

    with Slow(content) as server:
        command = labtui_command("model", "add", server.url, "--name", "web")
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            part = paths.models_dir() / "web" / "model.gguf.part"
            while not part.exists() or not part.stat().st_size:
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "Traceback" not in said
        arrived = part.stat().st_size
        assert arrived > 0
        assert "web" in labtui("model", "list").stderr
        server.go.set()
        assert labtui("model", "add", server.url, "--name", "web").returncode == 0
        assert server.requests[-1][1]["range"] == f"bytes={arrived}-"


def test_removing_what_is_needed_asks(made: Workspace, tiny: Path) -> None:
    labtui("model", "add", str(tiny), "--name", "base")
    folder = made.models / "tuned"
    folder.mkdir()
    (folder / "adapter.gguf").write_bytes(b"GGUF")
    write_model(folder, ModelInfo(name="tuned", kind="adapter", path=str(folder), base="base"))
    refused = labtui("model", "remove", "base")
    assert refused.returncode == 2
    assert "base of the adapter tuned" in refused.stderr
    assert "--yes" in refused.stderr
    with Terminal(labtui_command("model", "remove", "base"), columns=80, rows=24) as terminal:
        terminal.wait_for("Remove base?")
        terminal.type("n\r")
        terminal.wait_for("Nothing was removed")
    assert labtui("model", "remove", "base", "--yes").returncode == 0
    assert tiny.exists()
    assert labtui("model", "remove", "tuned", "--yes").returncode == 0
    assert json.loads(labtui("model", "list", "--json").stdout) == []


@pytest.mark.model
def test_serving_from_start_to_stop(demo_store: ModelInfo) -> None:
    started = labtui("model", "serve", "--detach", "--json")
    assert started.returncode == 0, started.stderr
    job = json.loads(started.stdout)["job"]
    again = labtui("model", "serve", demo_store.name)
    assert again.returncode == 3
    assert "served already" in again.stderr
    serving.find.wait_served(serving.JobFolder(workspace.require().jobs / job), timeout=120)
    (listed,) = json.loads(labtui("model", "list", "--json").stdout)
    (server,) = listed["served"]
    assert (server["job"], server["ready"]) == (job, True)
    assert server["memory"] > demo_store.size
    assert "in use" in labtui("model", "remove", demo_store.name).stderr
    stopped = labtui("model", "stop", "--json")
    assert json.loads(stopped.stdout) == [job]
    assert labtui("model", "stop").returncode == 1


@pytest.mark.model
def test_following_a_server_and_leaving_it_running(made: Workspace, demo_store: ModelInfo) -> None:
    with Terminal(labtui_command("model", "serve"), columns=100, rows=24) as terminal:
        terminal.wait_for("http://127.0.0.1:")
        terminal.wait_for("The key is in")
        terminal.type("\x03")
        terminal.wait_for("the job goes on")
    assert len(serving.living(made)) == 1
