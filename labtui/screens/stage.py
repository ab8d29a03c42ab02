"""A screen whose own module is not there: it says so plainly, and what can be done."""

from __future__ import annotations

from textual.app import ComposeResult

from labtui.screens.base import LabScreen, Panel
from labtui.widgets.plain import Plain


class StageScreen(LabScreen):
    def body(self) -> ComposeResult:
        with Panel(title=self.name or "stage"):
            yield Plain(f"The screen '{self.name}' is not part of this installation.")
