"""Help for where I am: what the screen is for, its keys, the keys that work everywhere."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Markdown

from labtui import actions, keys
from labtui.text import pad, width
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Window

Row = tuple[str, str]
"""(keys, what they do)"""


class HelpWindow(Window[None]):
    BINDINGS = [
        Binding("escape,q,question_mark,f1", "dismiss", "close", tooltip="Close the help"),
        Binding("up,k", "scroll(-1)", "scroll", show=False),
        Binding("down,j", "scroll(1)", "scroll", show=False),
    ]

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self._title = str(getattr(below, "TITLE", "") or getattr(below, "NAME", "") or "labtui")
        self._help = str(getattr(below, "HELP", "") or "")
        self._here, self._everywhere = rows(below)

    def compose(self) -> ComposeResult:
        with Vertical(classes="window -help") as window:
            window.border_title = Content(f"help: {self._title}")
            with VerticalScroll(can_focus=True):
                if self._help:
                    yield Markdown(self._help, open_links=False)
                if self._here:
                    yield Plain(_table("Keys here", self._here))
                yield Plain(_table("Keys everywhere", self._everywhere))
            yield HintLine()

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def rows(screen: Screen[object]) -> tuple[list[Row], list[Row]]:
    """The keys of a screen (its focused part first) and those of the application, as they stand now."""
    everywhere = {action.id for action in actions.actions_for("app")}
    found: dict[str, tuple[list[str], str, bool]] = {}
    for key, (_, binding, _, tooltip) in screen.active_bindings.items():
        text = tooltip or binding.description
        if text and not binding.system:
            entry = found.setdefault(binding.action, ([], text, binding.id in everywhere))
            entry[0].append(keys.written(key))
    # What stands in the line of key hints comes first; moving about comes last.
    order = {active.binding.action: not active.binding.show for active in screen.active_bindings.values()}
    found = dict(sorted(found.items(), key=lambda entry: order[entry[0]]))
    here = [(" ".join(shown), text) for shown, text, is_global in found.values() if not is_global]
    return here, [(" ".join(shown), text) for shown, text, is_global in found.values() if is_global]


def _table(title: str, lines: list[Row]) -> Content:
    column = max((width(key) for key, _ in lines), default=0) + 2
    parts: list[tuple[str, str] | str] = [(f"{title}\n", "bold")]
    for key, text in lines:
        parts += (f"  {pad(key, column)}", "bold $accent"), f"{text}\n"
    return Content.assemble(*parts)
