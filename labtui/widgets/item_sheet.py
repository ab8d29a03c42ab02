"""A page of finished lines in which some blocks can be chosen: findings, comments, questions, conflicts.

    sheet.turn_to([Block(lines), Block(lines, item)])   # a block with an item can be stood on; the others only read

The cursor stays on an item that equals the one it stood on. An owner takes keys of its own by asking for `item`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.visual import Visual

from labtui.actions import bindings_for
from labtui.widgets.sheet import Sheet


class Block(NamedTuple):
    """Lines that belong together, each no wider than the sheet's `room`."""

    lines: Sequence[Content]
    item: object = None
    """What one stands on; None for lines that are only read."""


class ItemSheet(Sheet):
    class Moved(Message):
        """The cursor stands on another item now, or on none."""

        def __init__(self, sheet: ItemSheet) -> None:
            super().__init__()
            self.sheet = sheet

    class Chosen(Message):
        """Enter was pressed, or the item the cursor stood on was clicked. `item` is None where there is none."""

        def __init__(self, sheet: ItemSheet, item: object) -> None:
            super().__init__()
            self.sheet, self.item = sheet, item

    BINDINGS = bindings_for("contribute.items")

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self._items: list[tuple[object, int, int]] = []
        """Each item with its first row and the one behind its last."""
        self._cursor = 0

    @property
    def room(self) -> int:
        """Cells a line may take: one is the mark's, one the scroll bar's."""
        return max(1, (self.size.width or self._width) - 2)

    @property
    def items(self) -> list[object]:
        return [item for item, _, _ in self._items]

    @property
    def item(self) -> object:
        """What the cursor stands on; None where there is nothing to stand on."""
        return self._items[self._cursor][0] if self._cursor < len(self._items) else None

    def turn_to(self, blocks: Sequence[Block], *, fresh: bool = False) -> None:
        """Shows these blocks. `fresh`: from the first line and item; otherwise place and cursor stay."""
        before, lines = self.item, list[Content]()
        self._items = []
        for block in blocks:
            if block.item is not None:
                self._items.append((block.item, len(lines), len(lines) + _said(block.lines)))
            lines += block.lines
        items = self.items
        if fresh:
            self._cursor = 0
        elif before in items:
            self._cursor = items.index(before)
        self._cursor = max(0, min(self._cursor, len(items) - 1))
        self.show(lines, keep_place=not fresh)
        self.post_message(self.Moved(self))

    def stand_on(self, item: object) -> bool:
        """Puts the cursor on an item. False where it is not there."""
        items = self.items
        if item not in items:
            return False
        self._go(items.index(item))
        return True

    # -- keys and mouse -----------------------------------------------------------------------------------------

    def action_go(self) -> None:
        self.post_message(self.Chosen(self, self.item))

    def action_up(self) -> None:
        self._step(-1)

    def action_down(self) -> None:
        self._step(1)

    def action_first(self) -> None:
        self._go(0)
        self.scroll_home(animate=False)

    def action_last(self) -> None:
        self._go(len(self._items) - 1)
        self.scroll_end(animate=False)

    def action_page_up(self) -> None:
        self._page(-1)

    def action_page_down(self) -> None:
        self._page(1)

    def _page(self, by: int) -> None:
        height = max(1, self.size.height - 1)
        here = round(self.scroll_offset.y)
        self.scroll_relative(y=by * height, animate=False, force=True)
        top = max(0, min(here + by * height, len(self._lines) - self.size.height))
        inside = [n for n, (_, first, _) in enumerate(self._items) if top <= first < top + self.size.height]
        if inside:
            self._set(inside[0] if by > 0 else inside[-1])

    def _step(self, by: int) -> None:
        """One item on; an item higher than the page is read through first, and what stands around the items too."""
        top, bottom = round(self.scroll_offset.y), round(self.scroll_offset.y) + self.size.height
        target = self._cursor + by
        if self._items:
            _, first, last = self._items[self._cursor]
            unread = last > bottom if by > 0 else first < top
            if 0 <= target < len(self._items) and not unread:
                self._go(target)
                return
        self.scroll_relative(y=by * 2, animate=False, force=True)

    def _go(self, number: int) -> None:
        if 0 <= number < len(self._items):
            self._set(number)
            _, first, last = self._items[number]
            # What stands above the first item belongs to it: one sees the beginning of the page again.
            first = 0 if number == 0 and last <= self.size.height else first
            self.scroll_to_region(Region(0, first, 1, last - first), animate=False, force=True, x_axis=False)

    def _set(self, number: int) -> None:
        if number != self._cursor:
            self._cursor = number
            self._drawn.clear()
            self.refresh()
            self.post_message(self.Moved(self))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        row = offset.y + round(self.scroll_offset.y) if offset is not None else -1
        for number, (_, first, last) in enumerate(self._items):
            if first <= row < last:
                if number == self._cursor:
                    self.action_go()
                self._set(number)

    def render_line(self, y: int) -> Strip:
        room = self.scrollable_content_region.width
        number = y + round(self.scroll_offset.y)
        if number >= len(self._lines):
            return Strip.blank(room, self.visual_style.rich_style)
        strip = self._drawn.get(number)
        if strip is None:
            here = self._cursor < len(self._items) and self._items[self._cursor][1] <= number
            here = here and number < self._items[self._cursor][2]
            # The mark says where the cursor is without any colour.
            line = Content.assemble(("▌" if here else " ", "bold $accent"), self._lines[number])
            strips = Visual.to_strips(self, line, room, 1, self.visual_style, apply_selection=False)
            strip = self._drawn[number] = strips[0].adjust_cell_length(room, self.visual_style.rich_style)
        return strip


def _said(lines: Sequence[Content]) -> int:
    """How many lines there are without the empty ones at the end, which only keep blocks apart."""
    count = len(lines)
    while count > 1 and not lines[count - 1].plain:
        count -= 1
    return count
