"""The supervisor of one job: `python -m labtui.jobs.supervisor DIR`.

A small process in a session of its own. It waits for the job's slots, starts the worker in a process group of its
own, hears who wants it stopped, and writes how it ended. It holds the job's lock, and so does the worker by an
inherited copy: nobody resumes a job while either lives. When the supervisor dies, the worker sees it by the end of
a pipe and ends as well.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path

import msgspec

from labtui import worker
from labtui.errors import EXIT_FAILED, LabError
from labtui.jobs import locks, machine
from labtui.jobs.endings import STOPPED, Asked, Ending, ending, last_line, oom_kills
from labtui.jobs.handover import KIND, LOCK, READY, READY_WORD, environment
from labtui.jobs.slots import Queue
from labtui.jobs.statusfile import REASON_CHARACTERS, StatusFile
from labtui.journal import JobFolder
from labtui.records import JobSpec, JobStatus, State, now

TICK_SECONDS = 0.25
MEMORY_LOOK_SECONDS = 5.0


class Supervisor:
    """One attempt of one job, from waiting to its end. Holds the lock for as long as it lives."""

    def __init__(self, folder: JobFolder, lock: int) -> None:
        self.folder = folder
        self.lock = lock
        self.spec: JobSpec = folder.spec()
        if not KIND.fullmatch(self.spec.kind):
            raise LabError(f"'{self.spec.kind}' is no kind of job.", where=str(folder.spec_file))
        self.queue = Queue(self.spec, folder.path)
        self.asked = Asked()
        self.file = StatusFile(folder)
        self.status = JobStatus(
            state=State.WAITING,
            attempt=next_attempt(folder),
            host=machine.host(),
            boot=machine.boot(),
            supervisor_pid=os.getpid(),
            supervisor_started=machine.started_at(os.getpid()),
            submitted=now(),
        )
        self._wake = _wakeup_pipe(self._on_signal)

    def prepare(self) -> None:
        """Writes the first status. Raises OSError: a job that cannot say how it stands is not started."""
        self.folder.stop_file.unlink(missing_ok=True)
        self.file.reserve()
        self.file.write(self.status)

    def run(self) -> None:
        """Waits for the slots, runs the worker, writes the end."""
        try:
            end = self._work() if self._wait_for_slots() else Ending(state=State.STOPPED, reason=self.asked.stop)
        except LabError as error:
            end = Ending(state=State.FAILED, reason=str(error))
        except OSError as error:
            traceback.print_exc()
            end = Ending(state=State.FAILED, reason=f"The worker cannot be started: {error}.")
        if self._folder_is_gone():
            # Writing there would make it anew.
            return
        self._change(
            state=end.state,
            reason=end.reason[:REASON_CHARACTERS],
            exit_code=end.exit_code,
            signal=end.signal,
            waits_for="",
            ended=now(),
            last=True,
        )
        self.file.close()

    def _wait_for_slots(self) -> bool:
        """True with all slots held, False when it was stopped before."""
        try:
            while not self._stop_asked():
                waits_for = self.queue.try_take()
                if not waits_for:
                    return True
                if waits_for != self.status.waits_for:
                    # On a full disk it still waits, and may yet find room.
                    with contextlib.suppress(OSError):
                        self._change(waits_for=waits_for)
                self._sleep(2 * TICK_SECONDS)
            return False
        finally:
            self.queue.leave()

    def _work(self) -> Ending:
        self._part_log()
        lifeline, hold = os.pipe()
        process = self._start(lifeline)
        os.close(lifeline)
        try:
            self._change(
                state=State.RUNNING,
                waits_for="",
                worker_pid=process.pid,
                worker_started=machine.started_at(process.pid),
                started=now(),
            )
            # Not before its process is on record may the worker begin: a stop must always know whom it speaks of.
            with contextlib.suppress(BrokenPipeError):
                os.write(hold, worker.GO)
            recent = self._watch(process)
            # The worker looks for the request itself and may have been quicker than we.
            self._stop_asked()
            last_words = last_line(self.folder.log_file)
            return ending(process.returncode, self.asked, oom_kills=oom_kills() - recent, last_words=last_words)
        finally:
            if process.returncode is None:
                self._end_group(process)
            os.close(hold)

    def _start(self, lifeline: int) -> subprocess.Popen[bytes]:
        held = (self.lock, *self.queue.descriptors)
        told = {
            worker.LIFELINE: str(lifeline),
            worker.ATTEMPT: str(self.status.attempt),
            worker.HELD: ",".join(map(str, held)),
            # What it prints is in the log at once, and a crash in native code leaves its stack there.
            "PYTHONUNBUFFERED": "1",
            "PYTHONFAULTHANDLER": "1",
        }
        with open(self.folder.log_file, "ab") as log:
            return subprocess.Popen(
                # -P: a folder that is worked on must not be able to put its own modules in place of ours.
                [sys.executable, "-P", "-m", f"labtui.{self.spec.kind}.worker", str(self.folder.path)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(lifeline, *held),
                process_group=0,
                env=environment(**told),
                cwd=self.folder.path.parent.parent,
            )

    def _watch(self, process: subprocess.Popen[bytes]) -> int:
        """Until the worker has ended: passes a stop on, and kills after the grace. Returns the last `oom_kills`."""
        deadline = None
        seen, looked = oom_kills(), time.monotonic()
        while not _has_ended(process):
            if self._stop_asked():
                if deadline is None:
                    deadline = time.monotonic()
                    _signal_group(process.pid, signal.SIGTERM)
                    # One that somebody suspended must wake up to save.
                    _signal_group(process.pid, signal.SIGCONT)
                grace = self._grace()
                if self.asked.killed_after is None and time.monotonic() >= deadline + grace:
                    self.asked.killed_after = grace
                    _signal_group(process.pid, signal.SIGKILL)
            if time.monotonic() >= looked + MEMORY_LOOK_SECONDS:
                seen, looked = oom_kills(), time.monotonic()
            self._sleep(TICK_SECONDS)
        self._end_group(process)
        return seen

    def _end_group(self, process: subprocess.Popen[bytes]) -> None:
        """Ends the worker and what it started and left behind: that would keep its devices, its port and the lock."""
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()
        machine.kill_left_behind(self.status)

    def _stop_asked(self) -> bool:
        # os.path.exists: a hiccup of a network disk is no request, and must not end the job either.
        if not self.asked.stop and os.path.exists(self.folder.stop_file):
            self.asked.stop = STOPPED
        if not self.asked.stop and self._folder_is_gone():
            self.asked.stop = "Its folder was removed or moved away."
        return bool(self.asked.stop)

    def _folder_is_gone(self) -> bool:
        """Work nobody can see or stop any more is not gone on with."""
        try:
            os.stat(self.folder.path)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return False

    def _grace(self) -> float:
        """Seconds a stopping worker has: the spec's, or fewer where the stop file says a number."""
        with contextlib.suppress(OSError, ValueError):
            return min(self.spec.grace_seconds, max(0.0, float(self.folder.stop_file.read_text(encoding="ascii"))))
        return self.spec.grace_seconds

    def _change(self, *, last: bool = False, **fields: object) -> None:
        changed = msgspec.structs.replace(self.status, **fields)
        self.file.write(changed, last=last)
        self.status = changed

    def _part_log(self) -> None:
        if self.status.attempt > 1:
            with open(self.folder.log_file, "ab") as log:
                log.write(f"\n--- attempt {self.status.attempt}, {now():%Y-%m-%d %H:%M:%S} UTC ---\n".encode())

    def _on_signal(self, number: int, frame: object) -> None:
        if number in (signal.SIGTERM, signal.SIGINT) and not self.asked.stop:
            self.asked.stop = f"Its supervisor was asked to end ({signal.Signals(number).name})."

    def _sleep(self, seconds: float) -> None:
        """Sleeps, but wakes at once for a signal: an ended child or a stop."""
        with contextlib.suppress(OSError):
            if select.select([self._wake], [], [], seconds)[0]:
                os.read(self._wake, 4096)


def next_attempt(folder: JobFolder) -> int:
    """One more than the last attempt; where the status is missing or unreadable the events count."""
    from labtui.jobs.state import readable
    from labtui.journal import read_events

    status = readable(folder)
    if status is not None:
        return status.attempt + 1
    return max((event.attempt for event in read_events(folder)), default=0) + 1


def _wakeup_pipe(handler: object) -> int:
    """A descriptor that becomes readable at every signal that matters."""
    wake, poke = os.pipe()
    for descriptor in (wake, poke):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(poke, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, handler)  # type: ignore[arg-type]
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return wake


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether the worker has ended. It stays unreaped where the system allows, so that its group keeps its number."""
    if hasattr(os, "waitid"):
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    return process.poll() is not None


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def main() -> None:
    folder = JobFolder(Path(sys.argv[1]).absolute())
    ready = _inherited(READY)
    try:
        lock = _inherited(LOCK)
        if lock is None:
            lock = locks.take(folder.lock_file)
        if lock is None:
            raise LabError("The job is already running.", where=folder.id)
        supervisor = Supervisor(folder, lock)
        supervisor.prepare()
    except Exception as error:
        traceback.print_exc()
        _answer(ready, str(error).encode())
        sys.exit(EXIT_FAILED)
    _answer(ready, READY_WORD)
    supervisor.run()
    # At once: whoever sees the end written may want the lock.
    os._exit(0)


def _inherited(name: str) -> int | None:
    """A descriptor handed over by the launcher, kept from being inherited further."""
    value = os.environ.pop(name, None)
    if value is None:
        return None
    descriptor = int(value)
    os.set_inheritable(descriptor, False)
    return descriptor


def _answer(ready: int | None, words: bytes) -> None:
    if ready is not None:
        with contextlib.suppress(OSError):
            os.write(ready, words)
        os.close(ready)


if __name__ == "__main__":
    main()
