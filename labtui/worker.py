"""The frame every worker process runs in: `python -m labtui.<stage>.worker DIR`.

A stage's worker module ends with

    if __name__ == "__main__":
        worker.main(work)

where `work(job)` does the job, reports through `job.report` and asks `job.stopping` between steps. The frame
turns the ways to be stopped (the `stop` file, SIGTERM or SIGHUP, a dead supervisor) into that one question, and
every outcome into an exit code and, for errors, one event a person can read. The traceback goes to output.log.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from labtui.errors import EXIT_FAILED, EXIT_OK, LabError
from labtui.journal import JobFolder, Reporter
from labtui.records import JobSpec
from labtui.workspace import Workspace

T = TypeVar("T")

LIFELINE = "LABTUI_LIFELINE_FD"
"""The read end of a pipe whose write end only the supervisor holds: it closes when the supervisor dies."""
GO = b"g"
"""What comes through the lifeline once the worker is on record and may begin."""
ATTEMPT = "LABTUI_ATTEMPT"
HELD = "LABTUI_HELD_FDS"
"""The inherited locks (the job's, its slots'), to be held by this process and by none it starts."""

EXIT_STOPPED = 75
"""The worker was asked to stop, saved what it had, and can be resumed."""
EXIT_ORPHANED = 76
"""The supervisor died; the worker saved what it had. Nobody writes an end: the job is lost until resumed."""

POLL_SECONDS = 0.2


class Job:
    """What a worker's function gets: its folder, its spec, its pen, and whether it should stop."""

    def __init__(self, folder: JobFolder, spec: JobSpec, report: Reporter) -> None:
        self.folder = folder
        self.spec = spec
        self.report = report
        self.orphaned = False
        self._stop = threading.Event()

    @property
    def attempt(self) -> int:
        return self.report.attempt

    @property
    def workspace(self) -> Workspace:
        """The workspace the job folder lies in, wherever it was moved since the job was submitted."""
        return Workspace(self.folder.path.parent.parent)

    def here(self, path: str) -> str:
        """A path inside the workspace as it lay when the job was asked for, in the workspace as it lies now."""
        inside = Path(path)
        if not inside.is_relative_to(self.spec.workspace):
            return path
        return str(self.workspace.root / inside.relative_to(self.spec.workspace))

    @property
    def stopping(self) -> bool:
        """True as soon as the worker should save what it has and return."""
        return self._stop.is_set()

    def arguments(self, kind: type[T]) -> T:
        """The stage's own arguments. Raises LabError where the spec holds others (made by another labtui)."""
        try:
            return msgspec.convert(self.spec.arguments, kind)
        except msgspec.ValidationError as error:
            raise LabError(
                f"The job's arguments do not fit: {error}.",
                where=str(self.folder.spec_file),
                hint="Another version of labtui made it: ask for the same anew.",
            ) from error

    def ask_to_stop(self) -> None:
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Sleeps, but wakes at once when asked to stop; returns `stopping`."""
        return self._stop.wait(seconds)


def main(work: Callable[[Job], bool | None]) -> None:
    """Runs `work` for the job folder named on the command line and exits the process. Never returns.

    `work` returns when it is done or, asked to stop, when it has saved what it had. It may return True to say
    that it finished everything although it was asked to stop.
    """
    folder = JobFolder(Path(sys.argv[1]))
    lifeline = _settle_in()
    if lifeline is not None and os.read(lifeline, 1) != GO:
        os._exit(EXIT_ORPHANED)
    try:
        spec = folder.spec()
        report = Reporter(folder, int(os.environ.pop(ATTEMPT, "1")))
    except (LabError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - nowhere else to say it
        os._exit(EXIT_FAILED)
    job = Job(folder, spec, report)
    _listen(job, lifeline)
    code = _run(work, job)
    report.close()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    if job.orphaned:
        # No supervisor will sweep up what this worker started.
        os.killpg(0, signal.SIGKILL)
    # Engines and torch may keep threads alive that would hold up a normal exit.
    os._exit(code)


def _run(work: Callable[[Job], bool | None], job: Job) -> int:
    try:
        finished = work(job)
    except LabError as error:
        return _fail(job, error.what, error.where, error.hint, error.exit_code)
    except MemoryError:
        return _fail(job, "The machine ran out of memory.", hint="Ask for smaller batches or shorter samples.")
    except OSError as error:
        where = str(error.filename or "")
        return _fail(job, f"{error.strerror or error}.", where, hint=f"See the log: {job.folder.log_file}")
    except SystemExit as error:
        # A library that gives up by leaving: as the worker's end it would look like success.
        if job.stopping:
            return EXIT_ORPHANED if job.orphaned else EXIT_STOPPED
        return _fail(job, f"The worker left in the middle ({error}).", hint=f"See the log: {job.folder.log_file}")
    except Exception as error:
        return _fail(job, f"{type(error).__name__}: {error}", hint=f"See the log: {job.folder.log_file}")
    if finished or not job.stopping:
        return EXIT_OK
    return EXIT_ORPHANED if job.orphaned else EXIT_STOPPED


def _fail(job: Job, what: str, where: str = "", hint: str = "", code: int = EXIT_FAILED) -> int:
    """Puts the failure on record, in the log and as an event; neither may hide it by failing itself."""
    with contextlib.suppress(OSError, ValueError):
        traceback.print_exc()
    with contextlib.suppress(OSError, ValueError):
        job.report.error(what, where, hint)
    return code


def _settle_in() -> int | None:
    """Keeps what was inherited to this process alone; returns the lifeline, None where nobody supervises."""
    lifeline = os.environ.pop(LIFELINE, None)
    inherited = [value for value in (*os.environ.pop(HELD, "").split(","), lifeline) if value]
    for value in inherited:
        os.set_inheritable(int(value), False)
    # Where memory runs out, let the kernel choose the worker and not the supervisor that must tell of it (Linux).
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    return int(lifeline) if lifeline is not None else None


def _listen(job: Job, lifeline: int | None) -> None:
    def on_signal(number: int, frame: object) -> None:
        job.ask_to_stop()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGHUP, on_signal)
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch_file() -> None:
        # Signals reach Python only between its own steps; this thread is heard inside long native calls as well.
        while not job.stopping:
            if os.path.exists(job.folder.stop_file):
                job.ask_to_stop()
            job.wait(POLL_SECONDS)

    threading.Thread(target=watch_file, name="stop-file", daemon=True).start()
    if lifeline is None:
        return

    def watch_supervisor() -> None:
        with contextlib.suppress(OSError):
            os.read(lifeline, 1)
        job.orphaned = True
        job.ask_to_stop()
        # Nobody is left to end the grace from outside: the worker and what it started end themselves.
        threading.Event().wait(job.spec.grace_seconds)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch_supervisor, name="lifeline", daemon=True).start()
