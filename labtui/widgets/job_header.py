"""A running job in two lines, for the top of any screen that follows one.

    ▶ running  synonyms, 30 samples · generate                                    for 4 m 12 s
    ███████████████▌──────────  64 %   1,204/1,880 samples   ETA 22 m   31 samples/min

Use it so:

    yield JobHeader(id="job")                          # two lines high; nothing is drawn until there is a job
    self.query_one(JobHeader).show(watcher.view)       # as often as you like: equal content is not drawn again
    self.query_one(JobHeader).show(None)               # empty; with `hide_empty` (the default) it takes no room

It reads nothing from the disk and has no timer: whoever follows the job (a thread worker that polls a
`jobs.Watcher`, at 5 Hz for the job in sight) posts the view and hands it over here. A failed job shows its
error and what to do in the second line, a waiting one what it waits for, a silent one since when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from labtui.records import State
from labtui.text import clean, shorten, width
from labtui.widgets import job_words

if TYPE_CHECKING:
    from labtui.jobs import JobView

BAR = 26
"""Cells of the bar where there is room."""


class JobHeader(Widget):
    """The state of one job, in two lines that never move."""

    DEFAULT_CSS = """
    JobHeader { height: 2; padding: 0 1; text-wrap: nowrap; }
    JobHeader.-empty { display: none; }
    """

    def __init__(
        self,
        *,
        hide_empty: bool = True,
        id: str | None = None,  # noqa: A002 - the name Textual gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._hide_empty = hide_empty
        self._view: JobView | None = None
        self._drawn = ""
        self.set_class(hide_empty, "-empty")

    @property
    def view(self) -> JobView | None:
        return self._view

    def show(self, view: JobView | None) -> None:
        """Takes the job to show; draws only when something readable changed."""
        self._view = view
        self.set_class(view is None and self._hide_empty, "-empty")
        drawn = self.render().plain if self.is_attached else ""
        if drawn != self._drawn:
            self._drawn = drawn
            self.refresh()

    def render(self) -> Content:
        if self._view is None:
            return Content("")
        room = self.content_size.width or 78
        return Content("\n").join([self._first(self._view, room), self._second(self._view, room)])

    def _first(self, view: JobView, room: int) -> Content:
        colour = job_words.COLOURS[view.state]
        left = f"{job_words.sign(view.state)} {clean(job_words.state(view), lines=False)}"
        left = shorten(left, room)
        right = job_words.silence(view) or (job_words.times(view) or [""])[-1]
        title = f"{view.spec.title or view.spec.kind}"
        if view.stage and view.state == State.RUNNING:
            title += f" · {view.stage}"
        title = shorten(title, max(0, room - width(left) - 2 - (width(right) + 2 if right else 0)))
        gap = room - width(left) - 2 - width(title) - width(right)
        if gap < 0:
            right, gap = "", max(0, room - width(left) - 2 - width(title))
        style = "$warning" if job_words.silence(view) else "$quiet"
        return Content.assemble((left, f"bold {colour}"), "  ", (title, "bold"), " " * gap, (right, style))

    def _second(self, view: JobView, room: int) -> Content:
        if view.error and view.state in (State.FAILED, State.LOST, State.UNCONFIRMED):
            return Content.styled(shorten(f"{view.error} {view.hint}", room), job_words.COLOURS[view.state])
        share = job_words.fraction(view)
        count = clean(job_words.progress(view), lines=False)
        beside = [clean(words, lines=False) for words in job_words.times(view)[:-1]]
        parts = [job_words.percent(view), count, *beside] if share is not None else [count, *beside]
        parts = [part for part in parts if part]
        if share is None:
            return Content.styled(shorten("   ".join(parts), room), "$quiet")
        while len(parts) > 1 and width("   ".join(parts)) + 12 > room:
            parts.pop()
        cells = max(4, min(BAR + room // 8, room - width("   ".join(parts)) - 2))
        colour = job_words.COLOURS[view.state]
        drawn = job_words.bar(share, cells)
        filled = drawn.rstrip("─")
        rest = drawn[len(filled) :]
        return Content.assemble((filled, colour), (rest, "$edge"), "  ", ("   ".join(parts), "$foreground"))
