"""One job from near: how far it is and what it said, its log, what was asked, what it made."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import TabPane, Tabs
from textual.worker import Worker, get_current_worker

from labtui.errors import LabError
from labtui.jobs import JobView, Watcher
from labtui.journal import JobFolder
from labtui.screens.job_asked import page
from labtui.widgets.artifact_list import ArtifactList
from labtui.widgets.event_lines import EventLine, EventLines, fold, line_of, line_of_problem
from labtui.widgets.job_header import JobHeader
from labtui.widgets.log_view import LogView
from labtui.widgets.plain import Plain
from labtui.widgets.tab_pages import TabPages

POLL_SECONDS = 0.2
TABS = ("events", "log", "asked", "made")


class JobDetail(Vertical):
    """Follows one job while it is in sight; `show` begins, `pause` ends, `show` with the same one goes on."""

    class Read(Message):
        """The follower's thread has news: the job as it stands, and new lines."""

        def __init__(self, view: JobView, lines: list[EventLine]) -> None:
            super().__init__()
            self.view = view
            self.lines = lines

    class Unreadable(Message):
        def __init__(self, folder: JobFolder, error: LabError) -> None:
            super().__init__()
            self.folder = folder
            self.error = error

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self.folder: JobFolder | None = None
        self.view: JobView | None = None
        self._watcher: Watcher | None = None
        self._follower: Worker[None] | None = None
        self._asked: object = None

    def compose(self) -> ComposeResult:
        yield JobHeader(hide_empty=False)
        with TabPages(initial="events"):
            with TabPane("Progress", id="events"):
                yield EventLines(id="event-lines")
            with TabPane("Log", id="log"):
                yield LogView(id="job-log")
            with TabPane("Asked", id="asked"), VerticalScroll(can_focus=True):
                yield Plain("", id="asked-page")
            with TabPane("Made", id="made"):
                yield ArtifactList(id="artifacts")
                yield Plain("Nothing yet.", id="no-artifacts", classes="quiet")

    @property
    def tab(self) -> str:
        return self.query_one(TabPages).active

    def show(self, folder: JobFolder, tab: str = "") -> None:
        """Follows a job, from the first tab or the one named; the same job goes on where it was."""
        if self.folder is None or self.folder.path != folder.path:
            self.folder, self.view, self._watcher, self._asked = folder, None, None, None
            self.query_one(EventLines).clear()
            self.query_one(LogView).show(folder.log_file)
            self.query_one(ArtifactList).show([])
            self.query_one("#asked-page", Plain).show("")
            self.query_one(JobHeader).show(None)
            tab = tab or "events"
        self.turn_to(tab or self.tab)
        self.go_on()

    def turn_to(self, tab: str) -> None:
        """Shows a tab and puts the focus on what is in it."""
        if tab in TABS:
            self.query_one(TabPages).active = tab
            self.call_after_refresh(self.focus_content)

    def next_tab(self, by: int) -> None:
        self.turn_to(TABS[(TABS.index(self.tab) + by) % len(TABS)])

    def focus_content(self) -> None:
        targets: dict[str, type[Widget]] = {
            "events": EventLines,
            "log": LogView,
            "asked": VerticalScroll,
            "made": ArtifactList,
        }
        self.query_one(f"#{self.tab}", TabPane).query_one(targets[self.tab]).focus()

    def go_on(self) -> None:
        if self.folder is not None and (self._follower is None or self._follower.is_finished):
            self._follower = self._follow(self.folder)

    def pause(self) -> None:
        if self._follower is not None:
            self._follower.cancel()
            self._follower = None

    # -- the follower -------------------------------------------------------------------------------------------

    @work(thread=True, exclusive=True, group="job-detail", exit_on_error=False)
    def _follow(self, folder: JobFolder) -> None:
        worker = get_current_worker()
        try:
            watcher = self._watcher
            if watcher is None or watcher.folder.path != folder.path:
                watcher = self._watcher = Watcher(folder)
        except LabError as error:
            self.post_message(self.Unreadable(folder, error))
            return
        follow(watcher, lambda view, lines: self.post_message(self.Read(view, lines)), lambda: worker.is_cancelled)

    @on(Read)
    def _take(self, event: Read) -> None:
        event.stop()
        if self.folder is None or event.view.folder.path != self.folder.path:
            return
        before, self.view = self.view, event.view
        view = event.view
        self.query_one(JobHeader).show(view)
        if view.problem and (before is None or before.problem != view.problem):
            self.query_one(EventLines).add([line_of_problem(view.problem)])
        self.query_one(EventLines).add(event.lines)
        artifacts = self.query_one(ArtifactList)
        artifacts.show(view.artifacts)
        artifacts.display = bool(view.artifacts)
        self.query_one("#no-artifacts").display = not view.artifacts
        self._show_asked(view)
        if before is None or before.state != view.state:
            # Keys that cannot be used in the job's present state are greyed.
            self.screen.refresh_bindings()

    def _show_asked(self, view: JobView) -> None:
        asked = (view.spec, view.status, self.size.width)
        if asked != self._asked:
            self._asked = asked
            # The page's own borders and scroll bar.
            self.query_one("#asked-page", Plain).show(page(view, self.size.width - 2))

    def on_resize(self) -> None:
        if self.view is not None and not self.view.problem:
            self._show_asked(self.view)

    @on(Unreadable)
    def _unreadable(self, event: Unreadable) -> None:
        event.stop()
        from labtui.jobs.views import broken

        if self.folder is not None and event.folder.path == self.folder.path:
            self.view = broken(event.folder, event.error)
            self.query_one(JobHeader).show(self.view)
            self.query_one("#asked-page", Plain).show(str(event.error))
            self.query_one(EventLines).clear()
            self.query_one(EventLines).add([line_of_problem(str(event.error))])
            self.screen.refresh_bindings()

    @on(Tabs.TabActivated)
    def _turned(self, event: Tabs.TabActivated) -> None:
        self.screen.refresh_bindings()


def follow(watcher: Watcher, tell: Callable[[JobView, list[EventLine]], object], ended: Callable[[], bool]) -> None:
    """Reads on until `ended`; tells at most five times a second, however much there is to read."""
    lines: list[EventLine] = []
    told = 0.0
    while not ended():
        lines = fold([*lines, *(line_of(event) for event in watcher.poll())])
        if not watcher.behind or time.monotonic() - told > POLL_SECONDS:
            tell(watcher.view, lines)
            lines, told = [], time.monotonic()
        if not watcher.behind:
            time.sleep(POLL_SECONDS)
