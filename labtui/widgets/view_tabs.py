"""A line of names, one of which is chosen: the views of one thing."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from labtui.text import width


class ViewTabs(Widget):
    DEFAULT_CSS = "ViewTabs { height: 1; }"

    chosen: reactive[int] = reactive(0)

    class Chosen(Message):
        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, names: tuple[str, ...], id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.names = names
        self._notes: dict[int, tuple[str, str]] = {}
        self._tail: tuple[tuple[str, ...], str] = ((), "")

    def note(self, number: int, text: str, style: str = "$quiet") -> None:
        """A short word after a name, such as a count."""
        self._notes[number] = (text, style)
        self.refresh()

    def end_with(self, *texts: str, style: str = "$quiet") -> None:
        """What stands at the right end of the line: the first of these that fits."""
        if (texts, style) != self._tail:
            self._tail = (texts, style)
            self.refresh()

    def render(self) -> Content:
        parts: list[tuple[str, str]] = []
        for number, name in enumerate(self.names):
            text, style = self._notes.get(number, ("", ""))
            here = number == self.chosen
            left, right = "[]" if here else "  "
            look = "bold $primary" if here else "$quiet"
            note = [(f" {text}", f"bold {style}")] if text else []
            parts += [(left + name, look), *note, (f"{right} ", look)]
        shown = Content.assemble(*parts)
        texts, style = self._tail
        room = self.size.width - shown.cell_length
        text = next((text for text in texts if width(text) <= room), "")
        return Content.assemble(shown, " " * (room - width(text)), (text, f"bold {style}")) if text else shown

    def on_click(self, event: events.Click) -> None:
        at = 0
        for number, name in enumerate(self.names):
            note = self._notes.get(number, ("", ""))[0]
            end = at + width(name) + 3 + (width(note) + 1 if note else 0)
            if at <= event.x < end:
                self.post_message(self.Chosen(number))
                return
            at = end
