"""What an engine may take of this machine: threads and a port."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

WORTH_A_THREAD = 32 << 20
"""Bytes of weights that make one more thread worth its waiting."""
SMALL = 256 << 20
WINDOWS_SHARE = 16
"""One server's windows may take this part of the machine's memory; base and tuned model are two servers, and a
training may run beside them."""


def physical_cores() -> int:
    """Cores this process may really use: physical ones, within its affinity and its container's CPU quota.

    A second thread on the same core slows llama.cpp down, and so does one the container stops at every turn.
    """
    import psutil

    logical = os.cpu_count() or 1
    physical = psutil.cpu_count(logical=False) or logical
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else logical
    # Where only some CPUs are allowed, they are as likely siblings as not: keep the machine's ratio.
    share = max(1, round(physical * allowed / logical))
    return max(1, min(share, _quota() or share))


def threads_for(size: int) -> tuple[int, int]:
    """Threads for one answer at a time, and for many at once (or a prompt), for a model of so many bytes.

    Many tokens at once share their work well among all cores. A single token of a small model is so little work
    that the threads mostly wait for each other, and one of them stopped by anything else on the machine (the
    screen that draws the answer) stops all: such a model answers with few threads, and one core is left alone.
    """
    cores = physical_cores()
    single = min(cores, max(1, size // WORTH_A_THREAD))
    if size < SMALL:
        single = min(single, max(1, cores - 1))
    return single, cores


def slots_for(wanted: int, window_bytes: int) -> int:
    """How many conversations may be answered at once when each needs so many bytes for its window.

    Every one gets a whole window: sharing one would let a request fail that fits, because others came with it.
    """
    import psutil

    budget = int(psutil.virtual_memory().total) // WINDOWS_SHARE
    return max(1, min(wanted, budget // window_bytes if window_bytes else wanted))


def _quota() -> int | None:
    """CPUs the control group grants, rounded down; None without a limit."""
    with contextlib.suppress(OSError, ValueError):
        limit, _, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").partition(" ")
        if limit != "max":
            return max(1, int(limit) // int(period))
    return None


def port_taken(host: str, port: int) -> str:
    """Why a server cannot open that port; empty where it can."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return ""
