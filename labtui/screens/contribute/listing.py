"""The contributions of the workspace: drafts and what was submitted, with how each stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message

from labtui.actions import bindings_for
from labtui.screens.base import Panel
from labtui.screens.chat.listing import when
from labtui.screens.contribute.reading import Row
from labtui.text import clean, pad, shorten
from labtui.widgets.filter_line import FilterLine
from labtui.widgets.line_table import LineTable
from labtui.widgets.plain import Plain

if TYPE_CHECKING:
    from labtui.app import LabApp

WHEN_CELLS = 11
OPENING = ("open", "new", "changes")
"""What leads into the wizard: keys typed ahead belong there."""
TITLE_SHARE = 0.45

NONE_YET = """\
Nothing here yet.

A contribution teaches the model something it gets wrong. The wizard asks for one thing after the other: what kind
of thing it is, where it belongs, a few questions with the right answers. Everything is saved as you type, can be
left at any step and taken up on another day. Only the last step sends anything.

n  begins one.  In the chat ^t on a wrong answer does too, with question and answer filled in.
"""


class ContributionTable(LineTable):
    BINDINGS = bindings_for("contribute.list")

    app: LabApp

    class Asked(Message):
        """`open`, `new`, `abandon`, `undo`, `rename` or `changes`; `id` is empty without contributions."""

        def __init__(self, what: str, id: str, release: Callable[[], None]) -> None:  # noqa: A002 - it is one
            super().__init__()
            self.what = what
            self.id = id
            self.release = release
            """Lets the keys go that wait for what was asked."""

    def __init__(self) -> None:
        super().__init__(id="contributions-table")
        self.rows: list[Row] = []
        """Those that are shown."""
        self._all: list[Row] = []
        self._filter = ""
        self.read = False
        self._open_once_read = False
        """Enter was pressed before anything was there to be opened."""

    def show(self, rows: list[Row], chosen: str = "") -> None:
        self._all, self.read = rows, True
        self._select(chosen)
        if self._open_once_read:
            self._open_once_read = False
            if self.row is not None:
                self._ask("open")

    def narrow(self, text: str) -> None:
        """Shows only contributions whose title, leaves, state or id hold every word of `text`."""
        self._filter = text.lower().strip()
        self._select()

    def _select(self, chosen: str = "") -> None:
        before = chosen or (self.row.id if self.row else "")
        words = self._filter.split()
        self.rows = [row for row in self._all if all(word in _words_of(row) for word in words)]
        self.keep_chosen([row.id for row in self.rows], before)
        if not self.redraw_if_changed():
            self.refresh()
        self.post_message(self.Chosen())

    @property
    def counts(self) -> tuple[int, int]:
        """Contributions shown, contributions there are."""
        return len(self.rows), len(self._all)

    @property
    def row(self) -> Row | None:
        return self.rows[self.chosen] if 0 <= self.chosen < len(self.rows) else None

    def line_count(self) -> int:
        return len(self.rows)

    def heading(self, room: int) -> str:
        title, says = _columns(room)
        return f"  {pad('contribution', title)} {pad('how it stands', says)} {'changed':>{WHEN_CELLS}}"

    def line_at(self, row: int, room: int) -> Content:
        one = self.rows[row]
        title, says = _columns(room)
        return Content.assemble(
            (f"{one.sign} ", one.colour),
            (pad(one.title, title), "bold"),
            " ",
            pad(one.says, says),
            " ",
            (f"{when(one.changed):>{WHEN_CELLS}}", "$quiet"),
        )

    def in_place_of_lines(self) -> Content:
        if not self.read:
            return Content.styled("reading…", "$quiet")
        if self._all:
            words = f"No contribution has '{clean(self._filter, lines=False)}'. esc shows all."
            return Content.styled(words, "$quiet")
        return Content(NONE_YET)

    def opened(self, row: int) -> Message:
        return self.Asked("open", self.rows[row].id, lambda: None)

    def _ask(self, what: str) -> None:
        # What asks something itself needs the keys.
        release = self.app.hold_keys() if what in OPENING else lambda: None
        self.post_message(self.Asked(what, self.row.id if self.row else "", release))

    def action_open(self) -> None:
        if self.read:
            # Where only the filter hides them all, nothing is begun.
            if self.row is not None or not self._all:
                self._ask("open" if self.row else "new")
        else:
            self._open_once_read = True

    def action_new(self) -> None:
        self._ask("new")

    def action_changes(self) -> None:
        self._ask("changes")

    def action_rename(self) -> None:
        self._ask("rename")

    def action_abandon(self) -> None:
        self._ask("abandon")

    def action_undo(self) -> None:
        self._ask("undo")


def _words_of(row: Row) -> str:
    return " ".join((row.title, row.says, row.problem, row.id, *row.leaves)).lower()


def _columns(room: int) -> tuple[int, int]:
    left = max(20, room - 2 - 2 - WHEN_CELLS)
    title = int(left * TITLE_SHARE)
    return title, left - title


class ContributionList(Panel):
    def __init__(self) -> None:
        super().__init__(title="contributions", id="contributions")

    def compose(self) -> ComposeResult:
        yield ContributionTable()
        yield FilterLine("words of title, leaves or state; enter keeps, esc shows all", id="filter")
        yield Plain("", id="holds")

    @property
    def table(self) -> ContributionTable:
        return self.query_one(ContributionTable)

    @property
    def filter(self) -> FilterLine:
        return self.query_one(FilterLine)

    @on(FilterLine.Narrowed)
    def _narrowed(self, event: FilterLine.Narrowed) -> None:
        event.stop()
        self.table.narrow(event.text)

    @on(FilterLine.Left)
    def _filter_left(self, event: FilterLine.Left) -> None:
        event.stop()
        self.table.focus()

    def describe(self) -> None:
        """Says above the list how many there are, and below it what the chosen contribution holds."""
        shown, there = self.table.counts
        self.title_it(f"contributions  {shown} of {there}" if shown != there else "contributions")
        row, room = self.table.row, max(10, self.content_size.width)
        below = self.query_one("#holds", Plain)
        below.display = row is not None
        if row is None:
            return
        lines: list[Content] = []
        if row.problem:
            lines.append(Content.styled(clean(row.problem), "$error"))
        for leaf in row.leaves[:3]:
            lines.append(Content(shorten(clean(leaf, lines=False), room)))
        if len(row.leaves) > 3:
            lines.append(Content.styled(f"and {len(row.leaves) - 3} more", "$quiet"))
        if row.url:
            lines.append(Content.styled(shorten(clean(row.url, lines=False), room), "$accent"))
        lines.append(Content.styled(f"id {row.id}", "$quiet"))
        below.show(Content("\n").join(lines))

    def on_resize(self) -> None:
        # Before the first layout, and while the wizard stands in its place, the list has no width.
        self.call_after_refresh(self.describe)

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        event.stop()
        self.describe()
