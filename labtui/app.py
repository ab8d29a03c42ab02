"""The application: screens by name, global keys, the look, the doors for text going out."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from textual.app import App
from textual.filter import LineFilter
from textual.screen import ModalScreen, Screen

from labtui import paths
from labtui.actions import bindings_for
from labtui.config import Config
from labtui.errors import EXIT_FAILED, EXIT_OK, LabError
from labtui.screens.base import LabScreen, styles_dir
from labtui.text import clean
from labtui.themes import DEFAULT, NAMES, THEMES
from labtui.widgets.guard import ControlGuard
from labtui.workspace import Workspace, remember_workspace, remembered

SCREENS = (
    "home",
    "chat",
    "contribute",
    "review",
    "generate",
    "train",
    "evaluate",
    "release",
    "taxonomy",
    "models",
    "jobs",
    "welcome",
)
"""Every screen by the name its user knows; `labtui.screens.NAME` holds its class `NameScreen`."""

CLIPBOARD_LIMIT = 74_000
"""Bytes terminals commonly take in one OSC 52 sequence; a longer text goes to the file only."""

Severity = Literal["information", "warning", "error"]


@dataclass
class Context:
    """What the application works on. `config` belongs to `workspace`, or to the user where there is none."""

    config: Config
    workspace: Workspace | None = None


class LabApp(App[int], inherit_bindings=False):
    TITLE = "labtui"
    CSS_PATH = styles_dir() / "base.tcss"
    BINDINGS = bindings_for("app")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    def __init__(self, context: Context) -> None:
        self.context = context
        self.crash: Exception | None = None
        self._trail: list[str] = []
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = _chosen_theme(context)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), ControlGuard()]

    def get_default_screen(self) -> Screen[Any]:
        return self._named_screen("home" if self.context.workspace else "welcome")

    # -- screens ------------------------------------------------------------------------------------------------

    def open(self, name: str, **arguments: Any) -> None:
        """Shows the screen of that name and hands it `arguments`. Windows above the present one close."""
        try:
            screen = self._named_screen(name)
        except LabError as error:
            self.fail(error)
            return
        while isinstance(self.screen, ModalScreen) and len(self.screen_stack) > 1:
            self.screen.dismiss(None)
        here = self.here
        if name != here:
            self._trail = [] if name == "home" else [*(one for one in self._trail if one != name), here]
            self._front(screen)
        screen.hand_over(arguments)

    def _front(self, screen: LabScreen) -> None:
        """Brings a screen to the front. The stack is the first screen and at most one more (and windows)."""
        if screen is self.screen_stack[0]:
            self.pop_screen()
        elif len(self.screen_stack) == 1:
            self.push_screen(screen)
        else:
            self.switch_screen(screen)

    @property
    def here(self) -> str:
        """The name of the screen in front, windows aside."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, LabScreen):
                return screen.name or screen.NAME
        return "home"

    def _named_screen(self, name: str) -> LabScreen:
        if name in self._installed_screens:
            return self.get_screen(name)  # type: ignore[return-value]
        screen = _load_screen(name)()
        screen._name = name
        self.install_screen(screen, name)
        return screen

    def enter(self, workspace: Workspace) -> None:
        """Opens another workspace: reads its settings and starts anew at its Home. Raises LabError."""
        from labtui import config

        self.context = Context(config=config.load(workspace), workspace=workspace)
        remember_workspace(workspace.root)
        while len(self.screen_stack) > 1:
            self.pop_screen()
        for name in SCREENS:
            # Home reads the context anew; every other screen may hold what belongs to the old workspace.
            if name in self._installed_screens and self.get_screen(name) not in (self.screen_stack[0],):
                screen = self.get_screen(name)
                self.uninstall_screen(name)
                if screen.is_running:
                    screen.remove()
        self._trail = []
        self.open("home")

    def describe_header(self, screen: LabScreen) -> None:
        """Fills the header line of a screen with what is known."""
        workspace = self.context.workspace
        screen.header().show((_short_path(str(workspace.root)),) if workspace else ("no workspace",))

    # -- actions ------------------------------------------------------------------------------------------------

    def action_open(self, name: str) -> None:
        self.open(name)

    async def action_back(self) -> None:
        screen = self.screen
        if isinstance(screen, ModalScreen):
            screen.dismiss(None)
        elif isinstance(screen, LabScreen) and not screen.action_back_once():
            home = "home" if self.context.workspace else "welcome"
            target = self._trail.pop() if self._trail else home
            if target != self.here:
                self._front(self._named_screen(target))

    def action_help(self) -> None:
        self.say("Keys: 0-9 screens, j jobs, ^p palette, esc back, q leave.")

    def action_jump(self) -> None:
        self.screen.focus_next()

    def action_debug(self) -> None:
        self.say("See: labtui system info")

    def action_leave(self) -> None:
        self.exit(EXIT_OK)

    # -- speaking -----------------------------------------------------------------------------------------------

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

        window = ConfirmWindow(question, detail, yes=yes, no=no)
        return bool(await self.push_screen_wait(window))

    def ask(self, question: str, detail: str = "", *, then: Callable[[], object], yes: str = "Yes") -> None:
        """Asks and calls `then` if the answer is yes; needs no worker."""
        from labtui.widgets.confirm import ConfirmWindow

        def answered(answer: bool | None) -> None:
            if answer:
                then()

        self.push_screen(ConfirmWindow(question, detail, yes=yes), answered)

    def copy_text(self, text: str) -> None:
        """Copies to the terminal's clipboard (OSC 52) and to a file, as not every terminal takes part."""
        from labtui.journal import atomic_write

        path = paths.state_dir() / "copied.txt"
        data = text.encode("utf-8", "replace")
        try:
            atomic_write(path, data, mode=0o600)
            kept = f"also in {_short_path(str(path))}"
        except OSError as error:
            kept = f"no file: {error.strerror}"
        if len(data) <= CLIPBOARD_LIMIT:
            self.copy_to_clipboard(text)
            self.say(f"Copied {len(text):,} characters ({kept}).")
        else:
            self.say(f"Too long for the terminal's clipboard ({len(text):,} characters); {kept}.", "warning")


def _load_screen(name: str) -> type[LabScreen]:
    """The class of a screen; a plain panel where its module is not there. Raises LabError for an unknown name."""
    if name not in SCREENS:
        raise LabError(f"There is no screen '{name}'.")
    module = f"labtui.screens.{name}"
    if importlib.util.find_spec(module) is None:
        from labtui.screens.stage import StageScreen

        return StageScreen
    screen: type[LabScreen] = getattr(importlib.import_module(module), f"{name.title()}Screen")
    return screen


def _chosen_theme(context: Context) -> str:
    for name in (context.config.settings.interface.theme, remembered().theme):
        if name in NAMES:
            return name
    return DEFAULT


def _short_path(path: str) -> str:
    home = str(paths.home())
    return f"~{path.removeprefix(home)}" if path == home or path.startswith(home + os.sep) else path


def run(context: Context) -> int:
    """Runs the application in this terminal and returns the exit code."""
    app = LabApp(context)
    result = app.run(mouse=context.config.settings.interface.mouse)
    return result if isinstance(result, int) else (EXIT_FAILED if app.return_code else EXIT_OK)
