"""The bottom line of the wizard: what enter does comes first, always."""

from __future__ import annotations

from textual.screen import Screen

from labtui import keys
from labtui.screens.contribute.step_bar import Bar
from labtui.screens.contribute.wizard import Wizard
from labtui.widgets.hints import HintLine


class WizardHints(HintLine):
    def hints(self) -> list[tuple[str, str, bool]]:
        found = super().hints()
        says = enter_says(self.screen)
        if not says:
            return found
        enter = keys.written("enter")
        return [(enter, says, True), *(one for one in found if one[0] != enter)]


def enter_says(screen: Screen[object]) -> str:
    """What enter does in the open step; empty where the focused part's own hint says it."""
    wizard = screen.query_one(Wizard)
    pane, focused = wizard.pane, screen.focused
    if not wizard.display or pane is None or focused is None or isinstance(focused, Bar):
        return ""
    return pane.enter_says() if pane in focused.ancestors_with_self else ""
