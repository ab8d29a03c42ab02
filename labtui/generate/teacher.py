"""The teacher as a generation job needs it: found, sized, and asked with patience."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from labtui.errors import LabError
from labtui.generate.arguments import GenerateArguments
from labtui.journal import JobFolder
from labtui.serve import find
from labtui.serve.client import Busy, Completion, ContextExceeded, Messages, Sampling, ServerGone
from labtui.serve.target import Target

REMOTE_CONCURRENCY = 4
BUSY_SECONDS = 600.0
"""How long a teacher may go on refusing before the job gives up; it can be resumed."""
GONE_SECONDS = 20.0
"""How long a server that does not answer is tried again; one that labtui started and that ended is not."""
FAULTS = 3
"""Answers with a server error in a row before the job gives up."""
LONGEST_PAUSE = 30.0


class Teacher(Protocol):
    """What answers: labtui.serve.client.Client, or a stand-in."""

    async def complete(
        self, messages: Messages, sampling: Sampling, *, schema: dict[str, Any] | None = None
    ) -> Completion: ...


def wait_for(jobs_dir: Path, asked: GenerateArguments, stopped: Callable[[], bool]) -> Target:
    """The served teacher, waiting while it loads. Raises LabError where nobody serves it."""
    target = find.find_served(jobs_dir, asked.teacher_model, asked.teacher_adapter)
    if target is not None:
        return target
    folder = find.find_job(jobs_dir, asked.teacher_model, asked.teacher_adapter)
    if folder is None:
        raise LabError(
            f"The teacher '{asked.teacher}' is not served.",
            hint="Resuming this job from the jobs screen or with `labtui jobs resume` serves it first.",
        )
    return find.wait_served(folder, stopped=stopped)


def takes(target: Target) -> int:
    """How many requests the server answers at once."""
    if not target.job:
        return REMOTE_CONCURRENCY
    asked = find.arguments(JobFolder(Path(target.job)))
    if asked is None or target.engine == "llama_cpp":
        return 1
    return max(1, asked.parallel)


class Patient:
    """Asks a teacher again where waiting may help: it is busy, or the connection broke."""

    def __init__(self, teacher: Teacher, target: Target, warn: Callable[[str], None]) -> None:
        self._teacher = teacher
        self._target = target
        self._warn = warn
        self._warned = False

    async def ask(self, messages: Messages, sampling: Sampling, schema: dict[str, Any] | None) -> Completion | None:
        """The answer, or None where the prompt does not fit the teacher's window. Raises LabError."""
        waited, faults, pause = 0.0, 0, 1.0
        while True:
            try:
                return await self._teacher.complete(messages, sampling, schema=schema)
            except ContextExceeded:
                return None
            except Busy as error:
                if waited >= BUSY_SECONDS:
                    raise
                wait = min(error.retry_after if error.retry_after is not None else pause, BUSY_SECONDS)
                self._say(f"{error.what} Waiting for it.")
            except ServerGone as error:
                if waited >= GONE_SECONDS or self._ended():
                    raise
                wait = pause
                self._say(f"{error.what} Trying again.")
            except LabError as error:
                faults += 1
                if faults >= FAULTS or not error.what.startswith("The server failed"):
                    raise
                wait = pause
            await asyncio.sleep(wait)
            waited += wait
            pause = min(pause * 2, LONGEST_PAUSE)

    def _say(self, message: str) -> None:
        """Once a job: the log need not fill up with it."""
        if not self._warned:
            self._warned = True
            self._warn(message)

    def _ended(self) -> bool:
        return bool(self._target.job) and not find.alive(JobFolder(Path(self._target.job)))
