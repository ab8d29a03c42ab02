"""A model served for a try alone: by a process of the job's own, gone when the job is.

A model that the workspace serves already is asked where it is.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from labtui import worker
from labtui.errors import LabError
from labtui.journal import JobFolder, atomic_write, dump, read_lines
from labtui.records import Endpoint, Error
from labtui.serve import find
from labtui.serve.find import ServeArguments
from labtui.serve.refusals import log_tail
from labtui.serve.target import Target
from labtui.worker import Job

LOOK_SECONDS = 0.1
END_SECONDS = 5.0
MODULE = "labtui.serve.worker"


@contextlib.contextmanager
def served(job: Job, name: str, asked: ServeArguments) -> Iterator[Target | None]:
    """Inside, that model (with its adapter) answers. None where the job is asked to stop before it does.

    `name` is the folder in the job's own where its log and key lie. Raises LabError where it does not come up.
    """
    known = _known(job, asked)
    if known is not None:
        yield known
        return
    folder = _folder(job, name, asked)
    process, lifeline = _start(folder)
    try:
        yield _wait(job, folder, asked, process)
    finally:
        _end(process)
        os.close(lifeline)
        folder.key_file.unlink(missing_ok=True)


def _known(job: Job, asked: ServeArguments) -> Target | None:
    """The workspace's own server of the very same file and engine: before and after must differ in nothing else."""
    target = find.find_served(job.workspace.jobs, asked.model, asked.adapter)
    other = find.arguments(JobFolder(Path(target.job))) if target is not None else None
    if other is None or (other.model_path, other.engine) != (asked.model_path, asked.engine):
        return None
    return target if other.adapter_path == asked.adapter_path else None


def _folder(job: Job, name: str, asked: ServeArguments) -> JobFolder:
    """A fresh folder: what an earlier attempt announced there is over."""
    folder = JobFolder(job.folder.path / name)
    shutil.rmtree(folder.path, ignore_errors=True)
    folder.path.mkdir(mode=0o700)
    spec = msgspec.structs.replace(job.spec, kind="serve", arguments=msgspec.to_builtins(asked), inputs={}, slots=())
    atomic_write(folder.spec_file, dump(spec))
    return folder


def _start(folder: JobFolder) -> tuple[subprocess.Popen[bytes], int]:
    """The process, and the descriptor whose closing (by our death as well) tells it to end."""
    lifeline, hold = os.pipe()
    try:
        with open(folder.log_file, "ab") as log:
            # In the job's own process group: whatever ends the job ends it too.
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", MODULE, str(folder.path)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(lifeline,),
                env={**os.environ, worker.LIFELINE: str(lifeline), worker.ATTEMPT: "1"},
            )
    except OSError as error:
        os.close(hold)
        raise LabError(f"The model's server cannot be started: {error.strerror}.", where=str(folder.path)) from error
    finally:
        os.close(lifeline)
    with contextlib.suppress(BrokenPipeError):
        os.write(hold, worker.GO)
    return process, hold


def _wait(job: Job, folder: JobFolder, asked: ServeArguments, process: subprocess.Popen[bytes]) -> Target | None:
    while not job.wait(LOOK_SECONDS):
        ended = process.poll() is not None
        for said in read_lines(folder.events_file, Endpoint):
            return Target(
                url=said.url,
                model=said.model,
                key=folder.key_file.read_text(encoding="ascii").strip(),
                context=said.context,
                name=asked.model,
                engine=said.engine,
                adapter=asked.adapter,
                job=str(folder.path),
            )
        if ended and not job.wait(LOOK_SECONDS):
            raise _failure(folder, asked)
    return None


def _failure(folder: JobFolder, asked: ServeArguments) -> LabError:
    """Why the server did not come up, with the last lines of its log."""
    name = f"{asked.model} + {asked.adapter}" if asked.adapter else asked.model
    if said := list(read_lines(folder.events_file, Error)):
        return LabError(said[-1].message, where=said[-1].where or name, hint=said[-1].hint)
    tail = "\n".join(f"  {line}" for line in log_tail(folder))
    return LabError(
        f"The server of '{name}' failed. It ended without a word.",
        where=str(folder.path),
        hint=f"The last lines of its log:\n{tail}" if tail else "",
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
