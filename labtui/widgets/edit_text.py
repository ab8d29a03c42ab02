"""A place to write text in: exact, fluid on long texts, with the undo of the whole document instead of its own."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from rich.text import Text
from textual import events
from textual.document._document import EditResult, Location
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.document._wrapped_document import WrappedDocument
from textual.widgets import TextArea

from labtui.text import without_controls
from labtui.widgets.exact_document import ExactDocument

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_SHOWN = (
    {code: 0x2400 + code for code in range(0x20) if code != 0x09}
    | dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000)), 0xFFFD)
    | {0x7F: 0x2421}
)


class EditText(TextArea):
    """Undo and redo are left to the owner, who has one history for all views of a document."""

    def __init__(self, text: str = "", *, id: str | None = None, **options: Any) -> None:  # noqa: A002
        self._whole: str | None = None
        self.step_back: Callable[[int], Awaitable[None]] | None = None
        """Undoes the last change of the document (-1) or does it again (1). Waited for: the next key comes after it."""
        super().__init__(text, id=id, soft_wrap=True, compact=True, highlight_cursor_line=False, **options)

    # -- the text -----------------------------------------------------------------------------------------------

    def _set_document(self, text: str, language: str | None) -> None:
        self._whole = None
        self.document = ExactDocument(text)
        self.wrapped_document = WrappedDocument(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._build_highlight_map()
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    @property
    def text(self) -> str:
        """The whole text; joined once an edit. Textual asks for it at every line it draws."""
        if self._whole is None:
            self._whole = self.document.text
        return self._whole

    @text.setter
    def text(self, value: str) -> None:
        self.load_text(value)

    def edit(self, edit: Edit) -> EditResult:
        self._whole = None
        return super().edit(edit)

    def become(self, text: str, *, follow: bool = False) -> None:
        """Makes `text` the text by replacing only what differs. The cursor stays where it was, or goes with `follow`
        to where the change ends."""
        change = line_change(self.document.lines, text.split("\n"))
        if change is None:
            return
        start, end, inserted = change
        result = self.replace(inserted, start, end, maintain_selection_offset=True)
        if follow:
            self.move_cursor(result.end_location)

    # -- what stays small on long texts -------------------------------------------------------------------------

    def find_matching_bracket(self, bracket: str, search_from: Location) -> Location | None:
        """None: a search through the whole text at each movement of the cursor."""
        return None

    def get_line(self, line_index: int) -> Text:
        line = self.document.get_line(line_index)
        if _CONTROL.search(line):
            line = line.translate(_SHOWN)
        return Text(line, end="", no_wrap=True)

    # -- keys ---------------------------------------------------------------------------------------------------

    async def action_undo(self) -> None:  # type: ignore[override]
        if self.step_back is not None:
            await self.step_back(-1)

    async def action_redo(self) -> None:  # type: ignore[override]
        if self.step_back is not None:
            await self.step_back(1)

    async def _on_paste(self, event: events.Paste) -> None:
        # The base class inserts event.text after this.
        event.text = without_controls(event.text)


def line_change(old: list[str], new: list[str]) -> tuple[Location, Location, str] | None:
    """The one replacement (from, to, text) that makes `old` lines the `new` ones; None where they are the same."""
    shortest = min(len(old), len(new))
    top = next((number for number in range(shortest) if old[number] != new[number]), shortest)
    if top == len(old) == len(new):
        return None
    bottom = next((number for number in range(shortest - top) if old[-1 - number] != new[-1 - number]), shortest - top)
    old_end, new_end = len(old) - bottom, len(new) - bottom
    inserted = "\n".join(new[top:new_end])
    if top < old_end and top < new_end:
        before, after = old[old_end - 1], new[new_end - 1]
        head = tail = 0
        if old_end - top == new_end - top == 1:
            head = _common(before, after)
            tail = _common(before[head:][::-1], after[head:][::-1])
        return (top, head), (old_end - 1, len(before) - tail), inserted[head : len(inserted) - tail]
    if top < new_end:
        if top < len(old):
            return (top, 0), (top, 0), inserted + "\n"
        return (top - 1, len(old[-1])), (top - 1, len(old[-1])), "\n" + inserted
    if bottom:
        return (top, 0), (old_end, 0), ""
    return (top - 1, len(old[top - 1])), (old_end - 1, len(old[old_end - 1])), ""


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)
