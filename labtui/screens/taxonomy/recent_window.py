"""The leaves read or edited last, to go back to one of them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from labtui.taxonomy.browsing.forest import Forest
from labtui.text import clean, shorten, width
from labtui.widgets import leaf_badges
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Modal
from labtui.workspace import RecentLeaf


class Choices(OptionList):
    """A list in a window whose enter shows among the key hints."""

    BINDINGS = [Binding("enter", "select", "go there")]


class RecentWindow(Modal[str | None]):
    """Answers with the id of the chosen leaf."""

    BINDINGS = [Binding("escape", "dismiss(None)", "back")]

    def __init__(self, leaves: Sequence[RecentLeaf], forest: Forest, room: int) -> None:
        """`room`: cells a line may take."""
        super().__init__()
        self._leaves = [leaf for leaf in leaves if forest.leaf(leaf.id) is not None]
        self._forest, self._room = forest, room

    def compose(self) -> ComposeResult:
        with Vertical(classes="window") as window:
            window.border_title = "recent leaves"
            if self._leaves:
                yield Choices(*(Option(self._words(leaf)) for leaf in self._leaves))
            else:
                yield Plain("No leaf was opened yet. Enter on a leaf opens it; it is then listed here.")
            yield HintLine()

    def _words(self, leaf: RecentLeaf) -> Content:
        known = self._forest.leaf(leaf.id)
        sign, style = leaf_badges.state(known) if known is not None else leaf_badges.UNCHECKED
        marks = leaf_badges.marks(self._forest.changed.get(leaf.id, ""), leaf.id in self._forest.unsaved)
        when = f"{'edited' if leaf.edited else 'read'} {ago(time.time() - leaf.at)}"
        room = max(10, self._room - width(when) - 8)
        name = clean(leaf.id, lines=False)
        while width(name) > room and "/" in name.lstrip("…/"):
            name = "…/" + name.lstrip("…/").partition("/")[2]
        return Content.assemble((f"{sign} ", f"bold {style}"), shorten(name, room), *marks, "  ", (when, "$quiet"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._leaves[event.option_index].id)


def ago(seconds: float) -> str:
    """How long ago, in the largest unit that fits."""
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"
