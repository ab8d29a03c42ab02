"""How far a try is over all its stages, and how long it will still take.

Told in seconds: what was worked so far, of what it will take altogether. A stage counts by its estimate until it has
come far enough to be measured; the answers after take as long as those before did. A total may grow: that is said.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import msgspec

from labtui.journal import atomic_write, dump
from labtui.trying.arguments import AFTER, BEFORE, MEASURED
from labtui.worker import Job

FILE = "course.json"
SAY_SECONDS = 0.5
KEEP_SECONDS = 5.0
TRUSTED = 0.25
"""The share of a stage from which on its own pace alone counts."""
LEAST_LEFT = 0.05
"""Of a stage's estimate is taken to be left, however long it has taken already."""
USUAL_SECONDS = 30.0
UNIT = "seconds"


class Course:
    """The stages of one job, in order, with what they took over all attempts."""

    def __init__(self, job: Job, expected: dict[str, float]) -> None:
        self._job = job
        self._expected = {stage: expected.get(stage, USUAL_SECONDS) for stage in MEASURED}
        self._took = self._read()
        self._base = sum(self._took.values())
        self._stage = ""
        self._began = self._said = self._kept = 0.0
        self._share = 0.0
        self._measured = (0.0, 0.0)
        """(seconds, share) at which the present stage's pace began."""

    @property
    def took(self) -> dict[str, float]:
        """Stage -> seconds, of those that ended."""
        return {stage: round(seconds, 1) for stage, seconds in self._took.items()}

    @contextlib.contextmanager
    def stage(self, name: str, said: str, detail: str = "") -> Iterator[None]:
        """Inside, the stage `name` goes on; `said` is what the job calls it. What it took is kept at its end."""
        self._stage, self._share, self._measured = name, 0.0, (0.0, 0.0)
        self._began = time.monotonic()
        self._job.report.stage(said, detail)
        self._say()
        try:
            yield
        finally:
            self._took[name] = self._took.get(name, 0.0) + self._seconds
            if name == BEFORE and self._share >= 1:
                self._expected[AFTER] = self._took[name]
            self._stage = ""
            self._keep()

    def begin_at(self, share: float) -> None:
        """The present stage's real work begins here, with so much of it done before: its pace counts from now."""
        self._share, self._measured = share, (self._seconds, share)
        self._say()

    def reach(self, share: float) -> None:
        """The present stage is done to that share, 0 to 1."""
        self._share = share
        if time.monotonic() - self._said >= SAY_SECONDS or share >= 1:
            self._say()

    @property
    def _seconds(self) -> float:
        """Of the present stage, this attempt."""
        return time.monotonic() - self._began if self._stage else 0.0

    def _say(self) -> None:
        self._said = time.monotonic()
        if self._said - self._kept >= KEEP_SECONDS:
            self._keep()
        done = sum(self._took.values()) + self._seconds
        self._job.report.progress(round(done, 1), round(done + self._left(), 1), UNIT, round(self._base, 1))

    def _keep(self) -> None:
        """What a killed attempt took counts too, but for its last seconds."""
        self._kept = time.monotonic()
        now = {self._stage: self._took.get(self._stage, 0.0) + self._seconds} if self._stage else {}
        with contextlib.suppress(OSError):
            atomic_write(self._job.folder.path / FILE, dump({**self._took, **now}))

    def _left(self) -> float:
        later = MEASURED[MEASURED.index(self._stage) + 1 :]
        return self._left_of_stage() + sum(self._expected[stage] for stage in later)

    def _left_of_stage(self) -> float:
        if self._share >= 1:
            return 0.0
        thought = self._expected[self._stage] * (1 - self._share)
        seconds, share = self._measured
        passed, done = self._seconds - seconds, self._share - share
        if done <= 0:
            # Nothing is known but the time that went by.
            return max(thought - passed, LEAST_LEFT * thought)
        measured = passed / done * (1 - self._share)
        weight = min(1.0, done / TRUSTED)
        return weight * measured + (1 - weight) * thought

    def _read(self) -> dict[str, float]:
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            return msgspec.json.decode((self._job.folder.path / FILE).read_bytes(), type=dict[str, float])
        return {}
