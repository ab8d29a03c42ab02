"""How the application looks and which keys it listens to: theme, drawing, keymap, the smallest terminal."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from textual import events, work
from textual.binding import Binding
from textual.dom import DOMNode
from textual.filter import LineFilter

from labtui.frame.context import Context
from labtui.frame.speaking import Speaking
from labtui.keys import read_keymap
from labtui.themes import DEFAULT, NAMES, THEMES
from labtui.widgets.guard import ControlGuard
from labtui.workspace import remember, remembered


class Look(Speaking):
    def __init__(self, context: Context, css_path: list[str | PurePath]) -> None:
        self.context = context
        self._clashes: set[str] = set()
        self._guard = ControlGuard()
        super().__init__(css_path=css_path)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = _chosen_theme(context)
        if not animated(context.config.settings.interface.animations):
            self.animation_level = "none"
        found = read_keymap(context.config.settings.keys)
        self.keymap: Mapping[str, str] = found.keys
        self._keymap_problems = found.problems
        self.set_keymap(found.keys)

    def get_line_filters(self) -> Sequence[LineFilter]:
        before = tuple(super().get_line_filters())
        if before != self._guard.before:
            self._guard = ControlGuard(before, ascii_signs=self.context.config.settings.interface.ascii)
        return [self._guard]

    def choose_theme(self, name: str) -> None:
        """Changes the look and remembers it."""
        self.theme = name
        self._remember(theme=name)

    @work(thread=True, group="remember", exit_on_error=False)
    def _remember(self, **changes: object) -> None:
        remember(**changes)

    def tell_of_the_keymap(self) -> None:
        """Says which keys of the settings were not understood."""
        for sentence in self._keymap_problems:
            self.say(sentence, "warning")

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        new = {binding.id or binding.action for binding in clashed_bindings} - self._clashes
        self._clashes |= new
        for name in sorted(new):
            self.say(f"keys: '{name}' lost its key to another action of your settings.", "warning")

    def on_resize(self, event: events.Resize) -> None:
        from labtui.widgets.small import SmallWindow, too_small

        small = too_small(event.size.width, event.size.height)
        if small and not any(isinstance(screen, SmallWindow) for screen in self.screen_stack):
            self.push_screen(SmallWindow())
        elif not small and isinstance(self.screen, SmallWindow):
            self.screen.dismiss(None)


def _chosen_theme(context: Context) -> str:
    for name in (context.config.settings.interface.theme, remembered().theme):
        if name in NAMES:
            return name
    return DEFAULT


def animated(setting: str) -> bool:
    if setting == "auto":
        return os.environ.get("TEXTUAL_ANIMATIONS", "").lower() != "none" and not over_ssh()
    return setting == "on"


def over_ssh() -> bool:
    return bool(os.environ.get("SSH_TTY") or os.environ.get("SSH_CONNECTION"))
