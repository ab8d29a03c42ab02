"""The lines of a log on screen: only those in sight are read, decoded and drawn.

It stays at the end while the file grows until the reader scrolls up, and again once they are back at the end.
Use it through `labtui.widgets.log_view.LogView`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Region
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from labtui.actions import bindings_for
from labtui.text import width
from labtui.widgets.log_drawing import Mark, segments_of
from labtui.widgets.log_index import Snapshot
from labtui.widgets.log_lines import LogLine
from labtui.widgets.log_reader import Fetched, Found, LogReader, Match, Reading
from labtui.widgets.tail_scroll import TailScroll

WAIT = 0.02
"""Seconds a repaint waits for lines at most; a disk that is slower is waited for without holding up anything."""
KEEP = 2048
"""Lines kept decoded."""
KEEP_DRAWN = 256
"""Lines kept drawn: more would be work for the garbage collector, and drawing one is quick."""
COPY_LINES = 5000
"""Lines copied at most."""
COPY_WAIT = 1.0
COLUMNS = 8
"""Columns a sideways key moves."""


# Without Textual's own keys: they would do the same under other names.
class LogScroll(TailScroll, can_focus=True, inherit_bindings=False):
    ALLOW_SELECT = True
    BINDINGS = bindings_for("log")
    COMPONENT_CLASSES = {"log--number", "log--marked", "log--match", "log--match-here", "log--cut"}
    DEFAULT_CSS = """
    LogScroll { height: 1fr; background: $background; color: $foreground; scrollbar-size: 1 1; overflow-x: auto; }
    LogScroll > .log--number { color: $quiet; }
    LogScroll > .log--marked { color: $accent; text-style: bold; }
    LogScroll > .log--match { background: $panel; color: $warning; text-style: underline; }
    LogScroll > .log--match-here { color: $warning; background: $background; text-style: bold reverse; }
    LogScroll > .log--cut { color: $quiet; text-style: italic; }
    """

    class Told(Message):
        """The reader's thread speaks."""

        def __init__(self, reader: LogReader, news: Reading | Fetched) -> None:
            super().__init__()
            self.reader = reader
            self.news = news

    class FindAsked(Message):
        """The reader wants to type what to search for."""

    def __init__(self, *, numbers: bool = True, changed: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.numbers = numbers
        self._changed = changed
        # Called, not posted, so that what the line below says is painted together with the lines.
        self.new_lines = 0
        """Lines that came while the reader was not at the end."""
        self.snapshot = Snapshot()
        self.problem = ""
        self.found: Found | None = None
        self.here: Match | None = None
        """The match the reader jumped to last."""
        self.mark: int | None = None
        """The first line of what `copy` takes."""
        self._reader: LogReader | None = None
        self._epoch = 0
        self._lines: LRUCache[int, LogLine] = LRUCache(KEEP)
        self._strips: LRUCache[int, Strip] = LRUCache(KEEP_DRAWN)
        self._widest = 0
        self._pattern: re.Pattern[str] | None = None
        self._base = Style()
        self._looks: dict[str, Style] = {}

    # -- what is shown ------------------------------------------------------------------------------------------

    def show(self, path: Path | None) -> None:
        """Shows another file, from its end."""
        self.close()
        self.following, self.new_lines = True, 0
        self.snapshot, self.problem, self.found, self.here, self.mark = Snapshot(), "", None, None, None
        self._pattern = None
        self._widest = 0
        self._forget()
        self._resize_content()
        if path is not None:
            reader = self._reader = LogReader(path, lambda news: self.post_message(self.Told(reader, news)))
            reader.poll()
        self.refresh()

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def poll(self) -> None:
        if self._reader is not None:
            self._reader.poll()

    def search(self, query: str) -> None:
        self.here = None
        small = query == query.lower()
        self._pattern = re.compile(re.escape(query), re.IGNORECASE if small else 0) if query else None
        self._strips.clear()
        if not query:
            self.found = None
        if self._reader is not None:
            self._reader.search(query)
        self.refresh()

    def on_unmount(self) -> None:
        self.close()

    def on_log_scroll_told(self, event: Told) -> None:
        event.stop()
        if event.reader is not self._reader:
            return
        if isinstance(event.news, Fetched):
            self._keep(event.news)
            self.refresh()
        else:
            self._take(event.news)

    def _take(self, reading: Reading) -> None:
        before, self.snapshot = self.snapshot, reading.snapshot
        self.problem = reading.problem
        if reading.epoch != self._epoch:
            self._epoch = reading.epoch
            self._forget()
            self._renumber(before, reading.snapshot)
        elif reading.snapshot.size != before.size:
            # The last line may have been unfinished.
            self._lines.discard(before.lines - 1)
            self._strips.discard(before.lines - 1)
        added = reading.snapshot.lines - before.lines - reading.snapshot.shift
        if not self.following and added > 0:
            self.new_lines += added
        if reading.found != self.found:
            self.found = reading.found
        if reading.snapshot != before:
            self._resize_content()
            if before.size != reading.snapshot.size:
                self.refresh()
        self._changed()

    def _renumber(self, before: Snapshot, after: Snapshot) -> None:
        if after.generation != before.generation:
            self.following, self.new_lines, self.mark, self.here = True, 0, None, None
            return
        if self.mark is not None:
            self.mark += after.shift
        if not self.following:
            self._resize_content()
            self.move(self.scroll_offset.y + after.shift)

    def _forget(self) -> None:
        self._lines.clear()
        self._strips.clear()

    def _resize_content(self) -> None:
        self.resize_content(self._widest + self._gutter, self.snapshot.lines)

    def follow(self, following: bool) -> None:
        if following != self.following:
            self.following = following
            self.new_lines = 0
            self._changed()

    def on_resize(self) -> None:
        self._resize_content()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()
        self._looks.clear()

    # -- drawing ------------------------------------------------------------------------------------------------

    @property
    def _gutter(self) -> int:
        return len(f"{self.snapshot.lines:,}") + 2 if self.numbers else (2 if self.mark is not None else 0)

    def render_lines(self, crop: Region) -> list[Strip]:
        # Working a widget's style out takes as long as drawing a line: once a repaint is enough.
        self._base = self.rich_style
        self._ensure(self.scroll_offset.y, self.scroll_offset.y + self.size.height)
        return super().render_lines(crop)

    def _ensure(self, start: int, stop: int) -> None:
        missing = [line for line in range(start, min(stop, self.snapshot.lines)) if line not in self._lines]
        if missing and self._reader is not None:
            fetched = self._reader.fetch(missing[0], missing[-1] + 1, WAIT)
            if fetched is not None:
                self._keep(fetched)

    def _keep(self, fetched: Fetched) -> None:
        if fetched.epoch != self._epoch:
            return
        for number, line in enumerate(fetched.lines, fetched.start):
            self._lines[number] = line
            self._strips.discard(number)
        widest = max((line.cells + (width(line.cut) + 3 if line.cut else 0) for line in fetched.lines), default=0)
        if widest > self._widest:
            self._widest = widest
            # The size must not change in the midst of a repaint.
            self.call_later(self._resize_content)

    def _component(self, name: str) -> Style:
        look = self._looks.get(name)
        if look is None:
            look = self._looks[name] = self.get_component_rich_style(name, partial=True)
        return look

    def render_line(self, y: int) -> Strip:
        number = self.scroll_offset.y + y
        room = self.size.width
        base = self._base
        if number >= self.snapshot.lines:
            return Strip.blank(room, base)
        gutter = self._gutter
        text = self._line_strip(number, base).crop_extend(
            self.scroll_offset.x, self.scroll_offset.x + room - gutter, base
        )
        text = text.apply_offsets(self.scroll_offset.x, number)
        return Strip.join([self._gutter_strip(number, gutter, base), text]) if gutter else text

    def _gutter_strip(self, number: int, cells: int, base: Style) -> Strip:
        marked = self.mark is not None and number >= self.mark
        style = base + self._component("log--marked" if marked else "log--number")
        # Before the beginning of a large file is counted nobody knows the numbers.
        shown = f"{number + 1:,}" if self.numbers and self.snapshot.complete else ""
        return Strip([Segment(f"{shown:>{cells - 2}}{'┃' if marked else ' '} ", style)], cells)

    def _line_strip(self, number: int, base: Style) -> Strip:
        selection = self.text_selection
        kept = self._strips.get(number) if selection is None else None
        if kept is not None:
            return kept
        line = self._lines.get(number)
        if line is None:
            return Strip([Segment("…", base)], 1)
        strip = self._draw(line, number, base, selection)
        if selection is None:
            self._strips[number] = strip
        return strip

    def _draw(self, line: LogLine, number: int, base: Style, selection: Selection | None) -> Strip:
        marks: list[Mark] = []
        if self._pattern is not None:
            here = self.here is not None and self.here.line == number
            style = self._component("log--match-here" if here else "log--match")
            marks += [(match.start(), match.end(), style) for match in self._pattern.finditer(line.text)]
        if selection is not None and (span := selection.get_span(number)) is not None:
            start, end = span
            style = self.screen.get_component_rich_style("screen--selection")
            marks.append((start, len(line.text) if end == -1 else end, style))
        segments, cells = segments_of(line, marks, base), line.cells
        if line.cut:
            style = base + self._component("log--cut")
            segments.append(Segment(f" … {line.cut}", style))
            cells += width(line.cut) + 3
        return Strip(segments, cells)

    # -- selecting and copying ----------------------------------------------------------------------------------

    def selection_updated(self, selection: Selection | None) -> None:
        self._strips.clear()
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        first = selection.start.y if selection.start else 0
        last = selection.end.y if selection.end else self.snapshot.lines - 1
        lines = self._texts(first, last + 1)
        if not lines:
            return None
        if selection.end:
            lines[-1] = lines[-1][: selection.end.x]
        if selection.start:
            lines[0] = lines[0][selection.start.x :]
        return "\n".join(lines), "\n"

    def _texts(self, start: int, stop: int) -> list[str]:
        """The text of the lines, at most COPY_LINES of them, the last ones."""
        start = max(0, start, stop - COPY_LINES)
        fetched = self._reader.fetch(start, stop, COPY_WAIT) if self._reader is not None else None
        return [line.text for line in fetched.lines] if fetched is not None else []

    def chosen_text(self) -> str:
        """What `copy` takes: the selection, else from the mark to the last line in sight, else the lines in sight."""
        if (selected := self.screen.get_selected_text()) is not None:
            return selected
        first = self.scroll_offset.y
        last = min(first + self.size.height, self.snapshot.lines)
        if self.mark is not None:
            first, last = min(self.mark, first), max(self.mark + 1, last)
        return "\n".join(self._texts(first, last))

    # -- keys ---------------------------------------------------------------------------------------------------

    def action_start(self) -> None:
        self.scroll_to(y=0, animate=False)

    def action_end(self) -> None:
        self.move(self.max_scroll_y)
        self.follow(True)

    def action_scroll_up(self) -> None:
        self.scroll_to(y=self.scroll_target_y - 1, animate=False)

    def action_scroll_down(self) -> None:
        self.scroll_to(y=self.scroll_target_y + 1, animate=False)

    def action_page_up(self) -> None:
        self.scroll_to(y=self.scroll_target_y - max(1, self.size.height - 1), animate=False)

    def action_page_down(self) -> None:
        self.scroll_to(y=self.scroll_target_y + max(1, self.size.height - 1), animate=False)

    def action_sideways(self, by: int) -> None:
        self.scroll_to(x=self.scroll_target_x + by * COLUMNS, animate=False)

    def action_find(self) -> None:
        self.post_message(self.FindAsked())

    def action_next(self) -> None:
        self.jump(forward=True)

    def action_previous(self) -> None:
        self.jump(forward=False)

    def jump(self, forward: bool) -> None:
        """Goes to the next or the previous match, from the last one or from what is in sight."""
        if self._reader is None or self.found is None:
            self.post_message(self.FindAsked())
            return
        top = self.scroll_offset.y
        bottom = min(top + self.size.height, self.snapshot.lines) - 1
        line = self.here.line if self.here and top <= self.here.line <= bottom else (top - 1 if forward else bottom + 1)
        self.here = self._reader.match(line, forward, COPY_WAIT)
        self._strips.clear()
        if self.here is not None and not top <= self.here.line <= bottom:
            self.scroll_to(y=self.here.line - self.size.height // 3, animate=False)
        self.refresh()
        self._changed()

    def action_numbers(self) -> None:
        self.numbers = not self.numbers
        self._resize_content()
        self.refresh()

    def action_mark(self) -> None:
        self.mark = None if self.mark is not None else self.scroll_offset.y
        self._resize_content()
        self.refresh()
        self._changed()

    def action_copy(self) -> None:
        if copy := getattr(self.app, "copy_text", None):
            copy(self.chosen_text())
        else:
            self.app.copy_to_clipboard(self.chosen_text())
        self.mark = None
        self.refresh()
