"""Which machine this is, since when it runs, and whether a process is still the one it was."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
import time
from pathlib import Path

from labtui.records import JobStatus

SAME_START_SECONDS = 2.0
"""Start times are derived from the boot time, which a correction of the clock may shift a little."""

DEATH_SECONDS = 2.0
"""How long a killed process may take to be gone: its memory has to be given back."""


@functools.cache
def host() -> str:
    return os.uname().nodename


@functools.cache
def boot() -> str:
    """Identity of this boot: no process and no lock lives longer."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    if sys.platform == "darwin":
        with contextlib.suppress(OSError, AttributeError):
            return _boot_session()
    import psutil

    # Rounded, because the boot time moves by seconds when the clock is set.
    return f"since-{round(psutil.boot_time() / 60)}"


def _boot_session() -> str:
    """macOS names each boot with a UUID."""
    import ctypes

    size = ctypes.c_size_t(64)
    value = ctypes.create_string_buffer(size.value)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.sysctlbyname(b"kern.bootsessionuuid", value, ctypes.byref(size), None, ctypes.c_size_t(0)) != 0:
        raise OSError(ctypes.get_errno(), "kern.bootsessionuuid")
    return value.value.decode("ascii")


def started_at(pid: int) -> float:
    """When a process started, in seconds since the epoch; 0 where there is none."""
    import psutil

    try:
        return float(psutil.Process(pid).create_time())
    except (psutil.Error, ValueError):
        return 0.0


def alive(pid: int, started: float) -> bool:
    """Whether the process `pid` runs and is the one that started then: a pid alone may be somebody else's by now."""
    import psutil

    if pid <= 0 or started <= 0:
        return False
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - started) < SAME_START_SECONDS and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def supervisor_alive(status: JobStatus) -> bool:
    return status.host == host() and alive(status.supervisor_pid, status.supervisor_started)


def left_behind(status: JobStatus) -> list[int]:
    """Processes of a job's worker that outlived it: those of its group in its supervisor's session.

    The session was the supervisor's alone, and no system gives out a number again that still names a session or a
    group: where somebody else has one of the two pids by now, nothing of the job is left.
    """
    import psutil

    if status.host != host() or status.boot != boot() or not 0 < status.worker_pid != status.supervisor_pid > 0:
        return []
    if _somebody_elses(status.supervisor_pid, status.supervisor_started):
        return []
    if _somebody_elses(status.worker_pid, status.worker_started):
        return []
    found = []
    for pid in psutil.pids():
        with contextlib.suppress(OSError, psutil.Error):
            if os.getpgid(pid) != status.worker_pid or os.getsid(pid) != status.supervisor_pid:
                continue
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                found.append(pid)
    return found


def _somebody_elses(pid: int, started: float) -> bool:
    found = started_at(pid)
    return found > 0 and abs(found - started) >= SAME_START_SECONDS


def kill_left_behind(status: JobStatus) -> None:
    """Ends what a dead supervisor left of its worker, and waits a moment until its memory and ports are free."""
    deadline = time.monotonic() + DEATH_SECONDS
    while (pids := left_behind(status)) and time.monotonic() < deadline:
        for pid in pids:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
