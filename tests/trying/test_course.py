"""Time over several stages: what was worked, and what is left by estimate, by measure, and by the answers before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui.journal import JobFolder, Reporter, read_events
from labtui.records import JobSpec, Progress, now
from labtui.trying import course as courses
from labtui.trying.arguments import AFTER, BEFORE, GENERATE, LOAD, LOAD_AFTER, LOAD_BEFORE, TUNE
from labtui.trying.course import Course
from labtui.worker import Job

EXPECTED = {LOAD_BEFORE: 2.0, BEFORE: 10.0, GENERATE: 20.0, LOAD: 8.0, TUNE: 40.0, LOAD_AFTER: 2.0, AFTER: 10.0}


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    found = Clock()
    monkeypatch.setattr(courses, "time", found)
    yield found


@pytest.fixture
def job(tmp_path: Path) -> Job:
    folder = JobFolder(tmp_path)
    spec = JobSpec(id="j", kind="trying", title="", created=now(), workspace=str(tmp_path), arguments={})
    return Job(folder, spec, Reporter(folder, 1))


def told(job: Job) -> tuple[float, float]:
    """(done, total) as it was last said."""
    last = [event for event in read_events(job.folder) if isinstance(event, Progress)][-1]
    return last.done, last.total


def test_by_estimates_the_whole_is_their_sum(job: Job, clock: Clock) -> None:
    course = Course(job, EXPECTED)
    with course.stage(LOAD_BEFORE, BEFORE):
        assert told(job) == (0, 92)


def test_what_is_measured_replaces_the_estimate_bit_by_bit(job: Job, clock: Clock) -> None:
    course = Course(job, EXPECTED)
    with course.stage(TUNE, TUNE):
        course.begin_at(0.0)
        clock.now += 4
        # A tenth took four seconds as was thought.
        course.reach(0.1)
        assert told(job) == (4, pytest.approx(4 + 36 + 12))
        clock.now += 36
        # Half took the forty seconds that the whole should have.
        course.reach(0.5)
        assert told(job) == (40, pytest.approx(40 + 40 + 12))
    assert course.took == {TUNE: 40}


def test_answers_after_take_as_long_as_those_before_did(job: Job, clock: Clock) -> None:
    course = Course(job, EXPECTED)
    with course.stage(BEFORE, BEFORE):
        clock.now += 3
        course.reach(1.0)
    with course.stage(LOAD_AFTER, AFTER):
        assert told(job) == (3, 3 + 2 + 3)


def test_a_later_attempt_counts_on_and_its_pace_is_its_own(job: Job, clock: Clock) -> None:
    first = Course(job, EXPECTED)
    with first.stage(GENERATE, GENERATE):
        clock.now += 10
    again = Course(job, EXPECTED)
    with again.stage(GENERATE, GENERATE):
        # Half was there already: four seconds for a quarter leave four.
        again.begin_at(0.5)
        clock.now += 4
        again.reach(0.75)
        assert told(job) == (14, pytest.approx(14 + 4 + 60))
    assert again.took == {GENERATE: 14}


def test_a_stage_that_takes_longer_than_thought_is_never_nearly_done(job: Job, clock: Clock) -> None:
    course = Course(job, EXPECTED)
    with course.stage(LOAD, TUNE):
        clock.now += 500
        course.begin_at(0.0)
        done, total = told(job)
        assert total - done >= 52


def test_what_a_killed_attempt_took_counts_but_for_its_last_seconds(job: Job, clock: Clock) -> None:
    killed = Course(job, EXPECTED)
    stage = killed.stage(GENERATE, GENERATE)
    stage.__enter__()
    for _ in range(9):
        clock.now += 1
        killed.reach(0.1)
    again = Course(job, EXPECTED)
    assert 4 <= again.took[GENERATE] <= 9
