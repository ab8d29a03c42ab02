"""What a training runs on: processor or graphics card, threads, memory."""

from __future__ import annotations

import contextlib
import os
import platform
import resource
import sys
from pathlib import Path

KILL_ME_FIRST = "500"
"""Of -1000 to 1000: when memory runs out, the kernel takes the training before the application or a shell."""


def prepare_environment(threads: int) -> None:
    """Before torch loads: OpenMP threads that wait asleep (spinning ones slow every other process down five-fold)."""
    os.environ["OMP_WAIT_POLICY"] = "passive"
    os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["TRANSFORMERS_NO_ADVISORY_WARNINGS"] = "1"
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(KILL_ME_FIRST, encoding="ascii")


def default_threads() -> int:
    """One a physical core, and no more than this process may use."""
    import psutil

    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(psutil.cpu_count(logical=False) or allowed, allowed))


def peak_memory() -> int:
    """The most memory this process has held, in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def processor() -> str:
    """A short name of the processor, to tell measurements of different machines apart."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
