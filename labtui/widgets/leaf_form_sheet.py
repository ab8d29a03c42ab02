"""The lines of a form with a cursor that goes from field to field, and a gap where one of them is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.binding import Binding
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.visual import Visual

from labtui.actions import bindings_for
from labtui.taxonomy.fields import Path
from labtui.taxonomy.lengths import words
from labtui.widgets.leaf_form_lines import EMPTY, FormPage, Spot, card_top, opened
from labtui.widgets.sheet import KEPT, Sheet

MARK = 1
"""Cells at the left that say where the cursor is."""


class FormSheet(Sheet):
    BINDINGS = [
        *bindings_for("taxonomy.fields"),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("home", "first", "first", show=False),
        Binding("end", "last", "last", show=False),
    ]

    def __init__(self, want: Callable[[str], Awaitable[None]]) -> None:
        """`want` is called for what a key asks for at the place of the cursor: an action of `taxonomy.fields`."""
        super().__init__(id="form-sheet")
        self._want = want
        self.page = EMPTY
        self.path: Path = ()
        """Where the cursor is."""
        self.gap: Spot | None = None
        """The field that is open, as it stands on the page."""
        self.gap_height = 0

    @property
    def room(self) -> int:
        return max(1, super().room - MARK)

    @property
    def spot(self) -> Spot | None:
        return self.page.nearest(self.path)

    # -- what is shown ------------------------------------------------------------------------------------------

    def turn_to(self, page: FormPage, path: Path | None = None, *, fresh: bool = False) -> None:
        """Shows a page. The row the cursor is on stays where it is on the screen, but on a `fresh` one."""
        before = self.spot
        height = before.row - round(self.scroll_offset.y) if before is not None else 0
        self.page = page
        self.path = () if fresh else self.path if path is None else path
        self.gap = page.spot(self.gap.path) if self.gap is not None else None
        now = self.spot
        self.path = now.path if now is not None else ()
        self._fill()
        self.refresh_bindings()
        if fresh:
            self.scroll_to(y=0, animate=False, force=True)
        elif now is not None and path is None:
            self.scroll_to(y=max(0, now.row - height), animate=False, force=True)
        else:
            self.show_cursor()

    def open_gap(self, spot: Spot | None, height: int = 0, count: int = 0) -> None:
        """Makes room for a field of so many rows, or none. `count`: the words in it."""
        if (spot, height) != (self.gap, self.gap_height):
            self.gap, self.gap_height = spot, height
            self._fill(count)
        elif spot is not None:
            self._count(count)

    def _fill(self, count: int = -1) -> None:
        lines, gap = self.page.lines, self.gap
        if gap is not None:
            if count < 0:
                count = words(gap.field.text) if gap.field is not None else 0
            room = opened(gap, self.gap_height, count, self.page.room)
            lines = [*lines[: gap.row], *room, *lines[gap.row + gap.height :]]
        self.show(lines, keep_place=True)
        if gap is not None:
            self._count(count)

    def _count(self, count: int) -> None:
        """The number of words in the open field, as it is typed."""
        gap = self.gap
        if gap is None or gap.column == 0 or gap.field is None:
            return
        if gap.head >= 0:
            number = int(gap.path[1]) + 1
            self._replace(gap.head, card_top(number, len(self.page.seeds), gap.field, count, self.page.room))
        else:
            self._replace(gap.row, opened(gap, 1, count, self.page.room)[0])

    def _replace(self, row: int, line: Content) -> None:
        if isinstance(self._lines, list) and row < len(self._lines) and self._lines[row].plain != line.plain:
            if self._lines is self.page.lines:
                self._lines = list(self._lines)
            self._lines[row] = line
            self._drawn.pop(row, None)
            self.refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only knowledge has pairs to be added to a seed."""
        return action != "add_pair" or self.page.spot(("document", "repo")) is not None

    # -- where the cursor is ------------------------------------------------------------------------------------

    def row_of(self, spot: Spot) -> int:
        """Where a spot of the page stands while a field above it may be open."""
        gap = self.gap
        return spot.row + (self.gap_height - gap.height if gap is not None and spot.row > gap.row else 0)

    def go_to(self, path: Path) -> bool:
        spot = self.page.nearest(path)
        if spot is None:
            return False
        self.path = spot.path
        self.show_cursor()
        return spot.path == path

    def show_cursor(self) -> None:
        spot = self.spot
        if spot is None:
            return
        height = self.gap_height if self.gap is not None and self.gap.path == spot.path else spot.height
        if spot.field is None:
            # A seed as a whole is to be seen as a whole.
            below = (other.row - 1 for other in self.page.seeds if other.row > spot.row)
            height = next(below, len(self.page.lines)) - spot.row
        else:
            height += spot.tail
        top = max(0, spot.row - 1)
        region = Region(0, top, 1, min(spot.row - top + height + 1, max(1, self.size.height)))
        self._drawn.clear()
        self.scroll_to_region(region, animate=False, force=True, x_axis=False)
        self.refresh()

    def step(self, by: int, *, fields_only: bool = False) -> bool:
        """Moves by so many spots. False where there is none that way."""
        here = self.spot
        at = self.page.number(here.path) if here is not None else None
        if at is None:
            return False
        at += by
        while fields_only and 0 <= at < len(self.page.spots) and self.page.spots[at].field is None:
            at += by
        if not 0 <= at < len(self.page.spots):
            return False
        self.path = self.page.spots[at].path
        self.show_cursor()
        return True

    def action_up(self) -> None:
        if not self.step(-1):
            self.scroll_to(y=0, animate=False, force=True)

    def action_down(self) -> None:
        here = self.spot
        if here is not None and here.height > self.size.height:
            below = here.row + here.height - self.scroll_offset.y - self.size.height
            if below > 0:
                self.scroll_relative(y=min(below, self.size.height - 2), animate=False, force=True)
                return
        if not self.step(1):
            self.scroll_end(animate=False, force=True)

    def action_next(self) -> None:
        if not self.step(1, fields_only=True):
            self.screen.focus_next()

    def action_previous(self) -> None:
        if not self.step(-1, fields_only=True):
            self.screen.focus_previous()

    async def action_write(self) -> None:
        await self._want("write")

    async def action_add(self) -> None:
        await self._want("add")

    async def action_add_pair(self) -> None:
        await self._want("add_pair")

    async def action_duplicate(self) -> None:
        await self._want("duplicate")

    async def action_delete(self) -> None:
        await self._want("delete")

    async def action_earlier(self) -> None:
        await self._want("earlier")

    async def action_later(self) -> None:
        await self._want("later")

    def action_page(self, by: int) -> None:
        here = self.spot
        if here is None:
            return
        target = here.row + by * max(1, self.size.height - 2)
        spots = self.page.spots
        nearest = min(spots, key=lambda spot: abs(spot.row - target))
        if nearest.path == here.path:
            self.step(by)
        else:
            self.path = nearest.path
            self.show_cursor()

    def action_first(self) -> None:
        self.go_to(self.page.spots[0].path if self.page.spots else ())
        self.scroll_to(y=0, animate=False, force=True)

    def action_last(self) -> None:
        self.go_to(self.page.spots[-1].path if self.page.spots else ())
        self.scroll_end(animate=False, force=True)

    # -- drawing ------------------------------------------------------------------------------------------------

    def on_focus(self) -> None:
        self._drawn.clear()
        self.refresh()

    def on_blur(self) -> None:
        self._drawn.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        room = self.scrollable_content_region.width
        number = y + self.scroll_offset.y
        if number >= len(self._lines):
            return Strip.blank(room, self.visual_style.rich_style)
        strip = self._drawn.get(number)
        if strip is None:
            if len(self._drawn) > KEPT:
                self._drawn.clear()
            line = self._marked(number, self._lines[number])
            strips = Visual.to_strips(self, line, room, 1, self.visual_style, apply_selection=False)
            strip = self._drawn[number] = strips[0].adjust_cell_length(room, self.visual_style.rich_style)
        return strip

    def _marked(self, row: int, line: Content) -> Content:
        spot = self.spot
        if spot is None or not (self.has_focus or self.gap is not None):
            return Content.assemble(" ", line)
        is_open = self.gap is not None and self.gap.path == spot.path
        top = spot.row if is_open else self.row_of(spot)
        height = self.gap_height if is_open else spot.height
        if not top <= row < top + height:
            return Content.assemble(" ", line)
        if not is_open:
            start = min(spot.column, len(line.plain))
            line = line.stylize(
                "on $block-cursor-background", start, max(start, len(line.plain) - 2 * (spot.column in (2, 5)))
            )
        # The mark says where the cursor is without any colour.
        return Content.assemble(("▌", "bold $accent"), line)
