"""A yes-or-no field whose state shows without colour: `[x]` or `[ ]`."""

from __future__ import annotations

from textual.binding import Binding
from textual.content import Content
from textual.widgets import Checkbox

from labtui.widgets.plain import content


class Check(Checkbox, inherit_bindings=False):
    # Enter is left to the form around it.
    BINDINGS = [Binding("space", "toggle_button", "tick", show=False, tooltip="Yes or no")]
    DEFAULT_CSS = """
    Check, Check:focus { border: none; padding: 0; height: auto; background: transparent; }
    Check:focus > .toggle--label {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
    }
    Check > .toggle--button, Check.-on > .toggle--button { background: transparent; color: $accent; }
    """

    @property
    def _button(self) -> Content:
        # Textual's own says yes and no by colour alone.
        return Content.styled(f"[{'x' if self.value else ' '}]", self.get_visual_style("toggle--button"))

    def name_it(self, text: str) -> None:
        """Sets the label; it may hold foreign text."""
        self.label = content(text)
