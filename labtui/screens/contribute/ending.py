"""What the panes of the last steps have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.worker import Worker, WorkerState

from labtui.screens.contribute.pane import StepPane

if TYPE_CHECKING:
    from labtui.config import Config
    from labtui.workspace import Workspace


class EndingPane(StepPane):
    """A pane that speaks of the whole contribution and shows all that is wrong with it itself."""

    SAYS_ALL: ClassVar[bool] = True

    def lab(self) -> tuple[Workspace, Config] | None:
        """What the work of its threads is about; None without a workspace."""
        context = self.app.context
        return (context.workspace, context.config) if context.workspace is not None else None

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What goes wrong in a worker is said: without a word the pane would just stay as it was."""
        event.stop()
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.app.fail(event.worker.error)
