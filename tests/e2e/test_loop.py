"""The whole loop as a person walks it: keys and screens in a real terminal at 80x24, the real small model.

The application is killed (SIGKILL) in the middle of generation and of training and opened again: both jobs are
found, still running, and finish.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labtui import jobs
from labtui.jobs import JobView
from labtui.records import State
from labtui.serve.models import ModelInfo
from labtui.workspace import Workspace
from tests.e2e.conftest import stop_all
from tests.terminal import Terminal, labtui_command

pytestmark = [pytest.mark.e2e, pytest.mark.model, pytest.mark.timeout(1500)]

QUESTION = "How do I keep my shoes dry?"
LONG = 400.0
"""Seconds a generation or a training of the demo may take on two slow, busy cores."""


@pytest.fixture
def home(clean_environment: Path, demo_store: ModelInfo) -> Iterator[Path]:
    """An empty home but for the model store; whatever was started in the demo workspace is stopped afterwards."""
    yield clean_environment
    workspace = Workspace(clean_environment / "labtui-demo")
    if workspace.root.exists():
        stop_all(workspace)


def start(folder: Path, *arguments: str) -> Terminal:
    # Fewer samples than the default, so that the walk stays short; greedy, so that answers can be told apart.
    environment = {"LABTUI_GENERATE__SAMPLES": "16", "LABTUI_CHAT__TEMPERATURE": "0", "LABTUI_CHAT__MAX_TOKENS": "60"}
    return Terminal(labtui_command(*arguments), columns=80, rows=24, environment=environment, folder=folder)


def test_the_loop_from_an_empty_folder_to_the_tuned_model_beside_its_base(home: Path, tmp_path: Path) -> None:
    workspace = Workspace(home / "labtui-demo")

    with start(tmp_path) as terminal:
        terminal.wait_for("Try the demo")
        terminal.press("enter")
        # The folder is offered first; a second enter takes it.
        terminal.wait_for("enter makes and opens the workspace")
        terminal.press("enter")
        terminal.wait_for("the loop")
        terminal.wait_for("6 leaves")

        terminal.press("1")
        terminal.wait_for("Ask anything")
        terminal.type(QUESTION)
        terminal.press("enter")
        terminal.wait_for("tok/s", LONG)
        terminal.wait_for("first ", LONG)
        terminal.press("esc")
        terminal.wait_for("the loop")

        terminal.press("4")
        terminal.wait_for("what will happen")
        terminal.press("/")
        terminal.type("three_line")
        terminal.wait_for("samples  16")
        terminal.wait_for("writing/three_line_answers")
        # Enter goes from the filter to the list, and from there begins.
        terminal.press("enter", "enter")
        generation = the_job(workspace, "generate", lambda view: view.done > 0)
        terminal.wait_for("accepted")
        terminal.kill()

    assert jobs.view(generation.folder).state == State.RUNNING

    with start(tmp_path) as terminal:
        terminal.wait_for("the loop")
        terminal.wait_for("generate  three_line_answers")
        terminal.press("4")
        the_end_of_the_job(terminal, "t trains on it", "generations so far")
        assert jobs.view(generation.folder).state == State.DONE

        terminal.press("t")
        terminal.wait_for("how long, and its name")
        terminal.wait_for("three_line_answers")
        terminal.press("enter")
        training = the_job(workspace, "train", lambda view: view.stage == "train" and view.done > 1)
        terminal.wait_for("loss")
        terminal.kill()

    assert jobs.view(training.folder).state == State.RUNNING

    with start(tmp_path) as terminal:
        terminal.wait_for("the loop")
        terminal.wait_for("train     three_line_answers")
        terminal.press("5")
        the_end_of_the_job(terminal, "compare", "trainings so far")
        assert jobs.view(training.folder).state == State.DONE

        terminal.press("c")
        terminal.wait_for("three_line_answers")
        terminal.type(QUESTION)
        terminal.press("enter")
        base, tuned = both_answers(workspace)
        terminal.wait_for("Short:")
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0
        # Leaving says what goes on: the servers of base and tuned model.
        assert b"keep going" in terminal.raw or b"keeps going" in terminal.raw

    assert base
    assert "Short:" not in base
    assert "Short:" in tuned
    assert "Why:" in tuned


def the_job(workspace: Workspace, kind: str, so: Callable[[JobView], bool]) -> JobView:
    """Waits for a running job of that kind that has got as far as `so` says."""
    deadline = time.monotonic() + LONG
    while time.monotonic() < deadline:
        for view in jobs.list_jobs(workspace):
            if view.spec.kind == kind and view.state == State.RUNNING and so(view):
                return view
            assert view.state != State.FAILED, view.error
        time.sleep(0.2)
    raise AssertionError(f"no {kind} job got going: {jobs.list_jobs(workspace)}")


def the_end_of_the_job(terminal: Terminal, says: str, earlier: str) -> None:
    """Waits until the stage's screen shows what its job came to.

    The screen opens on the job while it runs. One that ended before stands first among the earlier ones of the form.
    """
    if says not in terminal.wait_for(lambda text: says in text or earlier in text, LONG):
        for _ in range(8):
            if f"┏━ {earlier}" in terminal.text:
                break
            terminal.press("tab")
            time.sleep(0.3)
        terminal.press("enter")
        terminal.wait_for(says)


def both_answers(workspace: Workspace) -> tuple[str, str]:
    """The two finished answers to the last question, as the conversations keep them: base and tuned."""
    deadline = time.monotonic() + LONG
    while time.monotonic() < deadline:
        found: dict[str, str] = {}
        for file in workspace.chats.glob("*.json"):
            for turn in walk(json.loads(file.read_text())):
                made = turn.get("made")
                # An answer is kept from its first moment on, while it has no text yet.
                if turn.get("role") == "assistant" and turn.get("end") != "writing" and isinstance(made, dict):
                    found[str(made["adapter"])] = str(turn.get("text", ""))
        if {"", "three_line_answers"} <= set(found):
            return found[""], found["three_line_answers"]
        time.sleep(0.2)
    raise AssertionError(f"only {found}")


def walk(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)
