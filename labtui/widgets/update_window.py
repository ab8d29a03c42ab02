"""The window that fetches what others did to the taxonomy, shows it, and moves forward to it when told to."""

from __future__ import annotations

import threading
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message

from labtui.errors import LabError
from labtui.git import Step
from labtui.operations.taxonomy_updating import Standing, Update, forward, look
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.sheet import Sheet
from labtui.widgets.update_lines import standing_words, update_lines
from labtui.widgets.window import Window


class UpdateWindow(Window[Update | None]):
    """Answers with the update that was taken over, or None where the taxonomy stayed as it was."""

    BINDINGS = [
        Binding("y", "forward", "take it over", tooltip="Move forward to what came"),
        Binding("escape,n", "close", "close", tooltip="Leave the taxonomy as it is"),
    ]

    class Fetching(Message):
        def __init__(self, step: Step) -> None:
            super().__init__()
            self.step = step

    class Looked(Message):
        """Fetching ended: with an update, or with the reason why there is none."""

        def __init__(self, update: Update | None, error: LabError | None = None) -> None:
            super().__init__()
            self.update, self.error = update, error

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self._stop = threading.Event()
        self._found: Update | None = None
        self._moving = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="window -wide -update") as window:
            window.border_title = "update the taxonomy"
            yield Plain("Fetching …", classes="what")
            yield Sheet()
            yield HintLine()

    def on_mount(self) -> None:
        self.query_one(Sheet).display = False
        self._look()

    def on_unmount(self) -> None:
        self._stop.set()

    @property
    def ready(self) -> bool:
        """Whether there is something to take over."""
        return self._found is not None and self._found.standing is Standing.BEHIND and not self._moving

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.ready if action == "forward" else True

    def action_close(self) -> None:
        if self._moving:
            return  # moving forward takes a moment and is not broken off halfway
        self._stop.set()
        self.dismiss(None)

    def action_forward(self) -> None:
        if self.ready and self._found is not None:
            self._moving = True
            self.query_one(".what", Plain).show("Moving forward …")
            self.refresh_bindings()
            self._forward(self._found)

    @work(thread=True, group="update", exit_on_error=False)
    def _look(self) -> None:
        try:
            found = look(self._root, lambda step: self._post(self.Fetching(step)), self._stop)
        except LabError as error:
            self._post(self.Looked(None, error))
        else:
            self._post(self.Looked(found))

    @work(thread=True, group="update", exit_on_error=False)
    def _forward(self, update: Update) -> None:
        try:
            done = forward(self._root, update)
        except LabError as error:
            self._post(self.Looked(None, error))
        else:
            self._post(self.Looked(done))

    def _post(self, message: Message) -> None:
        if not self._stop.is_set():
            self.post_message(message)

    @on(Fetching)
    def _on_fetching(self, event: Fetching) -> None:
        if self._found is None:
            step = event.step
            share = f" {step.done / step.total:.0%}" if step.total else ""
            self.query_one(".what", Plain).show(f"Fetching: {step.stage}{share}")

    @on(Looked)
    def _on_looked(self, event: Looked) -> None:
        self._moving = False
        if event.update is not None and event.update.done:
            self.dismiss(event.update)
            return
        self._found = event.update
        words = self.query_one(".what", Plain)
        if event.error is not None:
            error = event.error
            words.show("\n".join(filter(None, (error.what, error.where and f"({error.where})", error.hint))))
        elif event.update is not None:
            words.show(standing_words(event.update))
        self._draw()
        self.refresh_bindings()

    @on(Sheet.Resized)
    def _draw(self) -> None:
        sheet = self.query_one(Sheet)
        lines = update_lines(self._found, max(20, sheet.room)) if self._found is not None else []
        sheet.display = bool(lines)
        sheet.styles.height = max(1, min(len(lines), self.app.size.height - 10))
        sheet.show(lines, keep_place=True)
        if lines and self.focused is not sheet:
            sheet.focus()
