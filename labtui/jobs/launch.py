"""Submitting and resuming: the launcher takes the job's lock and hands it to a supervisor it starts.

Because the lock is held before the folder can be seen and passes on as an open descriptor, there is no moment at
which two could work on one job, and none at which a new job looks lost.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
import time
from pathlib import Path
from typing import Any

from labtui import __version__
from labtui.errors import LabError, UsageError
from labtui.jobs import handover, locks, machine, slots, state
from labtui.journal import JobFolder, atomic_write, dump
from labtui.records import JobSpec, State, now
from labtui.workspace import Workspace

HIDDEN = ".new-"
"""How a job folder's name begins until it is complete and locked."""
SHORT_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
"""No letter or digit that is easily taken for another."""
SHORT_LENGTH = 5

START_SECONDS = 60.0
"""How long a supervisor may take to answer; some hundred milliseconds are usual, more on a machine at its limit."""
LEAST_FREE = 64 * 1024
"""Bytes free on the disk below which a supervisor that comes to nothing is the disk's doing."""
HANDOVER_SECONDS = 2.0


def submit(
    workspace: Workspace,
    kind: str,
    title: str,
    arguments: dict[str, Any],
    *,
    inputs: dict[str, str] | None = None,
    commit: str = "",
    slots: tuple[str, ...] = (),
    grace_seconds: float = 30.0,
    command: tuple[str, ...] = (),
) -> JobFolder:
    """Makes a job folder and starts its supervisor; returns when the job has a status of its own.

    Raises LabError where the folder cannot be written or the supervisor does not come up; then no job is left.
    """
    _check(kind, slots)
    spec = JobSpec(
        id=new_id(kind),
        kind=kind,
        title=title,
        created=now(),
        host=machine.host(),
        workspace=str(workspace.root),
        arguments=arguments,
        inputs=inputs or {},
        versions={"labtui": __version__, "python": ".".join(map(str, sys.version_info[:3]))},
        commit=commit,
        slots=slots,
        grace_seconds=grace_seconds,
        command=command,
    )
    if not workspace.settings_file.is_file():
        # A job in a folder that no command takes for a workspace could not be found again.
        raise LabError(
            "The workspace is gone: it was moved or deleted.",
            where=str(workspace.root),
            hint="Bring it back, or make a new one: labtui init",
        )
    try:
        folder, lock = _make(workspace.jobs, spec)
    except OSError as error:
        raise LabError(
            f"The job cannot be written: {error.strerror}.",
            where=str(workspace.jobs),
            hint="Make room or choose a workspace you may write to.",
        ) from error
    try:
        _start(folder, lock)
    except BaseException:
        _throw_away(folder.path)
        raise
    return folder


def check_resumable(folder: JobFolder, *, elsewhere: bool = False) -> None:
    """Raises what `resume` would raise for the state the job is in, without starting anything."""
    found = state.derive(folder, folder.spec(), folder.status())[0]
    if found is State.DONE:
        raise UsageError("It is done; there is nothing left to resume.", where=folder.id)
    if found in (State.RUNNING, State.WAITING):
        raise LabError("It is still running.", where=folder.id, hint=f"Follow it with: labtui jobs attach {folder.id}")
    if found is State.UNCONFIRMED and not elsewhere and not _rebooted_here(folder):
        raise LabError(
            state.explain(found, state.readable(folder)),
            where=folder.id,
            hint=f"If you know that it does not: labtui jobs resume --elsewhere {folder.id}",
        )


def resume(folder: JobFolder, *, elsewhere: bool = False) -> None:
    """Starts a new attempt in the same folder; returns when it has a status.

    `elsewhere` says that a job of another machine is known to run there no more. Raises LabError where the job
    still runs or cannot be started, UsageError where there is nothing to resume.
    """
    check_resumable(folder, elsewhere=elsewhere)
    try:
        lock = locks.take(folder.lock_file, patience=HANDOVER_SECONDS)
    except OSError as error:
        raise LabError(f"The job cannot be locked: {error.strerror}.", where=str(folder.lock_file)) from error
    if lock is None:
        raise _in_use(folder)
    try:
        # Somebody else may have resumed it, and it may even have finished, since we looked.
        status = folder.status()
        if status is not None and status.state is State.DONE:
            raise UsageError("It is done; there is nothing left to resume.", where=folder.id)
    except BaseException:
        os.close(lock)
        raise
    if status is not None:
        # A server, say, that outlived a worker killed together with its supervisor would keep its port and memory.
        machine.kill_left_behind(status)
    _start(folder, lock)


def _in_use(folder: JobFolder) -> LabError:
    """Why the lock of a job that had ended cannot be had."""
    status = state.readable(folder)
    if status is not None and machine.supervisor_alive(status):
        return LabError(
            "Somebody else has just resumed it.",
            where=folder.id,
            hint=f"Follow it with: labtui jobs attach {folder.id}",
        )
    return LabError(
        "Something of its last attempt still runs.",
        where=folder.id,
        hint=f"End it with: labtui jobs stop {folder.id}",
    )


def new_id(kind: str) -> str:
    short = "".join(SHORT_LETTERS[byte % len(SHORT_LETTERS)] for byte in os.urandom(SHORT_LENGTH))
    return f"{now():%Y%m%dT%H%M%SZ}-{kind}-{short}"


def _check(kind: str, names: tuple[str, ...]) -> None:
    if not handover.KIND.fullmatch(kind):
        raise UsageError(f"'{kind}' is no kind of job.")
    slots.check(names)


def _rebooted_here(folder: JobFolder) -> bool:
    """A job of this machine from before its last boot: no process of it can be left."""
    status = state.readable(folder)
    return status is not None and status.host == machine.host() and status.boot != machine.boot()


def _make(jobs: Path, spec: JobSpec) -> tuple[JobFolder, int]:
    """The complete job folder under its final name, and its lock, already held. Raises OSError."""
    jobs.mkdir(parents=True, exist_ok=True)
    hidden = JobFolder(jobs / f"{HIDDEN}{spec.id}")
    hidden.path.mkdir(mode=0o700)
    try:
        atomic_write(hidden.spec_file, dump(spec))
        lock = locks.take(hidden.lock_file)
        if lock is None:
            raise OSError(0, "somebody else holds its lock", str(hidden.lock_file))
        folder = JobFolder(jobs / spec.id)
        os.rename(hidden.path, folder.path)
    except BaseException:
        _throw_away(hidden.path)
        raise
    return folder, lock


def _throw_away(path: Path) -> None:
    import shutil

    shutil.rmtree(path, ignore_errors=True)


def _start(folder: JobFolder, lock: int) -> None:
    """Starts the supervisor with the lock and waits for its word. Closes `lock`: then the supervisor alone has it."""
    import shutil
    import subprocess
    import threading

    from labtui.jobs.endings import last_line

    hear, say = os.pipe()
    try:
        with open(folder.path / "supervisor.log", "ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "labtui.jobs.supervisor", str(folder.path)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(lock, say),
                start_new_session=True,
                env=handover.environment(**{handover.LOCK: str(lock), handover.READY: str(say)}),
                cwd=folder.path,
            )
    except OSError as error:
        os.close(hear)
        raise LabError(f"The job cannot be started: {error.strerror}.", where=str(error.filename or "")) from error
    finally:
        os.close(say)
        os.close(lock)
    # Reaped when it ends, however long this process lives.
    threading.Thread(target=process.wait, name=f"reap {folder.id}", daemon=True).start()
    word = _hear(hear, START_SECONDS)
    if word == handover.READY_WORD:
        return
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    told = word.decode(errors="replace").strip() or last_line(folder.path / "supervisor.log")
    if not told and shutil.disk_usage(folder.path).free < LEAST_FREE:
        raise LabError(
            "The job could not be started: the disk is full.", where=str(folder.path.parent), hint="Make room first."
        )
    raise LabError(f"The job could not be started: {told or 'its supervisor did not answer.'}", where=folder.id)


def _hear(hear: int, patience: float) -> bytes:
    """Everything said until the other end is closed, at most `patience` seconds."""
    deadline = time.monotonic() + patience
    said = b""
    # Not select(): an application may well have more than its 1,024 files open.
    listener = select.poll()
    listener.register(hear, select.POLLIN)
    try:
        while listener.poll(max(0.0, deadline - time.monotonic()) * 1000):
            block = os.read(hear, 65536)
            if not block:
                break
            said += block
    finally:
        os.close(hear)
    return said
