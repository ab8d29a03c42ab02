"""Finds running servers by reading serve jobs' folders: for workers and for whoever must wait until one is ready."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from labtui.errors import LabError
from labtui.journal import JobFolder, read_lines
from labtui.records import Endpoint, Error, State
from labtui.serve.refusals import log_tail
from labtui.serve.target import Target

POLL_SECONDS = 0.1
START_SECONDS = 600.0
"""How long a model may take until it answers; a large one is read from a slow disk."""


class ServeArguments(msgspec.Struct, frozen=True, kw_only=True):
    """What a serve job is asked for."""

    model: str
    """The base model's name."""
    model_path: str
    adapter: str = ""
    adapter_path: str = ""
    engine: str
    threads: int = 0
    """0: as many as pay for a model of that size."""
    context: int = 0
    parallel: int = 1
    gpu_layers: int = -1
    port: int = 0
    """0: any free one."""
    idle_minutes: float = 0.0
    """Stops after so long without a request; 0: never."""
    template: bool = True


def find_served(jobs_dir: Path, model: str, adapter: str = "") -> Target | None:
    """The ready server of that model (and adapter), the newest if there are several."""
    for folder in serve_jobs(jobs_dir):
        asked = arguments(folder)
        if asked is not None and (asked.model, asked.adapter) == (model, adapter):
            target = target_of(folder)
            if target is not None and alive(folder):
                return target
    return None


def find_job(jobs_dir: Path, model: str, adapter: str = "") -> JobFolder | None:
    """The living serve job of that model (and adapter), ready or still loading."""
    for folder in serve_jobs(jobs_dir):
        asked = arguments(folder)
        if asked is not None and (asked.model, asked.adapter) == (model, adapter) and alive(folder):
            return folder
    return None


def wait_served(
    folder: JobFolder, *, timeout: float = START_SECONDS, stopped: Callable[[], bool] = lambda: False
) -> Target:
    """Waits until that serve job answers. Raises LabError with the log's last lines when it ends instead."""
    deadline = time.monotonic() + timeout
    while not stopped():
        target = target_of(folder)
        if target is not None and alive(folder):
            return target
        if _ended(folder):
            raise failure(folder)
        if time.monotonic() > deadline:
            raise LabError(
                f"The model is not ready after {timeout:.0f} s.",
                where=str(folder.path),
                hint=f"See what it does: labtui jobs log {folder.id}",
            )
        time.sleep(POLL_SECONDS)
    raise LabError("The wait for the model was broken off.", where=str(folder.path))


def failure(folder: JobFolder) -> LabError:
    """Why a serve job is not there any more, with the last lines of its log."""
    asked = arguments(folder)
    name = asked.model if asked else folder.id
    if asked and asked.adapter:
        name = f"{name} + {asked.adapter}"
    errors = list(read_lines(folder.events_file, Error))
    status = _status(folder)
    if errors and (status is None or errors[-1].attempt == status.attempt):
        last = errors[-1]
        return LabError(last.message, where=last.where or name, hint=last.hint)
    if folder.stop_file.exists() or (status is not None and status.state is State.STOPPED):
        return LabError(
            f"The server of '{name}' was stopped.",
            where=folder.id,
            hint=f"Start it again with: {' '.join(folder.spec().command)}" if asked else "",
        )
    reason = status.reason if status is not None and status.reason else "It ended without a word."
    tail = "\n".join(f"  {line}" for line in log_tail(folder))
    return LabError(
        f"The server of '{name}' failed. {reason}",
        where=folder.id,
        hint=f"The last lines of its log (labtui jobs log {folder.id}):\n{tail}" if tail else "",
    )


def target_of(folder: JobFolder) -> Target | None:
    """Where that serve job answers, as its present attempt announced it; None until then."""
    status = _status(folder)
    if status is None or status.state is not State.RUNNING:
        return None
    announced = [event for event in read_lines(folder.events_file, Endpoint) if event.attempt == status.attempt]
    asked = arguments(folder)
    if not announced or asked is None:
        return None
    key = ""
    with contextlib.suppress(OSError):
        key = folder.key_file.read_text(encoding="ascii").strip()
    last = announced[-1]
    return Target(
        url=last.url,
        model=last.model,
        key=key,
        context=last.context,
        name=asked.model,
        engine=last.engine,
        adapter=asked.adapter,
        job=str(folder.path),
    )


def serve_jobs(jobs_dir: Path) -> Iterator[JobFolder]:
    """The serve jobs of a workspace, newest first (a job's name begins with its time)."""
    try:
        names = sorted((entry.name for entry in jobs_dir.iterdir() if "-serve-" in entry.name), reverse=True)
    except OSError:
        return
    for name in names:
        yield JobFolder(jobs_dir / name)


def arguments(folder: JobFolder) -> ServeArguments | None:
    """What that job was asked to serve; None for a folder that is no serve job."""
    try:
        spec = folder.spec()
        return msgspec.convert(spec.arguments, ServeArguments) if spec.kind == "serve" else None
    except (LabError, msgspec.MsgspecError):
        return None


def alive(folder: JobFolder) -> bool:
    """Whether that job runs on this machine (its lock is held) and was not asked to stop."""
    status = _status(folder)
    if status is not None and (status.state.ended or status.host != socket.gethostname()):
        return False
    if folder.stop_file.exists():
        return False
    try:
        with open(folder.lock_file, "rb") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    except OSError:
        return False
    return False


def touch(folder: JobFolder) -> None:
    """Notes that the server is in use now."""
    with contextlib.suppress(OSError):
        folder.used_file.touch(mode=0o600)
        os.utime(folder.used_file)


def idle_seconds(folder: JobFolder) -> float:
    """Since when nobody used the server; 0 where that is not known."""
    try:
        return max(0.0, time.time() - folder.used_file.stat().st_mtime)
    except OSError:
        return 0.0


def _ended(folder: JobFolder) -> bool:
    status = _status(folder)
    return (status is not None and status.state.ended) or not alive(folder)


def _status(folder: JobFolder) -> Any:
    try:
        return folder.status()
    except LabError:
        return None
