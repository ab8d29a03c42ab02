"""How many threads an engine should use here."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


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
