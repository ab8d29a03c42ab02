"""A log file on screen, however large and however fast it grows.

    yield LogView(folder.log_file, id="log")           # or LogView() and later .show(path); None shows nothing

It follows the end of the file until the reader scrolls up and says so in its last line; `G` follows again. `/`
searches (n, N), `y` copies. It reads only while it is in sight, in a thread, and never the whole file; the file may
not exist yet, grow, be cut or replaced. Colours are kept; nothing else of what the bytes say reaches the terminal.
`back()` undoes one step (search, mark) and tells whether there was one, for the screen's `action_back_once`.
"""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from labtui.text import clean, shorten, width
from labtui.widgets.log_lines import size_words
from labtui.widgets.log_scroll import LogScroll
from labtui.widgets.plain import Plain

POLL_SECONDS = 0.2


class LogView(Vertical):
    DEFAULT_CSS = """
    LogView { height: 1fr; }
    LogView LogStatus { height: 1; background: $surface; padding: 0 1; }
    LogView .find { height: 1; display: none; background: $surface; padding: 0 1; }
    LogView .find Plain { width: auto; color: $accent; }
    LogView .find Input, LogView .find Input:focus {
        height: 1; border: none; padding: 0; width: 1fr; background: $surface;
    }
    LogView.-finding .find { display: block; }
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        numbers: bool = True,
        id: str | None = None,  # noqa: A002 - the name Textual gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._path = path
        self._scroll = LogScroll(numbers=numbers, changed=self._changed)
        self._status = LogStatus(self._scroll)

    def compose(self) -> ComposeResult:
        yield self._scroll
        with Horizontal(classes="find"):
            yield Plain("/ ")
            yield FindInput(placeholder="text to find; enter jumps, esc closes", compact=True)
        yield self._status

    def on_mount(self) -> None:
        self._scroll.show(self._path)
        self.set_interval(POLL_SECONDS, self._tick)

    @property
    def path(self) -> Path | None:
        return self._path

    @property
    def lines(self) -> LogScroll:
        """The lines themselves: what takes the focus."""
        return self._scroll

    def show(self, path: Path | None) -> None:
        """Shows another log; the same one is left as it is."""
        if path == self._path:
            return
        self._path = path
        self._close_find()
        if self.is_mounted:
            self._scroll.show(path)

    def focus(self, scroll_visible: bool = True) -> LogView:
        self._scroll.focus(scroll_visible)
        return self

    def back(self) -> bool:
        """Leaves the search, or drops the mark: one step. False where there is neither."""
        if self.has_class("-finding"):
            self._close_find()
        elif self._scroll.found is not None:
            self._scroll.search("")
            self._status.refresh_words()
        elif self._scroll.mark is not None:
            self._scroll.action_mark()
        else:
            return False
        return True

    def _tick(self) -> None:
        # A log nobody sees (another tab, a screen in front) is not read.
        if self._scroll.size and self.screen.is_active:
            self._scroll.poll()

    def _changed(self) -> None:
        if self.is_mounted:
            self._status.refresh_words()

    @on(LogScroll.FindAsked)
    def _find(self, event: LogScroll.FindAsked) -> None:
        event.stop()
        self.find()

    def find(self) -> None:
        """Opens the line to type what to search for."""
        self.add_class("-finding")
        self.query_one(FindInput).focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._scroll.search(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.remove_class("-finding")
        self._scroll.focus()
        if event.value:
            self._scroll.jump(forward=not self._scroll.following)

    def _close_find(self) -> None:
        self.remove_class("-finding")
        if self.is_mounted:
            field = self.query_one(FindInput)
            with field.prevent(Input.Changed):
                field.value = ""
            if self._scroll.found is not None:
                self._scroll.search("")
            if field.has_focus:
                self._scroll.focus()


class FindInput(Input):
    BINDINGS = [Binding("escape", "close", "close")]

    def action_close(self) -> None:
        self.query_ancestor(LogView).back()


class LogStatus(Widget):
    """`● following    3 of 128 lines have “loss”                                  2,000,000 lines · 158 MB`"""

    def __init__(self, lines: LogScroll) -> None:
        super().__init__()
        self._lines = lines
        self._words: tuple[object, ...] = ()

    def refresh_words(self) -> None:
        """Draws anew if it says anything new."""
        words = (self._left(), self._middle(), self._right())
        if words != self._words:
            self._words = words
            self.refresh()

    def render(self) -> Content:
        room = self.content_size.width
        left, style = self._left()
        right = self._right()
        middle = self._middle()
        if width(left) + width(right) + 2 > room:
            right = ""
        middle = shorten(middle, max(0, room - width(left) - width(right) - 4))
        gap = max(0, room - width(left) - 3 - width(middle) - width(right))
        return Content.assemble((left, style), "   ", (middle, "$accent"), " " * gap, (right, "$quiet"))

    def _left(self) -> tuple[str, str]:
        lines = self._lines
        if lines.problem:
            return clean(lines.problem, lines=False), "$error"
        if not lines.snapshot.size:
            return "no output yet", "$quiet"
        if not lines.snapshot.exists:
            return "removed; what was read stays", "$quiet"
        if lines.following:
            return "● following", "$primary"
        new = f", {lines.new_lines:,} new lines" if lines.new_lines else ""
        return f"■ paused{new}", "bold $accent"

    def _middle(self) -> str:
        found, here = self._lines.found, self._lines.here
        if found is None:
            return "copying from the mark to the last line in sight: y" if self._lines.mark is not None else ""
        count = f"{found.lines:,}" if here is None else f"{here.position:,} of {found.lines:,}"
        searching = "" if found.done else f", {found.progress:.0%} searched"
        lines = "line" if found.lines == 1 else "lines"
        return f"{count} {lines} with '{found.query}'{searching}"

    def _right(self) -> str:
        snapshot = self._lines.snapshot
        if not snapshot.size:
            return ""
        if not snapshot.complete:
            return f"counting lines, {size_words(snapshot.behind)} left"
        return f"{snapshot.lines:,} lines · {size_words(snapshot.size)}"
