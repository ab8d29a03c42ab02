"""What stands there while the terminal is too small for any screen."""

from __future__ import annotations

from textual.app import ComposeResult

from labtui.widgets.plain import Plain
from labtui.widgets.window import Modal

LEAST_WIDTH, LEAST_HEIGHT = 60, 20


class SmallWindow(Modal[None]):
    DEFAULT_CSS = """
    SmallWindow { background: $background; align: center middle; }
    SmallWindow Plain { width: auto; max-width: 100%; }
    """

    def compose(self) -> ComposeResult:
        yield Plain(self._sentence())

    def on_resize(self) -> None:
        self.query_one(Plain).show(self._sentence())

    def on_screen_resume(self) -> None:
        if not too_small(self.app.size.width, self.app.size.height):
            self.dismiss(None)

    def _sentence(self) -> str:
        size = self.app.size
        return (
            f"labtui needs {LEAST_WIDTH}x{LEAST_HEIGHT} cells, this terminal has {size.width}x{size.height}. "
            "Make it larger, or leave with ctrl+q; jobs keep going."
        )


def too_small(width: int, height: int) -> bool:
    return width < LEAST_WIDTH or height < LEAST_HEIGHT
