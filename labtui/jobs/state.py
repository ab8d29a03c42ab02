"""What a job is doing, derived from its lock and its files at the moment of asking; never remembered."""

from __future__ import annotations

from labtui.errors import LabError
from labtui.jobs import locks, machine
from labtui.journal import JobFolder
from labtui.records import JobSpec, JobStatus, State

ENDS = (State.DONE, State.FAILED, State.STOPPED)

LOST = "It ended without writing how: its processes were killed, the machine lost power, or the disk was full."
NEVER_STARTED = "It was submitted, but never started: the program that submitted it ended before."


def derive(folder: JobFolder, spec: JobSpec, status: JobStatus | None) -> tuple[State, JobStatus | None]:
    """The state, and the status it rests on (read again where it may have changed meanwhile). Raises LabError."""
    if status is not None and status.state in ENDS:
        return status.state, status
    if not _here(spec, status):
        return State.UNCONFIRMED, status
    held = locks.held(folder.lock_file)
    if held is None:
        return State.UNCONFIRMED, status
    if held:
        return (State.WAITING if status is None else status.state), status
    # Free: but perhaps it ended between the reading of its status and the look at its lock.
    status = folder.status()
    if status is not None and status.state in ENDS:
        return status.state, status
    return State.LOST, status


def current(folder: JobFolder) -> State:
    """The state of one folder, read afresh. Raises LabError where its files cannot be read."""
    return derive(folder, folder.spec(), folder.status())[0]


def explain(state: State, status: JobStatus | None) -> str:
    """Why the job is in this state, where that wants a sentence."""
    if state is State.LOST:
        return LOST if status is not None else NEVER_STARTED
    if state is State.UNCONFIRMED:
        return _elsewhere(status)
    return status.reason if status is not None else ""


def _elsewhere(status: JobStatus | None) -> str:
    if status is None or status.host != machine.host():
        place = f"on {status.host}" if status is not None else "on another machine"
        return f"It was started {place}; whether it still runs there cannot be seen from here."
    if status.boot != machine.boot():
        return f"It was started on {status.host} before its last boot and wrote no end."
    return "Its lock cannot be read, so whether it runs is not known."


def _here(spec: JobSpec, status: JobStatus | None) -> bool:
    if status is None:
        return spec.host in ("", machine.host())
    return status.host == machine.host() and status.boot == machine.boot()


def readable(folder: JobFolder) -> JobStatus | None:
    """The status, or None where it is missing or cannot be read: for those who go by the lock alone."""
    try:
        return folder.status()
    except LabError:
        return None
