"""What is so: the overview and the meters that a thread reads, shown where they belong; jobs that end are told of."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from labtui.frame.context import Context
from labtui.frame.look import Look
from labtui.operations.meters import Meter
from labtui.operations.overview import Overview, Reader
from labtui.operations.watching import Watching
from labtui.screens.base import LabScreen
from labtui.text import shorten

if TYPE_CHECKING:
    from labtui.jobs import JobView


class Overseeing(Look):
    class OverviewRead(Message):
        def __init__(self, overview: Overview, source: Watching) -> None:
            super().__init__()
            self.overview = overview
            self.source = source

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Overseeing.OverviewRead)

    class MetersRead(Message):
        def __init__(self, meters: tuple[Meter, ...]) -> None:
            super().__init__()
            self.meters = meters

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Overseeing.MetersRead)

    def __init__(self, context: Context, css_path: list[str | PurePath]) -> None:
        self.overview = Overview()
        """How the workspace stands, as last read."""
        self.meters: tuple[Meter, ...] = ()
        self._watching: Watching | None = None
        self._under_way: dict[str, str] | None = None
        super().__init__(context, css_path)

    def lab_screen(self) -> LabScreen | None:
        """The screen in front, windows aside."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, LabScreen)), None)

    def watch_anew(self) -> None:
        """Forgets how the former workspace stood."""
        self.overview = Overview()
        self._under_way = None
        home = self._installed_screens.get("home")
        if isinstance(home, LabScreen) and home.stands:
            home.overview_changed(self.overview)
        self.start_watching()

    def start_watching(self) -> None:
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

    def stop_watching(self) -> None:
        if self._watching is not None:
            self._watching.stop()

    def watch_for(self, name: str) -> None:
        """The screen of that name came to the front: Home wants to know everything, and at once."""
        if self._watching is not None:
            self._watching.seen = name == "home"
            if name == "home":
                self._watching.poke()

    def look_again(self) -> None:
        """Reads the overview at once: after a job was started, a model added, a leaf written."""
        if self._watching is not None:
            self._watching.poke()

    @on(OverviewRead)
    def _overview_read(self, event: OverviewRead) -> None:
        if event.source is not self._watching:
            return
        self.overview = event.overview
        self._tell_of_ends(event.overview.jobs or [])
        if (screen := self.lab_screen()) is not None and screen.stands:
            self.describe_header(screen)
            screen.overview_changed(event.overview)

    @on(MetersRead)
    def _meters_read(self, event: MetersRead) -> None:
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
