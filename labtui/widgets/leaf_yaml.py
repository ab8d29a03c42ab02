"""A leaf's file: read with its problems below their lines, or written in, with the problem of the line below."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import TextArea

from labtui.actions import bindings_for
from labtui.taxonomy.fields import At
from labtui.taxonomy.findings import Finding
from labtui.widgets.leaf_source import NO_SOURCE, SourcePage, of_the_file
from labtui.widgets.leaf_text import problem_lines
from labtui.widgets.plain import Plain
from labtui.widgets.sheet import Sheet
from labtui.widgets.yaml_text import YamlText


class SourceSheet(Sheet):
    BINDINGS = bindings_for("taxonomy.source")

    def __init__(self, write: Callable[[], Awaitable[None]], id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._write = write

    async def action_write(self) -> None:
        await self._write()


class LeafYaml(Widget):
    DEFAULT_CSS = """
    LeafYaml { height: 1fr; layout: vertical; }
    LeafYaml > YamlText, LeafYaml > Plain { display: none; }
    LeafYaml.-writing > SourceSheet { display: none; }
    LeafYaml.-writing > YamlText, LeafYaml.-writing > Plain { display: block; }
    LeafYaml > Plain { height: auto; max-height: 3; border-top: solid $edge; }
    """

    class Typed(Message):
        """The text may say something else now; also posted after `open` and `renew`."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, opening: Callable[[], Awaitable[None]], closed: Callable[[], Awaitable[None]], id: str) -> None:  # noqa: A002
        """`opening`: one wants to write in the file, and the owner calls `open` with its text. `closed`: one is back at
        reading. Both are waited for, so that the next key finds what came of this one."""
        super().__init__(id=id)
        self._opening, self._tell_closed = opening, closed
        self.page = NO_SOURCE
        self._findings: tuple[Finding, ...] = ()
        self._came_to: tuple[int, At] = (0, (1, 1))
        """Where the reading view was scrolled to last, and for the sake of which line and column."""

    def compose(self) -> ComposeResult:
        yield SourceSheet(self._opening, id="source")
        yield YamlText(self._left, id="yaml")
        yield Plain("", id="line-problem")

    @property
    def sheet(self) -> SourceSheet:
        return self.query_one(SourceSheet)

    @property
    def text(self) -> YamlText:
        return self.query_one(YamlText)

    @property
    def writing(self) -> bool:
        return self.has_class("-writing")

    def take_focus(self) -> None:
        (self.text if self.writing else self.sheet).focus()

    # -- reading ------------------------------------------------------------------------------------------------

    def show(self, page: SourcePage, *, fresh: bool = False) -> None:
        self.page = page
        self.sheet.show(page.lines, keep_place=not fresh)
        if fresh:
            self._came_to = 0, (1, 1)

    def go_to_line(self, line: int, column: int = 1) -> None:
        """Shows a line of the file; while writing, puts the cursor there."""
        if self.writing:
            self.text.move_cursor((max(0, line - 1), max(0, column - 1)), center=True)
        elif self.page.rows:
            row = self.page.rows[min(max(1, line), len(self.page.rows)) - 1]
            top = min(max(0, row - 2), self.sheet.max_scroll_y)
            self.sheet.scroll_to(y=top, animate=False, force=True)
            self._came_to = top, (line, column)

    @property
    def at(self) -> At:
        """The line and the column one is at, from 1."""
        if self.writing:
            row, column = self.text.cursor_location
            return row + 1, column + 1
        top = round(self.sheet.scroll_offset.y)
        # Where it was to scroll to may be more than there is: that was not known while the sheet had no size.
        if top == min(self._came_to[0], self.sheet.max_scroll_y):
            return self._came_to[1]
        return self.page.line_at(top + 2), 1

    def next_problem(self) -> bool:
        """Goes to the next row with a problem. False where there is none below."""
        if self.writing:
            here = self.text.cursor_location[0] + 1
            below = sorted(finding.line for finding in self._findings if finding.line > here)
            if below:
                self.go_to_line(below[0])
            return bool(below)
        top = self.sheet.scroll_offset.y
        rows = [row for row in self.page.places if row - 2 > top]
        if not rows or top >= self.sheet.max_scroll_y:
            return False
        self.sheet.scroll_to(y=rows[0] - 2, animate=False, force=True)
        return True

    # -- writing ------------------------------------------------------------------------------------------------

    def open(self, text: str, at: At) -> None:
        """Begins to write in `text`, with the cursor at a line and column from 1."""
        if self.text.text != text:
            self.text.load_text(text)
        self.add_class("-writing")
        self.text.mark(self._findings)
        self.text.focus()
        self.text.move_cursor((max(0, at[0] - 1), max(0, at[1] - 1)))
        self.call_after_refresh(self.text.scroll_cursor_visible, center=True)
        self._tell()

    def renew(self, text: str) -> None:
        """The file says something else now, as after an undo."""
        if self.writing and self.text.text != text:
            self.text.become(text, follow=True)

    def judge(self, findings: Sequence[Finding]) -> None:
        """Takes what is wrong with the text."""
        self._findings = tuple(of_the_file(findings))
        if self.writing:
            self.text.mark(self._findings)
            self._tell()

    def shut(self) -> None:
        """Back to reading, without a word to the owner."""
        had_focus = self.text.has_focus
        self.remove_class("-writing")
        if had_focus:
            self.sheet.focus()

    async def _left(self) -> None:
        self.shut()
        await self._tell_closed()

    @on(TextArea.Changed)
    def _on_typed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self.writing:
            self.post_message(self.Typed(self.text.text))

    @on(TextArea.SelectionChanged)
    def _on_moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        if self.writing:
            self._tell()

    def _tell(self) -> None:
        """Says what is wrong with the line the cursor is on."""
        line = self.text.cursor_location[0] + 1
        here = [finding for finding in self._findings if finding.line == line]
        told = self.query_one("#line-problem", Plain)
        lines = problem_lines(here, max(20, self.size.width - 2))
        told.show(Content("\n").join(lines) if lines else Content(""))
        told.display = bool(lines)
