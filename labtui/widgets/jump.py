"""Jump mode: a letter appears on every part that can have the focus; pressing it goes there."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from labtui.widgets.window import Modal

LETTERS = "asdfghjklqwertyuiopzxcvbnm"


class JumpWindow(Modal[Widget | None]):
    """Dismissed with the chosen widget, or None."""

    DEFAULT_CSS = """
    JumpWindow { align: left top; background: $background 35%; layers: letters; }
    JumpWindow Static {
        layer: letters; position: absolute; width: 3; height: 1; text-style: bold reverse; color: $accent;
        background: $background;
    }
    """

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self._targets = dict(zip(LETTERS, targets(below), strict=False))

    def compose(self) -> ComposeResult:
        for letter, target in self._targets.items():
            label = Static(Content(f" {letter} "), markup=False)
            region = target.region
            label.offset = Offset(region.x, region.y)
            yield label

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        self.dismiss(self._targets.get(event.key))

    def on_click(self) -> None:
        self.dismiss(None)

    def on_resize(self, event: events.Resize) -> None:
        # The places of the letters belong to the size the screen had.
        if self.is_current and event.size != self._first_size:
            self.dismiss(None)

    def on_mount(self) -> None:
        self._first_size = self.app.size


def targets(screen: Screen[object]) -> list[Widget]:
    """Everything in sight that can take the focus, from the top left."""
    found = [widget for widget in screen.focus_chain if widget.region.area and widget.region.overlaps(screen.region)]
    return sorted(found, key=lambda widget: (widget.region.y, widget.region.x))
