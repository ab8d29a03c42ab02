"""Asking a job to stop: a file in its folder, so that anybody who may write there can, from any machine."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from labtui.errors import LabError
from labtui.jobs import locks, machine, state
from labtui.journal import JobFolder
from labtui.records import JobStatus, State

LOOK_SECONDS = 0.1


def stop(folder: JobFolder, *, wait: float | None = None, grace: float | None = None) -> State:
    """Asks the job to save and end; its supervisor kills it when its grace is over. Returns its state then.

    A job that has ended is left as it is. `grace` shortens the spec's grace seconds (0 kills at once). `wait` is
    for how many seconds to wait until it has ended, None not at all. Raises LabError where it cannot be asked, or
    where it has not ended after waiting.
    """
    found = state.current(folder)
    status = state.readable(folder)
    if found.ended and not locks.held(folder.lock_file):
        if found is State.LOST and status is not None:
            machine.kill_left_behind(status)
        return found
    _ask(folder, status, grace)
    if status is not None and found in (State.RUNNING, State.LOST) and not machine.supervisor_alive(status):
        _end_orphan(folder, status)
    if wait is None:
        return state.current(folder)
    deadline = time.monotonic() + wait
    while not (found := state.current(folder)).ended:
        if time.monotonic() >= deadline:
            raise LabError(
                f"It was asked to stop, but has not ended after {wait:g} s.",
                where=folder.id,
                hint=f"Kill it without waiting: labtui jobs stop --grace 0 {folder.id}",
            )
        time.sleep(LOOK_SECONDS)
    return found


def _ask(folder: JobFolder, status: JobStatus | None, grace: float | None) -> None:
    try:
        folder.stop_file.write_text("" if grace is None else f"{grace:g}\n", encoding="ascii")
    except OSError as error:
        # A full or read-only disk: the supervisor of this very job, and only that, can still hear a signal.
        if status is not None and locks.held(folder.lock_file) and machine.supervisor_alive(status):
            with contextlib.suppress(ProcessLookupError):
                os.kill(status.supervisor_pid, signal.SIGTERM)
            return
        raise LabError(f"The job cannot be asked to stop: {error.strerror}.", where=str(folder.stop_file)) from error


def _end_orphan(folder: JobFolder, status: JobStatus) -> None:
    """The supervisor is dead. Its worker is saving and will end itself; what the worker left behind will not."""
    if machine.alive(status.worker_pid, status.worker_started):
        return
    if locks.held(folder.lock_file):
        machine.kill_left_behind(status)
