"""The jobs on Home: one line each, what is under way first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from labtui.records import State
from labtui.text import pad, shorten, width
from labtui.widgets import job_words

if TYPE_CHECKING:
    from labtui.jobs import JobView

EMPTY = "Nothing has run yet. Generating samples, training and serving a model show up here."


class HomeJobs(Widget, can_focus=True):
    BINDINGS = [
        Binding("up,k", "move(-1)", "up", show=False, tooltip="Go one up"),
        Binding("down", "move(1)", "down", show=False, tooltip="Go one down"),
        Binding("home", "move(-9999)", "first", show=False, tooltip="Go to the first"),
        Binding("end", "move(9999)", "last", show=False, tooltip="Go to the last"),
    ]

    chosen: reactive[int] = reactive(0)

    class Opened(Message):
        def __init__(self, job: str) -> None:
            super().__init__()
            self.job = job

    def __init__(self) -> None:
        super().__init__(id="jobs", classes="panel")
        self.border_title = "jobs"
        self._views: list[JobView] | None = None
        self._lines: list[Content] = []
        self._subtitle = ""

    @property
    def view(self) -> JobView | None:
        return self._views[self.chosen] if self._views and self.chosen < len(self._views) else None

    def show(self, views: list[JobView] | None) -> None:
        """Takes the jobs, newest first; None where they were not read yet."""
        chosen = self.view.folder.id if self.view and self.has_focus else ""
        if views is None:
            self._views = None
            self._draw()
            return
        self._views = sorted(views, key=lambda view: view.state.ended)
        ids = [view.folder.id for view in self._views]
        self.chosen = ids.index(chosen) if chosen in ids else min(self.chosen, max(0, len(ids) - 1))
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def action_move(self, by: int) -> None:
        self.chosen = min(max(0, self.chosen + by), max(0, len(self._views or ()) - 1))

    def on_click(self, event: object) -> None:
        offset = getattr(event, "get_content_offset", lambda _: None)(self)
        row = offset.y + self._first() if offset is not None else -1
        if self._views and 0 <= row < len(self._views):
            self.chosen = row
            self.post_message(self.Opened(self._views[row].folder.id))

    def _draw(self) -> None:
        """Draws the lines anew; a repaint only where one of them changed."""
        room = self.content_size.width
        lines = [_line(view, room) for view in self._views or ()]
        more = len(lines) - self.content_size.height
        subtitle = f"{more} more, j shows all" if more > 0 else ""
        if lines != self._lines or not lines or subtitle != self._subtitle:
            self._lines = lines
            self._subtitle = self.border_subtitle = subtitle
            self.refresh()

    def _first(self) -> int:
        """The row at the top: the chosen one is always in sight."""
        return max(0, min(self.chosen - self.content_size.height // 2, len(self._lines) - self.content_size.height))

    def render(self) -> Content:
        if self._views is None:
            return Content("")
        if not self._views:
            return Content.styled(EMPTY, "$quiet")
        first, height = self._first(), max(1, self.content_size.height)
        shown = self._lines[first : first + height]
        cursor = "$block-cursor-foreground on $block-cursor-background bold"
        return Content("\n").join(
            line.stylize(cursor) if self.has_focus and first + row == self.chosen else line
            for row, line in enumerate(shown)
        )


def _line(view: JobView, room: int) -> Content:
    """`▶ generate  birds, synonyms   ██████▌─── 64 %  31/min  ETA 22 m`"""
    style = job_words.COLOURS[view.state]
    tail = _tail(view)
    bar_cells = 12 if view.state == State.RUNNING and view.total > 0 and room >= 60 else 0
    title = max(8, room - 13 - bar_cells - (1 if bar_cells else 0) - width(tail) - 1)
    parts: list[tuple[str, str] | str] = [
        (f"{job_words.sign(view.state)} ", f"bold {style}"),
        (pad(view.spec.kind, 9), "bold"),
        " ",
        pad(view.spec.title, title),
        " ",
    ]
    if bar_cells:
        parts += (job_words.bar(job_words.fraction(view) or 0, bar_cells), style), " "
    parts.append((shorten(tail, max(0, room - title - 13 - bar_cells)), "" if not view.state.ended else "$quiet"))
    return Content.assemble(*parts)


def _tail(view: JobView) -> str:
    """What stands at the right: how far and how fast, or how it ended."""
    if view.state == State.RUNNING and view.endpoint is not None:
        return "serves"
    words = [] if view.state == State.RUNNING and view.total > 0 else [job_words.state(view)]
    words += [job_words.percent(view)] if view.state == State.RUNNING else []
    words += [job_words.silence(view)] if view.state == State.RUNNING else []
    words += job_words.times(view)[:2] if view.state == State.RUNNING else job_words.times(view)[:1]
    return "  ".join(word for word in words if word)
