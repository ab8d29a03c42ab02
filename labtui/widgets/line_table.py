"""A table of lines with one chosen, below a heading that stays: keys, mouse, scrolling and drawing of all of them.

A table of one's own says what its lines are and nothing of how one moves in them:

    class JobTable(LineTable):
        class Opened(Message): ...                      # what a click on the chosen line means

        def line_count(self) -> int: ...
        def heading(self, room: int) -> str: ...        # `room`: cells of a line
        def line_at(self, row: int, room: int) -> Content: ...
        def in_place_of_lines(self) -> Content: ...     # drawn while there is no line
        def opened(self, row: int) -> Message: ...

It sets `chosen` and calls `redraw_if_changed` when its lines are others.
"""

from __future__ import annotations

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

CURSOR = "$block-cursor-foreground on $block-cursor-background bold"
BLURRED = "$block-cursor-blurred-foreground on $block-cursor-blurred-background"
FAR = 999_999
"""More lines than there are."""


class LineTable(Widget, can_focus=True):
    DEFAULT_CSS = "LineTable { height: 1fr; }"
    BINDINGS = [
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down", "move(1)", "down", show=False),
        Binding("pageup,ctrl+u", "page(-1)", "page up", show=False),
        Binding("pagedown,ctrl+d", "page(1)", "page down", show=False),
        Binding("home,g", f"move(-{FAR})", "first", show=False),
        Binding("end,G", f"move({FAR})", "last", show=False),
    ]

    chosen: reactive[int] = reactive(0)

    class Chosen(Message):
        """Another line is the chosen one, or it says something else now."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self._drawn: list[str] = []
        self._top = 0

    # -- what a table says of its own ---------------------------------------------------------------------------

    def line_count(self) -> int:
        raise NotImplementedError

    def heading(self, room: int) -> str:
        raise NotImplementedError

    def line_at(self, row: int, room: int) -> Content:
        raise NotImplementedError

    def in_place_of_lines(self) -> Content:
        raise NotImplementedError

    def opened(self, row: int) -> Message:
        """What is posted when the chosen line is clicked again."""
        raise NotImplementedError

    # -- what is shown ------------------------------------------------------------------------------------------

    def keep_chosen(self, keys: list[str], before: str) -> None:
        """The line with the key `before` stays chosen; where it is gone, the one in its place."""
        self.chosen = keys.index(before) if before in keys else max(0, min(self.chosen, len(keys) - 1))

    def redraw_if_changed(self) -> bool:
        room = self.content_size.width
        drawn = [self.line_at(row, room).plain for row in range(self.line_count())]
        if drawn == self._drawn and drawn:
            return False
        self._drawn = drawn
        self.refresh()
        return True

    def watch_chosen(self) -> None:
        self.post_message(self.Chosen())

    def render(self) -> Content:
        count = self.line_count()
        if not count:
            return self.in_place_of_lines()
        room, rows = self.content_size.width, self._rows
        self._top = max(0, min(self._top, self.chosen, count - rows))
        self._top = max(self._top, self.chosen - rows + 1)
        lines = [Content.styled(self.heading(room), "$quiet")]
        for row in range(self._top, min(self._top + rows, count)):
            line = self.line_at(row, room)
            if row == self.chosen:
                line = Content.styled(line.plain, CURSOR if self.has_focus else BLURRED)
            lines.append(line)
        return Content("\n").join(lines)

    # -- keys and mouse -----------------------------------------------------------------------------------------

    @property
    def _rows(self) -> int:
        """Lines that fit below the heading."""
        return max(1, self.content_size.height - 1)

    def action_move(self, by: int) -> None:
        self.chosen = max(0, min(self.chosen + by, self.line_count() - 1))

    def action_page(self, by: int) -> None:
        self.action_move(by * self._rows)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or not 1 <= offset.y <= self.line_count() - self._top:
            return
        row = self._top + offset.y - 1
        if row == self.chosen:
            self.post_message(self.opened(row))
        self.chosen = row

    def on_mouse_scroll_down(self) -> None:
        self.action_move(3)

    def on_mouse_scroll_up(self) -> None:
        self.action_move(-3)
