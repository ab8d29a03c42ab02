"""A canvas of braille dots, two by four in a cell, and the sums a chart needs. No Textual here."""

from __future__ import annotations

import math
from collections.abc import Sequence

Point = tuple[float, float]

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Braille bit of each dot, by row and column inside a cell."""


class Canvas:
    """Dots in cells; each cell remembers the layer that drew into it last, which gives it its colour."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.rows = rows
        self.width = columns * 2
        self.height = rows * 4
        self._bits = [[0] * columns for _ in range(rows)]
        self._layer = [[-1] * columns for _ in range(rows)]

    def dot(self, x: int, y: int, layer: int) -> None:
        """Sets one dot; y grows downwards. Dots outside are left out."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self._bits[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
            self._layer[y // 4][x // 2] = layer

    def line(self, x0: int, y0: int, x1: int, y1: int, layer: int) -> None:
        steps = max(abs(x1 - x0), abs(y1 - y0), 1)
        for step in range(steps + 1):
            self.dot(round(x0 + (x1 - x0) * step / steps), round(y0 + (y1 - y0) * step / steps), layer)

    def cells(self, row: int, *, ascii_only: bool = False) -> list[tuple[str, int]]:
        """One row as (character, layer); layer -1 is empty."""
        drawn = []
        for bits, layer in zip(self._bits[row], self._layer[row], strict=True):
            if not bits:
                drawn.append((" ", -1))
            elif ascii_only:
                # A dot in the upper half, the lower half, or both.
                upper, lower = bits & 0x1B, bits & 0xE4
                drawn.append((":" if upper and lower else ("'" if upper else "."), layer))
            else:
                drawn.append((chr(0x2800 + bits), layer))
        return drawn


def decimate(points: Sequence[Point], buckets: int) -> list[Point]:
    """At most the lowest and the highest point of each of `buckets` equal spans of x, in order of x.

    A curve drawn through them looks like the whole one; a single outlier is never lost.
    """
    if len(points) <= 2 * buckets:
        return list(points)
    first, last = points[0][0], points[-1][0]
    span = (last - first) or 1.0
    kept: list[Point] = []
    bucket: list[Point] = []
    number = 0
    for point in points:
        place = min(buckets - 1, int((point[0] - first) / span * buckets))
        if place != number and bucket:
            kept += _extremes(bucket)
            bucket = []
        number = place
        bucket.append(point)
    return kept + _extremes(bucket)


def _extremes(bucket: list[Point]) -> list[Point]:
    low = min(bucket, key=lambda point: point[1])
    high = max(bucket, key=lambda point: point[1])
    return [low] if low == high else sorted((low, high))


def smooth(values: Sequence[float], weight: float = 0.8) -> list[float]:
    """An exponential mean of the values so far, not pulled towards zero at its start."""
    found: list[float] = []
    mean = total = 0.0
    for value in values:
        mean = weight * mean + (1 - weight) * value
        total = weight * total + (1 - weight)
        found.append(mean / total)
    return found


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers inside the range, at most `most` (but at least one where the range is not empty)."""
    if not high > low:
        return [low]
    raw = (high - low) / max(1, most)
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next((factor * magnitude for factor in (1, 2, 2.5, 5, 10) if factor * magnitude >= raw), 10 * magnitude)
    first = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9) - first
    return [round((first + place) * step, 12) for place in range(count + 1)]


def short(value: float) -> str:
    """A tick's label: `2.4`, `0.05`, `12k`, `2e-4`."""
    size = abs(value)
    if size >= 1_000_000:
        return f"{value / 1e6:.3g}M"
    if size >= 10_000:
        return f"{value / 1000:.3g}k"
    if size and size < 0.001:
        return f"{value:.0e}".replace("e-0", "e-")
    return f"{value:.3g}" if size < 1000 else f"{value:.0f}"
