"""A free text with undo of its own: a commit message, a sentence for the reviewers."""

from __future__ import annotations

from typing import Any

from textual.message import Message
from textual.widgets import TextArea

from labtui.actions import bindings_for
from labtui.widgets.edit_text import EditText


class NoteText(EditText):
    """Shown only while it is written in. Esc leaves it; its owner keeps what is typed."""

    BINDINGS = bindings_for("contribute.text")
    DEFAULT_CSS = """
    NoteText { height: 1fr; padding: 0; border: none; background: $panel; display: none; }
    NoteText:focus { border: none; background: $panel; }
    NoteText.-open { display: block; }
    """

    class Left(Message):
        """Esc: the writer is done."""

    def __init__(self, *, id: str | None = None, **options: Any) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id, **options)

    def open(self, text: str, *, at_end: bool = False) -> None:
        """Shows the text to be written in, the cursor at its beginning or its end."""
        self.load_text(text)
        if at_end:
            self.move_cursor(self.document.end)
        self.add_class("-open")
        self.focus()

    def close(self) -> None:
        self.remove_class("-open")

    @property
    def is_open(self) -> bool:
        return self.has_class("-open")

    def action_leave(self) -> None:
        self.post_message(self.Left())

    async def action_undo(self) -> None:  # type: ignore[override]
        TextArea.action_undo(self)

    async def action_redo(self) -> None:  # type: ignore[override]
        TextArea.action_redo(self)
