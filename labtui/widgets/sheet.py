"""A page of finished lines to scroll through; only those in sight are drawn."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

KEPT = 2000
"""Drawn lines that are kept for scrolling back."""


class Sheet(ScrollView, can_focus=True):
    DEFAULT_CSS = "Sheet { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; }"

    class Resized(Message):
        """The page has another width now and wants its lines anew."""

        def __init__(self, sheet: Sheet) -> None:
            super().__init__()
            self.sheet = sheet

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self._lines: Sequence[Content] = ()
        self._drawn: dict[int, Strip] = {}
        self._width = 0

    @property
    def room(self) -> int:
        """Cells a line may take; one column is kept for the scroll bar whether it shows or not.

        A sheet that is hidden has no size; it will most likely be as wide as it was.
        """
        return max(1, (self.size.width or self._width) - 1)

    @property
    def shown(self) -> list[str]:
        """The lines as text."""
        return [line.plain for line in self._lines]

    def show(self, lines: Sequence[Content], *, keep_place: bool = False) -> None:
        self._lines = lines
        self._drawn.clear()
        self.virtual_size = Size(0, len(lines))
        if not keep_place:
            self.scroll_to(y=0, animate=False, force=True)
        self.refresh()

    def on_resize(self) -> None:
        if self.size.width != self._width:
            self._width = self.size.width
            self._drawn.clear()
            self.post_message(self.Resized(self))

    def notify_style_update(self) -> None:
        self._drawn.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        room = self.scrollable_content_region.width
        number = y + self.scroll_offset.y
        if number >= len(self._lines):
            return Strip.blank(room, self.visual_style.rich_style)
        strip = self._drawn.get(number)
        if strip is None:
            if len(self._drawn) > KEPT:
                self._drawn.clear()
            strips = Visual.to_strips(self, self._lines[number], room, 1, self.visual_style, apply_selection=False)
            strip = self._drawn[number] = strips[0].adjust_cell_length(room, self.visual_style.rich_style)
        return strip
