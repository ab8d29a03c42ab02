"""How a worker's end is told: state and one true sentence, from its exit code or signal and what was asked of it."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

import msgspec

from labtui.errors import EXIT_OK
from labtui.records import State
from labtui.worker import EXIT_ORPHANED, EXIT_STOPPED

STOPPED = "It was stopped on request."


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    state: State
    reason: str = ""
    exit_code: int | None = None
    signal: int | None = None


class Asked(msgspec.Struct, kw_only=True):
    """What the supervisor asked of the worker, and on whose behalf."""

    stop: str = ""
    """Why a stop was asked for, as a sentence; empty while nobody did."""
    killed_after: float | None = None
    """Seconds of grace after which the supervisor killed the worker itself."""


def ending(returncode: int, asked: Asked, *, oom_kills: int = 0, last_words: str = "") -> Ending:
    """What to put on record.

    `returncode` is as subprocess gives it (negative: a signal), `oom_kills` how many processes were killed for
    lack of memory just before, `last_words` the last line of the log.
    """
    if returncode < 0:
        return _by_signal(-returncode, asked, oom_kills)
    if returncode == EXIT_OK:
        return Ending(state=State.DONE, exit_code=0)
    if returncode == EXIT_STOPPED:
        reason = asked.stop or "It was asked to stop by a signal from outside labtui, and saved what it had."
        return Ending(state=State.STOPPED, exit_code=returncode, reason=reason)
    if returncode == EXIT_ORPHANED:
        return Ending(state=State.FAILED, exit_code=returncode, reason="The worker lost its supervisor's pipe.")
    reason = f"The worker ended with exit code {returncode}."
    if last_words:
        reason += f" Its log ends: {last_words}"
    return Ending(state=State.FAILED, exit_code=returncode, reason=reason)


def _by_signal(number: int, asked: Asked, oom_kills: int) -> Ending:
    name = _name(number)
    if asked.killed_after is not None and number == signal.SIGKILL:
        reason = f"It was asked to stop, did not end within {asked.killed_after:g} s and was killed."
        return Ending(state=State.STOPPED, signal=number, reason=reason)
    if asked.stop and number == signal.SIGTERM:
        # It had not come as far as listening, so there was nothing to save.
        return Ending(state=State.STOPPED, signal=number, reason=asked.stop)
    if number == signal.SIGKILL:
        if oom_kills:
            reason = "The system ran out of memory and killed the worker (SIGKILL)."
        else:
            reason = "The worker was killed from outside labtui (SIGKILL): by somebody, or for lack of memory."
    elif number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT):
        reason = f"The worker crashed in native code ({name}); the end of the log says where."
        if number == signal.SIGILL:
            reason += " This processor may lack an instruction the engine was built for."
    else:
        reason = f"The worker was ended by {name} from outside labtui."
    return Ending(state=State.FAILED, signal=number, reason=reason)


def oom_kills() -> int:
    """A count that grows when a process is killed for lack of memory, here or in this control group (Linux)."""
    count = 0
    for path in ("/proc/vmstat", _cgroup_events()):
        with contextlib.suppress(OSError, ValueError):
            for line in Path(path).read_text(encoding="ascii").splitlines():
                name, _, value = line.partition(" ")
                if name == "oom_kill":
                    count += int(value)
    return count


def _cgroup_events() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
            if line.startswith("0::"):
                return f"/sys/fs/cgroup{line[3:]}/memory.events"
    return ""


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def last_line(path: Path) -> str:
    """The last line of a log that says something, cut to a sentence's length; foreign text. Empty without one."""
    with contextlib.suppress(OSError), open(path, "rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - 4096))
        lines = [line.strip() for line in stream.read().decode(errors="replace").splitlines() if line.strip()]
        return lines[-1][:300] if lines else ""
    return ""
