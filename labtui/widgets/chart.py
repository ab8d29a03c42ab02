"""A line chart: curves over steps, drawn as braille dots, with round numbers on both axes.

It keeps what it has drawn and draws again only when its curves, its size or its scale changed; a curve of 100,000
points is reduced to a few hundred first, keeping every bucket's extremes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
from textual.content import Content
from textual.widget import Widget

from labtui.widgets.canvas import Canvas, Point, decimate, short, ticks

LABEL = 6
"""Cells of the labels on the left."""
MARK = "◆"


class Curve(msgspec.Struct, frozen=True):
    points: list[Point]
    """In order of x."""
    style: str
    dots: bool = False
    """Points alone, not joined: for raw values behind their smoothed curve."""


class Chart(Widget):
    """Give it curves with `show`; the later one lies on top."""

    DEFAULT_CSS = "Chart { height: 1fr; min-height: 4; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._curves: tuple[Curve, ...] = ()
        self._span = (0.0, 1.0)
        self._marks: tuple[float, ...] = ()
        self._drawn: tuple[object, Content] | None = None
        self._version = 0
        self.logarithmic = False
        self.empty = ""
        """What stands there while there is nothing to draw."""

    def show(self, curves: Sequence[Curve], span: tuple[float, float], marks: Sequence[float] = ()) -> None:
        """Takes new curves, the range of x to draw, and places on the x axis to mark."""
        self._curves, self._span, self._marks = tuple(curves), span, tuple(marks)
        self._version += 1
        self.refresh()

    def toggle_scale(self) -> bool:
        """Between a linear and a logarithmic y axis; returns whether it is logarithmic now."""
        self.logarithmic = not self.logarithmic
        self._version += 1
        self.refresh()
        return self.logarithmic

    @property
    def ascii_only(self) -> bool:
        interface = getattr(getattr(self.app, "context", None), "config", None)
        return bool(interface and interface.settings.interface.ascii)

    def render(self) -> Content:
        key = (self._version, self.size, self.ascii_only, self.empty)
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = (key, self._draw(self.size.width, self.size.height))
        return self._drawn[1]

    def _draw(self, width: int, height: int) -> Content:
        columns, rows = width - LABEL - 1, height - 2
        bounds = self._bounds()
        if bounds is None or columns < 8 or rows < 2:
            return Content.styled(self.empty, "$quiet")
        low, high = bounds
        canvas = Canvas(columns, rows)
        for layer, curve in enumerate(self._curves):
            self._plot(canvas, layer, curve, low, high)
        labels = {self._row(tick, low, high, rows): short(self._value(tick)) for tick in ticks(low, high, rows // 2)}
        lines = [self._line(canvas, row, labels.get(row, "")) for row in range(rows)]
        return Content("\n").join([*lines, self._axis(columns), self._steps(columns)])

    def _bounds(self) -> tuple[float, float] | None:
        """The range of y, in the scale it is drawn in, with a little room on both sides."""
        values = [self._scaled(y) for curve in self._curves for _, y in curve.points if self._drawable(y)]
        if not values:
            return None
        low, high = min(values), max(values)
        room = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
        return low - room, high + room

    def _drawable(self, y: float) -> bool:
        return math.isfinite(y) and (not self.logarithmic or y > 0)

    def _scaled(self, y: float) -> float:
        return math.log10(y) if self.logarithmic else y

    def _value(self, scaled: float) -> float:
        return 10.0**scaled if self.logarithmic else scaled

    def _plot(self, canvas: Canvas, layer: int, curve: Curve, low: float, high: float) -> None:
        first, last = self._span
        before: tuple[int, int] | None = None
        for x, y in decimate([point for point in curve.points if self._drawable(point[1])], canvas.width):
            place = round((x - first) / ((last - first) or 1.0) * (canvas.width - 1))
            level = round((high - self._scaled(y)) / (high - low) * (canvas.height - 1))
            if before is not None and not curve.dots:
                canvas.line(*before, place, level, layer)
            canvas.dot(place, level, layer)
            before = (place, level)

    @staticmethod
    def _row(scaled: float, low: float, high: float, rows: int) -> int:
        return round((high - scaled) / (high - low) * (rows * 4 - 1)) // 4

    def _line(self, canvas: Canvas, row: int, label: str) -> Content:
        parts: list[tuple[str, str] | str] = [(f"{label:>{LABEL - 1}} ", "$quiet"), ("┤" if label else "│", "$edge")]
        text, style = "", ""
        for character, layer in canvas.cells(row, ascii_only=self.ascii_only):
            wanted = self._curves[layer].style if layer >= 0 else style
            if wanted != style and text:
                parts.append((text, style))
                text = ""
            style = wanted
            text += character
        return Content.assemble(*parts, (text, style))

    def _axis(self, columns: int) -> Content:
        line = ["─"] * columns
        for mark in self._marks:
            if 0 <= (column := self._column(mark, columns)) < columns:
                line[column] = MARK
        return Content.styled(" " * LABEL + "└" + "".join(line), "$edge")

    def _steps(self, columns: int) -> Content:
        """The numbers under the x axis."""
        first, last = self._span
        line = [" "] * (LABEL + 1 + columns)
        for tick in ticks(first, last, max(2, columns // 12)):
            text = short(tick)
            start = min(LABEL + 1 + self._column(tick, columns) - len(text) // 2, len(line) - len(text))
            if all(character == " " for character in line[max(0, start - 1) : start + len(text) + 1]):
                line[start : start + len(text)] = text
        return Content.styled("".join(line), "$quiet")

    def _column(self, x: float, columns: int) -> int:
        first, last = self._span
        return round((x - first) / ((last - first) or 1.0) * (columns * 2 - 1)) // 2
