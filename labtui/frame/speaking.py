"""The doors for text going out: notices, errors, questions, and what is copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from textual import work

from labtui import paths
from labtui.text import clean
from labtui.widgets.key_order import KeysInOrder

CLIPBOARD_LIMIT = 74_000
"""Bytes terminals commonly take in one OSC 52 sequence; a longer text goes to the file only."""

Severity = Literal["information", "warning", "error"]


class Speaking(KeysInOrder[int]):
    def say(self, text: str, severity: Severity = "information", *, title: str = "") -> None:
        """A short notice that goes away by itself."""
        self.notify(clean(text), title=clean(title, lines=False), severity=severity, markup=False)

    def fail(self, error: BaseException) -> None:
        """Shows an error in a window: what, where, what to do."""
        from labtui.widgets.error import ErrorWindow

        self.push_screen(ErrorWindow(error))

    async def confirm(self, question: str, detail: str = "", *, yes: str = "Yes", no: str = "No") -> bool:
        """Asks and waits for the answer. Only from a worker (`@work async def …`), as Textual's loop must go on."""
        from labtui.widgets.confirm import ConfirmWindow

        answer: bool | None = await self.push_screen_wait(ConfirmWindow(question, detail, yes=yes, no=no))
        return bool(answer)

    def ask(self, question: str, detail: str = "", *, then: Callable[[], object], yes: str = "Yes") -> None:
        """Asks and calls `then` if the answer is yes; needs no worker."""
        from labtui.widgets.confirm import ConfirmWindow

        def answered(answer: bool | None) -> None:
            if answer:
                then()

        self.push_screen(ConfirmWindow(question, detail, yes=yes), answered)

    def copy_text(self, text: str) -> None:
        """Copies to the terminal's clipboard (OSC 52) and to a file, as not every terminal takes part."""
        fits = len(text.encode("utf-8", "replace")) <= CLIPBOARD_LIMIT
        if fits:
            self.copy_to_clipboard(text.encode("utf-8", "replace").decode())
        self._keep_copy(text, fits)

    @work(thread=True, group="copy", exit_on_error=False)
    def _keep_copy(self, text: str, fits: bool) -> None:
        from labtui.journal import atomic_write
        from labtui.widgets.header import short_path

        path = paths.state_dir() / "copied.txt"
        try:
            atomic_write(path, text.encode("utf-8", "replace"), mode=0o600)
            kept = f"also in {short_path(path)}"
        except OSError as error:
            kept = f"no file: {error.strerror}"
        count = f"{len(text):,} characters"
        if fits:
            self.call_from_thread(self.say, f"Copied {count} ({kept}).")
        else:
            self.call_from_thread(self.say, f"Too long for the terminal's clipboard ({count}); {kept}.", "warning")
