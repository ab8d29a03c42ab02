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

from labtui.errors import LabError
from labtui.journal import JobFolder, Reporter
from labtui.records import JobSpec

LIFELINE = "LABTUI_LIFELINE_FD"
"""The read end of a pipe whose write end only the supervisor holds: it closes when the supervisor dies."""
ATTEMPT = "LABTUI_ATTEMPT"

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
    def stopping(self) -> bool:
        """True as soon as the worker should save what it has and return."""
        return self._stop.is_set()

    def ask_to_stop(self) -> None:
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Sleeps, but wakes at once when asked to stop; returns `stopping`."""
        return self._stop.wait(seconds)


def main(work: Callable[[Job], None]) -> None:
    """Runs `work` for the job folder named on the command line and exits the process. Never returns."""
    folder = JobFolder(Path(sys.argv[1]))
    spec = folder.spec()
    report = Reporter(folder, int(os.environ.get(ATTEMPT, "1")))
    job = Job(folder, spec, report)
    _listen(job)
    code = _run(work, job)
    report.close()
    sys.stdout.flush()
    sys.stderr.flush()
    # Engines and torch may keep threads alive that would hold up a normal exit.
    os._exit(code)


def _run(work: Callable[[Job], None], job: Job) -> int:
    try:
        work(job)
    except LabError as error:
        traceback.print_exc()
        job.report.error(error.what, error.where, error.hint)
        return error.exit_code
    except MemoryError:
        traceback.print_exc()
        job.report.error("The machine ran out of memory.", hint="Ask for smaller batches or shorter samples.")
        return 1
    except OSError as error:
        traceback.print_exc()
        where = str(error.filename or "")
        job.report.error(f"{error.strerror or error}.", where=where, hint=f"See the log: {job.folder.log_file}")
        return 1
    except Exception as error:
        traceback.print_exc()
        job.report.error(f"{type(error).__name__}: {error}", hint=f"See the log: {job.folder.log_file}")
        return 1
    if job.orphaned:
        return EXIT_ORPHANED
    return EXIT_STOPPED if job.stopping else 0


def _listen(job: Job) -> None:
    def on_signal(number: int, frame: object) -> None:
        job.ask_to_stop()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGHUP, on_signal)
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch_file() -> None:
        while not job.stopping:
            if job.folder.stop_file.exists():
                job.ask_to_stop()
            job.wait(POLL_SECONDS)

    threading.Thread(target=watch_file, name="stop-file", daemon=True).start()

    descriptor = os.environ.get(LIFELINE)
    if descriptor is None:
        return

    def watch_supervisor() -> None:
        with contextlib.suppress(OSError):
            os.read(int(descriptor), 1)
        job.orphaned = True
        job.ask_to_stop()

    threading.Thread(target=watch_supervisor, name="lifeline", daemon=True).start()
