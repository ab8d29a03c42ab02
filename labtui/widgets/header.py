"""The top line of every screen: where I am, on what, what is served, what is under way."""

from __future__ import annotations

import os
from pathlib import Path

from textual.content import Content
from textual.widget import Widget

from labtui import paths
from labtui.operations.overview import Overview
from labtui.operations.stages import plural
from labtui.text import clean, pad, shorten, width
from labtui.workspace import Workspace

HELP_HINT = "? help"
PLACE_CELLS = 28


class HeaderLine(Widget):
    """`labtui  chat  ~/lab · taxonomy main +3 · served smollm2-135m · 2 jobs        ? help`

    The parts in the middle are facts about the workspace; those that do not fit are left out from the right.
    """

    DEFAULT_CSS = "HeaderLine { height: 1; background: $surface; }"

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self._title = title
        self._parts: tuple[str, ...] = ()

    def show(self, parts: tuple[str, ...]) -> None:
        """Takes the facts to show; a repaint only where they changed."""
        if parts != self._parts:
            self._parts = parts
            self.refresh()

    def name_it(self, title: str) -> None:
        self._title = title
        self.refresh()

    def render(self) -> Content:
        start = f" labtui  {clean(self._title, lines=False)}  "
        room = max(0, self.size.width - width(start) - len(HELP_HINT) - 2)
        return Content.assemble(
            (" labtui  ", "bold $primary"),
            (start[9:], "bold"),
            (pad(_fit(self._parts, room), room), "$quiet"),
            (f" {HELP_HINT} ", "$quiet"),
        )


def _fit(parts: tuple[str, ...], room: int) -> str:
    """As many of the parts as there is room for; the first one is cut rather than left out."""
    shown = ""
    for part in parts:
        longer = f"{shown} · {part}" if shown else shorten(part, room)
        if width(longer) <= room:
            shown = longer
    return shown


def facts(workspace: Workspace | None, overview: Overview) -> tuple[str, ...]:
    """The parts of the header line, the more telling first."""
    if workspace is None:
        return ("no workspace",)
    parts = [_place(workspace.root)]
    tree = overview.tree
    if tree is not None and tree.git:
        changed = f" +{tree.changed}" if tree.changed else ""
        parts.append(f"taxonomy {tree.branch or 'detached'}{changed}")
    for served in overview.served:
        memory = f" {served.memory / 2**20:,.0f} MB" if served.memory else ""
        parts.append(f"served {served.label}{memory}")
    if overview.running:
        parts.append(plural(len(overview.running), "job"))
    return tuple(parts)


def _place(root: Path) -> str:
    """Where the workspace lies; of a long path only the last folder, as the facts behind it matter more."""
    path = short_path(root)
    return path if width(clean(path)) <= PLACE_CELLS else f"…/{shorten(root.name, PLACE_CELLS - 2)}"


def short_path(path: os.PathLike[str]) -> str:
    """A path with the home folder written as `~`."""
    text, home = os.fspath(path), str(paths.home())
    return f"~{text.removeprefix(home)}" if text == home or text.startswith(home + os.sep) else text
