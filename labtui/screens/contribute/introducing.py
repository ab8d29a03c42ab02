"""The window in which somebody whom git does not know says who they are: name and address, each checked."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from labtui import signs
from labtui.errors import LabError
from labtui.operations.contributing.introducing import checked_address, checked_name, introduce
from labtui.screens.threads import in_thread
from labtui.text import clean
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Modal

WHY = (
    "Both stand in the commit and are public for good. git keeps them in your own settings (git config --global), for "
    "every repository."
)
CHECKS: dict[str, Callable[[str], str]] = {"called": checked_name, "address": checked_address}


class IntroduceWindow(Modal[bool]):
    """Answers True once git has both. What was typed stays in `typed`, whatever the answer."""

    BINDINGS = [
        Binding(
            "enter", "take", "go on", tooltip="Go on to the next field; after the last one tell git", priority=True
        ),
        Binding("tab,down", "app.focus_next", "next field"),
        Binding("shift+tab,up", "app.focus_previous", "field before", show=False),
        Binding("escape", "dismiss(False)", "back", tooltip="Close; nothing is told to git"),
    ]
    DEFAULT_CSS = """
    IntroduceWindow .wrong { height: auto; display: none; }
    IntroduceWindow .name { text-style: bold; }
    IntroduceWindow .hint { margin: 1 0 0 0; }
    """

    def __init__(self, called: str = "", address: str = "") -> None:
        super().__init__()
        self.typed = {"called": clean(called, lines=False), "address": clean(address, lines=False)}
        """Name and address as they were typed."""
        self._tried: set[str] = set()
        """Fields that were left once: from then on it is said what is wrong with them."""
        self._busy = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="window") as window:
            window.border_title = "who you are"
            for name, label in (("called", "Your name"), ("address", "Your mail address")):
                yield Plain(label, classes="name")
                yield Input(self.typed[name], id=name, select_on_focus=False)
                yield Plain("", classes="wrong", id=f"{name}-wrong")
            yield Plain(WHY, classes="hint quiet")
            yield Plain("", classes="wrong", id="git-wrong")
            yield HintLine()

    def on_mount(self) -> None:
        first = next((name for name in CHECKS if self._wrong(name)), "address")
        self.query_one(f"#{first}", Input).focus()

    @on(Input.Changed)
    def _on_typed(self, event: Input.Changed) -> None:
        event.stop()
        name = str(event.input.id)
        self.typed[name] = clean(event.value, lines=False)
        self._say(name)
        self._show("git", None)

    @on(Input.Blurred)
    def _on_left(self, event: Input.Blurred) -> None:
        name = str(event.input.id)
        if self.typed[name].strip():
            self._tried.add(name)
            self._say(name)

    async def action_take(self) -> None:
        """Enter goes on to the first field that is not right; where both are, git is told."""
        focused = self.focused
        here = str(focused.id) if isinstance(focused, Input) else "address"
        self._tried.add(here)
        self._say(here)
        wrong = [name for name in CHECKS if self._wrong(name)]
        if here in wrong:
            return
        if wrong:
            self.query_one(f"#{wrong[0]}", Input).focus()
        elif here == "called" and "address" not in self._tried:
            self.query_one("#address", Input).focus()
        elif not self._busy:
            await self._tell_git()

    async def _tell_git(self) -> None:
        self._busy = True
        try:
            await in_thread(lambda: introduce(self.typed["called"], self.typed["address"]))
        except LabError as error:
            self._show("git", error)
        else:
            self.dismiss(True)
        finally:
            self._busy = False

    def _wrong(self, name: str) -> LabError | None:
        try:
            CHECKS[name](self.typed[name])
        except LabError as error:
            return error
        return None

    def _say(self, name: str) -> None:
        """What is wrong with a field that was left once."""
        if name in self._tried:
            self._show(name, self._wrong(name))

    def _show(self, name: str, error: LabError | None) -> None:
        below = self.query_one(f"#{name}-wrong", Plain)
        below.display = error is not None
        if error is not None:
            what = " ".join(part for part in (error.what, error.hint) if part)
            below.show(Content.assemble((f"{signs.FAILED} ", "bold $error"), (clean(what, lines=False), "$error")))
