"""What a job said, one line an event, the newest last; it follows its end until the reader scrolls up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip

from labtui import records, signs
from labtui.records import AnyEvent
from labtui.text import clean, pad, shorten, width
from labtui.widgets import job_words
from labtui.widgets.tail_scroll import TailScroll

KEEP = 5000
"""Lines kept; the file holds them all."""
TIME_CELLS = 10
LEAST_ROOM = 10
"""Cells beside the time below which nothing is folded."""


class EventLine(msgspec.Struct, frozen=True):
    """One event in words, clean."""

    at: str
    kind: str
    text: str
    look: str = ""
    """`good`, `bad`, `warn`, `strong` or nothing."""
    attempt: int = 1


def line_of(event: AnyEvent) -> EventLine:
    at = event.t.astimezone().strftime("%H:%M:%S")
    kind = type(event).__name__.lower()
    text, look = _words(event)
    return EventLine(at, kind, clean(text, lines=False), look, event.attempt)


def line_of_problem(problem: str) -> EventLine:
    """What keeps a job's folder from being read; it has no event of its own."""
    return EventLine("", "error", f"{signs.FAILED} {clean(problem, lines=False)}", "bad")


def _words(event: AnyEvent) -> tuple[str, str]:
    match event:
        case records.Stage():
            return f"{signs.CURSOR} {event.name}  {event.detail}".rstrip(), "strong"
        case records.Progress():
            share = f"  {int(100 * event.done / event.total)} %" if event.total else ""
            return f"{job_words.counted(event.done, event.total, event.unit)}{share}", ""
        case records.Metric():
            values = "  ".join(f"{name} {value:.4g}" for name, value in event.values.items())
            return f"step {event.step}  {values}", ""
        case records.Sample():
            leaf = event.leaf.rpartition("/")[2]
            if event.accepted:
                return f"{signs.DONE} {leaf}  {event.question}", "good"
            return f"{signs.FAILED} {leaf}  {event.reason}  {event.question}", "warn"
        case records.Artifact():
            return f"made {event.kind}  {event.path}  {event.note}".rstrip(), "good"
        case records.Endpoint():
            return f"serves {event.model} at {event.url} ({event.engine})", "good"
        case records.Warning():
            return f"{signs.WARNING} {event.message} {event.hint}".rstrip(), "warn"
        case records.Error():
            where = f"{event.where}: " if event.where else ""
            return f"{signs.FAILED} {where}{event.message} {event.hint}".rstrip(), "bad"


def fold(lines: Iterable[EventLine]) -> list[EventLine]:
    """Of each stage's progress only the last word; and a line where a further attempt begins."""
    found: list[EventLine | None] = []
    progress = -1
    attempt = 0
    for line in lines:
        if line.kind == "progress":
            if progress >= 0:
                found[progress] = None
            progress = len(found)
        elif line.kind in ("stage", "attempt"):
            progress = -1
        if attempt and line.attempt > attempt and line.kind != "attempt":
            found.append(EventLine(line.at, "attempt", f"attempt {line.attempt}", "strong", line.attempt))
            progress = len(found) if line.kind == "progress" else -1
        attempt = line.attempt
        found.append(line)
    return [line for line in found if line is not None][-KEEP:]


def _rows_of(line: EventLine, room: int) -> list[EventLine]:
    """One row, or for what went wrong as many as it takes."""
    if line.look not in ("bad", "warn") or room < LEAST_ROOM or width(line.text) <= room:
        return [line]
    first, *others = (row.plain for row in Content(line.text).wrap(room))
    return [
        msgspec.structs.replace(line, text=first),
        *(msgspec.structs.replace(line, at="", text=other) for other in others),
    ]


class EventLines(TailScroll, can_focus=True):
    COMPONENT_CLASSES = {"event--quiet", "event--good", "event--bad", "event--warn", "event--strong"}
    DEFAULT_CSS = """
    EventLines { height: 1fr; background: $background; scrollbar-size: 1 1; overflow-x: hidden; }
    EventLines > .event--quiet { color: $quiet; }
    EventLines > .event--good { color: $success; }
    EventLines > .event--bad { color: $error; }
    EventLines > .event--warn { color: $warning; }
    EventLines > .event--strong { text-style: bold; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self._lines: list[EventLine] = []
        self._rows: list[EventLine] = []
        """The lines as they stand on the screen: what went wrong is told whole, over several rows."""

    def clear(self) -> None:
        self._lines = []
        self.following = True
        self._resize_content()

    def add(self, lines: Sequence[EventLine]) -> None:
        if lines:
            self._lines = fold([*self._lines, *lines])
            self._resize_content()

    @property
    def text(self) -> str:
        return "\n".join(f"{line.at} {line.text}" for line in self._lines)

    def _resize_content(self) -> None:
        room = self.size.width - TIME_CELLS
        self._rows = [row for line in self._lines for row in _rows_of(line, room)]
        self.resize_content(1, len(self._rows))
        self.refresh()

    def on_resize(self) -> None:
        self._resize_content()

    def render_line(self, y: int) -> Strip:
        number = self.scroll_offset.y + y
        room, base = self.size.width, self.rich_style
        if number >= len(self._rows):
            empty = "nothing said yet" if not self._lines and y == 0 else ""
            quiet = base + self.get_component_rich_style("event--quiet", partial=True)
            return Strip([Segment(empty, quiet)], len(empty)).extend_cell_length(room, base)
        line = self._rows[number]
        quiet = base + self.get_component_rich_style("event--quiet", partial=True)
        style = base + self.get_component_rich_style(f"event--{line.look}", partial=True) if line.look else base
        text = shorten(line.text, max(0, room - TIME_CELLS))
        return Strip(
            [Segment(pad(line.at, TIME_CELLS), quiet), Segment(text, style)], TIME_CELLS + width(text)
        ).extend_cell_length(room, base)
