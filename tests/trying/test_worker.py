"""The worker as a real process with a real engine: it goes through its stages, is killed in each, and goes on."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from labtui import paths, records
from labtui import worker as frame
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence import tries
from labtui.contribute.evidence.tries import TryResult
from labtui.generate.journal import Request, requests_file
from labtui.journal import JobFolder, read_events, read_lines
from labtui.operations import serving, trying
from labtui.records import Error
from labtui.serve import gguf_file, models
from labtui.train import recipe
from labtui.trying import answers
from labtui.trying.answers import AnswerLine
from labtui.trying.arguments import AFTER, BEFORE, GENERATE, STAGES, TUNE
from labtui.workspace import Workspace
from tests.generate.teaching import SKILL
from tests.scripted_server import Answer, ScriptedServer
from tests.train.tiny import write_tiny
from tests.trying.trial import (
    PATIENCE,
    QUESTIONS,
    children,
    log_of,
    make_job,
    metric,
    run,
    settings_of,
    stages_of,
    start,
)


def wait_until(true: Callable[[], object], process: subprocess.Popen[bytes], folder: JobFolder) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert process.poll() is None, log_of(folder)
        assert time.monotonic() < end, log_of(folder)
        time.sleep(0.005)


def texts(result: TryResult) -> list[tuple[str, str]]:
    return [(asked.before.text, asked.after.text) for asked in result.asked]


def lines_of(folder: JobFolder) -> list[tuple[str, int]]:
    found = read_lines(folder.path / answers.FILE, AnswerLine)
    return [(line.stage, line.number) for line in found]


def test_it_ends_with_both_answers_to_every_question(lab: Workspace, draft: DraftFolder) -> None:
    folder = make_job(lab, draft)
    assert run(folder) == 0, log_of(folder)
    (result,) = tries.results(draft)
    assert [asked.question for asked in result.asked] == [question.question for question in QUESTIONS]
    assert [asked.number for asked in result.asked] == [1, 2, 3]
    assert (result.job, result.made.model, result.made.model_sha256) == (folder.spec().id, "tiny", "tiny")
    assert (result.tuning.seed_pairs, result.tuning.samples, result.tuning.steps) == (5, 3, 4)
    assert result.tuning.teacher == "scripted"
    assert result.tuning.loss_last < result.tuning.loss_first
    assert [leaf.id for leaf in result.leaves] == [SKILL]
    assert tries.stale(draft, result) == []
    assert stages_of(folder) == list(STAGES)
    # A random model tuned with its highest rate speaks otherwise than before.
    assert any(asked.changed for asked in result.asked)
    # Nothing of the check questions was learnt, and nothing of the job stays behind that weighs.
    learnt = (folder.path / "trained" / "messages.jsonl").read_text()
    assert not any(question.question in learnt for question in QUESTIONS)
    assert not (folder.path / "tune" / "checkpoints").exists()
    assert not list(folder.path.rglob("key"))
    time_left_was_told_over_all_stages(folder, result)
    # Killed after the result was kept, it is not kept twice.
    assert run(folder, 2) == 0, log_of(folder)
    assert len(tries.results(draft)) == 1
    assert stages_of(folder, 2) == []
    the_next_one_is_thought_to_take_as_long(lab, draft, folder, result)


def the_next_one_is_thought_to_take_as_long(
    lab: Workspace, draft: DraftFolder, folder: JobFolder, result: TryResult
) -> None:
    def seconds(samples: int, steps: int) -> dict[str, float]:
        made = trying.plan_try(lab, settings_of(lab), draft, QUESTIONS, samples=samples, steps=steps)
        return made.seconds

    once, more = seconds(3, 4), seconds(6, 4_000)
    assert once[GENERATE] == pytest.approx(result.seconds["generate"], abs=0.1)
    assert more[GENERATE] == pytest.approx(2 * result.seconds["generate"], abs=0.1)
    made = recipe.read(folder.path / "adapter")
    assert made is not None
    # 3,996 steps more of four pairs, each of some twenty to eighty tokens.
    assert 3_996 * 4 * 20 < (more[TUNE] - once[TUNE]) * made.tokens_per_second < 3_996 * 4 * 80


def time_left_was_told_over_all_stages(folder: JobFolder, result: TryResult) -> None:
    told = [event for event in read_events(folder) if isinstance(event, records.Progress)]
    assert {event.unit for event in told} == {"seconds"}
    assert all(event.done <= event.total for event in told)
    assert [event.done for event in told] == sorted(event.done for event in told)
    assert told[-1].done == told[-1].total
    assert set(result.seconds) == {"load before", "before", "generate", "load", "tune", "load after", "after"}


LONG_ROUNDS = 8
"""Each takes a minute: a round is a whole job, killed again and again."""
GOALS: dict[str, Callable[[JobFolder], object]] = {
    BEFORE: lambda folder: metric(folder, "answered_before"),
    GENERATE: lambda folder: (
        requests_file(JobFolder(folder.path / "generate")).is_file()
        and list(read_lines(requests_file(JobFolder(folder.path / "generate")), Request))
    ),
    TUNE: lambda folder: metric(folder, "tune_steps") >= 2,
    AFTER: lambda folder: metric(folder, "answered_after"),
}


@pytest.mark.timeout(1800)
def test_killed_in_every_stage_it_goes_on_and_asks_nothing_twice(
    lab: Workspace, draft: DraftFolder, teacher: ScriptedServer, fault_rounds: int
) -> None:
    unbroken = make_job(lab, draft)
    assert run(unbroken) == 0, log_of(unbroken)
    asked_once = len(teacher.requests)
    folder = make_job(lab, draft)
    for attempt, stage in enumerate(STAGES, 1):
        process = start(folder, attempt)
        wait_until(lambda stage=stage: GOALS[stage](folder), process, folder)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert run(folder, 5) == 0, log_of(folder)
    same_as(folder, unbroken, draft)
    assert sorted(lines_of(folder)) == sorted((stage, number) for stage in (BEFORE, AFTER) for number in (1, 2, 3))
    # What was under way at the kill is asked again, what was answered is not.
    assert len(teacher.requests) - asked_once <= asked_once + 4
    # The last attempt found everything done but what was cut off.
    assert stages_of(folder, 5) in ([AFTER], [])
    killed_at_any_moment(lab, draft, unbroken, rounds=min(LONG_ROUNDS, fault_rounds - len(STAGES) - 1))


def killed_at_any_moment(lab: Workspace, draft: DraftFolder, unbroken: JobFolder, *, rounds: int) -> None:
    """More rounds where time is no matter, each on a job of its own: killed again and again until it is through."""
    moments = random.Random(4)
    for _ in range(rounds):
        folder, attempt = make_job(lab, draft), 0
        while not (folder.path / "result.json").is_file():
            attempt += 1
            process = start(folder, attempt)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(moments.uniform(0.1, 3.0 + attempt))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert run(folder, attempt + 1) == 0, log_of(folder)
        same_as(folder, unbroken, draft)


def same_as(folder: JobFolder, unbroken: JobFolder, draft: DraftFolder) -> None:
    """Asserts that a job that was killed has come to the same end as one that was not."""
    kept = {result.job: result for result in tries.results(draft)}
    first, second = kept[unbroken.spec().id], kept[folder.spec().id]
    assert texts(second) == texts(first)
    assert second.tuning.loss_last == first.tuning.loss_last
    assert second.tuning.samples == first.tuning.samples


@pytest.mark.parametrize("stage", [BEFORE, TUNE])
def test_a_stop_is_heard_in_a_stage_and_repeats_nothing(lab: Workspace, draft: DraftFolder, stage: str) -> None:
    folder = make_job(lab, draft)
    process = start(folder)
    wait_until(lambda: GOALS[stage](folder), process, folder)
    # As the supervisor does: the whole group hears it, the model's server too.
    os.killpg(process.pid, signal.SIGTERM)
    assert process.wait(PATIENCE) == frame.EXIT_STOPPED, log_of(folder)
    assert not [event for event in read_events(folder) if isinstance(event, Error)]
    assert children(process.pid) == []
    steps = metric(folder, "tune_steps")
    assert run(folder, 2) == 0, log_of(folder)
    if stage == TUNE:
        assert metric(folder, "tune_steps", 2) == 4
        assert stages_of(folder, 2)[0] == TUNE
        assert steps < 4 or stages_of(folder, 2) == [AFTER]
    assert len(tries.results(draft)) == 1


def test_killed_alone_it_takes_the_models_server_along(lab: Workspace, draft: DraftFolder) -> None:
    """Supervisor and worker killed at once: nobody is left to end the server but itself."""
    folder = make_job(lab, draft)
    process = start(folder)
    wait_until(lambda: metric(folder, "answered_before"), process, folder)
    assert children(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    end = time.monotonic() + PATIENCE
    while children(process.pid):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_contribution_may_be_edited_meanwhile_and_the_result_says_so(lab: Workspace, draft: DraftFolder) -> None:
    folder = make_job(lab, draft)
    file = draft.leaf_file(SKILL)
    file.write_text(file.read_text().replace("Name the opposite", "Say the opposite"))
    assert run(folder) == 0, log_of(folder)
    (result,) = tries.results(draft)
    assert tries.stale(draft, result) == [SKILL]
    assert "Name the opposite" in (folder.path / "taxonomy" / SKILL / "qna.yaml").read_text()
    # The contribution is gone before the result was kept: it stays in the job.
    shutil.rmtree(draft.path)
    (folder.path / "result.json").unlink()
    assert run(folder, 2) == 0, log_of(folder)
    (warning,) = [event for event in read_events(folder) if isinstance(event, records.Warning)]
    assert "could not be kept with the contribution" in warning.message
    assert len(json.loads((folder.path / "result.json").read_bytes())["asked"]) == 3
    assert not draft.path.exists()


def test_the_workspaces_own_server_is_asked_and_another_teacher_gets_one_of_its_own(
    lab: Workspace, draft: DraftFolder
) -> None:
    folder = paths.models_dir() / "other"
    folder.mkdir()
    made = gguf_file.describe(write_tiny(folder / "model.gguf", seed=2), name="other")
    models.write_model(folder, made)
    serving.ensure_served(lab, settings_of(lab), "tiny", say=lambda words: None)
    try:
        job = make_job(lab, draft, teacher="other")
        assert run(job) == 0, log_of(job)
    finally:
        serving.stop_server(lab, "tiny")
    (result,) = tries.results(draft)
    assert result.tuning.teacher == "other"
    assert not (job.path / "serve").exists()
    assert (job.path / "serve-teacher").is_dir()
    # A model of random weights writes nothing that can be used: the seeds alone are learnt, and it is said.
    assert (result.tuning.samples, result.tuning.seed_pairs) == (0, 5)
    assert result.notes == ("No sample could be generated from the seeds, so the seeds alone were learnt.",)
    assert any("gave no sample" in event.message for event in read_events(job) if isinstance(event, records.Warning))


def test_a_leafs_name_never_leads_out_of_the_job(lab: Workspace, draft: DraftFolder) -> None:
    folder = make_job(lab, draft)
    text = folder.spec_file.read_text().replace(f'"id": "{SKILL}"', '"id": "../../../../outside"')
    folder.spec_file.write_text(text)
    assert run(folder) == 3
    assert "is no name of a leaf" in next(one.message for one in read_events(folder) if isinstance(one, Error))
    assert not (lab.root.parent / "outside").exists()


def test_samples_that_ask_what_is_checked_are_not_learnt(
    lab: Workspace, draft: DraftFolder, teacher: ScriptedServer
) -> None:
    def asks_the_same(request: dict[str, object]) -> Answer:
        asked = str(request["messages"][-1]["content"])
        if asked.startswith("Topic:"):
            return Answer(f"What is the opposite of {'big' if len(teacher.requests) % 2 else len(teacher.requests)}?")
        return Answer(f"The opposite of it is number {len(teacher.requests)}.")

    teacher.answers = [asks_the_same]
    folder = make_job(lab, draft)
    assert run(folder) == 0, log_of(folder)
    (result,) = tries.results(draft)
    assert result.tuning.left_out == 1
    assert any("asking the same as a check question" in note for note in result.notes)
    assert "of big" not in (folder.path / "trained" / "messages.jsonl").read_text()


def test_a_model_that_does_not_come_up_is_told_with_its_reason(lab: Workspace, draft: DraftFolder) -> None:
    folder = make_job(lab, draft)
    (paths.models_dir() / "tiny" / "model.gguf").write_bytes(b"GGUF")
    assert run(folder) == 3
    error = next(event for event in read_events(folder) if isinstance(event, Error))
    assert error.message
    assert "Traceback" not in error.message
    assert tries.results(draft) == []
