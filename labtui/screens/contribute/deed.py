"""One line that does something when enter is pressed on it. Reached with tab like a field."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message

from labtui import signs
from labtui.screens.contribute.pane import StepPane
from labtui.text import clean
from labtui.widgets.plain import Plain


class Deed(Plain, can_focus=True):
    """`about` says more than the words themselves; `says` what the bottom line calls it."""

    DEFAULT_CSS = """
    Deed { height: auto; }
    Deed:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
    """

    class Done(Message):
        """Enter was pressed on it, or it was clicked."""

        def __init__(self, deed: Deed) -> None:
            super().__init__()
            self.deed = deed

        @property
        def control(self) -> Deed:
            return self.deed

    def __init__(self, words: str, about: str = "", *, says: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__("", id=id, classes="deed")
        self.say(words, about, says=says)

    def say(self, words: str, about: str = "", *, says: str = "") -> None:
        self.says = says or words
        parts: list[tuple[str, str]] = [(f"{signs.CURSOR} ", "bold $accent"), (clean(words, lines=False), "bold")]
        if about:
            parts.append((f"  {clean(about, lines=False)}", "$quiet"))
        self.show(Content.assemble(*parts))

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            self.post_message(self.Done(self))
        elif event.key in ("up", "down"):
            event.stop()
            self._go(-1 if event.key == "up" else 1)

    def _go(self, by: int) -> None:
        """To the part before or after it, inside the step."""
        pane = next((one for one in self.ancestors if isinstance(one, StepPane)), None)
        parts = [one for one in self.screen.focus_chain if pane in one.ancestors]
        at = parts.index(self) + by if self in parts else -1
        if 0 <= at < len(parts):
            parts[at].focus()

    def on_click(self) -> None:
        self.post_message(self.Done(self))
