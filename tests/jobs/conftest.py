"""Real jobs: real supervisors, real workers, of the kind that tests/jobs/kinds makes known."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labtui import jobs, workspace
from labtui.jobs import machine
from labtui.jobs.state import readable
from labtui.journal import JobFolder, read_lines
from labtui.records import JobStatus
from labtui.workspace import Workspace
from tests.jobs import kinds
from tests.jobs.kinds.stages.steps.worker import Unit

PATIENCE = 60.0
"""Seconds a wait lasts at most. Generous: two slow cores, shared."""


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A workspace whose jobs may be of the kind `steps`; nothing of them is left running afterwards."""
    kinds.make_known(monkeypatch)
    made = workspace.create(tmp_path / "lab")
    yield made
    for folder in jobs.folders(made):
        end_for_good(folder)


def count(lab: Workspace, title: str = "count", *, slots: tuple[str, ...] = (), grace: float = 30.0, **arguments: Any):  # type: ignore[no-untyped-def]
    """Submits a job that counts; `arguments` are those of the worker."""
    return jobs.submit(lab, "steps", title, arguments, slots=slots, grace_seconds=grace)


def wait_for(reached: Callable[[], object], what: str = "it", patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not reached():
        assert time.monotonic() < deadline, f"waited {patience:g} s for {what}"
        time.sleep(0.02)


def wait_for_units(folder: JobFolder, number: int) -> None:
    wait_for(lambda: len(units(folder)) >= number or jobs.current(folder).ended, f"{number} units")


def units(folder: JobFolder) -> list[Unit]:
    return list(read_lines(folder.path / "units.jsonl", Unit))


def status_of(folder: JobFolder) -> JobStatus:
    status = folder.status()
    assert status is not None
    return status


def kill_supervisor(folder: JobFolder) -> None:
    status = status_of(folder)
    assert machine.supervisor_alive(status)
    os.kill(status.supervisor_pid, signal.SIGKILL)


def kill_worker(folder: JobFolder) -> None:
    status = status_of(folder)
    assert machine.alive(status.worker_pid, status.worker_started)
    os.kill(status.worker_pid, signal.SIGKILL)


def end_for_good(folder: JobFolder) -> None:
    status = readable(folder)
    if status is None:
        return
    for pid, started in (
        (status.supervisor_pid, status.supervisor_started),
        (status.worker_pid, status.worker_started),
    ):
        if pid != os.getpid() and machine.alive(pid, started):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    machine.kill_left_behind(status)


def no_unit_twice(folder: JobFolder, steps: int) -> None:
    """Every unit was finished exactly once, and no two attempts were at work at the same time."""
    done = units(folder)
    assert sorted(unit.number for unit in done) == list(range(steps))
    for earlier, later in itertools.pairwise(done):
        assert earlier.attempt <= later.attempt
        assert earlier.ended <= later.begun, "two workers wrote to one journal"
