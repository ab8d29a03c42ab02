"""Finding the lines of a log that hold a text, in budgets, along with the file's growth. No Textual here."""

from __future__ import annotations

import re
import time
from array import array

from labtui.widgets.log_index import LogIndex

CHUNK = 1024 * 1024
"""Bytes searched between two looks at the clock."""

# What a terminal shows of a line: colours are not part of its text, and a carriage return overwrites.
_COLOURS = re.compile(rb"\x1b\[[0-9;:]*m")
_OVERWRITTEN = re.compile(rb"(?m)^(?:[^\r\n]*+\r+)+(?=[^\r\n])")


class Search:
    """The numbers of the lines that hold `query`; only an upper-case letter in it makes case count (ASCII)."""

    def __init__(self, index: LogIndex, query: str) -> None:
        self.query = query
        self.found = array("Q")
        self._index = index
        self._any_case = query == query.lower()
        self._needle = query.encode(errors="surrogatepass")
        self._generation = index.generation
        self._begin()

    def _begin(self) -> None:
        self.found = array("Q")
        self._offset = 0  # bytes searched; the beginning of a line unless _inside
        self._line = 0  # the line that begins there
        self._inside = False  # in the middle of a line longer than a chunk
        self._size = -1  # the file's size when its unfinished end was searched

    @property
    def done(self) -> bool:
        return self._index.complete and self._size == self._index.size and self._generation == self._index.generation

    @property
    def progress(self) -> float:
        """Share of the file searched, 0 to 1."""
        return min(1.0, self._offset / self._index.size) if self._index.size else 1.0

    def step(self, seconds: float = 0.03) -> bool:
        """Searches on for about `seconds`; True while there is more to do."""
        deadline = time.monotonic() + seconds
        if self._generation != self._index.generation:
            self._generation = self._index.generation
            self._begin()
        # Line numbers count only once the index reaches back to the file's beginning.
        while self._index.complete and not self.done:
            self._next_chunk()
            if time.monotonic() > deadline:
                break
        return not self.done

    def _next_chunk(self) -> None:
        known = self._index.size
        data = self._index.pread(self._offset, min(CHUNK, known - self._offset))
        last = self._offset + len(data) >= known
        end = data.rfind(b"\n") + 1
        self._forget_from(self._line + (1 if self._inside else 0))
        if not end and not last:
            self._search(data)
            self._inside = True
            self._offset += max(1, len(data) - len(self._needle) + 1)
            return
        self._search(data)
        if end:
            self._line += data.count(b"\n", 0, end)
            self._inside = False
            self._offset += end
        if last:
            self._size = known

    def _forget_from(self, line: int) -> None:
        """An unfinished line may have been overwritten since it was searched."""
        while self.found and self.found[-1] >= line:
            self.found.pop()

    def _search(self, data: bytes) -> None:
        if b"\r" in data:
            data = _OVERWRITTEN.sub(b"", data)
        if b"\x1b" in data:
            data = _COLOURS.sub(b"", data)
        if self._any_case:
            data = data.lower()
        line, position = self._line, 0
        while (hit := data.find(self._needle, position)) >= 0:
            line += data.count(b"\n", position, hit)
            if not self.found or self.found[-1] < line:
                self.found.append(line)
            position = data.find(b"\n", hit) + 1
            if not position:
                break
            line += 1
