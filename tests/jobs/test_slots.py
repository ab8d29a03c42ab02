"""Slots: one at a time, in the order they came, and the name of the one that is waited for."""

from __future__ import annotations

import os
import signal

import pytest

from labtui import jobs, paths
from labtui.errors import UsageError
from labtui.jobs import slots
from labtui.records import State
from labtui.workspace import Workspace
from tests.jobs.conftest import (
    count,
    kill_supervisor,
    kill_worker,
    status_of,
    units,
    wait_for,
    wait_for_units,
)


def waits_for(folder: object, words: str) -> None:
    wait_for(lambda: words in jobs.view(folder).waits_for, f"waiting for {words}")  # type: ignore[arg-type]


def test_the_second_waits_and_says_for_whom(lab: Workspace) -> None:
    first = count(lab, "the first", steps=6000, seconds=0.02, slots=("gpu0",))
    wait_for_units(first, 1)
    second = count(lab, "the second", steps=2, slots=("gpu0",))
    waits_for(second, f"gpu0 (steps the first, {jobs.short_id(first)})")
    view = jobs.view(second)
    assert (view.state, view.elapsed, view.eta) == (State.WAITING, 0.0, None)
    assert units(second) == []
    jobs.stop(first, wait=30)
    assert jobs.wait(second).state is State.DONE
    assert units(first)[-1].ended <= units(second)[0].begun


def test_first_come_first_served(lab: Workspace) -> None:
    holder = count(lab, "holder", steps=6000, seconds=0.02, slots=("gpu0",))
    wait_for_units(holder, 1)
    queue = []
    for number in range(4):
        queue.append(count(lab, f"number {number}", steps=3, slots=("gpu0",)))
        waits_for(queue[-1], "gpu0")
    jobs.stop(holder, wait=30)
    for folder in queue:
        assert jobs.wait(folder).state is State.DONE
    begun = [units(folder)[0].begun for folder in queue]
    ended = [units(folder)[-1].ended for folder in queue]
    assert begun == sorted(begun)
    assert all(before <= after for before, after in zip(ended, begun[1:], strict=False))


def test_jobs_with_different_slots_do_not_wait(lab: Workspace) -> None:
    first = count(lab, steps=6000, seconds=0.02, slots=("gpu0",))
    second = count(lab, steps=6000, seconds=0.02, slots=("gpu1",))
    wait_for_units(first, 1)
    wait_for_units(second, 1)
    assert slots.holder("gpu0").id == first.id  # type: ignore[union-attr]
    jobs.stop(first, wait=30)
    jobs.stop(second, wait=30)
    assert slots.holder("gpu0") is None


def test_all_slots_or_none(lab: Workspace) -> None:
    holder = count(lab, "holder", steps=6000, seconds=0.02, slots=("gpu1",))
    wait_for_units(holder, 1)
    both = count(lab, "both", steps=2, slots=("gpu1", "gpu0"))
    waits_for(both, "gpu1 (steps holder")
    assert slots.holder("gpu0") is None, "it does not sit on one while it waits for the other"
    late = count(lab, "late", steps=2, slots=("gpu0",))
    waits_for(late, "gpu0 (after steps both")
    jobs.stop(holder, wait=30)
    assert jobs.wait(both).state is jobs.wait(late).state is State.DONE
    assert units(both)[-1].ended <= units(late)[0].begun


def test_a_waiting_job_can_be_stopped_and_leaves_the_queue(lab: Workspace) -> None:
    holder = count(lab, steps=6000, seconds=0.02, slots=("gpu0",))
    wait_for_units(holder, 1)
    waiting = count(lab, steps=2, slots=("gpu0",))
    waits_for(waiting, "gpu0")
    assert jobs.stop(waiting, wait=30) is State.STOPPED
    assert status_of(waiting).started is None
    assert units(waiting) == []
    assert list((paths.slots_dir() / "queue").iterdir()) == []
    jobs.stop(holder, wait=30)


def test_a_dead_one_in_the_queue_holds_up_nobody(lab: Workspace) -> None:
    holder = count(lab, steps=6000, seconds=0.02, slots=("gpu0",))
    wait_for_units(holder, 1)
    dead = count(lab, steps=2, slots=("gpu0",))
    waits_for(dead, "gpu0")
    late = count(lab, steps=2, slots=("gpu0",))
    waits_for(late, "gpu0")
    kill_supervisor(dead)
    jobs.stop(holder, wait=30)
    assert jobs.wait(late).state is State.DONE
    assert jobs.current(dead) is State.LOST


def test_an_orphan_keeps_its_slot_until_it_has_saved(lab: Workspace) -> None:
    first = count(lab, "orphan", steps=2, seconds=4, slots=("gpu0",))
    wait_for(lambda: jobs.view(first).stage == "count", "the worker")
    second = count(lab, steps=2, slots=("gpu0",))
    waits_for(second, "gpu0 (steps orphan")
    kill_supervisor(first)
    assert jobs.wait(second).state is State.DONE
    assert units(first)[-1].ended <= units(second)[0].begun


def test_a_killed_holder_frees_its_slot(lab: Workspace) -> None:
    first = count(lab, steps=6000, seconds=0.02, slots=("gpu0",))
    wait_for_units(first, 1)
    second = count(lab, steps=2, slots=("gpu0",))
    waits_for(second, "gpu0")
    kill_supervisor(first)
    kill_worker(first)
    assert jobs.wait(second).state is State.DONE


@pytest.mark.parametrize("name", ["", "GPU 0", "../gpu0", ".hidden", "a/b", "x" * 65])
def test_a_slots_name_is_a_files_name(lab: Workspace, name: str) -> None:
    with pytest.raises(UsageError):
        count(lab, slots=(name,))
    assert jobs.list_jobs(lab) == []


def test_slots_that_cannot_be_locked_fail_the_job_in_words(lab: Workspace) -> None:
    paths.slots_dir().parent.mkdir(parents=True)
    paths.slots_dir().write_text("in the way")
    view = jobs.wait(count(lab, slots=("gpu0",)))
    assert view.state is State.FAILED
    assert "The slot cannot be locked" in view.error


def test_signals_while_waiting_end_the_wait(lab: Workspace) -> None:
    holder = count(lab, steps=6000, seconds=0.02, slots=("gpu0",))
    wait_for_units(holder, 1)
    waiting = count(lab, slots=("gpu0",))
    waits_for(waiting, "gpu0")
    os.kill(status_of(waiting).supervisor_pid, signal.SIGTERM)
    assert jobs.wait(waiting).state is State.STOPPED
    jobs.stop(holder, wait=30)
