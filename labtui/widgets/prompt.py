"""Where a question is written: enter sends, ctrl+j begins a new line, the arrows recall earlier questions."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widgets import TextArea

from labtui.actions import bindings_for
from labtui.text import clean


class Prompt(TextArea):
    """Grows with its text. Pasted text is cleaned; a pasted newline never sends."""

    BINDINGS = bindings_for("chat.prompt")

    @dataclass
    class Sent(Message):
        """The user sent the question; the prompt is empty again."""

        prompt: Prompt
        text: str

        @property
        def control(self) -> Prompt:
            return self.prompt

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(
            id=id, soft_wrap=True, show_line_numbers=False, highlight_cursor_line=False, placeholder=placeholder
        )
        self._past: list[str] = []
        self._place = 0
        """Which of the earlier questions is shown; their number while the own text is."""
        self._own = ""

    def recall_from(self, questions: list[str]) -> None:
        """Sets the questions the arrows recall, oldest first."""
        self._past = questions
        self._place = len(questions)

    def write(self, text: str) -> None:
        """Replaces the text and puts the cursor behind it."""
        self.text = text
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        """Acts on the prompt's own keys here, in the order they were typed.

        Left to the application, enter would overtake characters that still wait in this widget's queue.
        """
        if event.is_printable:
            return
        active = self.screen.active_bindings.get(event.key)
        if active is not None and active.node is self and (active.binding.id or "").startswith("chat.prompt."):
            event.stop()
            event.prevent_default()
            await self.run_action(active.binding.action)

    def put_away(self) -> str:
        """Empties the prompt and returns what stood there; the arrow up brings it back."""
        text = self.text.strip()
        if text:
            self._past = [*(other for other in self._past if other != text), text]
            self._place = len(self._past)
            self.clear()
        return text

    def action_send(self) -> None:
        if text := self.put_away():
            self.post_message(self.Sent(self, text))

    def action_new_line(self) -> None:
        self.insert("\n")

    def action_cursor_up(self, select: bool = False) -> None:
        if select or not self.cursor_at_first_line or not self._recall(-1):
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        if select or not self.cursor_at_last_line or not self._recall(1):
            super().action_cursor_down(select)

    def _recall(self, by: int) -> bool:
        """Shows an earlier or later question in place of the text. False where there is none."""
        place = self._place + by
        if not 0 <= place <= len(self._past):
            return False
        if self._place == len(self._past):
            self._own = self.text
        self._place = place
        self.write(self._own if place == len(self._past) else self._past[place])
        if by < 0:
            self.move_cursor((0, 0))
        return True

    async def _on_paste(self, event: events.Paste) -> None:
        # The base class inserts event.text after this.
        event.text = clean(event.text)
