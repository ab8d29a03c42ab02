"""The whole loop by its commands alone: what a script or a CI would do."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from labtui import jobs
from labtui.records import State
from labtui.workspace import Workspace
from tests.terminal import labtui, labtui_command

pytestmark = [pytest.mark.e2e, pytest.mark.model, pytest.mark.timeout(900)]

LEAF = "compositional_skills/writing/three_line_answers"
QUESTION = "How do I keep my shoes dry?"


def ask(lab: Workspace, *arguments: str) -> str:
    done = labtui("--workspace", str(lab.root), *arguments)
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


def test_the_loop_by_its_commands(lab: Workspace) -> None:
    assert LEAF in ask(lab, "taxonomy", "list")
    assert json.loads(ask(lab, "taxonomy", "check", "--json")) == []

    ask(lab, "generate", LEAF, "--samples", "6", "--out", str(lab.data / "six"))
    lines = (lab.data / "six" / "messages.jsonl").read_text().splitlines()
    assert len(lines) >= 6
    for line in lines:
        record = json.loads(line)
        assert set(record) == {"id", "messages", "metadata", "unmask"}
        assert [message["role"] for message in record["messages"]] == ["user", "assistant"]
        assert json.loads(record["metadata"])["leaf"] == LEAF

    ask(lab, "train", "--data", str(lab.data / "six"), "--model", "smollm2-135m", "--steps", "24", "--out", "tuned")
    folder = lab.models / "tuned"
    assert {path.name for path in folder.iterdir()} >= {
        "adapter_model.safetensors",
        "adapter_config.json",
        "adapter.gguf",
        "recipe.json",
    }

    greedy = ("--set", "chat.temperature=0", "--set", "chat.max_tokens=60")
    base = ask(lab, "chat", QUESTION, "--model", "smollm2-135m", *greedy)
    tuned = ask(lab, "chat", QUESTION, "--model", "smollm2-135m", "--adapter", "tuned", *greedy)
    assert base.strip()
    assert tuned.strip()
    assert tuned != base
    # So few steps are enough for the form of the leaf's answers to show.
    assert "Why:" in tuned
    assert "Why:" not in base


def test_ctrl_c_leaves_the_job_running_and_says_how_to_return(lab: Workspace) -> None:
    command = labtui_command("--workspace", str(lab.root), "generate", LEAF, "--samples", "40")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        running = wait_for_job(lab, "generate")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"labtui jobs attach {running.folder.id.rpartition('-')[2]}" in said
    assert not jobs.view(running.folder).state.ended

    jobs.stop(running.folder, wait=60)
    view = jobs.view(running.folder)
    assert view.state == State.STOPPED
    kept = len((running.folder.path / "samples.jsonl").read_bytes().splitlines())

    ask(lab, "jobs", "resume", running.folder.id)
    assert jobs.wait(running.folder, timeout=300).state == State.DONE
    seen = [json.loads(line) for line in (running.folder.path / "samples.jsonl").read_text().splitlines()]
    assert len(seen) >= kept
    assert len({json.dumps(one, sort_keys=True) for one in seen}) == len(seen)


def test_wrong_questions_get_a_sentence(lab: Workspace, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"messages": [}\n')
    for arguments, code, says in (
        (["generate", "compositional_skills/writing/three_line_answer"], 2, LEAF),
        (["generate", LEAF, "--teacher", "smollm"], 2, "smollm2-135m"),
        (["train", "--data", "/nowhere", "--out", "x"], 2, "/nowhere"),
        (["train", "--data", str(broken), "--out", "x"], 3, "broken.jsonl:1"),
        (["chat", "hi", "--model", "smollm2-135m", "--adapter", "nobody"], 2, "nobody"),
        (["jobs", "attach", "zzzzz"], 2, "no jobs in this workspace"),
    ):
        done = labtui("--workspace", str(lab.root), *arguments)
        assert says in done.stderr, (arguments, done.stderr)
        assert done.returncode == code, (arguments, done.stderr)
        assert done.stdout == ""
        assert "Traceback" not in done.stderr


def wait_for_job(lab: Workspace, kind: str) -> jobs.JobView:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for view in jobs.list_jobs(lab):
            if view.spec.kind == kind and view.state == State.RUNNING and view.done > 0:
                return view
        time.sleep(0.1)
    raise AssertionError(f"no {kind} job is running: {jobs.list_jobs(lab)}")
