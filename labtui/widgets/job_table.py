"""All jobs in lines: what is under way on top, then the newest first. It reads nothing; whoever polls hands over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

from labtui.records import State
from labtui.text import clean, pad, shorten, width
from labtui.widgets import job_words
from labtui.widgets.line_table import LineTable

if TYPE_CHECKING:
    from labtui.jobs import JobView

EMPTY = """\
No job yet.

Everything that takes time runs as a job of its own: serving a model, generating samples, training.
It goes on when labtui or the terminal is closed, and shows up here.

4 generate    5 train    9 models"""

WIDE = 100
"""Cells from which on stage, rate and start have columns of their own."""
NARROW = 68
"""Cells below which the time taken has no column."""
STATE, KIND, STAGE, START, TOOK = 14, 9, 9, 6, 10
"""Cells of the columns that do not stretch."""


class JobTable(LineTable):
    DEFAULT_CSS = "JobTable { text-wrap: nowrap; }"

    class Opened(Message):
        def __init__(self, job: str) -> None:
            super().__init__()
            self.job = job

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self._all: list[JobView] | None = None
        self._views: list[JobView] = []
        self._filter = ""

    @property
    def view(self) -> JobView | None:
        """The chosen job."""
        return self._views[self.chosen] if 0 <= self.chosen < len(self._views) else None

    @property
    def counts(self) -> tuple[int, int]:
        """Jobs shown, jobs there are."""
        return len(self._views), len(self._all or ())

    def show(self, views: Sequence[JobView]) -> None:
        """Takes all jobs as they stand; the chosen one stays chosen."""
        self._all = sorted(views, key=lambda view: view.state.ended)
        self._select()

    def narrow(self, text: str) -> None:
        """Shows only jobs whose words hold every word of `text`."""
        self._filter = text.lower().strip()
        self._select()

    def choose(self, job: str) -> bool:
        for row, view in enumerate(self._views):
            if view.folder.id == job:
                self.chosen = row
                return True
        return False

    def _select(self) -> None:
        before = self.view.folder.id if self.view else ""
        words = self._filter.split()
        self._views = [view for view in self._all or () if all(word in _words_of(view) for word in words)]
        self.keep_chosen([view.folder.id for view in self._views], before)
        self.redraw_if_changed()

    def line_count(self) -> int:
        return len(self._views)

    def heading(self, room: int) -> str:
        return _header(room)

    def line_at(self, row: int, room: int) -> Content:
        return _row(self._views[row], room)

    def in_place_of_lines(self) -> Content:
        if self._all is None:
            return Content("")
        text = EMPTY if not self._all else f"No job has '{clean(self._filter, lines=False)}'. esc shows all."
        return Content.styled(text, "$quiet")

    def opened(self, row: int) -> Message:
        return self.Opened(self._views[row].folder.id)


def _words_of(view: JobView) -> str:
    parts = (view.spec.kind, view.spec.title, job_words.state(view), view.stage, view.folder.id)
    return " ".join((*parts, "unreadable" if view.problem else str(view.state))).lower()


def _columns(room: int) -> tuple[int, int, int, int, int]:
    """Cells for title, stage, the middle (how far, how fast, or why not), the start and the time taken."""
    took = TOOK if room >= NARROW else 0
    left = room - STATE - KIND - took
    if room < WIDE:
        middle = max(20, min(32, left - 20))
        return max(8, left - middle - 1), 0, middle, 0, took
    left -= STAGE + 1 + START + 1
    middle = max(36, min(56, left * 3 // 5))
    return max(8, left - middle - 1), STAGE, middle, START, took


def _header(room: int) -> str:
    title, stage, middle, start, took = _columns(room)
    named = pad("  state", STATE) + pad("kind", KIND) + pad("job", title) + " "
    named += pad("stage", stage) + " " if stage else ""
    named += pad("progress", middle)
    named += " " + pad("asked", start) if start else ""
    return named + (f"{'took':>{took}}" if took else "")


def _row(view: JobView, room: int) -> Content:
    title, stage, middle, start, took_cells = _columns(room)
    style = job_words.COLOURS[view.state]
    state = "unreadable" if view.problem else str(view.state)
    took = job_words.duration(view.elapsed) if view.elapsed else ""
    quiet = "$quiet" if view.state.ended else ""
    parts: list[tuple[str, str]] = [
        (pad(f"{job_words.sign(view.state)} {state}", STATE), f"bold {style}"),
        (pad(view.spec.kind, KIND), ""),
        (pad(view.spec.title or view.folder.id, title) + " ", quiet if view.state.ended else "bold"),
    ]
    if stage:
        parts.append((pad("" if view.state.ended else view.stage, stage) + " ", ""))
    parts += _middle(view, middle)
    if start:
        parts.append((" " + pad(job_words.day_or_clock(view.spec.created), start), "$quiet"))
    if took_cells:
        parts.append((f"{took:>{took_cells}}", "$quiet"))
    return Content.assemble(*parts)


def _middle(view: JobView, cells: int) -> list[tuple[str, str]]:
    """How far and how fast; how it ended; or why nothing moves."""
    quiet = "$quiet" if view.state.ended else ""
    if view.problem or (view.error and view.state in (State.FAILED, State.LOST)):
        return [(pad(view.problem or view.error, cells), "$error")]
    if view.state in (State.WAITING, State.UNCONFIRMED):
        said = job_words.state(view)
        return [(pad(said if said != str(view.state) else "", cells), "$warning")]
    if silent := job_words.silence(view):
        return [(pad(f"{job_words.percent(view)} {silent}".strip(), cells), "$warning")]
    if view.endpoint is not None and view.state is State.RUNNING:
        return [(pad(f"serves at {view.endpoint.url}", cells), "")]
    if view.state is not State.RUNNING:
        return [(pad(job_words.progress(view), cells), quiet)]
    share = job_words.fraction(view)
    words = [word for word in job_words.times(view)[:-1] if word]
    if share is None:
        return [(pad("   ".join([job_words.progress(view), *words]), cells), "")]
    bar = 8 if cells < 32 else 10 if cells < 44 else 16
    drawn = job_words.bar(share, bar)
    filled = drawn.rstrip("─")
    room = cells - bar - 7
    text = ""
    for word in [*words[:1], job_words.progress(view), *words[1:]] if cells >= 50 else words:
        if width(f"{text}  {word}") <= room:
            text = f"{text}  {word}" if text else word
    style = job_words.COLOURS[view.state]
    tail = f"{job_words.percent(view):>5}  {pad(shorten(text, room), room)}"
    return [(filled, style), (drawn[len(filled) :], "$edge"), (tail, "")]
