"""A stage in two halves: the form a job starts from, and one such job as it runs or as it was.

Generating and training are such stages; what comes later (evaluate, release) is written the same way:

    class EvaluateScreen(FormAndRunScreen[Request, EvaluatePlan]):
        NAME = KIND = "evaluate"                        # the screen's name, and the kind of its jobs
        BINDINGS = bindings_for("evaluate")             # start, copy (form); stop, resume, new, log (run); its own
        RUN_ACTIONS = {"report"}                        # its own actions that belong to a job
        FORM_FOCUS, RUN_FOCUS = "#models", ""           # what has the focus in each half; empty: nothing
        STOP_QUESTION, STOP_DETAIL = "Stop …?", "What is kept."

        def form(self) -> EvaluateForm: ...             # a StartForm: labtui/screens/start_form.py
        def run_view(self) -> EvaluateRun: ...          # a JobRun, below

        # These run in a thread, may block, and raise LabError:
        def read_choices(self, lab, earlier) -> Choices: ...
        def make_plan(self, lab, request) -> EvaluatePlan: ...
        def start_job(self, lab, request, say) -> JobFolder: ...

        def receive(self, job="", …, new=False): ...    # calls show_run, show_form(wanted) or show_present
        def allows(self, action, view) -> bool: ...     # whether one of RUN_ACTIONS makes sense for that job now
        def action_report(self) -> None: ...            # what is its own; `self.view` is the job shown

The base reads the choices whenever the form comes into sight, makes the plan anew shortly after each change of the
form, follows the job shown in a thread while the screen is in front, and hides the actions that do not fit. A job
whose news come from elsewhere than its events (generating reads the samples' journal) gives a `reader` of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import ContentSwitcher
from textual.worker import Worker, get_current_worker

from labtui import jobs
from labtui.config import Config
from labtui.errors import LabError
from labtui.jobs import JobView
from labtui.journal import JobFolder
from labtui.records import AnyEvent, State
from labtui.screens.base import LabScreen
from labtui.screens.start_form import StartForm
from labtui.workspace import Workspace

POLL_SECONDS = 0.25
PLAN_SECONDS = 0.2
"""After the last change of the form, until the plan is made anew."""
EARLIER = 20
"""Jobs of the stage that the form lists."""


class Lab(NamedTuple):
    """What the work of a screen's threads is about."""

    workspace: Workspace
    config: Config


class News(NamedTuple):
    """What came since the last reading of a job."""

    items: Sequence[Any]
    """Events, or what the stage's own journal holds."""
    fresh: bool
    """They stand at the beginning: forget what came before."""
    more: bool = False
    """There may be more to read at once."""


class Plan(Protocol):
    @property
    def command_line(self) -> str: ...


class JobRun(Widget):
    """The half that shows a job. Fed with views and news; reads nothing itself."""

    def __init__(self) -> None:
        super().__init__(id="run")
        self.view: JobView | None = None

    def start(self) -> None:
        """Forgets the job shown before."""
        raise NotImplementedError

    def take(self, view: JobView, news: Sequence[Any], /) -> None:
        """Shows how the job stands now; `news` came since."""
        raise NotImplementedError


RequestT = TypeVar("RequestT")
PlanT = TypeVar("PlanT", bound=Plan)


class FormAndRunScreen(LabScreen, Generic[RequestT, PlanT]):
    KIND: ClassVar[str]
    RUN_ACTIONS: ClassVar[set[str]] = set()
    FORM_FOCUS: ClassVar[str]
    RUN_FOCUS: ClassVar[str] = ""
    STOP_QUESTION: ClassVar[str]
    STOP_DETAIL: ClassVar[str]
    STARTING: ClassVar[str] = ""
    """Said when enter is pressed while a job is being started already, where that takes long."""

    class ChoicesRead(Message):
        def __init__(self, choices: Any, wanted: Any) -> None:
            super().__init__()
            self.choices = choices
            self.wanted = wanted

    class PlanMade(Message):
        def __init__(self, plan: Any, error: LabError | None) -> None:
            super().__init__()
            self.plan = plan
            self.error = error

    class Started(Message):
        """A job was started or resumed."""

        def __init__(self, job: str) -> None:
            super().__init__()
            self.job = job

    class RunRead(Message):
        def __init__(self, job: str, view: JobView, news: News) -> None:
            super().__init__()
            self.job = job
            self.view = view
            self.news = news

    def __init__(self) -> None:
        super().__init__()
        self.job = ""
        """The job shown; empty while the form is."""
        self._plan: PlanT | None = None
        self._timer: Timer | None = None
        self._visible = True
        self._follower: Worker[None] | None = None
        self._starting = False

    def body(self) -> ComposeResult:
        with ContentSwitcher(initial="form"):
            yield self.form()
            yield self.run_view()

    # -- what a stage gives -------------------------------------------------------------------------------------

    def form(self) -> StartForm:
        raise NotImplementedError

    def run_view(self) -> JobRun:
        raise NotImplementedError

    def read_choices(self, lab: Lab, earlier: list[JobView]) -> Any:
        """What the form offers. In a thread."""
        raise NotImplementedError

    def make_plan(self, lab: Lab, request: RequestT) -> PlanT:
        """What would happen. In a thread; raises LabError."""
        raise NotImplementedError

    def start_job(self, lab: Lab, request: RequestT, say: Callable[[str], None]) -> JobFolder:
        """Starts it. In a thread; raises LabError."""
        raise NotImplementedError

    def reader(self, folder: JobFolder) -> Callable[[list[AnyEvent]], News]:
        """Called with the events of each poll; says what is new. In a thread; one for each following of a job."""
        fresh = True

        def read(events: list[AnyEvent]) -> News:
            nonlocal fresh
            news = News(events, fresh)
            fresh = fresh and not events
            return news

        return read

    def allows(self, action: str, view: JobView | None) -> bool:
        """Whether one of `RUN_ACTIONS` makes sense for the job as it stands; None before it was read."""
        return True

    # -- opening ------------------------------------------------------------------------------------------------

    @property
    def view(self) -> JobView | None:
        """The job shown, as last read."""
        return self.query_one(JobRun).view if self.job else None

    @property
    def lab(self) -> Lab | None:
        context = self.app.context
        return Lab(context.workspace, context.config) if context.workspace is not None else None

    def show_present(self) -> None:
        """What was shown stays; at first a job of the stage that runs, else the form."""
        if self.job:
            return
        running = [view for view in self.app.overview.running if view.spec.kind == self.KIND]
        if running:
            self.show_run(running[0].folder.id)
        else:
            self.show_form()

    def on_screen_resume(self) -> None:
        self._visible = True
        if not self.job:
            self._read_choices(None)
        elif self._follower is None or self._follower.is_finished:
            # The reader ends with its job, which may have been resumed since.
            self._follower = self._follow(self.job)

    def on_screen_suspend(self) -> None:
        self._visible = False

    def action_back_once(self) -> bool:
        if not self.job:
            return self.query_one(StartForm).step_back()
        self.show_form()
        return True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hides what belongs to the other half of the screen or to another state of the job."""
        if action in ("start", "copy"):
            return not self.job
        if action not in {"stop", "resume", "new", "log"} | self.RUN_ACTIONS:
            return True
        if not self.job:
            return False
        view = self.view
        state = view.state if view is not None else None
        if action == "stop":
            return state in (State.RUNNING, State.WAITING)
        if action == "resume":
            return state in (State.STOPPED, State.LOST, State.FAILED)
        return action not in self.RUN_ACTIONS or self.allows(action, view)

    # -- the form -----------------------------------------------------------------------------------------------

    def show_form(self, wanted: Any = None) -> None:
        """Shows the form, with `wanted` chosen where given."""
        self.job = ""
        self.query_one(ContentSwitcher).current = "form"
        self._read_choices(wanted)
        self.query_one(self.FORM_FOCUS).focus()
        self.refresh_bindings()

    @work(thread=True, exclusive=True, group="choices", exit_on_error=False)
    def _read_choices(self, wanted: Any) -> None:
        lab = self.lab
        if lab is not None:
            earlier = [view for view in jobs.list_jobs(lab.workspace) if view.spec.kind == self.KIND][:EARLIER]
            self.post_message(self.ChoicesRead(self.read_choices(lab, earlier), wanted))

    @on(ChoicesRead)
    def _choices_read(self, event: ChoicesRead) -> None:
        self.query_one(StartForm).fill(event.choices, event.wanted)

    @on(StartForm.Changed)
    def _form_changed(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(PLAN_SECONDS, self._ask_plan)

    def _ask_plan(self) -> None:
        try:
            self._make_plan(self.query_one(StartForm).request())
        except LabError as error:
            self._plan_made(self.PlanMade(None, error))

    @work(thread=True, exclusive=True, group="plan", exit_on_error=False)
    def _make_plan(self, request: RequestT) -> None:
        lab, worker = self.lab, get_current_worker()
        if lab is None:
            return
        try:
            made = self.PlanMade(self.make_plan(lab, request), None)
        except LabError as error:
            made = self.PlanMade(None, error)
        if not worker.is_cancelled:
            self.post_message(made)

    @on(PlanMade)
    def _plan_made(self, event: PlanMade) -> None:
        self._plan = event.plan
        form = self.query_one(StartForm)
        if event.plan is not None:
            form.show_plan(event.plan)
        elif event.error is not None:
            form.show_error(event.error)

    def action_copy(self) -> None:
        if self._plan is not None:
            self.app.copy_text(self._plan.command_line)

    def action_start(self) -> None:
        form = self.query_one(StartForm)
        if form.takes_enter():
            return
        if job := form.earlier_job():
            self.show_run(job)
            return
        try:
            request = form.request()
        except LabError as error:
            self.app.fail(error)
            return
        if not self._starting:
            self._starting = True
            self._start(request)
        elif self.STARTING:
            self.app.say(self.STARTING)

    @work(thread=True, group="start", exit_on_error=False)
    def _start(self, request: RequestT) -> None:
        try:
            if (lab := self.lab) is not None:
                self.post_message(self.Started(self.start_job(lab, request, self._say).id))
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
        finally:
            self._starting = False

    @on(Started)
    def _started(self, event: Started) -> None:
        self.app.look_again()
        self.query_one(StartForm).start_anew()
        self.show_run(event.job)

    @on(StartForm.Opened)
    def _opened(self, event: StartForm.Opened) -> None:
        self.show_run(event.job)

    def _say(self, words: str) -> None:
        """A notice, from a thread."""
        self.app.call_from_thread(self.app.say, words)

    # -- a job --------------------------------------------------------------------------------------------------

    def show_run(self, job: str) -> None:
        """Shows the job of that id, or says why it cannot."""
        lab = self.lab
        if lab is None:
            return
        try:
            found = jobs.find(lab.workspace, job)
        except LabError as error:
            self.app.fail(error)
            return
        self.job = found.id
        self.query_one(JobRun).start()
        self.query_one(ContentSwitcher).current = "run"
        self.set_focus(self.query_one(self.RUN_FOCUS) if self.RUN_FOCUS else None)
        self.refresh_bindings()
        self._follower = self._follow(found.id)

    @work(thread=True, exclusive=True, group="follow", exit_on_error=False)
    def _follow(self, job: str) -> None:
        worker, lab = get_current_worker(), self.lab
        if lab is None:
            return
        try:
            folder = jobs.find(lab.workspace, job)
            watcher, read = jobs.Watcher(folder), self.reader(folder)
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
            return
        while not worker.is_cancelled:
            if not self._visible:
                time.sleep(POLL_SECONDS)
                continue
            # The end is written after the last event: nothing is missing when both were read in this order.
            ended = watcher.view.state.ended
            news = read(watcher.poll())
            self.post_message(self.RunRead(job, watcher.view, news))
            if watcher.behind or news.more:
                continue
            if ended:
                return
            time.sleep(POLL_SECONDS)

    @on(RunRead)
    def _run_read(self, event: RunRead) -> None:
        if event.job != self.job:
            return
        run = self.query_one(JobRun)
        before = run.view.state if run.view is not None else None
        if event.news.fresh and event.news.items:
            run.start()
        run.take(event.view, event.news.items)
        if event.view.state != before:
            self.refresh_bindings()

    def action_new(self) -> None:
        self.show_form()

    def action_log(self) -> None:
        self.app.open("jobs", job=self.job)

    def action_stop(self) -> None:
        self.app.ask(self.STOP_QUESTION, self.STOP_DETAIL, then=self._stop, yes="Stop it")

    @work(thread=True, exclusive=True, group="stop", exit_on_error=False)
    def _stop(self) -> None:
        if (lab := self.lab) is None:
            return
        try:
            jobs.stop(jobs.find(lab.workspace, self.job))
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)

    @work(thread=True, exclusive=True, group="resume", exit_on_error=False)
    def action_resume(self) -> None:
        from labtui.operations.resuming import resume_job

        lab, job = self.lab, self.job
        if lab is None:
            return
        try:
            resume_job(lab.workspace, lab.config, jobs.find(lab.workspace, job), self._say)
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
            return
        self.post_message(self.Started(job))
