"""The jobs screen: all jobs in a list, one job from near, and everything that can be done with one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import ContentSwitcher

from labtui import jobs
from labtui.actions import bindings_for
from labtui.errors import LabError
from labtui.jobs import JobView
from labtui.journal import JobFolder
from labtui.operations.overview import Overview
from labtui.records import Artifact, State
from labtui.screens.base import LabScreen, Panel
from labtui.screens.job_asked import command_line
from labtui.screens.job_detail import JobDetail
from labtui.widgets.artifact_list import ArtifactList
from labtui.widgets.filter_line import FilterLine
from labtui.widgets.job_header import JobHeader
from labtui.widgets.job_table import JobTable
from labtui.widgets.log_view import LogView

KEPT = {
    "generate": "It keeps every sample made so far; resuming goes on from there.",
    "train": "It saves a checkpoint first; resuming goes on from there.",
    "trying": "It keeps the answers, samples and checkpoints made so far; resuming goes on from there.",
    "serve": "The model answers no more until it is served again. Conversations are kept.",
}
"""What a stopped job of a kind leaves."""
GLANCE_SECONDS = 0.15
"""The chosen job's log is shown below the list when the choice has rested for so long."""
KEPT_OTHERWISE = "What it has written so far is kept."


class JobsScreen(LabScreen):
    NAME = "jobs"
    TITLE = "jobs"
    BINDINGS = bindings_for("jobs")
    AUTO_FOCUS = "JobTable"
    HELP = """\
Every piece of long work is a **job**: a folder on disk with a small process of its own that goes on when labtui or
the terminal is closed. What is under way stands on top, then the newest first.

Enter opens a job: what it said, its **log**, what was **asked** (arguments, versions, inputs by their hash), and what
it **made**. Stopping asks the job to save what it has; resuming goes on from there as a new attempt in the same
folder. A job that says nothing for long is shown as silent, not as failed; one that runs on another machine cannot be
confirmed from here and is shown as that.

The log follows its end until you scroll up; `G` follows again. `/` searches it.
"""

    def body(self) -> ComposeResult:
        with ContentSwitcher(initial="list"):
            with Vertical(id="list"):
                with Panel(title="jobs", id="all"):
                    yield JobTable(id="table")
                    yield FilterLine("words of kind, title, state or id; enter keeps, esc shows all", id="filter")
                with Panel(title="log", id="glance"):
                    yield JobHeader()
                    yield LogView(numbers=False, id="glance-log")
            with Panel(title="job", id="near"):
                yield JobDetail(id="detail")

    def __init__(self) -> None:
        super().__init__()
        self._glance_timer: Timer | None = None

    # -- what is shown ------------------------------------------------------------------------------------------

    def receive(self, job: str = "", tab: str = "") -> None:
        """`job`: an id to show from near; `tab`: events, log, asked or made."""
        if job and self.app.context.workspace is not None:
            self._open(JobFolder(self.app.context.workspace.jobs / job), tab)
            self.query_one(JobTable).choose(job)
        elif not self._near:
            self.query_one(JobTable).focus()

    def overview_changed(self, overview: Overview) -> None:
        if overview.jobs is not None:
            before = self._state()
            self.query_one(JobTable).show(overview.jobs)
            self._title_list()
            self.query_one("#glance JobHeader", JobHeader).show(self.query_one(JobTable).view)
            if self._state() != before:
                self.refresh_bindings()
                self._glance()

    def on_screen_suspend(self) -> None:
        self.query_one(JobDetail).pause()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.is_mounted and self._near:
            self.query_one(JobDetail).go_on()

    @property
    def _near(self) -> bool:
        """Whether one job is shown from near."""
        return self.query_one(ContentSwitcher).current == "near"

    @property
    def view(self) -> JobView | None:
        """The job that the keys act on."""
        if not self._near:
            return self.query_one(JobTable).view
        detail = self.query_one(JobDetail)
        if detail.view is not None:
            return detail.view
        known = {view.folder.id: view for view in self.app.overview.jobs or []}
        return known.get(detail.folder.id) if detail.folder else None

    def _state(self) -> tuple[str, State] | None:
        view = self.view
        return (view.folder.id, view.state) if view is not None else None

    def _open(self, folder: JobFolder, tab: str = "") -> None:
        self.query_one(ContentSwitcher).current = "near"
        self.query_one("#near", Panel).title_it(folder.id)
        self.query_one(JobDetail).show(folder, tab)
        self.refresh_bindings()

    def _close(self) -> None:
        self.query_one(JobDetail).pause()
        self.query_one(ContentSwitcher).current = "list"
        self.query_one(JobTable).focus()
        self.refresh_bindings()

    def _title_list(self) -> None:
        shown, there = self.query_one(JobTable).counts
        count = f"{shown} of {there}" if shown != there else str(there)
        self.query_one("#all", Panel).title_it(f"jobs  {count}" if there else "jobs")

    @on(JobTable.Opened)
    def _opened(self, event: JobTable.Opened) -> None:
        self.action_open()

    @on(JobTable.Chosen)
    def _chosen(self, event: JobTable.Chosen) -> None:
        self.refresh_bindings()
        # Whoever runs through the list does not want every log opened on the way.
        if self._glance_timer is not None:
            self._glance_timer.stop()
        self._glance_timer = self.set_timer(GLANCE_SECONDS, self._glance)

    def _glance(self) -> None:
        """Shows the chosen job below the list, where the terminal is tall enough for it."""
        view = self.query_one(JobTable).view
        pane = self.query_one("#glance", Panel)
        pane.query_one(JobHeader).show(view)
        pane.query_one(LogView).show(view.folder.log_file if view is not None else None)
        pane.title_it(f"log of {view.folder.id}" if view is not None else "log")

    # -- steps and the filter -----------------------------------------------------------------------------------

    def action_back_once(self) -> bool:
        if not self._near:
            return self.query_one("#glance-log", LogView).back() or self._clear_filter()
        if not self.query_one("#job-log", LogView).back():
            self._close()
        return True

    def action_find(self) -> None:
        if self._near:
            self.query_one(JobDetail).turn_to("log")
            self.query_one("#job-log", LogView).find()
        else:
            self.query_one(FilterLine).open()

    @on(FilterLine.Narrowed)
    def _narrowed(self, event: FilterLine.Narrowed) -> None:
        self.query_one(JobTable).narrow(event.text)
        self._title_list()

    @on(FilterLine.Left)
    def _filter_left(self) -> None:
        self.query_one(JobTable).focus()

    def _clear_filter(self) -> bool:
        shown = self.query_one(FilterLine).clear()
        self.query_one(JobTable).focus()
        return shown

    # -- actions ------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if not self.is_mounted or action not in {"open", "stop", "resume", "log", "copy_id", "copy_command"}:
            return True
        view = self.view
        if view is None:
            return False if action == "open" else None
        possible = {
            "open": not self._near,
            "stop": not view.problem and not view.state.ended,
            "resume": not view.problem and view.state in RESUMABLE,
            "copy_command": bool(view.spec.command),
        }
        if action == "open":
            return possible[action]
        # What cannot be done now is greyed, not hidden.
        return True if possible.get(action, True) else None

    def action_open(self) -> None:
        if (view := self.view) is not None and not self._near:
            self._open(view.folder)

    def action_log(self) -> None:
        if (view := self.view) is not None:
            self._open(view.folder, "log")

    def action_next_tab(self) -> None:
        if self._near:
            self.query_one(JobDetail).next_tab(1)

    def action_previous_tab(self) -> None:
        if self._near:
            self.query_one(JobDetail).next_tab(-1)

    def action_copy_id(self) -> None:
        if self._near and self.query_one(JobDetail).tab == "made":
            artifact = self.query_one(ArtifactList).chosen
            if artifact is not None:
                self.app.copy_text(artifact.path)
                return
        if (view := self.view) is not None:
            self.app.copy_text(view.folder.id)

    def action_copy_command(self) -> None:
        if (view := self.view) is not None and (command := command_line(view)):
            self.app.copy_text(command)

    def action_stop(self) -> None:
        view = self.view
        if view is None or view.state.ended:
            return
        folder = view.folder
        detail = KEPT.get(view.spec.kind, KEPT_OTHERWISE)
        if view.state is State.WAITING:
            detail = "It has not begun; nothing is lost."
        self.app.ask(
            f"Stop {view.spec.kind} '{view.spec.title}'?",
            detail,
            yes="Stop it",
            then=lambda: self._do(lambda: self._stop(folder)),
        )

    def _stop(self, folder: JobFolder) -> str:
        jobs.stop(folder)
        return "Asked to stop; it saves what it has."

    def action_resume(self) -> None:
        view = self.view
        if view is None or view.state not in RESUMABLE:
            return
        folder = view.folder
        if view.state is State.UNCONFIRMED:
            host = view.status.host if view.status else "another machine"
            self.app.ask(
                f"Do you know that it does not run on {host} any more?",
                "From here that cannot be seen. Two workers on one job would spoil it.",
                yes="It does not run",
                then=lambda: self._do(lambda: self._resume(folder, elsewhere=True)),
            )
        else:
            self._do(lambda: self._resume(folder))

    def _resume(self, folder: JobFolder, elsewhere: bool = False) -> str:
        from labtui.operations.resuming import resume_job

        context = self.app.context
        assert context.workspace is not None  # noqa: S101 - a job is shown, so there is one
        say: Callable[[str], None] = lambda words: self.app.call_from_thread(self.app.say, words)  # noqa: E731
        resume_job(context.workspace, context.config, folder, say, elsewhere=elsewhere)
        return "Goes on, as a new attempt in the same folder."

    @work(thread=True, exclusive=True, group="prune", exit_on_error=False)
    def action_prune(self) -> None:
        workspace = self.app.context.workspace
        days = self.app.context.config.settings.jobs.keep_days
        if workspace is None:
            return
        try:
            count = len(jobs.old_jobs(workspace, days))
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
            return
        self.app.call_from_thread(self._ask_to_prune, count, days)

    def _ask_to_prune(self, count: int, days: int) -> None:
        workspace = self.app.context.workspace
        if workspace is None:
            return
        if not count:
            self.app.say(f"No job ended more than {days} days ago (jobs.keep_days).")
            return
        named = f"{count} jobs" if count > 1 else "one job"
        self.app.ask(
            f"Remove {named} that ended more than {days} days ago?",
            "Their folders go: events, log, journal, checkpoints. Data sets, adapters and models stay.",
            yes="Remove",
            then=lambda: self._do(lambda: f"Removed {len(jobs.prune(workspace, days))} jobs."),
        )

    @work(thread=True, exit_on_error=False)
    def _do(self, change: Callable[[], str]) -> None:
        """Carries out one change in a thread and says what became of it."""
        try:
            said = change()
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
        except OSError as error:
            failed = LabError(f"{error.strerror or error}.", where=str(error.filename or ""))
            self.app.call_from_thread(self.app.fail, failed)
        else:
            self.app.call_from_thread(self.app.say, said)
        self.app.call_from_thread(self.app.look_again)

    @on(ArtifactList.Opened)
    def _artifact_opened(self, event: ArtifactList.Opened) -> None:
        self._open_artifact(event.artifact)

    def _open_artifact(self, artifact: Artifact) -> None:
        view = self.view
        if artifact.kind == "data":
            self.app.open("train", data=artifact.path)
        elif artifact.kind == "adapter" and view is not None:
            arguments = view.spec.arguments
            model, adapter = str(arguments.get("model", "")), str(arguments.get("name", ""))
            self.app.open("chat", model=model, adapter=adapter, compare=True)
        elif artifact.kind == "try" and view is not None and "draft" in view.spec.arguments:
            self.app.open("contribute", draft=Path(str(view.spec.arguments["draft"])).name, step="try")
        else:
            self.app.copy_text(artifact.path)


RESUMABLE = (State.STOPPED, State.FAILED, State.LOST, State.UNCONFIRMED)
