"""How fast a job goes and how long it will take, from what this attempt did lately."""

from __future__ import annotations

from collections import deque
from datetime import datetime

from labtui.records import Progress

WINDOW_SECONDS = 60.0
LEAST_POINTS = 8
"""Slow work (a unit every few minutes) keeps so many points however old they are."""


class Pace:
    """Progress over a moving window. A new stage, unit or attempt, or counting down, starts it anew."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque()
        self._unit = ""

    def reset(self) -> None:
        self._points.clear()

    def add(self, event: Progress) -> None:
        moment = event.t.timestamp()
        if event.unit != self._unit or (self._points and event.done < self._points[-1][1]):
            self.reset()
        self._unit = event.unit
        self._points.append((moment, event.done))
        while len(self._points) > LEAST_POINTS and moment - self._points[0][0] > WINDOW_SECONDS:
            self._points.popleft()

    def rate(self, now: datetime | None) -> float | None:
        """Units a second; None while there is too little to tell.

        `now` is the present moment of a running job: when the next event is overdue, the silence counts, so that
        a job that hangs does not go on promising its old rate. None for a job that has ended.
        """
        if len(self._points) < 2:
            return None
        (first, done_first), (last, done_last) = self._points[0], self._points[-1]
        usual = (last - first) / (len(self._points) - 1)
        overdue = 0.0 if now is None else max(0.0, now.timestamp() - last - 2 * usual)
        seconds = last - first + overdue
        return (done_last - done_first) / seconds if seconds > 0 else None

    def eta(self, now: datetime | None, total: float) -> float | None:
        """Seconds until `total` at the present rate; None where nobody can know."""
        rate = self.rate(now)
        if now is None or not rate or not self._points or total <= 0:
            return None
        last, done = self._points[-1]
        left = (total - done) / rate - max(0.0, now.timestamp() - last)
        return max(0.0, left) if total > done else 0.0
