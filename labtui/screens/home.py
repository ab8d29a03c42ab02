"""Home: the loop itself, the jobs, the machine."""

from __future__ import annotations

from textual.app import ComposeResult

from labtui.actions import bindings_for
from labtui.screens.base import LabScreen, Panel
from labtui.widgets.plain import Plain


class HomeScreen(LabScreen):
    NAME = "home"
    TITLE = "home"
    HELP = "The loop: experiment, contribute, review, generate, train, evaluate, release."
    BINDINGS = bindings_for("home")

    def body(self) -> ComposeResult:
        with Panel(title="the loop", id="loop"):
            yield Plain("1 Experiment  2 Contribute  3 Review  4 Generate  5 Train  6 Evaluate  7 Release")

    def action_open(self) -> None:
        self.app.open("chat")
