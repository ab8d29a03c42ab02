"""`labtui generate` as a person and as a script use it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui import jobs
from labtui.workspace import Workspace
from tests.generate.teaching import SKILL, TEXTS, answering, know, make_workspace
from tests.scripted_server import Answer, ScriptedServer
from tests.terminal import labtui


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedServer]:
    with ScriptedServer(answering) as found:
        know(found)
        yield found


@pytest.fixture
def taught(tmp_path: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    made = make_workspace(tmp_path / "lab")
    monkeypatch.chdir(made.root)
    return made


def test_it_prints_the_folder_and_says_how_to_go_on(taught: Workspace) -> None:
    done = labtui("generate", SKILL, "--samples", "4", "--out", "mine")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{taught.root / 'mine'}\n"
    assert f"labtui train --data {taught.root / 'mine'}" in done.stderr
    assert len((taught.root / "mine" / "messages.jsonl").read_text().splitlines()) == 9


def test_as_json_it_is_one_document(taught: Workspace) -> None:
    done = labtui("generate", SKILL, TEXTS, "--samples", "3", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["done"], document["dataset"]["samples"]) == (True, 6)
    assert Path(document["data"]) == taught.data / document["job"]


def test_detached_it_prints_the_job_at_once(taught: Workspace) -> None:
    done = labtui("generate", SKILL, "--samples", "3", "--detach")
    assert done.returncode == 0, done.stderr
    folder = jobs.find(taught, done.stdout.strip())
    assert jobs.wait(folder, timeout=60).done == 3


def test_the_plan_starts_nothing(taught: Workspace, server: ScriptedServer) -> None:
    done = labtui("generate", SKILL, "--plan")
    assert done.returncode == 0, done.stderr
    assert "24" in done.stdout
    assert json.loads(labtui("generate", SKILL, "--plan", "--json").stdout)["requests"] == [48, 192]
    assert (jobs.list_jobs(taught), server.requests) == ([], [])


def test_a_leaf_that_is_not_there_is_wrong_usage(taught: Workspace) -> None:
    done = labtui("generate", "compositional_skills/words/opposits")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"Did you mean '{SKILL}'" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_leaf_is_wrong_usage(taught: Workspace) -> None:
    assert labtui("generate").returncode == 2


def test_rubbish_is_told_in_a_sentence(taught: Workspace, server: ScriptedServer) -> None:
    server.answers = [Answer("")]
    done = labtui("generate", SKILL, "--samples", "2")
    assert (done.returncode, done.stdout) == (3, "")
    assert "gave no sample that can be used in 8 tries: 8 empty" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_is_not_there_is_told_of(taught: Workspace, server: ScriptedServer) -> None:
    server.answers = [Answer(status=404, body=b'{"error": "no such model"}')]
    done = labtui("generate", SKILL, "--samples", "2")
    assert done.returncode == 3
    assert "does not know the model" in done.stderr
