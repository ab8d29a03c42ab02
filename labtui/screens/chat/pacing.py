"""How often a streaming answer is drawn: ten times a second, or less where drawing would eat the model's time."""

from __future__ import annotations

import time

TICK_SECONDS = 0.05
LEAST_SECONDS = 0.1
MOST_SECONDS = 0.5
SHARE = 0.15
"""Of one core, for drawing. A model that answers on the same two cores slows down by what the screen takes."""


class Pace:
    """Says when to draw, from what the draws before have cost: the process's own time, layout and output included."""

    def __init__(self) -> None:
        self._drawn = 0.0
        self._used = 0.0
        self._wait = LEAST_SECONDS

    def due(self) -> bool:
        """True when it is time; the caller draws then."""
        moment = time.monotonic()
        if moment < self._drawn + self._wait:
            return False
        used = time.process_time()
        cost = used - self._used
        first = moment > self._drawn + 2 * MOST_SECONDS
        # After a pause the cost is not one of drawing.
        self._wait = LEAST_SECONDS if first else min(MOST_SECONDS, max(LEAST_SECONDS, cost / SHARE))
        self._drawn, self._used = moment, used
        return True
