"""The generate screen: a form with what will happen beside it, and every generation sample by sample."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.timer import Timer
from textual.widgets import ContentSwitcher, Input, OptionList
from textual.worker import Worker, get_current_worker

from labtui import jobs
from labtui.actions import bindings_for
from labtui.errors import LabError, UsageError
from labtui.generate.journal import Sample
from labtui.generate.progress import SampleFollower
from labtui.jobs import JobView
from labtui.operations.generating import GeneratePlan
from labtui.records import State
from labtui.screens.base import LabScreen
from labtui.screens.generate_form import Choices, GenerateForm, LeafList, Request
from labtui.screens.generate_run import GenerateRun
from labtui.screens.generate_sample import SampleWindow

POLL_SECONDS = 0.25
PLAN_SECONDS = 0.2
"""After the last change of the form, until the plan is made anew."""
EARLIER = 20

_FORM_ACTIONS = {"start", "copy"}
_RUN_ACTIONS = {"train", "stop", "resume", "new", "log", "show"}


class GenerateScreen(LabScreen):
    NAME = "generate"
    TITLE = "generate"
    BINDINGS = bindings_for("generate")
    HELP = """\
A teacher model writes training samples in the manner of a leaf's seed examples: a question on a drawn topic, then
its answer. What is cut off, a copy, or not in the form of the seeds is rejected and kept with its reason.

Choose leaves with space (or take the one under the cursor) and enter starts. A generation is a job: it goes on when
labtui or the terminal is closed, and after a stop or a crash it goes on without asking anything twice.

The finished data set holds the samples and, marked as such, the leaf's own pairs (`generate.include_seeds`). A small
teacher learns a form well and knows little: read what it wrote before you trust it. `t` trains on it.
"""

    class ChoicesRead(Message):
        def __init__(self, choices: Choices, leaves: tuple[str, ...]) -> None:
            super().__init__()
            self.choices = choices
            self.leaves = leaves

    class PlanMade(Message):
        def __init__(self, plan: GeneratePlan | None, error: LabError | None) -> None:
            super().__init__()
            self.plan = plan
            self.error = error

    class Started(Message):
        def __init__(self, job: str) -> None:
            super().__init__()
            self.job = job

    class RunRead(Message):
        def __init__(self, job: str, view: JobView, samples: list[Sample], fresh: bool) -> None:
            super().__init__()
            self.job = job
            self.view = view
            self.samples = samples
            self.fresh = fresh
            """The journal was begun anew: forget what came before."""

    def __init__(self) -> None:
        super().__init__()
        self._job = ""
        """The generation shown; empty while the form is."""
        self._plan: GeneratePlan | None = None
        self._timer: Timer | None = None
        self._visible = True
        self._follower: Worker[None] | None = None
        self._starting = False

    def body(self) -> ComposeResult:
        with ContentSwitcher(initial="form"):
            yield GenerateForm()
            yield GenerateRun()

    # -- opening ------------------------------------------------------------------------------------------------

    def receive(self, job: str = "", leaf: str = "", leaves: Sequence[str] = (), new: bool = False) -> None:
        """`job` shows that generation, `leaf` or `leaves` are chosen for a new one; else one that runs, or the form."""
        if job:
            self._show_run(job)
        elif leaf or leaves or new:
            self._show_form((leaf, *leaves) if leaf else tuple(leaves))
        elif not self._job:
            running = [view for view in self.app.overview.running if view.spec.kind == "generate"]
            if running:
                self._show_run(running[0].folder.id)
            else:
                self._show_form()

    def on_screen_resume(self) -> None:
        self._visible = True
        if self._job:
            self._follow_again()
        else:
            self._read_choices(())

    def on_screen_suspend(self) -> None:
        self._visible = False

    def action_back_once(self) -> bool:
        if not self._job:
            return self.query_one(GenerateForm).clear_filter()
        self._show_form()
        return True

    def action_find(self) -> None:
        if not self._job:
            self.set_focus(self.query_one("#filter", Input))

    # -- the form -----------------------------------------------------------------------------------------------

    def _show_form(self, leaves: tuple[str, ...] = ()) -> None:
        self._job = ""
        self.query_one(ContentSwitcher).current = "form"
        self._read_choices(leaves)
        self.query_one(LeafList).focus()
        self.refresh_bindings()

    @work(thread=True, exclusive=True, group="generate-choices", exit_on_error=False)
    def _read_choices(self, leaves: tuple[str, ...]) -> None:
        from labtui.operations import serving
        from labtui.serve.models import list_models
        from labtui.taxonomy.tree import scan

        workspace, config = self.app.context.workspace, self.app.context.config
        if workspace is None:
            return
        settings = config.settings
        try:
            teacher = settings.generate.teacher or serving.default_model(workspace, config)
        except LabError:
            teacher = ""
        choices = Choices(
            leaves=scan(workspace.taxonomy) if workspace.taxonomy.is_dir() else [],
            teachers=[info.name for info in list_models(workspace, settings) if not info.missing],
            teacher=teacher,
            samples=settings.generate.samples,
            earlier=[view for view in jobs.list_jobs(workspace) if view.spec.kind == "generate"][:EARLIER],
        )
        self.post_message(self.ChoicesRead(choices, leaves))

    @on(ChoicesRead)
    def _choices_read(self, event: ChoicesRead) -> None:
        self.query_one(GenerateForm).fill(event.choices, event.leaves)

    @on(GenerateForm.Changed)
    def _form_changed(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(PLAN_SECONDS, self._ask_plan)

    def _ask_plan(self) -> None:
        try:
            self._make_plan(self._request())
        except LabError as error:
            self._plan_made(self.PlanMade(None, error))

    def _request(self) -> Request:
        """What the form says. Raises LabError where that is nothing one can start."""
        request = self.query_one(GenerateForm).request()
        if not request.leaves:
            raise UsageError(
                "There is no leaf to generate from.",
                hint="Empty the filter, or press 8 and look at the taxonomy.",
            )
        return request

    @work(thread=True, exclusive=True, group="generate-plan", exit_on_error=False)
    def _make_plan(self, request: Request) -> None:
        from labtui.operations import generating

        workspace, config = self.app.context.workspace, self.app.context.config
        if workspace is None:
            return
        worker = get_current_worker()
        try:
            plan = generating.plan_generate(
                workspace, config, request.leaves, samples=request.samples, teacher=request.teacher
            )
            made = self.PlanMade(plan, None)
        except LabError as error:
            made = self.PlanMade(None, error)
        if not worker.is_cancelled:
            self.post_message(made)

    @on(PlanMade)
    def _plan_made(self, event: PlanMade) -> None:
        self._plan = event.plan
        form = self.query_one(GenerateForm)
        if event.plan is not None:
            form.show_plan(event.plan)
        elif event.error is not None:
            form.show_error(event.error)

    def action_start(self) -> None:
        form = self.query_one(GenerateForm)
        if form.leave_filter():
            return
        if job := form.earlier_job():
            self._show_run(job)
            return
        try:
            request = self._request()
        except LabError as error:
            self.app.fail(error)
            return
        if self._starting:
            self.app.say("The teacher is being started for the generation already.")
            return
        self._starting = True
        self._start(request)

    @work(thread=True, group="generate-start", exit_on_error=False)
    def _start(self, request: Request) -> None:
        from labtui.operations import generating

        workspace, config = self.app.context.workspace, self.app.context.config
        if workspace is None:
            return
        try:
            folder = generating.start_generate(
                workspace,
                config,
                request.leaves,
                samples=request.samples,
                teacher=request.teacher,
                say=lambda words: self.app.call_from_thread(self.app.say, words),
            )
            self.post_message(self.Started(folder.id))
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
        finally:
            self._starting = False

    @on(Started)
    def _started(self, event: Started) -> None:
        self.app.look_again()
        self._show_run(event.job)

    @on(GenerateForm.Opened)
    def _opened(self, event: GenerateForm.Opened) -> None:
        self._show_run(event.job)

    def action_copy(self) -> None:
        if self._plan is not None:
            self.app.copy_text(self._plan.command_line)

    # -- a generation -------------------------------------------------------------------------------------------

    def _show_run(self, job: str) -> None:
        workspace = self.app.context.workspace
        if workspace is None:
            return
        try:
            found = jobs.find(workspace, job)
        except LabError as error:
            self.app.fail(error)
            return
        self._job = found.id
        self.query_one(GenerateRun).start()
        self.query_one(ContentSwitcher).current = "run"
        self.query_one("#samples-list", OptionList).focus()
        self.refresh_bindings()
        self._follower = self._follow(found.id)

    def _follow_again(self) -> None:
        """Starts reading again where the reader has ended with its job (which may have been resumed since)."""
        if self._follower is None or self._follower.is_finished:
            self._follower = self._follow(self._job)

    @work(thread=True, exclusive=True, group="generate-follow", exit_on_error=False)
    def _follow(self, job: str) -> None:
        worker, workspace = get_current_worker(), self.app.context.workspace
        if workspace is None:
            return
        try:
            folder = jobs.find(workspace, job)
            watcher, follower = jobs.Watcher(folder), SampleFollower(folder)
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
            return
        while not worker.is_cancelled:
            if not self._visible:
                time.sleep(POLL_SECONDS)
                continue
            # The end is written after the last event: nothing is missing when both were read in this order.
            ended = watcher.view.state.ended
            watcher.poll()
            samples, fresh = _catch_up(follower)
            self.post_message(self.RunRead(job, watcher.view, samples, fresh))
            if ended and not watcher.behind and not samples:
                return
            if not watcher.behind and not samples:
                time.sleep(POLL_SECONDS)

    @on(RunRead)
    def _run_read(self, event: RunRead) -> None:
        if event.job != self._job:
            return
        run = self.query_one(GenerateRun)
        before = run.view.state if run.view is not None else None
        if event.fresh and event.samples:
            run.start()
        run.take(event.view, event.samples)
        if event.view.state != before:
            self.refresh_bindings()

    @on(GenerateRun.Chosen)
    def _chosen(self, event: GenerateRun.Chosen) -> None:
        self.app.push_screen(SampleWindow(event.samples, event.place))

    @property
    def _state(self) -> State | None:
        view = self.query_one(GenerateRun).view
        return view.state if self._job and view is not None else None

    @property
    def _data(self) -> Path | None:
        """The finished data set's folder."""
        view = self.query_one(GenerateRun).view
        found = [artifact for artifact in view.artifacts if artifact.kind == "data"] if view is not None else []
        return Path(found[-1].path) if found else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hides what belongs to the other half of the screen or to another state of the job."""
        if action in _FORM_ACTIONS:
            return not self._job
        if action not in _RUN_ACTIONS:
            return True
        if not self._job:
            return False
        state = self._state
        if action == "train":
            return state is State.DONE and self._data is not None
        if action == "stop":
            return state in (State.RUNNING, State.WAITING)
        if action == "resume":
            return state in (State.STOPPED, State.LOST, State.FAILED)
        return True

    def action_train(self) -> None:
        if self._data is not None:
            self.app.open("train", data=self._data)

    def action_new(self) -> None:
        self._show_form()

    def action_log(self) -> None:
        self.app.open("jobs", job=self._job)

    def action_show(self) -> None:
        self.query_one(GenerateRun).cycle()

    def action_stop(self) -> None:
        self.app.ask(
            "Stop this generation?",
            "What was made is kept; it can be resumed and asks nothing twice.",
            then=self._stop,
            yes="Stop it",
        )

    @work(thread=True, exclusive=True, group="generate-stop", exit_on_error=False)
    def _stop(self) -> None:
        workspace = self.app.context.workspace
        if workspace is None:
            return
        try:
            jobs.stop(jobs.find(workspace, self._job))
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)

    @work(thread=True, exclusive=True, group="generate-resume", exit_on_error=False)
    def action_resume(self) -> None:
        from labtui.operations.resuming import resume_job

        workspace, job = self.app.context.workspace, self._job
        if workspace is None:
            return
        try:
            resume_job(
                workspace,
                self.app.context.config,
                jobs.find(workspace, job),
                lambda words: self.app.call_from_thread(self.app.say, words),
            )
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
            return
        self.post_message(self.Started(job))


def _catch_up(follower: SampleFollower) -> tuple[list[Sample], bool]:
    """What came since, of a long journal as much as can be read until the screen should hear of it."""
    until = time.monotonic() + POLL_SECONDS
    samples, fresh = follower.poll()
    while samples and time.monotonic() < until:
        more, anew = follower.poll()
        if not more:
            break
        if anew:
            samples, fresh = more, True
        else:
            samples.extend(more)
    return samples, fresh
