"""A thread that reads the overview and the meters again and again and hands each reading to its owner."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import msgspec

from labtui.operations.meters import Machine, Meter
from labtui.operations.overview import Overview, Reader

JOBS_SECONDS = 1.0
COUNTS_SECONDS = 3.0
TREE_SECONDS = 6.0
METERS_SECONDS = 1.5
TREE_LATER = 0.4
"""Seconds the first question to git waits: what asks it takes long to import, and Home is to be painted first."""
UNSEEN_FACTOR = 4.0
"""Nobody looks at Home: everything but the jobs is read so much more rarely."""


class Watching:
    """Start it, `poke` it after a change of one's own, stop it. `publish` and `measure` are called in its thread."""

    def __init__(
        self,
        reader: Reader | None,
        publish: Callable[[Overview], object],
        measure: Callable[[tuple[Meter, ...]], object],
    ) -> None:
        self._reader = reader
        self._publish = publish
        self._measure = measure
        self._machine = Machine()
        self._overview = Overview()
        self._due = dict.fromkeys(("jobs", "meters", "counts", "tree"), 0.0)
        self._wake = threading.Event()
        self._stopped = False
        self.seen = True
        """Whether Home is in front."""
        self._thread = threading.Thread(target=self._run, name="overview", daemon=True)

    def start(self) -> None:
        self._due["tree"] = time.monotonic() + TREE_LATER
        self._thread.start()

    def poke(self) -> None:
        """Everything is read again at once."""
        self._due = dict.fromkeys(self._due, 0.0)
        self._wake.set()

    def stop(self) -> None:
        self._stopped = True
        self._wake.set()

    def _run(self) -> None:
        while not self._stopped:
            self._wake.clear()
            # Jobs and meters come first: git may take its time in a large repository.
            for part in ("jobs", "meters", "counts", "tree"):
                if not self._stopped and time.monotonic() >= self._due[part]:
                    self._read(part)
            pause = min(self._due.values()) - time.monotonic()
            self._wake.wait(max(0.05, pause))

    def _read(self, part: str) -> None:
        started = time.monotonic()
        seconds = {"jobs": JOBS_SECONDS, "meters": METERS_SECONDS, "counts": COUNTS_SECONDS, "tree": TREE_SECONDS}[part]
        if not self.seen and part != "jobs":
            seconds *= UNSEEN_FACTOR
        # A part that fails must not end the thread, and a slow one (a huge repository) must not fill the machine.
        try:
            if part == "meters":
                self._measure(self._machine.read())
            elif self._reader is not None:
                self._overview = _with(self._overview, part, self._reader)
                self._publish(self._overview)
        except Exception as error:
            self.trouble = error
        took = time.monotonic() - started
        self._due[part] = time.monotonic() + max(seconds, 10 * took)


def _with(overview: Overview, part: str, reader: Reader) -> Overview:
    if part == "jobs":
        views = reader.jobs()
        return msgspec.structs.replace(overview, jobs=views, served=reader.served(views))
    if part == "counts":
        return msgspec.structs.replace(overview, counts=reader.counts())
    return msgspec.structs.replace(overview, tree=reader.tree())
