"""Once with the real small model through the real engine: served on the way, killed in the middle, resumed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui import config, jobs
from labtui.generate.dataset import read_card
from labtui.generate.journal import Request, Sample, requests_file, samples_file
from labtui.journal import JobFolder, read_lines
from labtui.operations import serving
from labtui.operations.generating import out_of, start_generate
from labtui.operations.init import init_workspace
from labtui.operations.resuming import resume_job
from labtui.records import State
from labtui.serve.models import ModelInfo
from labtui.workspace import Workspace
from tests.generate.teaching import by_leaf

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]

THREE_LINES = "compositional_skills/writing/three_line_answers"
OSTREVANE = "knowledge/geography/islands/ostrevane"


@pytest.fixture
def demo(tmp_path: Path, demo_store: ModelInfo) -> Iterator[Workspace]:
    made = init_workspace(tmp_path / "demo", demo=True, say=lambda words: None)
    yield made
    for folder in jobs.folders(made):
        if not jobs.view(folder).state.ended:
            jobs.stop(folder, wait=20)


def end(folder: JobFolder) -> State:
    view = jobs.wait(folder, timeout=600)
    assert view.state is State.DONE, view.error
    return view.state


def samples(folder: JobFolder) -> list[Sample]:
    return list(read_lines(samples_file(folder), Sample))


def requests(folder: JobFolder) -> list[tuple[str, int]]:
    return [(request.sample, request.step) for request in read_lines(requests_file(folder), Request)]


def test_the_small_model_writes_in_the_leafs_form_and_survives_a_kill(demo: Workspace) -> None:
    settings = config.load(demo)
    said: list[str] = []
    folder = start_generate(demo, settings, [THREE_LINES, OSTREVANE], samples=5, say=said.append)
    assert any("Starting" in words for words in said), "it says that it serves the teacher first"
    while len(requests(folder)) < 6:
        assert not jobs.view(folder).state.ended
        time.sleep(0.05)
    status = folder.status()
    assert status is not None
    for pid in (status.supervisor_pid, status.worker_pid):
        os.kill(pid, signal.SIGKILL)
    before = requests(folder)
    serving.stop_server(demo, "smollm2-135m")
    resume_job(demo, settings, folder, said.append)
    end(folder)
    assert requests(folder)[: len(before)] == before
    assert len(requests(folder)) == len(set(requests(folder))), "nothing was asked twice"

    card = read_card(out_of(folder))
    assert card is not None
    assert (card.samples, card.seeds) == (10, 22)
    for leaf, found in by_leaf(samples(folder)).items():
        assert [sample["number"] for sample in found] == list(range(1, len(found) + 1))
        answers = [sample["parts"]["answer"] for sample in found if sample["accepted"]]
        assert len(answers) == 5
        if leaf == THREE_LINES:
            lines = [answer.splitlines() for answer in answers]
            assert all([line.split(":")[0] for line in three] == ["Short", "Why", "Try"] for three in lines)


def test_one_request_at_a_time_the_same_job_makes_the_same_samples(demo: Workspace) -> None:
    settings = config.load(demo, ("generate.concurrency=1", "serve.parallel=1"))
    made = []
    for _ in range(2):
        folder = start_generate(demo, settings, [THREE_LINES], samples=4, say=lambda words: None)
        end(folder)
        made.append(by_leaf(samples(folder)))
        serving.stop_server(demo, "smollm2-135m")
    assert made[0] == made[1]
