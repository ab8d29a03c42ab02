"""One thread that reads one log: growth, lines, search. Whoever shows the log asks and is told. No Textual here.

The thread works through a queue in small pieces, so that lines asked for by a key press are read between two
pieces of a long count or search. Nothing here blocks its caller for longer than the caller says: a log may lie
on a network disk that does not answer.
"""

from __future__ import annotations

import queue
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from labtui.widgets.log_index import LogIndex, Snapshot
from labtui.widgets.log_lines import LogLine, decode
from labtui.widgets.log_search import Search

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """How far a search is."""

    query: str
    lines: int
    """Lines that match."""
    done: bool
    progress: float
    """Share of the file searched, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the file stands."""

    snapshot: Snapshot
    epoch: int
    """Line numbers of different epochs mean different lines."""
    found: Found | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Lines that were asked for, from `start` on."""

    epoch: int
    start: int
    lines: tuple[LogLine, ...]


@dataclass(frozen=True, slots=True)
class Match:
    line: int
    position: int
    """Which of the matching lines it is, from 1."""


class LogReader:
    """Reads `path` in a thread of its own; `tell` is called in that thread with a Reading or a late Fetched."""

    def __init__(self, path: Path, tell: Callable[[Reading | Fetched], Any]) -> None:
        self._tell = tell
        self._index = LogIndex(path)
        self._search: Search | None = None
        self._snapshot = Snapshot()
        self._epoch = 0
        self._tasks: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._polling = False
        self._closed = False
        threading.Thread(target=self._run, name=f"log {path.parent.name}", daemon=True).start()

    def poll(self) -> None:
        """Asks how the file stands; answered by `tell`. Asking again before that changes nothing."""
        if not self._polling:
            self._polling = True
            self._tasks.put(self._poll)

    def search(self, query: str) -> None:
        """Searches for `query` in place of what was searched for before; an empty one ends the search."""
        self._tasks.put(lambda: self._begin_search(query))

    def fetch(self, start: int, stop: int, wait: float) -> Fetched | None:
        """The lines from `start` up to, not including, `stop`; None where that takes longer than `wait` seconds.

        What comes later is handed to `tell`.
        """
        future = self._ask(lambda: self._read(start, stop))
        try:
            return future.result(wait)
        except NotYet:
            future.add_done_callback(lambda done: self._late(done))
            return None

    def match(self, line: int, forward: bool, wait: float) -> Match | None:
        """The next matching line after `line`, or the one before it; around the end of the file. None: no match."""
        try:
            return self._ask(lambda: self._match(line, forward)).result(wait)
        except NotYet:
            return None

    def close(self) -> None:
        self._closed = True
        self._tasks.put(None)

    def _ask(self, work: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()

        def answer() -> None:
            try:
                future.set_result(work())
            except Exception as error:
                future.set_exception(error)

        self._tasks.put(answer)
        return future

    def _late(self, future: Future[Fetched]) -> None:
        if not self._closed and future.exception() is None:
            self._tell(future.result())

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                task()
            except Exception as error:
                self._polling = False
                if not self._closed:
                    self._tell(Reading(self._snapshot, self._epoch, None, f"{type(error).__name__}: {error}"))
        self._index.close()

    def _poll(self) -> None:
        before = self._snapshot
        self._snapshot = self._index.poll()
        if self._snapshot.generation != before.generation or self._snapshot.shift:
            self._epoch += 1
        more = self._snapshot.behind > 0
        if self._search is not None:
            more = self._search.step() or more
        self._polling = False
        if self._closed:
            return
        self._tell(Reading(self._snapshot, self._epoch, self._found()))
        # A file that cannot be read further is asked again by the next poll, not at once.
        if more and (self._snapshot, self._progress()) != (before, self._progressed):
            self.poll()
        self._progressed = self._progress()

    _progressed = 0.0

    def _progress(self) -> float:
        return self._search.progress if self._search is not None else 0.0

    def _found(self) -> Found | None:
        search = self._search
        return Found(search.query, len(search.found), search.done, search.progress) if search is not None else None

    def _begin_search(self, query: str) -> None:
        self._search = Search(self._index, query) if query else None
        self._progressed = -1.0
        self.poll()

    def _read(self, start: int, stop: int) -> Fetched:
        return Fetched(self._epoch, start, tuple(decode(line) for line in self._index.read(start, stop)))

    def _match(self, line: int, forward: bool) -> Match | None:
        found = self._search.found if self._search is not None else None
        if not found:
            return None
        place = bisect_right(found, line) if forward else bisect_left(found, line) - 1
        place %= len(found)
        return Match(found[place], place + 1)
