"""The text of one document file: only the rows in sight are drawn. Use it through `document_view.DocumentView`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from labtui import signs
from labtui.actions import bindings_for
from labtui.widgets import document_marking as marking
from labtui.widgets.document_drawing import FOUND, FOUND_HERE, MARKED, SEED, Laid, draw
from labtui.widgets.document_marking import Mark
from labtui.widgets.document_pages import Page, Place
from labtui.widgets.document_rows import Rows

MARGIN = 5
"""Cells before the text: the cursor, a seed's number, a bar beside its context."""
KEPT = 1000
MOST_FOUND = 10_000


# Without Textual's own keys: they would move the page and not the cursor.
class DocumentScroll(ScrollView, can_focus=True, inherit_bindings=False):
    BINDINGS = bindings_for("taxonomy.page")
    DEFAULT_CSS = "DocumentScroll { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; }"

    class Took(Message):
        """The marked part is wanted."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, changed: Callable[[], object], wanted: Callable[[str, int], object]) -> None:
        super().__init__()
        # Called, not posted: what is said below is painted together with the rows, and the key after `/` is typed.
        self._changed = changed
        self._wanted = wanted
        """Does what a key asks of the view around this: `find`, `fetch`, `stop`, `file`, `seed`."""
        self.fetching = False
        """Whether there is a fetch for esc to stop."""
        self.page: Page | None = None
        self.notes: list[Content] = []
        """Shown instead of a text, where there is none."""
        self.cursor = 0
        """Offset in the text: its row has the cursor."""
        self.mark: Mark | None = None
        self.pattern = ""
        self.found: list[tuple[int, int]] = []
        self.here = -1
        self._rows = Rows("", 1)
        self._drawn: dict[int, Strip] = {}
        self._width = 0

    # -- what is shown ------------------------------------------------------------------------------------------

    def show(self, page: Page | None) -> None:
        """Shows another page, or the same one with other places on it."""
        if page is not self.page:
            self.page, self.cursor, self.mark = page, 0, None
            self._lay_out()
            self.search(self.pattern)
            self.scroll_to(y=0, animate=False, force=True)
        self.redraw()

    def say(self, lines: list[Content]) -> None:
        """Shows these lines where there is no text."""
        self.notes = lines
        if self.page is None:
            self.virtual_size = Size(0, len(lines))
            self.redraw()

    def redraw(self) -> None:
        self._drawn.clear()
        self.refresh()
        self._changed()

    @property
    def rows(self) -> Rows:
        return self._rows

    @property
    def room(self) -> int:
        """Cells for text; one column is kept for the scroll bar whether it shows or not."""
        return max(8, self.size.width - 1 - MARGIN)

    def _lay_out(self) -> None:
        # While it is hidden it has no width; when it is seen again it is laid out anew.
        self._width = self.size.width
        self._rows = Rows(self.page.text if self.page is not None else "", self.room)
        self.virtual_size = Size(0, len(self._rows) if self.page is not None else len(self.notes))

    def on_resize(self) -> None:
        if self.size.width != self._width:
            above = self._rows.at(self.cursor) - self.scroll_offset.y
            self._lay_out()
            self.scroll_to(y=max(0, self._rows.at(self.cursor) - above), animate=False, force=True)
            self._drawn.clear()

    def notify_style_update(self) -> None:
        self._drawn.clear()
        super().notify_style_update()

    # -- drawing ------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        room = self.scrollable_content_region.width
        number = y + self.scroll_offset.y
        strip = self._drawn.get(number)
        if strip is None:
            if len(self._drawn) > KEPT:
                self._drawn.clear()
            strips = Visual.to_strips(self, self._line(number), room, 1, self.visual_style, apply_selection=False)
            strip = self._drawn[number] = strips[0].adjust_cell_length(room, self.visual_style.rich_style)
        return strip

    def _line(self, number: int) -> Content:
        page = self.page
        if page is None:
            return self.notes[number] if number < len(self.notes) else Content("")
        if number >= len(self._rows):
            return Content("")
        row = self._rows.starts[number], self._rows.ends[number]
        laid = [Laid(place.start, place.end, SEED) for place in page.places]
        laid += [Laid(*span, FOUND_HERE if place == self.here else FOUND) for place, span in self._found_in(row)]
        if self.mark is not None:
            laid.append(Laid(self.mark.start, self.mark.end, MARKED))
        return Content.assemble(
            self._margin(number, row, page.places), draw(page.text, self._rows.line(number), row, laid)
        )

    def _found_in(self, row: tuple[int, int]) -> Iterator[tuple[int, tuple[int, int]]]:
        return ((place, span) for place, span in enumerate(self.found) if span[0] < row[1] and span[1] > row[0])

    def _margin(self, number: int, row: tuple[int, int], places: tuple[Place, ...]) -> Content:
        here = [place for place in places if place.start < row[1] and place.end > row[0]]
        head = marking.head_row(self._rows, self.mark) if self.mark is not None else self._rows.at(self.cursor)
        cursor = signs.CURSOR if number == head and self.has_focus else " "
        begins = sorted({place.seed for place in here if place.start >= row[0]})
        label = (f"{begins[0]:>2}" if len(begins) == 1 else f"{begins[0]}+"[-2:]) if begins else "  "
        bar = " " if not here else "│" if all(place.whole for place in here) else "┆"
        return Content.assemble((cursor, "bold $primary"), (label, "bold $accent"), (bar, "$accent"), " ")

    def on_focus(self) -> None:
        self.redraw()

    def on_blur(self) -> None:
        self.redraw()

    # -- moving -------------------------------------------------------------------------------------------------

    def go_to(self, offset: int, *, above: int | None = None) -> None:
        """Puts the cursor on the row of `offset` and brings it into sight, `above` rows below the top."""
        self.cursor = offset
        self._show_row(self._rows.at(offset), above)
        self.redraw()

    def _show_row(self, row: int, above: int | None = None) -> None:
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if above is not None and not top <= row < top + height - 1:
            self.scroll_to(y=max(0, row - above), animate=False, force=True)
        elif row < top:
            self.scroll_to(y=row, animate=False, force=True)
        elif row >= top + height:
            self.scroll_to(y=row - height + 1, animate=False, force=True)

    def _move(self, rows: int) -> None:
        if self.page is None or not len(self._rows):
            self.scroll_to(y=self.scroll_offset.y + rows, animate=False)
        elif self.mark is not None:
            self._put_mark(marking.by_rows(self._rows, self.mark, rows))
        else:
            row = min(len(self._rows) - 1, max(0, self._rows.at(self.cursor) + rows))
            self.go_to(self._rows.starts[row])

    def _put_mark(self, mark: Mark | None) -> None:
        self.mark = mark
        if mark is not None:
            self.cursor = mark.head if not mark.forward else max(mark.start, mark.end - 1)
            self._show_row(marking.head_row(self._rows, mark))
        self.redraw()
        self.refresh_bindings()

    def action_up(self) -> None:
        self._move(-1)

    def action_down(self) -> None:
        self._move(1)

    def action_page_up(self) -> None:
        self._move(-max(1, self.size.height - 2))

    def action_page_down(self) -> None:
        self._move(max(1, self.size.height - 2))

    def action_first(self) -> None:
        self._move(-len(self._rows) - len(self.notes))

    def action_last(self) -> None:
        self._move(len(self._rows) + len(self.notes))

    # -- marking ------------------------------------------------------------------------------------------------

    def action_mark(self) -> None:
        """Begins to mark; once more takes the whole paragraph."""
        if self.page is None or not self.page.text.strip():
            return
        if self.mark is None:
            self._put_mark(marking.begin(self._rows, self._rows.at(self.cursor)))
        else:
            self._put_mark(marking.by_paragraph(self._rows, self.mark))

    def action_word(self, by: int) -> None:
        if self.mark is not None:
            self._put_mark(marking.by_word(self._rows, self.mark, by))

    def action_swap(self) -> None:
        if self.mark is not None:
            self._put_mark(marking.swapped(self.mark))

    def action_take(self) -> None:
        if self.mark is not None and self.page is not None:
            text = self.page.original(self.mark.start, self.mark.end)
            self._put_mark(None)
            if text:
                self.post_message(self.Took(text))

    def action_drop(self) -> None:
        if self.mark is not None:
            self._put_mark(None)
        elif self.pattern:
            self.search("")
        else:
            self._wanted("stop", 0)

    @property
    def marked(self) -> str:
        """What is marked, as it may stand in a seed; empty where nothing is."""
        return self.page.original(self.mark.start, self.mark.end) if self.page is not None and self.mark else ""

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        row = self.scroll_offset.y + offset.y if offset is not None else -1
        if self.page is not None and 0 <= row < len(self._rows) and self.mark is None:
            self.go_to(self._rows.starts[row])

    # -- finding ------------------------------------------------------------------------------------------------

    def search(self, query: str) -> None:
        """Marks every place that holds the words of `query`; a capital letter makes case count."""
        self.pattern, self.found, self.here = query, [], -1
        words = query.split()
        if words and self.page is not None:
            flags = re.IGNORECASE if query == query.lower() else 0
            pattern = re.compile(r"\s+".join(re.escape(word) for word in words), flags)
            for found in pattern.finditer(self.page.text):
                self.found.append(found.span())
                if len(self.found) == MOST_FOUND:
                    break
        self.redraw()
        self.refresh_bindings()

    def step_found(self, by: int) -> None:
        """Goes to the next place found, or the one before; round at the end."""
        if not self.found:
            return
        if self.here >= 0:
            self.here = (self.here + by) % len(self.found)
        else:
            later = [place for place, span in enumerate(self.found) if span[0] >= self.cursor]
            self.here = (later[0] if later else 0) if by > 0 else (later[0] if later else len(self.found)) - 1
        self.here %= len(self.found)
        self.go_to(self.found[self.here][0], above=self.size.height // 3)

    # -- what the view around this does -------------------------------------------------------------------------

    def action_next(self) -> None:
        self._step(1)

    def action_previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        if self.pattern:
            self.step_found(by)
        else:
            self._wanted("seed", by)

    def action_find(self) -> None:
        self._wanted("find", 0)

    def action_fetch(self) -> None:
        self._wanted("fetch", 0)

    def action_file(self, by: int) -> None:
        self._wanted("file", by)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that mean something else to the screen are its own while nothing is marked here."""
        if action in ("word", "swap", "take"):
            return self.mark is not None
        if action == "drop":
            return self.mark is not None or bool(self.pattern) or self.fetching
        if action == "mark":
            return self.page is not None
        return super().check_action(action, parameters)
