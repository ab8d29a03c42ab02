"""One field of a leaf opened for writing, in its place inside the form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual import events

from labtui.actions import bindings_for
from labtui.taxonomy.fields import Field
from labtui.taxonomy.finding_places import BESIDE
from labtui.text import without_controls
from labtui.widgets.edit_text import EditText

SEVERAL_LINES = ("context", "question", "answer", BESIDE[0])


class LeafField(EditText):
    """Shows a text without the newline that closes a block; whoever writes it into the file puts that back."""

    BINDINGS = bindings_for("taxonomy.field")
    DEFAULT_CSS = """
    LeafField { position: absolute; layer: field; display: none; width: 1; height: 1; padding: 0; background: $panel; }
    LeafField:focus { background: $panel; border: none; }
    LeafField.-open { display: block; }
    """

    def __init__(self, left: Callable[[int], Awaitable[None]]) -> None:
        """`left` is called when the field is done: to go to the field before (-1), the next one (1), or nowhere (0)."""
        super().__init__(id="field")
        self._left = left
        self.field: Field | None = None
        self._opened_with = ""

    @property
    def several_lines(self) -> bool:
        return self.field is not None and (self.field.listed or self.field.path[-1] in SEVERAL_LINES)

    @property
    def touched(self) -> bool:
        """Whether it says something else than when it was opened."""
        return self.text != self._opened_with

    def fill(self, field: Field) -> None:
        """Takes a field's text; the cursor goes to its end."""
        self.field = field
        shown = field.text.removesuffix("\n")
        self._opened_with = shown
        if shown != self.text:
            self.load_text(shown)
        self.move_cursor(self.document.end)

    def refill(self, field: Field) -> None:
        """The field says something else now, as after an undo."""
        self.field = field
        self.become(field.text.removesuffix("\n"), follow=True)

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter" and not self.several_lines:
            event.stop()
            event.prevent_default()
            await self._left(1)

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = without_controls(event.text)
        if not self.several_lines:
            event.text = " ".join(event.text.split("\n")).strip()

    async def action_leave(self) -> None:
        await self._left(0)

    async def action_next(self) -> None:
        await self._left(1)

    async def action_previous(self) -> None:
        await self._left(-1)
