"""Reading a job's log from its end, line by line, without holding it in memory."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from labtui.journal import MAX_LINE, LineFollower

BLOCK = 64 * 1024
LOOK_SECONDS = 0.2


class LogFollower:
    """The lines of a log as they are completed, each as a viewer of the terminal would have seen it.

    A progress bar that was drawn over itself with carriage returns is one line: its last drawing.
    """

    def __init__(self, path: Path, last: int | None = None) -> None:
        """`last`: begin that many lines before the present end; None: at the beginning."""
        self._lines = LineFollower(path, 0 if last is None else start_of_last(path, last))

    @property
    def behind(self) -> bool:
        return self._lines.behind

    def poll(self) -> list[str]:
        """New complete lines; foreign text."""
        return [folded(line) for line in self._lines.poll()]

    def rest(self) -> str:
        """What stands after the last newline, once nobody will finish that line."""
        try:
            with open(self._lines.path, "rb") as stream:
                stream.seek(self._lines.offset)
                return folded(stream.read(MAX_LINE))
        except OSError:
            return ""


def folded(line: bytes) -> str:
    """A line as it looks in the end: what a carriage return drew over is gone."""
    text = line.decode("utf-8", errors="replace").removesuffix("\r")
    parts = [part for part in text.split("\r") if part]
    return parts[-1] if parts else ""


def start_of_last(path: Path, count: int) -> int:
    """The offset at which the last `count` lines begin; an incomplete last line counts as one."""
    try:
        with open(path, "rb") as stream:
            end = stream.seek(0, os.SEEK_END)
            if count <= 0:
                return end
            position, wanted = end, count
            while position > 0:
                start = max(0, position - BLOCK)
                stream.seek(start)
                block = stream.read(position - start)
                if position == end and block.endswith(b"\n"):
                    # The newline that ends the last line does not begin another.
                    wanted += 1
                newlines = block.count(b"\n")
                if newlines >= wanted:
                    at = len(block)
                    for _ in range(wanted):
                        at = block.rfind(b"\n", 0, at)
                    return start + at + 1
                wanted -= newlines
                position = start
            return 0
    except FileNotFoundError:
        return 0


def copy_raw(path: Path, to: IO[bytes], ended: Callable[[], bool], last: int | None = None) -> None:
    """Copies the log byte by byte as it grows, until `ended` was true before a reading that found nothing new."""
    offset = 0 if last is None else start_of_last(path, last)
    while True:
        finished = ended()
        block = b""
        with contextlib.suppress(FileNotFoundError), open(path, "rb") as stream:
            stream.seek(offset)
            block = stream.read(BLOCK)
        if block:
            offset += len(block)
            to.write(block)
        elif finished:
            return
        else:
            to.flush()
            time.sleep(LOOK_SECONDS)
