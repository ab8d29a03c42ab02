"""What a training has said so far, as curves: read from its events, for screens and comparisons. Light."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from labtui import records
from labtui.records import AnyEvent

Point = tuple[float, float]


class History:
    """Curves by metric name. Steps a resumed attempt does again replace those of the attempt before."""

    def __init__(self) -> None:
        self.curves: dict[str, list[Point]] = {}
        self.saved: list[int] = []
        """Steps of the checkpoints."""
        self.saved_at: datetime | None = None
        self.warnings: list[str] = []
        self.stage = ""
        self.detail = ""
        self.adapter = ""
        """The adapter's folder, once it is there."""

    @property
    def step(self) -> int:
        loss = self.curves.get("loss")
        return int(loss[-1][0]) if loss else 0

    def lowest(self) -> Point | None:
        """(step, loss) of the lowest loss."""
        return min(self.curves.get("loss", []), key=lambda point: point[1], default=None)

    def last(self, name: str) -> float | None:
        curve = self.curves.get(name)
        return curve[-1][1] if curve else None

    def take(self, events: Iterable[AnyEvent]) -> bool:
        """Adds events in their order; returns whether a curve changed."""
        changed = False
        for event in events:
            match event:
                case records.Metric():
                    self._metric(event)
                    changed = True
                case records.Artifact(kind="checkpoint"):
                    digits = Path(event.path).name.rpartition("-")[2]
                    step = int(digits) if digits.isdecimal() else self.step
                    self.saved = [*(one for one in self.saved if one < step), step]
                    self.saved_at = event.t
                    changed = True
                case records.Artifact(kind="adapter"):
                    self.adapter = event.path
                case records.Stage():
                    self.stage, self.detail = event.name, event.detail
                case records.Warning():
                    self.warnings.append(event.message)
        return changed

    def _metric(self, event: records.Metric) -> None:
        for name, value in event.values.items():
            curve = self.curves.setdefault(name, [])
            if curve and curve[-1][0] >= event.step:
                del curve[bisect.bisect_left(curve, float(event.step), key=lambda point: point[0]) :]
            curve.append((event.step, value))
