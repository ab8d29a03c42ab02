"""How far a check is, on standard error: one line drawn over again on a terminal, one now and then elsewhere."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType

FIRST_SECONDS = 0.7
"""What is done before says nothing."""
TERMINAL_SECONDS = 0.1
QUIET_SECONDS = 15.0
"""Without a terminal: enough for a log, not too much for one."""


class Progress:
    """A context manager; at its end, however it comes, the line is gone.

    `compares`: when all are done they are still compared with each other.
    """

    def __init__(self, what: str, *, compares: bool = False) -> None:
        self._what = what
        self._compares = compares
        self._terminal = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._began = time.monotonic()
        self._due = self._began + (FIRST_SECONDS if self._terminal else QUIET_SECONDS)
        self._first: tuple[float, int] | None = None
        self._drawn = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn and self._terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self._first is None or done <= self._first[1]:
            # The pace is that of the work itself, not of what was done before the first of it.
            self._first = now, done
        over = done >= total
        if now < self._due and not (over and self._drawn):
            return
        self._due = now + (TERMINAL_SECONDS if self._terminal else QUIET_SECONDS)
        line = f"{self._what} {total:,}; comparing them" if over else self._line(now, done, total)
        if over and not self._compares:
            return
        sys.stderr.write(f"\r{line}\x1b[K" if self._terminal else f"{line}\n")
        sys.stderr.flush()
        self._drawn = True

    def _line(self, now: float, done: int, total: int) -> str:
        began, before = self._first or (now, done)
        line = f"{self._what} {done:,} of {total:,}"
        if done > before and now - began > 2:
            left = (now - began) / (done - before) * (total - done)
            line += f", {left / 60:.0f} min left" if left >= 90 else f", {left:.0f} s left"
        return line
