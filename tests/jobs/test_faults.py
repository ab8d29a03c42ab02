"""Killed at random moments: never a job without a true state, never two workers on one journal, nothing repeated.

The number of rounds is LABTUI_FAULT_ROUNDS: few by default, 20 with `make test-long`.
"""

from __future__ import annotations

import random
import threading
import time

import pytest

from labtui import jobs
from labtui.errors import LabError
from labtui.jobs import machine
from labtui.journal import JobFolder, read_events
from labtui.records import Stage, State
from labtui.workspace import Workspace
from tests.jobs.conftest import (
    count,
    kill_supervisor,
    kill_worker,
    no_unit_twice,
    status_of,
    wait_for,
    wait_for_units,
)

STEPS = 60
TRUE_ENDS = (State.DONE, State.FAILED, State.LOST, State.STOPPED)


@pytest.mark.timeout(1800)
def test_supervisor_and_worker_killed_at_random_moments(lab: Workspace, fault_rounds: int) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    for number in range(fault_rounds):
        folder = count(lab, f"round {number}, seed {seed}", steps=STEPS, seconds=0.01, grace=5)
        victims = []
        for _ in range(3):
            time.sleep(chance.uniform(0, 0.7))
            victim = chance.choice((kill_supervisor, kill_worker, kill_both))
            if _still_alive(folder):
                victims.append(victim.__name__)
                _kill(victim, folder)
            wait_for(lambda folder=folder: jobs.current(folder).ended, f"an end of {folder.id} after {victims}")
            _state_is_true(folder, victims)
            if jobs.current(folder) is State.DONE:
                break
            jobs.resume(folder)
        view = jobs.wait(folder, timeout=60)
        assert view.state is State.DONE, (seed, victims, view.state, view.error)
        no_unit_twice(folder, STEPS)


def _still_alive(folder: JobFolder) -> bool:
    return machine.supervisor_alive(status_of(folder))


def _kill(victim: object, folder: JobFolder) -> None:
    try:
        victim(folder)  # type: ignore[operator]
    except (AssertionError, ProcessLookupError):
        # It ended in the very moment: that is one of the random moments, too.
        return


def kill_both(folder: JobFolder) -> None:
    kill_supervisor(folder)
    kill_worker(folder)


def _state_is_true(folder: JobFolder, victims: list[str]) -> None:
    status = status_of(folder)
    state = jobs.current(folder)
    assert state in TRUE_ENDS
    assert not machine.supervisor_alive(status) or status.state is not State.RUNNING
    assert not machine.alive(status.worker_pid, status.worker_started), "an ended job has no worker"
    if state is State.FAILED:
        assert status.signal == 9 and "killed from outside" in status.reason
    if state is State.LOST:
        assert victims and victims[-1] != "kill_worker"
        assert jobs.view(folder).error


def test_without_its_supervisor_the_worker_saves_and_the_job_is_lost(lab: Workspace) -> None:
    folder = count(lab, steps=STEPS, seconds=0.05)
    wait_for_units(folder, 3)
    kill_supervisor(folder)
    view = jobs.wait(folder)
    assert view.state is State.LOST
    assert view.stage == "save", "the worker came to its saving"
    assert "ended without writing how" in view.error
    jobs.resume(folder)
    view = jobs.wait(folder)
    assert (view.state, view.attempt) == (State.DONE, 2)
    no_unit_twice(folder, STEPS)
    assert "--- attempt 2" in folder.log_file.read_text()


def test_while_an_orphan_saves_nobody_resumes(lab: Workspace) -> None:
    folder = count(lab, steps=2, seconds=4, grace=20)
    wait_for(lambda: [event for event in read_events(folder) if isinstance(event, Stage)], "the worker")
    kill_supervisor(folder)
    assert jobs.current(folder) is State.RUNNING
    with pytest.raises(LabError, match="still running"):
        jobs.resume(folder)
    assert jobs.wait(folder).state is State.LOST


def test_a_deaf_orphan_ends_with_its_grace(lab: Workspace) -> None:
    folder = count(lab, steps=6000, seconds=0.05, grace=0.5, deaf=True, child=True)
    wait_for_units(folder, 1)
    kill_supervisor(folder)
    assert jobs.wait(folder, timeout=30).state is State.LOST
    wait_for(lambda: not machine.left_behind(status_of(folder)), "the end of what it started")


@pytest.mark.timeout(1800)
def test_a_supervisor_killed_before_the_worker_may_begin_starts_no_work(lab: Workspace, fault_rounds: int) -> None:
    for _ in range(fault_rounds):
        folder = count(lab, steps=3, seconds=0.5)
        kill_supervisor(folder)
        wait_for(lambda folder=folder: jobs.current(folder).ended, "an end")
        status = status_of(folder)
        assert not machine.alive(status.worker_pid, status.worker_started)
        jobs.resume(folder)
        assert jobs.wait(folder).state is State.DONE
        no_unit_twice(folder, 3)


def test_of_many_who_resume_at_once_one_wins(lab: Workspace) -> None:
    folder = count(lab, steps=STEPS, seconds=0.02)
    wait_for_units(folder, 2)
    kill_both(folder)
    wait_for(lambda: jobs.current(folder) is State.LOST, "the loss")
    outcomes: list[str] = []

    def resume() -> None:
        try:
            jobs.resume(folder)
            outcomes.append("resumed")
        except LabError:
            outcomes.append("refused")

    threads = [threading.Thread(target=resume) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 3 + ["resumed"]
    view = jobs.wait(folder)
    assert (view.state, view.attempt) == (State.DONE, 2)
    no_unit_twice(folder, STEPS)


def test_two_viewers_and_their_looking_never_disturb(lab: Workspace) -> None:
    """Looking takes the lock for an instant; a resume at that instant must still succeed."""
    folder = count(lab, steps=STEPS, seconds=0.01)
    wait_for_units(folder, 1)
    kill_both(folder)
    wait_for(lambda: jobs.current(folder) is State.LOST, "the loss")
    seen: list[list[object]] = [[], []]
    over = threading.Event()

    def look(number: int) -> None:
        watcher = jobs.Watcher(folder)
        while not over.is_set():
            seen[number] += watcher.poll()
            assert watcher.view.state in (State.LOST, State.WAITING, State.RUNNING, State.DONE)
        seen[number] += watcher.catch_up()

    threads = [threading.Thread(target=look, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    try:
        jobs.resume(folder)
        assert jobs.wait(folder).state is State.DONE
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert seen[0] == seen[1] == read_events(folder)


def test_a_torn_journal_is_repaired_by_the_next_attempt(lab: Workspace) -> None:
    folder = count(lab, steps=STEPS, seconds=0.02)
    wait_for_units(folder, 3)
    kill_both(folder)
    wait_for(lambda: jobs.current(folder) is State.LOST, "the loss")
    before = len(read_events(folder))
    for name in ("events.jsonl", "units.jsonl"):
        with open(folder.path / name, "ab") as stream:
            stream.write(b'{"type":"progress","done":9')
    assert len(read_events(folder)) == before
    jobs.resume(folder)
    assert jobs.wait(folder).state is State.DONE
    no_unit_twice(folder, STEPS)
    assert b'{"type":"progress","done":9{' not in folder.events_file.read_bytes()
