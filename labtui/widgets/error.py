"""What went wrong, in a window of its own: what, where, what to do; to scroll and to copy."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll

from labtui.errors import LabError
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Window


class ErrorWindow(Window[None]):
    BINDINGS = [
        Binding("escape,enter,q", "dismiss", "close", tooltip="Close this window"),
        Binding("c,y", "copy", "copy", tooltip="Copy the whole text"),
        Binding("up,k", "scroll(-1)", "scroll", show=False),
        Binding("down,j", "scroll(1)", "scroll", show=False),
    ]

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.what, self.where, self.hint = describe(error)

    def compose(self) -> ComposeResult:
        with Vertical(classes="window -error") as window:
            window.border_title = "✖ this did not work"
            with VerticalScroll(can_focus=True):
                yield Plain(self.what, classes="what")
                if self.where:
                    yield Plain(self.where, classes="where")
                if self.hint:
                    yield Plain(self.hint, classes="hint")
            yield HintLine()

    def text(self) -> str:
        return "\n".join(part for part in (self.what, self.where, self.hint) if part)

    def action_copy(self) -> None:
        self.app.copy_text(self.text())  # type: ignore[attr-defined]

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def describe(error: BaseException) -> tuple[str, str, str]:
    """(what, where, hint) of any exception, in words."""
    if isinstance(error, LabError):
        return error.what, error.where, error.hint
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}.", str(error.filename or ""), ""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__, "", ""
