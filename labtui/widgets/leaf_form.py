"""A leaf as a form that is written in place: its sheet of lines, and the one field that is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import TextArea

from labtui.taxonomy.fields import Field, Path
from labtui.taxonomy.lengths import words
from labtui.widgets.leaf_field import LeafField
from labtui.widgets.leaf_form_lines import FormPage, Spot
from labtui.widgets.leaf_form_sheet import MARK, FormSheet

COUNTED_AT_ONCE = 20_000
"""Characters whose words are counted at every key; of a longer field after a pause."""
PAUSE_SECONDS = 0.3


Wanted = Callable[[str, Path], Awaitable[None]]
Closed = Callable[[Field, str, bool], Awaitable[None]]


class LeafForm(Widget):
    DEFAULT_CSS = """
    LeafForm { height: 1fr; layers: page field; overflow: hidden; }
    LeafForm > FormSheet { layer: page; height: 1fr; }
    """

    SHEET: ClassVar[type[FormSheet]] = FormSheet
    """What its lines stand on; another one has other keys."""
    FIELD: ClassVar[type[LeafField]] = LeafField

    class Typed(Message):
        """A field says something else now."""

        def __init__(self, field: Field, text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

    def __init__(self, wanted: Wanted, closed: Closed) -> None:
        """`wanted(what, path)`: a key asks for something at a field or seed. `closed(field, text, touched)`: a field
        was left. Both are waited for, so that the next key finds what came of this one."""
        super().__init__()
        self._wanted, self._tell_closed = wanted, closed
        self._counting: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self.SHEET(self._want)
        yield self.FIELD(self._left)

    @property
    def sheet(self) -> FormSheet:
        return self.query_one(FormSheet)

    @property
    def text(self) -> LeafField:
        return self.query_one(LeafField)

    @property
    def writing(self) -> bool:
        """Whether a field is open."""
        return self.text.has_class("-open")

    @property
    def path(self) -> Path:
        """The field or seed the cursor is on."""
        spot = self.sheet.spot
        return spot.path if spot is not None else ()

    def take_focus(self) -> None:
        (self.text if self.writing else self.sheet).focus()

    # -- what is shown ------------------------------------------------------------------------------------------

    def show(self, page: FormPage, path: Path | None = None, *, fresh: bool = False) -> None:
        """Shows a page; the cursor stays, or goes to `path`, or on a `fresh` leaf to its first field.

        An open field stays open, whatever happens around it, as long as it is there.
        """
        if fresh:
            self.abandon()
        self.sheet.turn_to(page, path, fresh=fresh)
        if self.writing:
            if self.sheet.gap is None:
                self._shut()
            else:
                self._place()

    def renew(self, field: Field | None) -> None:
        """The open field says something else now, as after an undo; None where it is gone."""
        if not self.writing:
            return
        if field is None:
            self._shut()
        else:
            self.text.refill(field)

    # -- opening and leaving a field ----------------------------------------------------------------------------

    def open(self, path: Path) -> bool:
        """Opens the field at `path` in its place. False where there is none that can be written here."""
        spot = self.sheet.page.spot(path)
        if spot is None or spot.field is None or spot.field.fixed:
            return False
        self.sheet.go_to(path)
        field = self.text
        field.fill(spot.field)
        field.add_class("-open")
        field.styles.width = spot.cells
        # Its height is known when it has its width: the text is wrapped then.
        self.sheet.open_gap(spot, max(1, spot.height), words(field.text))
        self._place()
        field.focus()
        self.call_after_refresh(self._place)
        return True

    async def leave(self) -> None:
        """Closes the field; what was typed stays."""
        field, text, touched = self.text.field, self.text.text, self.text.touched
        if self.writing and field is not None:
            self._shut()
            await self._tell_closed(field, text, touched)

    def abandon(self) -> None:
        """Closes the field without a word: what it holds is not what the file says any more."""
        if self.writing:
            self._shut()

    def _shut(self) -> None:
        had_focus = self.text.has_focus
        self.text.remove_class("-open")
        self.sheet.open_gap(None)
        if had_focus:
            self.sheet.focus()

    def _place(self) -> None:
        """Puts the open field over its gap, as high as its text, as far as there is room."""
        spot = self.sheet.gap
        if not self.writing or spot is None:
            return
        field = self.text
        most = max(1, self.size.height - 2)
        height = min(max(1, field.wrapped_document.height), most)
        count = words(field.text) if len(field.text) <= COUNTED_AT_ONCE else -1
        if count >= 0:
            self.sheet.open_gap(spot, height, count)
        else:
            self.sheet.open_gap(spot, height, words(spot.field.text) if spot.field else 0)
            self._count_later()
        self.sheet.show_cursor()
        field.styles.width = spot.cells
        field.styles.height = height
        self._follow(spot)

    def _follow(self, spot: Spot) -> None:
        self.text.styles.offset = (MARK + spot.column, spot.row - round(self.sheet.scroll_offset.y))

    def on_mount(self) -> None:
        self.watch(self.sheet, "scroll_y", self._on_scrolled, init=False)

    def _on_scrolled(self) -> None:
        if self.writing and self.sheet.gap is not None:
            self._follow(self.sheet.gap)

    def on_resize(self, event: events.Resize) -> None:
        if self.writing:
            self.call_after_refresh(self._place)

    # -- typing -------------------------------------------------------------------------------------------------

    @on(TextArea.Changed)
    def _on_typed(self, event: TextArea.Changed) -> None:
        event.stop()
        field = self.text.field
        if self.writing and field is not None:
            self._place()
            if self.text.touched or field.text.removesuffix("\n") != self.text.text:
                self.post_message(self.Typed(field, self.text.text))

    def _count_later(self) -> None:
        if self._counting is not None:
            self._counting.stop()
        self._counting = self.set_timer(PAUSE_SECONDS, self._count_now)

    def _count_now(self) -> None:
        if self.writing and self.sheet.gap is not None:
            self.sheet.open_gap(self.sheet.gap, self.sheet.gap_height, words(self.text.text))

    async def _left(self, by: int) -> None:
        await self.leave()
        if by and self.sheet.step(by, fields_only=True):
            self.open(self.path)

    async def _want(self, what: str) -> None:
        await self._wanted(what, self.path)
