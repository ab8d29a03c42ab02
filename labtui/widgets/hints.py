"""The bottom line of every screen: the keys that count where the focus is."""

from __future__ import annotations

from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from labtui import keys
from labtui.actions import ACTIONS
from labtui.text import width

EARLY = {action.id for action in ACTIONS if action.early}


class HintLine(Widget):
    """Keys and what they do; what does not fit is left out from the right and stands in the help."""

    DEFAULT_CSS = "HintLine { height: 1; background: $surface; }"

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._on_bindings)

    def _on_bindings(self, screen: Screen[object]) -> None:
        self.refresh()

    def hints(self) -> list[tuple[str, str, bool]]:
        """(key, label, enabled) of every shown binding, the focused part's own first, early ones right behind it."""
        seen: dict[str, tuple[str, str, bool]] = {}
        early: list[str] = []
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.description and binding.action not in seen:
                seen[binding.action] = (keys.written(binding.key), binding.description, active.enabled)
                if binding.id in EARLY:
                    early.append(binding.action)
        order = [action for action in seen if action not in early]
        order[1:1] = early
        return [seen[action] for action in order]

    def render(self) -> Content:
        parts: list[tuple[str, str] | str] = [" "]
        room = self.size.width - 2
        for key, label, enabled in self.hints():
            taken = width(key) + width(label) + 3
            if taken > room:
                break
            room -= taken
            parts += (key, "bold $accent" if enabled else "$quiet"), (f" {label}  ", "" if enabled else "dim $quiet")
        return Content.assemble(*parts)
