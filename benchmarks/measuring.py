"""What the benchmarks share: a clean environment, a pseudo-terminal with a clock, and how results are printed."""

from __future__ import annotations

import os
import platform
import select
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import ptyprocess

ROOT = Path(__file__).resolve().parents[1]


def environment(home: Path) -> dict[str, str]:
    """An environment that knows nothing of the user's settings, and of a terminal with 256 colours."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    home.mkdir(parents=True, exist_ok=True)
    return {**kept, "HOME": str(home), "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    return percentile(values, 0.5)


def conditions() -> str:
    """On what it was measured."""
    import textual

    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{platform.machine()}, {len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()}"
        f" cores, load {load}, Python {platform.python_version()}, Textual {textual.__version__}, {sys.platform}"
    )


def verdict(name: str, value: float, goal: float, *, at_most: bool, unit: str = "") -> bool:
    """Prints a figure beside its goal and says whether it is met."""
    met = value <= goal if at_most else value >= goal
    word = "at most" if at_most else "at least"
    print(f"{name}: {value:.2f}{unit} (goal: {word} {goal:g}{unit}) {'met' if met else 'NOT MET'}")
    return met


class Pty:
    """A program on a pseudo-terminal; everything it writes is read at once and looked at with a clock."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], *, columns: int = 80, rows: int = 24
    ) -> None:
        self.started = time.perf_counter()
        self._process = ptyprocess.PtyProcess.spawn(list(command), dimensions=(rows, columns), env=dict(environment))
        self._descriptor = self._process.fd
        self.written = 0
        """Bytes the program has written."""

    def press(self, keys: bytes) -> float:
        """Sends keys; returns the moment."""
        moment = time.perf_counter()
        os.write(self._descriptor, keys)
        return moment

    def wait_for(self, *markers: bytes, patience: float = 60.0) -> float:
        """Reads until every marker was written, in whatever order; returns the moment of the last of them."""
        seen = b""
        missing = list(markers)
        deadline = time.perf_counter() + patience
        while missing:
            chunk = self._read(deadline - time.perf_counter())
            moment = time.perf_counter()
            if not chunk:
                raise TimeoutError(f"{missing} did not appear in {patience:g} s; last: {seen[-2000:]!r}")
            # A marker may be cut in two by the end of a read.
            seen = seen[-20_000:] + chunk
            missing = [marker for marker in missing if marker not in seen]
        return moment

    def processor_seconds(self) -> float:
        """What the program itself has used so far; programs it started are not counted."""
        import psutil

        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def drain(self, seconds: float) -> None:
        """Reads whatever is written for so long."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            self._read(left)

    def _read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self._descriptor], [], [], max(0.0, seconds))
        if not ready:
            return b""
        try:
            chunk = os.read(self._descriptor, 65536)
        except OSError:
            return b""
        self.written += len(chunk)
        return chunk

    def close(self) -> None:
        self._process.close(force=True)
