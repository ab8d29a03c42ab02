"""The application. Its parts, each on top of the one before:

    frame/speaking.py     notices, errors, questions, the clipboard
    frame/look.py         theme, drawing, keymap
    frame/overseeing.py   what is so, read by a thread; jobs that end
    frame/screens.py      screens by name, and the way back

Here they are put together: how it begins and ends, another workspace, the global actions.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

from textual.screen import Screen
from textual.widget import Widget

from labtui.actions import bindings_for
from labtui.errors import EXIT_FAILED, EXIT_OK, LabError
from labtui.frame.context import Context
from labtui.frame.look import over_ssh
from labtui.frame.screens import ScreensByName
from labtui.screens.base import LabScreen
from labtui.widgets.window import stylesheets
from labtui.workspace import Workspace, remember_workspace

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.driver import Driver

__all__ = ["Context", "LabApp", "run"]


def _palette() -> type[Provider]:
    from labtui.screens.palette import LabCommands

    return LabCommands


class LabApp(ScreensByName, inherit_bindings=False):
    TITLE = "labtui"
    BINDINGS = bindings_for("app")
    COMMANDS = {_palette}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    def __init__(self, context: Context) -> None:
        self.crash: BaseException | None = None
        self.crash_log = ""
        self.begin_with: tuple[str, dict[str, Any]] | None = None
        """A screen to open at once above the first one, and what it is handed."""
        # Textual reads no stylesheet of a screen for the first one, so its own are named here.
        first = ("home",) if context.workspace else ("widgets", "welcome")
        super().__init__(context, stylesheets("base", *first))

    # -- from the beginning to the end --------------------------------------------------------------------------

    def get_driver_class(self) -> type[Driver]:
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from labtui.frame.terminal import LabDriver

        return LabDriver

    def get_default_screen(self) -> Screen[Any]:
        return self.screen_named("home" if self.context.workspace else "welcome")

    def on_load(self) -> None:
        # In a thread, while the first screen is still being laid out: what is read by then is painted at once.
        self.start_watching()

    def on_mount(self) -> None:
        # What start-up made lives as long as the application. A full collection that walks it all holds a key
        # press up by 100 ms; without it, by 25.
        self.call_after_refresh(self._collect_from_here)
        if self.begin_with is not None:
            self.open(self.begin_with[0], **self.begin_with[1])
        self.tell_of_the_keymap()
        for ignored in self.context.config.ignored:
            self.say(f"{ignored.key} does not count: {ignored.source} is not trusted.", "warning")

    def _collect_from_here(self) -> None:
        gc.freeze()
        gc.enable()

    def on_unmount(self) -> None:
        self.stop_watching()

    def enter(self, workspace: Workspace) -> None:
        """Opens another workspace: reads its settings and starts anew at its Home. Raises LabError."""
        from labtui import config

        self.context = Context(config=config.load(workspace), workspace=workspace)
        remember_workspace(workspace.root)
        self.forget_screens()
        self.watch_anew()
        self.open("home")

    def _handle_exception(self, error: Exception) -> None:
        if self.crash is None:
            from labtui.crashes import keep

            self.crash = error
            self.crash_log = keep(error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # The traceback went to the log; the terminal gets a sentence from run().
        self._close_messages_no_wait()

    # -- actions ------------------------------------------------------------------------------------------------

    def action_help(self) -> None:
        from labtui.screens.help import HelpWindow

        self.push_screen(HelpWindow(self.screen))

    def action_jump(self) -> None:
        from labtui.widgets.jump import JumpWindow

        def go(target: Widget | None) -> None:
            if target is not None and target.is_mounted:
                target.focus()

        if not isinstance(self.screen, JumpWindow):
            self.push_screen(JumpWindow(self.screen), go)

    def action_command_palette(self) -> None:
        from labtui.screens.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def action_find(self) -> None:
        find = getattr(self.screen, "action_find", None)
        if find is None:
            self.say("There is nothing to search on this screen; the palette (^p) finds commands.")
        else:
            find()

    def action_debug(self) -> None:
        from labtui.screens.debug import DebugWindow

        self.push_screen(DebugWindow())

    def action_interrupt(self) -> None:
        self.say("ctrl+q leaves labtui; jobs keep going.")

    def action_leave(self) -> None:
        """Leaves; asks only where a screen says that something would be lost."""
        lost = [text for screen in self._installed_screens.values() if (text := _unsaved(screen))]
        if lost:
            self.ask("Leave labtui?", "\n".join(lost), then=lambda: self.exit(EXIT_OK), yes="Leave")
        else:
            self.exit(EXIT_OK)


def _unsaved(screen: object) -> str:
    return screen.unsaved() if isinstance(screen, LabScreen) and screen.stands else ""


def run(context: Context, screen: str = "", arguments: dict[str, Any] | None = None) -> int:
    """Runs the application in this terminal and returns the exit code. Raises UsageError where there is none.

    `screen` is opened at once and handed `arguments`, as by `LabApp.open`.
    """
    from labtui.running import goodbye, need_terminal, spare_the_line

    need_terminal()
    if over_ssh():
        spare_the_line()
    app = LabApp(context)
    if screen:
        app.begin_with = (screen, arguments or {})
    result = app.run(mouse=context.config.settings.interface.mouse)
    if app.crash is not None:
        raise LabError(
            f"Something went wrong inside labtui ({type(app.crash).__name__}: {app.crash}). Jobs keep going.",
            hint=f"The details are in {app.crash_log}",
        ) from app.crash
    goodbye(app.context.workspace)
    return result if isinstance(result, int) else (EXIT_FAILED if app.return_code else EXIT_OK)
