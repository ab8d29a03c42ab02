"""A worker that counts: each unit is one line of a journal of its own, so that tests can see what was repeated.

Built on the frame and the journals that the real stages use. What it does wrong, it does when its arguments say so.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import msgspec

from labtui import worker
from labtui.errors import UsageError
from labtui.journal import JsonLines, read_lines


class Arguments(msgspec.Struct):
    steps: int = 5
    seconds: float = 0.02
    """Of each unit."""
    fail_at: int = -1
    crash_at: int = -1
    """Dies of SIGSEGV there."""
    leave_at: int = -1
    """Calls sys.exit(0) there, as some libraries do."""
    deaf: bool = False
    """Does not hear that it should stop."""
    child: bool = False
    """Starts a process that outlives it unless somebody ends it."""
    ready: str = ""
    """Touched when the work has begun."""
    output_bytes: int = 0
    """Written to the log at each unit."""


class Unit(msgspec.Struct):
    number: int
    pid: int
    attempt: int
    begun: float
    ended: float


def work(job: worker.Job) -> None:
    arguments = job.arguments(Arguments)
    path = job.folder.path / "units.jsonl"
    journal = JsonLines(path)
    finished = {unit.number for unit in read_lines(path, Unit)}
    if arguments.child:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        job.report.artifact("child", str(child.pid))
    job.report.stage("count")
    if arguments.ready:
        open(arguments.ready, "w").close()
    for number in range(arguments.steps):
        if number in finished:
            continue
        if job.stopping and not arguments.deaf:
            job.report.stage("save")
            return
        _misbehave(number, arguments)
        begun = time.time()
        time.sleep(arguments.seconds)
        if arguments.output_bytes:
            print("x" * arguments.output_bytes)
        journal.append(Unit(number=number, pid=os.getpid(), attempt=job.attempt, begun=begun, ended=time.time()))
        job.report.progress(number + 1, arguments.steps, "steps", base=len(finished))
        job.report.metric(number, loss=1.0 / (number + 1))


def _misbehave(number: int, arguments: Arguments) -> None:
    if number == arguments.fail_at:
        raise UsageError("The fifth wheel is missing.", where="wheel 5", hint="Bring one.")
    if number == arguments.crash_at:
        os.kill(os.getpid(), signal.SIGSEGV)
    if number == arguments.leave_at:
        sys.exit(0)


if __name__ == "__main__":
    worker.main(work)
