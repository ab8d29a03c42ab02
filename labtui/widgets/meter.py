"""Bars for processors, memory and graphics cards; one line each, or all on one line."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from labtui.operations.meters import Meter
from labtui.text import width
from labtui.widgets.job_words import bar

BUSY, FULL = 0.75, 0.92
"""Shares from which a bar is drawn in the colours of warning and error; the number says the same."""


class Meters(Widget):
    """`folded` draws everything on one line."""

    DEFAULT_CSS = "Meters { height: auto; }"

    def __init__(self, id: str | None = None, classes: str = "") -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._meters: tuple[Meter, ...] = ()

    def show(self, meters: tuple[Meter, ...]) -> None:
        if meters != self._meters:
            self._meters = meters
            self.refresh(layout=False)

    def render(self) -> Content:
        return self._one_line() if self.content_size.height == 1 else self._lines()

    def _lines(self) -> Content:
        room = self.content_size.width
        rows: list[tuple[str, str]] = []
        for meter in self._meters:
            cells = max(4, room - 6 - max(width(one.text) for one in self._meters) - 1)
            rows.append((f"{meter.name:<5} ", "$quiet"))
            rows += _bar(meter, cells)
            rows.append((f" {meter.text}\n", ""))
        return Content.assemble(*rows)

    def _one_line(self) -> Content:
        room = self.content_size.width
        rows: list[tuple[str, str]] = []
        texts = [meter.text for meter in self._meters]
        if sum(width(meter.name) + width(text) + 8 for meter, text in zip(self._meters, texts, strict=True)) > room:
            texts = [meter.short for meter in self._meters]
        taken = sum(width(meter.name) + width(text) + 4 for meter, text in zip(self._meters, texts, strict=True))
        cells = max(0, min(12, (room - taken) // max(1, len(texts))))
        for meter, text in zip(self._meters, texts, strict=True):
            rows += (f"{meter.name} ", "$quiet"), *_bar(meter, cells), (f" {text}  ", "")
        return Content.assemble(*rows)


def _bar(meter: Meter, cells: int) -> list[tuple[str, str]]:
    drawn = bar(meter.share, cells)
    filled = drawn.rstrip("─")
    return [(filled, _style(meter)), (drawn[len(filled) :], "$edge")]


def _style(meter: Meter) -> str:
    if meter.share >= FULL:
        return "$error"
    return "$warning" if meter.share >= BUSY else "$primary"
