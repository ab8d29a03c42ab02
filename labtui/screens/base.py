"""What every screen has in common, and how to write one.

A screen is a module `labtui/screens/NAME.py` with one class `NameScreen`; it is imported when it is first opened
with `self.app.open("NAME", ...)`, and stays alive afterwards. Its styles are `styles/NAME.tcss`, its keys the block
NAME in `labtui/actions.py`:

    class JobsScreen(LabScreen):
        NAME = "jobs"                                   # what people call it: palette, help, CSS file, actions
        TITLE = "jobs"
        HELP = "Every piece of long work is a job. …"   # Markdown, shown by `?` above the keys
        BINDINGS = bindings_for("jobs")                 # one action_NAME method an action

        def body(self) -> ComposeResult:                # between the header line and the key hints
            with Panel("jobs", id="list"):              # a frame; heavy and bright while the focus is inside
                yield JobTable()                        # Plain(text) and content(text) for foreign text

        def receive(self, job: str = "") -> None:       # what app.open gave, each time, after mounting
            self.select(job)

        def on_screen_resume(self) -> None: ...         # start timers here, stop them in on_screen_suspend

        @work                                           # confirm needs a worker, as it waits for the answer
        async def action_stop(self) -> None:
            if await self.app.confirm("Stop this job?", yes="Stop it"):
                self._stop()

        @work(thread=True, exclusive=True, group="stop", exit_on_error=False)
        def _stop(self) -> None:                        # blocking work: in a thread that only posts messages
            try:
                jobs.stop(self.folder)
            except LabError as error:
                self.app.call_from_thread(self.app.fail, error)

        def action_back_once(self) -> bool:             # esc: undo one step of your own and return True,
            return self.close_filter()                  # or False to leave the screen

        def action_find(self) -> None: ...              # `/` calls it, where the screen has one

`self.app.context` holds config and workspace; `self.app.say(text)`, `self.app.fail(error)`, `self.app.copy_text(text)`
speak to the user. Colours in styles are variables ($primary, $quiet, $edge …), never literals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import Screen

from labtui.widgets.compositing import PresentCompositor
from labtui.widgets.header import HeaderLine
from labtui.widgets.hints import HintLine
from labtui.widgets.window import stylesheets

if TYPE_CHECKING:
    from labtui.app import LabApp
    from labtui.operations.meters import Meter
    from labtui.operations.overview import Overview


class LabScreen(Screen[None], inherit_bindings=False):
    """A screen with the header line above, the key hints below, and `body()` between them."""

    NAME: ClassVar[str] = ""
    HELP: ClassVar[str] = ""
    AUTO_FOCUS = "*"
    BINDINGS = [
        Binding("tab", "app.focus_next", "next part", show=False, tooltip="Go to the next part"),
        Binding("shift+tab", "app.focus_previous", "part before", show=False, tooltip="Go to the part before"),
        Binding("ctrl+c", "screen.copy_text", "copy", show=False, tooltip="Copy the text selected with the mouse"),
    ]

    app: LabApp

    def __init_subclass__(cls, **arguments: Any) -> None:
        if "NAME" in cls.__dict__:
            cls.CSS_PATH = stylesheets("widgets", cls.NAME)
        super().__init_subclass__(**arguments)

    def __init__(self) -> None:
        super().__init__()
        self._compositor = PresentCompositor()
        self._arguments: dict[str, Any] | None = None

    def compose(self) -> ComposeResult:
        yield HeaderLine(self.TITLE or self.NAME)
        with Vertical(id="body"):
            yield from self.body()
        yield HintLine()

    def body(self) -> ComposeResult:
        """The screen's own widgets."""
        yield from ()

    def receive(self) -> None:
        """Called each time the screen is opened by name, with what `app.open` was given."""

    def hand_over(self, arguments: dict[str, Any]) -> None:
        """Calls `receive` now, or as soon as the screen is mounted."""
        if self.stands:
            self.receive(**arguments)
        else:
            self._arguments = arguments

    def on_mount(self) -> None:
        self.app.describe_header(self)
        self.overview_changed(self.app.overview)
        self.meters_changed(self.app.meters)
        if self._arguments is not None:
            arguments, self._arguments = self._arguments, None
            self.receive(**arguments)

    def overview_changed(self, overview: Overview) -> None:
        """Called about once a second while the screen is in front, with how the workspace stands."""

    def meters_changed(self, meters: tuple[Meter, ...]) -> None:
        """Called about once a second with how busy the machine is; Home shows it."""

    def unsaved(self) -> str:
        """One sentence on what would be lost by leaving the application now; empty where nothing would."""
        return ""

    @property
    def stands(self) -> bool:
        """Whether the screen's parts are there: not before it is mounted, no longer while it is taken down."""
        return self.is_mounted and self._running and bool(self.query(HeaderLine))

    def header(self) -> HeaderLine:
        return self.query_one(HeaderLine)

    def on_screen_resume(self) -> None:
        if self.stands:
            self.app.describe_header(self)
            self.overview_changed(self.app.overview)

    def action_back_once(self) -> bool:
        """One step back inside the screen. False where there is none left: the application goes back then."""
        return False


class Panel(Vertical):
    """A framed part of a screen. While the focus is inside, its frame is heavy and its title bold."""

    def __init__(self, *children: Any, title: str = "", id: str | None = None, classes: str = "") -> None:  # noqa: A002
        super().__init__(*children, id=id, classes=f"panel {classes}")
        self.title_it(title)

    def title_it(self, title: str) -> None:
        """Sets the title; it may hold foreign text."""
        from labtui.widgets.plain import content

        self.border_title = content(title)
