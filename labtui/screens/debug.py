"""What a bug report needs: versions, paths, where each setting came from, terminal, engine, graphics card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll

from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Window

if TYPE_CHECKING:
    from labtui.app import LabApp


class DebugWindow(Window[None]):
    BINDINGS = [
        Binding("escape,q,f12", "dismiss", "close", tooltip="Close this window"),
        Binding("c,y", "copy", "copy all", tooltip="Copy everything"),
        Binding("up,k", "scroll(-1)", "scroll", show=False),
        Binding("down,j", "scroll(1)", "scroll", show=False),
    ]
    app: LabApp

    def __init__(self) -> None:
        super().__init__()
        self._text = ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="window -wide") as window:
            window.border_title = "for a bug report"
            with VerticalScroll(can_focus=True):
                yield Plain("One moment: asking the machine.", id="facts")
            yield HintLine()

    def on_mount(self) -> None:
        self._read()

    @work(thread=True, exclusive=True, group="debug", exit_on_error=False)
    def _read(self) -> None:
        text = describe(self.app)
        self.app.call_from_thread(self._show, text)

    def _show(self, text: str) -> None:
        self._text = text
        self.query_one("#facts", Plain).show(text)

    def action_copy(self) -> None:
        self.app.copy_text(self._text)

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def describe(app: LabApp) -> str:
    """Everything as plain lines. Blocks: it asks the graphics card's driver and the file system."""
    from labtui.operations.system import describe as describe_system

    context = app.context
    lines: list[str] = []
    group = ""
    for fact in describe_system(context.workspace):
        if fact.group != group:
            group = fact.group
            lines.append(f"{group}")
        lines.append(f"  {fact.name:<20} {fact.value}")
    lines += [
        "screen",
        f"  {'size':<20} {app.size.width}x{app.size.height}",
        f"  {'theme':<20} {app.theme}",
        f"  {'colours':<20} {app.console.color_system or 'none'}",
        f"  {'animations':<20} {app.animation_level}",
        f"  {'ASCII':<20} {'yes' if context.config.settings.interface.ascii else 'no'}",
        "settings that are not the default",
    ]
    changed = [row for row in context.config.rows() if row.source != "default"]
    # Values stay out: an address or a path may be nobody else's business.
    lines += [f"  {row.key:<20} from {row.source}" for row in changed] or ["  none"]
    lines += [f"  {one.key:<20} ignored: {one.source} is not trusted" for one in context.config.ignored]
    return "\n".join(lines)
