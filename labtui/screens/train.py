"""The train screen: a form with what will happen beside it, and every training as curves while it runs."""

from __future__ import annotations

import time
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.timer import Timer
from textual.widgets import ContentSwitcher
from textual.worker import Worker, get_current_worker

from labtui import jobs
from labtui.actions import bindings_for
from labtui.errors import LabError, UsageError
from labtui.jobs import JobView
from labtui.operations.training_plan import TrainPlan
from labtui.records import AnyEvent, State
from labtui.screens.base import LabScreen
from labtui.screens.train_form import Choices, Request, TrainForm
from labtui.screens.train_run import TrainRun

POLL_SECONDS = 0.25
PLAN_SECONDS = 0.2
"""After the last change of the form, until the plan is made anew."""
EARLIER = 20

_FORM_ACTIONS = {"start", "copy"}
_RUN_ACTIONS = {"compare", "stop", "resume", "new", "log", "scale"}


class TrainScreen(LabScreen):
    NAME = "train"
    TITLE = "train"
    BINDINGS = bindings_for("train")
    HELP = """\
Training teaches a model from a data set: it makes an **adapter** (LoRA), a small file that is laid over the base
model and can be taken off again. The base model itself is never changed.

Choose a data set and enter starts. What will happen stands on the right; time and memory are estimates and say
what they rest on. A training is a job: it goes on when labtui or the terminal is closed, saves checkpoints (the
marks under the curve), and after a stop or a crash goes on from the last one.

When it is done, `c` asks the base and the tuned model the same question, side by side.
"""

    class ChoicesRead(Message):
        def __init__(self, choices: Choices, data: Path | None) -> None:
            super().__init__()
            self.choices = choices
            self.data = data

    class PlanMade(Message):
        def __init__(self, plan: TrainPlan | None, error: LabError | None) -> None:
            super().__init__()
            self.plan = plan
            self.error = error

    class Started(Message):
        def __init__(self, job: str) -> None:
            super().__init__()
            self.job = job

    class RunRead(Message):
        def __init__(self, job: str, view: JobView, events: list[AnyEvent]) -> None:
            super().__init__()
            self.job = job
            self.view = view
            self.events = events

    def __init__(self) -> None:
        super().__init__()
        self._job = ""
        """The training shown; empty while the form is."""
        self._plan: TrainPlan | None = None
        self._timer: Timer | None = None
        self._visible = True
        self._follower: Worker[None] | None = None
        self._starting = False

    def body(self) -> ComposeResult:
        with ContentSwitcher(initial="form"):
            yield TrainForm()
            yield TrainRun()

    # -- opening ------------------------------------------------------------------------------------------------

    def receive(self, job: str = "", data: str | Path = "", new: bool = False) -> None:
        """`job` shows that training, `data` chooses a data set for a new one; else one that runs, else the form."""
        if job:
            self._show_run(job)
        elif data or new:
            self._show_form(Path(data) if data else None)
        elif not self._job:
            running = [view for view in self.app.overview.running if view.spec.kind == "train"]
            if running:
                self._show_run(running[0].folder.id)
            else:
                self._show_form()

    def on_screen_resume(self) -> None:
        self._visible = True
        if self._job:
            self._follow_again()
        else:
            self._read_choices(None)

    def on_screen_suspend(self) -> None:
        self._visible = False

    def action_back_once(self) -> bool:
        if not self._job:
            return False
        self._show_form()
        return True

    # -- the form -----------------------------------------------------------------------------------------------

    def _show_form(self, data: Path | None = None) -> None:
        self._job = ""
        self.query_one(ContentSwitcher).current = "form"
        self._read_choices(data)
        self.query_one("#data").focus()
        self.refresh_bindings()

    @work(thread=True, exclusive=True, group="train-choices", exit_on_error=False)
    def _read_choices(self, data: Path | None) -> None:
        from labtui.operations import serving, training_choices

        workspace, config = self.app.context.workspace, self.app.context.config
        if workspace is None:
            return
        try:
            model = config.settings.train.model or serving.default_model(workspace, config)
        except (LabError, NotImplementedError):
            model = ""
        choices = Choices(
            data=training_choices.data_sets(workspace),
            models=training_choices.trainable_models(workspace, config),
            model=model,
            earlier=[view for view in jobs.list_jobs(workspace) if view.spec.kind == "train"][:EARLIER],
            epochs=config.settings.train.epochs,
        )
        self.post_message(self.ChoicesRead(choices, data))

    @on(ChoicesRead)
    def _choices_read(self, event: ChoicesRead) -> None:
        self.query_one(TrainForm).fill(event.choices, event.data)

    @on(TrainForm.Changed)
    def _form_changed(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(PLAN_SECONDS, self._ask_plan)

    def _ask_plan(self) -> None:
        try:
            request = self.query_one(TrainForm).request()
        except LabError as error:
            self._plan_made(self.PlanMade(None, error))
            return
        if request is None:
            self._plan_made(self.PlanMade(None, _no_data()))
        else:
            self._make_plan(request)

    @work(thread=True, exclusive=True, group="train-plan", exit_on_error=False)
    def _make_plan(self, request: Request) -> None:
        from labtui.operations import training

        workspace, config = self.app.context.workspace, self.app.context.config
        if workspace is None:
            return
        worker = get_current_worker()
        try:
            plan = training.plan_training(
                workspace,
                config,
                request.data,
                model=request.model,
                steps=request.steps,
                epochs=request.epochs,
                out=request.name,
            )
            made = self.PlanMade(plan, None)
        except LabError as error:
            made = self.PlanMade(None, error)
        if not worker.is_cancelled:
            self.post_message(made)

    @on(PlanMade)
    def _plan_made(self, event: PlanMade) -> None:
        self._plan = event.plan
        form = self.query_one(TrainForm)
        if event.plan is not None:
            form.show_plan(event.plan)
        elif event.error is not None:
            form.show_error(event.error)
        self.refresh_bindings()

    def action_start(self) -> None:
        form = self.query_one(TrainForm)
        if job := form.earlier_job():
            self._show_run(job)
            return
        try:
            request = form.request()
        except LabError as error:
            self.app.fail(error)
            return
        if request is None:
            self.app.fail(_no_data())
        elif not self._starting:
            self._starting = True
            self._start(request)

    @work(thread=True, group="train-start", exit_on_error=False)
    def _start(self, request: Request) -> None:
        from labtui.operations import training

        workspace, config = self.app.context.workspace, self.app.context.config
        if workspace is None:
            return
        try:
            folder = training.start_training(
                workspace,
                config,
                request.data,
                model=request.model,
                steps=request.steps,
                epochs=request.epochs,
                out=request.name,
                say=lambda words: None,
            )
            self.post_message(self.Started(folder.id))
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
        finally:
            self._starting = False

    @on(Started)
    def _started(self, event: Started) -> None:
        self.app.look_again()
        self.query_one(TrainForm).start_anew()
        self._show_run(event.job)

    @on(TrainForm.Opened)
    def _opened(self, event: TrainForm.Opened) -> None:
        self._show_run(event.job)

    def action_copy(self) -> None:
        if self._plan is not None:
            self.app.copy_text(self._plan.command_line)

    # -- a training ---------------------------------------------------------------------------------------------

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
        run = self.query_one(TrainRun)
        run.start()
        self.query_one(ContentSwitcher).current = "run"
        self.set_focus(None)
        self.refresh_bindings()
        self._follower = self._follow(found.id)

    def _follow_again(self) -> None:
        """Starts reading again where the reader has ended with its job (which may have been resumed since)."""
        if self._follower is None or self._follower.is_finished:
            self.query_one(TrainRun).start()
            self._follower = self._follow(self._job)

    @work(thread=True, exclusive=True, group="train-follow", exit_on_error=False)
    def _follow(self, job: str) -> None:
        worker, workspace = get_current_worker(), self.app.context.workspace
        if workspace is None:
            return
        try:
            watcher = jobs.Watcher(jobs.find(workspace, job))
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
            return
        while not worker.is_cancelled:
            if not self._visible:
                time.sleep(POLL_SECONDS)
                continue
            # The end is written after the last event: nothing is missing when both were read in this order.
            ended = watcher.view.state.ended
            events = watcher.poll()
            self.post_message(self.RunRead(job, watcher.view, events))
            if ended and not watcher.behind:
                return
            if not watcher.behind:
                time.sleep(POLL_SECONDS)

    @on(RunRead)
    def _run_read(self, event: RunRead) -> None:
        if event.job != self._job:
            return
        run = self.query_one(TrainRun)
        before = run.view.state if run.view is not None else None
        run.take(event.view, event.events)
        if event.view.state != before:
            self.refresh_bindings()

    @property
    def _state(self) -> State | None:
        view = self.query_one(TrainRun).view
        return view.state if self._job and view is not None else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hides what belongs to the other half of the screen or to another state of the job."""
        if action in _FORM_ACTIONS:
            return not self._job
        if action not in _RUN_ACTIONS:
            return True
        if not self._job:
            return False
        state = self._state
        if action == "compare":
            return state is State.DONE
        if action == "stop":
            return state in (State.RUNNING, State.WAITING)
        if action == "resume":
            return state in (State.STOPPED, State.LOST, State.FAILED)
        return True

    def action_compare(self) -> None:
        view = self.query_one(TrainRun).view
        if view is not None:
            arguments = view.spec.arguments
            self.app.open("chat", model=arguments["model"], adapter=arguments["name"], compare=True)

    def action_new(self) -> None:
        self._show_form()

    def action_log(self) -> None:
        self.app.open("jobs", job=self._job)

    def action_scale(self) -> None:
        self.query_one(TrainRun).toggle_scale()

    def action_stop(self) -> None:
        self.app.ask(
            "Stop this training?",
            "It saves a checkpoint first and can be resumed from it.",
            then=self._stop,
            yes="Stop it",
        )

    @work(thread=True, exclusive=True, group="train-stop", exit_on_error=False)
    def _stop(self) -> None:
        workspace = self.app.context.workspace
        if workspace is None:
            return
        try:
            jobs.stop(jobs.find(workspace, self._job))
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)

    @work(thread=True, exclusive=True, group="train-resume", exit_on_error=False)
    def action_resume(self) -> None:
        from labtui.operations.resuming import resume_job

        workspace, job = self.app.context.workspace, self._job
        if workspace is None:
            return
        try:
            resume_job(workspace, self.app.context.config, jobs.find(workspace, job), lambda words: None)
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
            return
        self.post_message(self.Started(job))


def _no_data() -> UsageError:
    return UsageError(
        "There is no data set yet.",
        hint="Press 4 and generate samples from a leaf, or train on a file: labtui train --data FILE --out NAME",
    )
