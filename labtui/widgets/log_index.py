"""A growing log file read by line number, without being held in memory. No Textual here.

The index holds the number of newlines in each block of the file, not an offset a line: counting runs at the speed
of memory, two million lines take some 20 kB, and a line is found by bisection and one read of its block.
Everything is read with `pread`: a mapped file that somebody cuts short would kill the process with SIGBUS.

A large file shows its end at once: the last megabyte is indexed first and counts as the whole until the part
before it is counted too; then the line numbers move up (`Snapshot.shift`). One thread at a time may use an index.
"""

from __future__ import annotations

import os
import time
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

BLOCK = 64 * 1024
"""Bytes between two entries of the index."""
SLICE = 32 * BLOCK
"""Bytes read at once while counting; between two slices other threads run. More than TAIL and a block."""
TAIL = 16 * BLOCK
"""Bytes at the end of a large file that are indexed first."""
LINE_LIMIT = 16 * 1024
"""Bytes of one line that are ever returned."""
FINGERPRINT = 64
"""Bytes before the known end that are compared, to notice a file that was written anew in place."""


@dataclass(frozen=True, slots=True)
class RawLine:
    """One line as a terminal would leave it: what carriage returns overwrote is gone."""

    data: bytes
    hidden: int = 0
    """Bytes that were cut off at the end of a very long line."""
    finished: bool = True
    """False while the writer has not ended the line."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known of the file after a poll."""

    lines: int = 0
    size: int = 0
    """Bytes indexed."""
    behind: int = 0
    """Bytes of the file that are not indexed yet."""
    complete: bool = True
    """False while only the end of the file is indexed: line numbers are not the file's own yet."""
    generation: int = 0
    """Rises when the file was replaced or cut: every line number known before is void."""
    shift: int = 0
    """Lines that appeared before the known ones since the poll before."""
    exists: bool = False


class LogIndex:
    """Line numbers of one file, kept up with its growth by `poll`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self.exists = False
        self.generation = 0
        self._file = -1
        self._identity: tuple[int, int] | None = None
        self._file_size = 0
        self._changed = 0
        self._forget()

    def _forget(self) -> None:
        self.size = 0
        self._first = 0  # number of blocks before the indexed ones
        self._counts = array("Q")  # newlines from block `_first` to the end of each block
        self._head = array("Q")  # the same from block 0, while the beginning is being counted
        self._fingerprint = b""

    @property
    def complete(self) -> bool:
        return self._first == 0

    @property
    def newlines(self) -> int:
        return self._counts[-1] if self._counts else 0

    @property
    def lines(self) -> int:
        """Lines known, an unfinished last one included."""
        return self.newlines + (1 if self._fingerprint and self._fingerprint[-1] != 10 else 0)

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def poll(self, seconds: float = 0.03) -> Snapshot:
        """Takes up what changed, for about `seconds` at most; call again soon while `behind` is not 0."""
        deadline = time.monotonic() + seconds
        self._look()
        shift = 0
        if self._file >= 0:
            fresh = self._begin()
            self._count_growth(deadline)
            # The end of a large file is worth showing at once, whatever time is left.
            shift = 0 if fresh else self._count_beginning(deadline)
        uncounted = (self._first - len(self._head)) * BLOCK
        behind = self._file_size - self.size + uncounted if self._file >= 0 else 0
        return Snapshot(self.lines, self.size, behind, self.complete, self.generation, shift, self.exists)

    def _look(self) -> None:
        """Opens the file, and notices that it was replaced, cut or written anew."""
        try:
            found = os.stat(self.path)
        except OSError:
            # A removed file stays readable through the descriptor that is still open.
            self.exists = False
            return
        self.exists = True
        identity = (found.st_dev, found.st_ino)
        if identity != self._identity or self._file < 0:
            self._reopen(identity)
            if self._file < 0:
                return
        if found.st_size < self.size or (found.st_mtime_ns != self._changed and not self._same_end()):
            self._restart()
        self._changed = found.st_mtime_ns
        self._file_size = found.st_size

    def _reopen(self, identity: tuple[int, int]) -> None:
        self.close()
        try:
            self._file = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            self.exists = False
            return
        if self._identity is not None:
            self._restart()
        self._identity = identity

    def _restart(self) -> None:
        self._forget()
        self.generation += 1

    def _same_end(self) -> bool:
        return self.pread(self.size - len(self._fingerprint), len(self._fingerprint)) == self._fingerprint

    def pread(self, offset: int, length: int) -> bytes:
        try:
            return os.pread(self._file, length, offset) if length > 0 else b""
        except OSError:
            return b""

    def _begin(self) -> bool:
        """Skips to the last part of a large file that nothing is known of; True where it did."""
        if self.size or self._file_size <= 2 * TAIL:
            return False
        self._first = (self._file_size - TAIL) // BLOCK
        self.size = self._first * BLOCK
        return True

    def _count_growth(self, deadline: float) -> None:
        while self.size < self._file_size:
            data = self.pread(self.size, min(SLICE - self.size % BLOCK, self._file_size - self.size))
            if not data:
                break
            _add_counts(self._counts, data, self.size % BLOCK)
            self.size += len(data)
            self._fingerprint = (self._fingerprint + data[-FINGERPRINT:])[-FINGERPRINT:]
            if time.monotonic() > deadline:
                break

    def _count_beginning(self, deadline: float) -> int:
        """Counts on at the front; returns the shift of the line numbers once that is done."""
        if self._first == 0 or not self._counts:
            return 0
        while True:
            offset = len(self._head) * BLOCK
            data = self.pread(offset, min(SLICE, self._first * BLOCK - offset))
            if not data:
                return 0
            _add_counts(self._head, data, 0)
            if len(self._head) == self._first:
                break
            if time.monotonic() > deadline:
                return 0
        before = self._head[-1]
        self._counts = self._head + array("Q", [before + count for count in self._counts])
        self._head = array("Q")
        self._first = 0
        return before

    def start_of(self, line: int) -> int:
        """The byte offset at which a line begins; the end of the file for a line beyond the last."""
        if line <= 0:
            return self._first * BLOCK
        if line > self.newlines:
            return self.size
        block = bisect_left(self._counts, line)
        wanted = line - (self._counts[block - 1] if block else 0)
        offset = (self._first + block) * BLOCK
        data = self.pread(offset, BLOCK)
        position = -1
        for _ in range(wanted):
            position = data.find(b"\n", position + 1)
            if position < 0:
                return self.size
        return offset + position + 1

    def read(self, start: int, stop: int) -> list[RawLine]:
        """The lines from `start` up to, not including, `stop`, as far as they are known."""
        found: list[RawLine] = []
        stop = min(stop, self.lines)
        if start >= stop:
            return found
        offset = self.start_of(start)
        data, position = b"", 0
        for line in range(start, stop):
            end = data.find(b"\n", position)
            if end < 0:
                offset, position = offset + position, 0
                data = self.pread(offset, min(BLOCK, self.size - offset))
                end = data.find(b"\n")
            if end < 0 and len(data) == BLOCK:
                after = self.start_of(line + 1)
                finished = line < self.newlines
                found.append(self._long_line(offset, after - finished, finished))
                data, position, offset = b"", 0, after
                continue
            finished = end >= 0
            end = end if finished else len(data)
            found.append(_fold(data[position:end], finished))
            position = end + 1
        return found

    def _long_line(self, start: int, end: int, finished: bool) -> RawLine:
        """A line too long to be read whole: what its last carriage return left, else its beginning."""
        near_end = self.pread(max(start, end - LINE_LIMIT), min(LINE_LIMIT, end - start)).rstrip(b"\r")
        _, returned, rest = near_end.rpartition(b"\r")
        if returned:
            return RawLine(rest, 0, finished)
        data = self.pread(start, min(LINE_LIMIT, end - start))
        return RawLine(data.rstrip(b"\r").rpartition(b"\r")[2], end - start - len(data), finished)


def _add_counts(counts: array[int], data: bytes, used: int) -> None:
    """Adds the newlines of `data`, which continues a block of which `used` bytes are counted already."""
    total = counts[-1] if counts else 0
    if used:
        total += data.count(b"\n", 0, BLOCK - used)
        counts[-1] = total
    for offset in range(BLOCK - used if used else 0, len(data), BLOCK):
        total += data.count(b"\n", offset, offset + BLOCK)
        counts.append(total)


def _fold(data: bytes, finished: bool) -> RawLine:
    """What a terminal shows of a line: only what follows the last carriage return that something followed."""
    if b"\r" in data:
        data = data.rstrip(b"\r").rpartition(b"\r")[2]
    return RawLine(data[:LINE_LIMIT], max(0, len(data) - LINE_LIMIT), finished)
