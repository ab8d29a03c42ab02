"""A scroll view of lines that stays at its end while they grow, until the reader scrolls up."""

from __future__ import annotations

from typing import Any

from textual.geometry import Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView


class TailScroll(ScrollView):
    """Give it the size of its content with `resize_content`; `following` says whether it is at its end to stay."""

    # More lines move nothing but the scroll bar: no layout of the whole screen for them, as Textual would do.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.following = True
        self._own_move = False

    def watch_virtual_size(self, size: Size) -> None:
        self._scroll_update(size)

    def resize_content(self, width: int, lines: int) -> None:
        size = Size(max(1, width), lines)
        if size != self.virtual_size:
            self.virtual_size = size
        if self.following:
            self.move(self.max_scroll_y)

    def move(self, y: float) -> None:
        """Scrolls without that counting as the reader's own doing."""
        self._own_move = True
        try:
            self.scroll_to(y=y, animate=False)
        finally:
            self._own_move = False

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._own_move and old_value != new_value:
            self.follow(new_value >= self.max_scroll_y)

    def follow(self, following: bool) -> None:
        """Called when the reader leaves the end or comes back to it."""
        self.following = following
