"""The application: screens by name, global keys, the look, the doors for text going out."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from textual import events, work
from textual.binding import Binding
from textual.dom import DOMNode
from textual.filter import LineFilter
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from labtui import paths
from labtui.actions import bindings_for
from labtui.config import Config
from labtui.errors import EXIT_FAILED, EXIT_OK, LabError
from labtui.keys import read_keymap
from labtui.operations.meters import Meter
from labtui.operations.overview import Overview, Reader
from labtui.operations.watching import Watching
from labtui.screens.base import LabScreen
from labtui.text import clean, shorten
from labtui.themes import DEFAULT, NAMES, THEMES
from labtui.widgets.guard import ControlGuard
from labtui.widgets.key_order import KeysInOrder
from labtui.widgets.window import stylesheets
from labtui.workspace import Workspace, remember, remember_workspace, remembered

if TYPE_CHECKING:
    from textual.command import Provider

    from labtui.jobs import JobView

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
"""Every screen by the name its user knows; `labtui.screens.NAME` holds its class `NameScreen`, or else it is one of
the stages that `labtui.screens.stage` shows in a window."""

CLIPBOARD_LIMIT = 74_000
"""Bytes terminals commonly take in one OSC 52 sequence; a longer text goes to the file only."""

Severity = Literal["information", "warning", "error"]


@dataclass
class Context:
    """What the application works on. `config` belongs to `workspace`, or to the user where there is none."""

    config: Config
    workspace: Workspace | None = None


def _palette() -> type[Provider]:
    from labtui.screens.palette import LabCommands

    return LabCommands


class LabApp(KeysInOrder[int], inherit_bindings=False):
    TITLE = "labtui"
    BINDINGS = bindings_for("app")
    COMMANDS = {_palette}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    class OverviewRead(Message):
        def __init__(self, overview: Overview, source: Watching) -> None:
            super().__init__()
            self.overview = overview
            self.source = source

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LabApp.OverviewRead)

    class MetersRead(Message):
        def __init__(self, meters: tuple[Meter, ...]) -> None:
            super().__init__()
            self.meters = meters

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LabApp.MetersRead)

    def __init__(self, context: Context) -> None:
        self.context = context
        self.overview = Overview()
        """How the workspace stands, as last read."""
        self.meters: tuple[Meter, ...] = ()
        self.crash: BaseException | None = None
        self.crash_log = ""
        self.begin_with: tuple[str, dict[str, Any]] | None = None
        """A screen to open at once above the first one, and what it is handed."""
        self._trail: list[str] = []
        self._watching: Watching | None = None
        self._under_way: dict[str, str] | None = None
        self._clashes: set[str] = set()
        self._guard = ControlGuard()
        # Textual reads no stylesheet of a screen for the first one, so its own are named here.
        first = ("home",) if context.workspace else ("widgets", "welcome")
        super().__init__(css_path=stylesheets("base", *first))
        interface = context.config.settings.interface
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = _chosen_theme(context)
        if not _animated(interface.animations):
            self.animation_level = "none"
        found = read_keymap(context.config.settings.keys)
        self.keymap: Mapping[str, str] = found.keys
        self._keymap_problems = found.problems
        self.set_keymap(found.keys)

    def get_line_filters(self) -> Sequence[LineFilter]:
        before = tuple(super().get_line_filters())
        if before != self._guard.before:
            self._guard = ControlGuard(before, ascii_signs=self.context.config.settings.interface.ascii)
        return [self._guard]

    def get_default_screen(self) -> Screen[Any]:
        return self.screen_named("home" if self.context.workspace else "welcome")

    def on_load(self) -> None:
        # In a thread, while the first screen is still being laid out: what is read by then is painted at once.
        self._watch()

    def on_mount(self) -> None:
        # What start-up made lives as long as the application. A full collection that walks it all holds a key
        # press up by 100 ms; without it, by 25.
        self.call_after_refresh(self._collect_from_here)
        if self.begin_with is not None:
            self.open(self.begin_with[0], **self.begin_with[1])
        for sentence in self._keymap_problems:
            self.say(sentence, "warning")
        for ignored in self.context.config.ignored:
            self.say(f"{ignored.key} does not count: {ignored.source} is not trusted.", "warning")

    def _collect_from_here(self) -> None:
        gc.freeze()
        gc.enable()

    def on_unmount(self) -> None:
        if self._watching is not None:
            self._watching.stop()

    # -- screens ------------------------------------------------------------------------------------------------

    def open(self, name: str, **arguments: Any) -> None:
        """Shows the screen of that name and hands it `arguments`. Windows above the present one close."""
        if self.context.workspace is None and name == "home":
            name = "welcome"
        while isinstance(self.screen, ModalScreen) and len(self.screen_stack) > 1:
            self.screen.dismiss(None)
        if not _has_module(name) and name in SCREENS:
            from labtui.screens.stage import StageWindow

            if name in StageWindow.STAGES:
                self.push_screen(StageWindow(name, self.overview, self.context.workspace))
                return
        try:
            screen = self.screen_named(name)
        except LabError as error:
            self.fail(error)
            return
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
        if self._watching is not None:
            self._watching.seen = screen.NAME == "home"
            if screen.NAME == "home":
                self._watching.poke()

    @property
    def here(self) -> str:
        """The name of the screen in front, windows aside."""
        return screen.NAME if (screen := self._lab_screen()) else "home"

    def _lab_screen(self) -> LabScreen | None:
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, LabScreen)), None)

    def screen_named(self, name: str) -> LabScreen:
        """The one screen of that name, made when first asked for. Raises LabError where there is none."""
        screen = self._installed_screens.get(name)
        if isinstance(screen, LabScreen):
            return screen
        made = _load_screen(name)()
        self.install_screen(made, name)
        return made

    def enter(self, workspace: Workspace) -> None:
        """Opens another workspace: reads its settings and starts anew at its Home. Raises LabError."""
        from labtui import config

        self.context = Context(config=config.load(workspace), workspace=workspace)
        remember_workspace(workspace.root)
        while len(self.screen_stack) > 1:
            self.pop_screen()
        for name in SCREENS:
            screen = self._installed_screens.get(name)
            # Home reads the context anew; every other screen may hold what belongs to the old workspace.
            if isinstance(screen, LabScreen) and screen is not self.screen_stack[0]:
                self.uninstall_screen(name)
                if screen.is_running:
                    screen.remove()
        self._trail = []
        self.overview = Overview()
        self._under_way = None
        home = self._installed_screens.get("home")
        if isinstance(home, LabScreen) and home.stands:
            home.overview_changed(self.overview)
        self._watch()
        self.open("home")

    # -- what is so ---------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Starts the thread that reads the overview; a former one, for another workspace, ends."""
        if self._watching is not None:
            self._watching.stop()
        workspace = self.context.workspace
        reader = Reader(workspace, self.context.config.settings) if workspace else None
        watching = Watching(
            reader,
            lambda overview: self.post_message(self.OverviewRead(overview, watching)),
            lambda meters: self.post_message(self.MetersRead(meters)),
        )
        self._watching = watching
        watching.start()

    def look_again(self) -> None:
        """Reads the overview at once: after a job was started, a model added, a leaf written."""
        if self._watching is not None:
            self._watching.poke()

    def on_lab_app_overview_read(self, event: OverviewRead) -> None:
        if event.source is not self._watching:
            return
        self.overview = event.overview
        self._tell_of_ends(event.overview.jobs or [])
        if (screen := self._lab_screen()) is not None and screen.stands:
            self.describe_header(screen)
            screen.overview_changed(event.overview)

    def on_lab_app_meters_read(self, event: MetersRead) -> None:
        self.meters = event.meters
        home = self._installed_screens.get("home")
        if isinstance(home, LabScreen) and home.stands:
            home.meters_changed(event.meters)

    def describe_header(self, screen: LabScreen) -> None:
        """Fills the header line of a screen with what is known."""
        from labtui.widgets.header import facts

        screen.header().show(facts(self.context.workspace, self.overview))

    def _tell_of_ends(self, views: list[JobView]) -> None:
        """A notice for each job that ended since the last reading; servers only where they failed."""
        before, self._under_way = self._under_way, {}
        for view in views:
            name = view.folder.id
            if not view.state.ended:
                self._under_way[name] = view.state
            elif before is not None and name in before:
                if view.spec.kind == "serve" and view.state != "failed":
                    continue
                title = f"{view.spec.kind} {view.spec.title}"
                reason = f"\n{shorten(view.error, 200)}" if view.error and view.state != "done" else ""
                good = view.state in ("done", "stopped")
                self.say(f"{title}: {view.state}{reason}", "information" if good else "error")
                if self.context.config.settings.interface.bell:
                    self.bell()

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
                self._front(self.screen_named(target))

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

    # -- the look -----------------------------------------------------------------------------------------------

    def choose_theme(self, name: str) -> None:
        """Changes the look and remembers it."""
        self.theme = name
        self._remember(theme=name)

    @work(thread=True, group="remember", exit_on_error=False)
    def _remember(self, **changes: object) -> None:
        remember(**changes)

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        new = {binding.id or binding.action for binding in clashed_bindings} - self._clashes
        self._clashes |= new
        for name in sorted(new):
            self.say(f"keys: '{name}' lost its key to another action of your settings.", "warning")

    def on_resize(self, event: events.Resize) -> None:
        from labtui.widgets.small import SmallWindow, too_small

        small = too_small(event.size.width, event.size.height)
        if small and not any(isinstance(screen, SmallWindow) for screen in self.screen_stack):
            self.push_screen(SmallWindow())
        elif not small and isinstance(self.screen, SmallWindow):
            self.screen.dismiss(None)

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

    # -- an error of ours ---------------------------------------------------------------------------------------

    def _handle_exception(self, error: Exception) -> None:
        if self.crash is None:
            from labtui.crashes import keep

            self.crash = error
            self.crash_log = keep(error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # The traceback went to the log; the terminal gets a sentence from run().
        self._close_messages_no_wait()


def _has_module(name: str) -> bool:
    return importlib.util.find_spec(f"labtui.screens.{name}") is not None


def _load_screen(name: str) -> type[LabScreen]:
    if name not in SCREENS or not _has_module(name):
        raise LabError(f"There is no screen '{name}' in this installation.")
    screen: type[LabScreen] = getattr(importlib.import_module(f"labtui.screens.{name}"), f"{name.title()}Screen")
    return screen


def _unsaved(screen: object) -> str:
    return screen.unsaved() if isinstance(screen, LabScreen) and screen.stands else ""


def _chosen_theme(context: Context) -> str:
    for name in (context.config.settings.interface.theme, remembered().theme):
        if name in NAMES:
            return name
    return DEFAULT


def _animated(setting: str) -> bool:
    if setting == "auto":
        return os.environ.get("TEXTUAL_ANIMATIONS", "").lower() != "none" and not over_ssh()
    return setting == "on"


def over_ssh() -> bool:
    return bool(os.environ.get("SSH_TTY") or os.environ.get("SSH_CONNECTION"))


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
