"""Stopping: with time to save, without, while waiting, and where the usual way is barred."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from labtui import jobs
from labtui.errors import LabError
from labtui.jobs import machine
from labtui.journal import JobFolder, read_events
from labtui.records import Artifact, Stage, State
from labtui.workspace import Workspace
from tests.jobs.conftest import (
    count,
    kill_supervisor,
    kill_worker,
    no_unit_twice,
    status_of,
    units,
    wait_for,
    wait_for_units,
)


def test_a_stopped_job_saves_and_goes_on_later(lab: Workspace) -> None:
    folder = count(lab, steps=40, seconds=0.03)
    wait_for_units(folder, 2)
    assert jobs.stop(folder, wait=30) is State.STOPPED
    view = jobs.view(folder)
    assert view.stage == "save"
    assert status_of(folder).reason == "It was stopped on request."
    jobs.resume(folder)
    assert not folder.stop_file.exists(), "the old request does not stop the new attempt"
    assert jobs.wait(folder).state is State.DONE
    no_unit_twice(folder, 40)


def test_a_deaf_worker_is_killed_after_its_grace(lab: Workspace) -> None:
    folder = count(lab, steps=6000, seconds=0.02, deaf=True, grace=0.6, child=True)
    wait_for_units(folder, 1)
    asked = time.monotonic()
    assert jobs.stop(folder, wait=30) is State.STOPPED
    assert time.monotonic() - asked >= 0.6, "not before its grace is over"
    status = status_of(folder)
    assert (status.signal, status.reason) == (
        signal.SIGKILL,
        "It was asked to stop, did not end within 0.6 s and was killed.",
    )
    assert not machine.left_behind(status)


def test_the_grace_can_be_cut_short_afterwards(lab: Workspace) -> None:
    folder = count(lab, steps=6000, seconds=0.02, deaf=True, grace=600)
    wait_for_units(folder, 1)
    jobs.stop(folder)
    with pytest.raises(LabError, match="has not ended after"):
        jobs.stop(folder, wait=0.5)
    assert jobs.stop(folder, wait=30, grace=0) is State.STOPPED


def test_stopping_what_has_ended_changes_nothing(lab: Workspace) -> None:
    folder = count(lab, steps=1)
    jobs.wait(folder)
    before = folder.status_file.read_bytes()
    assert jobs.stop(folder, wait=1) is State.DONE
    assert folder.status_file.read_bytes() == before
    assert not folder.stop_file.exists()


def test_a_suspended_worker_is_woken_to_save(lab: Workspace) -> None:
    folder = count(lab, steps=6000, seconds=0.02, grace=30)
    wait_for_units(folder, 1)
    os.kill(status_of(folder).worker_pid, signal.SIGSTOP)
    assert jobs.stop(folder, wait=25) is State.STOPPED
    assert jobs.view(folder).stage == "save"


def test_the_supervisor_hears_a_signal_as_well(lab: Workspace) -> None:
    folder = count(lab, steps=6000, seconds=0.02)
    wait_for_units(folder, 1)
    os.kill(status_of(folder).supervisor_pid, signal.SIGTERM)
    view = jobs.wait(folder)
    assert view.state is State.STOPPED
    assert "SIGTERM" in status_of(folder).reason


def test_a_signal_straight_to_the_worker_is_told_apart(lab: Workspace) -> None:
    folder = count(lab, steps=6000, seconds=0.02)
    wait_for_units(folder, 1)
    os.kill(status_of(folder).worker_pid, signal.SIGTERM)
    assert jobs.wait(folder).state is State.STOPPED
    assert "from outside labtui" in status_of(folder).reason


def test_a_stop_file_made_by_hand_is_enough(lab: Workspace) -> None:
    folder = count(lab, steps=6000, seconds=0.02)
    wait_for_units(folder, 1)
    folder.stop_file.touch()
    assert jobs.wait(folder).state is State.STOPPED
    assert status_of(folder).reason == "It was stopped on request.", "also where the worker sees it first"


def test_where_the_file_cannot_be_made_the_supervisor_gets_a_signal(lab: Workspace) -> None:
    folder = count(lab, steps=6000, seconds=0.02)
    wait_for_units(folder, 1)
    # A folder in its place bars the file for every user, root included; to look at, it is a request as well.
    folder.stop_file.mkdir()
    assert jobs.stop(folder, wait=30) is State.STOPPED


def test_what_both_left_behind_is_ended_by_stop(lab: Workspace) -> None:
    folder = count(lab, steps=6000, seconds=0.02, child=True)
    wait_for_units(folder, 1)
    kill_supervisor(folder)
    kill_worker(folder)
    wait_for(lambda: jobs.current(folder) is State.LOST, "the loss")
    child = next(int(event.path) for event in read_events(folder) if isinstance(event, Artifact))
    assert machine.left_behind(status_of(folder)) == [child]
    jobs.stop(folder)
    wait_for(lambda: not machine.left_behind(status_of(folder)), "the child's end")


def test_resuming_ends_what_was_left_behind(lab: Workspace) -> None:
    folder = count(lab, steps=40, seconds=0.02, child=True)
    wait_for_units(folder, 1)
    before = status_of(folder)
    kill_supervisor(folder)
    kill_worker(folder)
    wait_for(lambda: jobs.current(folder) is State.LOST, "the loss")
    assert machine.left_behind(before)
    jobs.resume(folder)
    assert not machine.left_behind(before)
    assert jobs.wait(folder).state is State.DONE


@pytest.mark.parametrize("moved", [True, False])
def test_a_job_whose_folder_is_taken_away_ends(lab: Workspace, tmp_path: Path, moved: bool) -> None:
    folder = count(lab, steps=6000, seconds=0.02, grace=5)
    wait_for_units(folder, 1)
    status = status_of(folder)
    if moved:
        (lab.root).rename(tmp_path / "moved")
    else:
        shutil.rmtree(folder.path)
    wait_for(lambda: not machine.supervisor_alive(status), "the supervisor's end")
    assert not machine.alive(status.worker_pid, status.worker_started)
    assert not folder.path.exists()
    if moved:
        there = JobFolder(tmp_path / "moved" / "jobs" / folder.id)
        assert jobs.current(there) is State.LOST
        jobs.resume(there)
        assert jobs.stop(there, wait=30) is State.STOPPED


@pytest.mark.timeout(1800)
def test_a_stop_right_after_submission_is_not_lost(lab: Workspace, fault_rounds: int) -> None:
    for _ in range(fault_rounds):
        folder = count(lab, steps=6000, seconds=0.02)
        assert jobs.stop(folder, wait=30) is State.STOPPED
        begun = [event for event in read_events(folder) if isinstance(event, Stage)]
        assert len(units(folder)) < 6000 and len(begun) <= 2
