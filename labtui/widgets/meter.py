"""Bars for processors, memory and graphics cards; one line each, or all on one line."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from labtui.operations.meters import Meter
from labtui.operations.overview import Served
from labtui.text import pad, width
from labtui.widgets.job_words import bar

TIGHT, FULL = 0.8, 0.93
"""Shares of memory from which its bar takes the colours of warning and error; the number says the same."""


class Meters(Widget):
    """`folded` draws everything on one line."""

    def __init__(self, id: str | None = None, classes: str = "") -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.border_title = "this machine"
        self._meters: tuple[Meter, ...] = ()
        self._served: tuple[Served, ...] = ()

    def show(self, meters: tuple[Meter, ...]) -> None:
        if meters != self._meters:
            self._meters = meters
            self.refresh(layout=False)

    def show_served(self, served: tuple[Served, ...]) -> None:
        """The models that answer now, with the memory each takes; below the bars where there is room."""
        if served != self._served:
            self._served = served
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
        if self._served:
            rows.append(("\nserved\n", "$quiet"))
        for served in self._served:
            memory = f"{served.memory / 2**20:,.0f} MB" if served.memory else ""
            rows.append((f"{pad(served.label, max(4, room - width(memory) - 1))} {memory}\n", ""))
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
    # A busy processor does what it is there for; memory that runs out ends programs.
    if meter.name != "MEM" or meter.share < TIGHT:
        return "$primary"
    return "$error" if meter.share >= FULL else "$warning"
