"""The optional step that shows whether the seeds teach anything: questions, a job, the answers before and after."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, TextArea
from textual.worker import Worker, get_current_worker

from labtui.actions import bindings_for
from labtui.contribute import check_questions
from labtui.contribute.check_questions import CheckQuestion
from labtui.contribute.records import Draft, Step, StepStanding
from labtui.errors import LabError
from labtui.jobs import JobView, Watcher
from labtui.records import State
from labtui.screens.contribute.ending import EndingPane
from labtui.screens.contribute.trying_lines import AnswerAt, QuestionAt, question_blocks, result_blocks, stage_lines
from labtui.screens.job_detail import follow
from labtui.screens.threads import in_thread
from labtui.widgets.event_lines import EventLine, EventLines
from labtui.widgets.item_sheet import Block, ItemSheet
from labtui.widgets.job_header import JobHeader
from labtui.widgets.leaf_text import wrapped
from labtui.widgets.note_text import NoteText
from labtui.widgets.plain import Plain
from labtui.widgets.view_tabs import ViewTabs

if TYPE_CHECKING:
    from labtui.contribute.draft_folder import DraftFolder
    from labtui.journal import JobFolder
    from labtui.operations.contributing.trying import TryStanding
    from labtui.trying.questions import QuestionProblem

VIEWS = ("Questions", "Job", "Answers")
QUESTIONS, JOB, ANSWERS = range(3)
RUNNING = (State.RUNNING, State.WAITING)


class TryPane(EndingPane):
    STEP: ClassVar[str] = Step.TRY
    BINDINGS = bindings_for("contribute.try")
    DEFAULT_CSS = """
    TryPane > ViewTabs { margin: 0 0 1 0; }
    TryPane > #ask { height: 1; margin: 1 0 0 0; }
    TryPane > #ask > Plain { width: auto; color: $secondary; text-style: bold; }
    TryPane > #plan { height: auto; color: $quiet; }
    TryPane > #try-stages { height: auto; margin: 1 0; }
    """

    class Read(Message):
        def __init__(self, standing: TryStanding) -> None:
            super().__init__()
            self.standing = standing

    class JobRead(Message):
        def __init__(self, job: str, view: JobView, lines: list[EventLine]) -> None:
            super().__init__()
            self.job, self.view, self.lines = job, view, lines

    class Proposed(Message):
        """The model had a question."""

        def __init__(self, question: CheckQuestion) -> None:
            super().__init__()
            self.question = question

    def __init__(self, folder: DraftFolder) -> None:
        super().__init__(folder)
        self._proposing: threading.Event | None = None
        """Set to stop the model that proposes questions."""
        self.standing_of_try: TryStanding | None = None
        self.questions: list[CheckQuestion] = []
        self._loaded = False
        self._editing = 0
        """The place of the question that the line below speaks of; behind the last one it is a new one."""
        self._follower: Worker[None] | None = None
        self._job = ""
        self._view: JobView | None = None
        self._context_of = -1

    def compose(self) -> ComposeResult:
        yield ViewTabs(VIEWS)
        yield ItemSheet(id="tried")
        yield NoteText(id="try-context")
        yield JobHeader(hide_empty=False, id="try-job")
        yield Plain("", id="try-stages")
        yield EventLines(id="try-events")
        with Horizontal(id="ask"):
            yield Plain("question  ")
            yield Input(placeholder="what it should answer afterwards", compact=True, id="try-question")
        yield Plain("", id="plan")

    # -- its parts ----------------------------------------------------------------------------------------------

    @property
    def sheet(self) -> ItemSheet:
        return self.query_one(ItemSheet)

    @property
    def line(self) -> Input:
        return self.query_one("#try-question", Input)

    @property
    def note(self) -> NoteText:
        return self.query_one(NoteText)

    @property
    def tabs(self) -> ViewTabs:
        return self.query_one(ViewTabs)

    @property
    def view(self) -> int:
        return self.tabs.chosen

    @property
    def running(self) -> bool:
        return self._view is not None and self._view.state in RUNNING

    def show(self, draft: Draft, standing: StepStanding) -> None:
        self._look()

    def judge(self, draft: Draft, standing: StepStanding) -> None:
        self._look()

    def take_focus(self) -> None:
        match self.view:
            case 1:
                self.query_one(EventLines).focus()
            case 0 if not self._enough and not self.note.is_open:
                self.line.focus()
            case _:
                self.sheet.focus()

    def enter_says(self) -> str:
        if self.line.has_focus:
            return "take the question" if self.line.value.strip() else "go to the questions"
        if self.note.is_open:
            return "a new line"
        if self.view == JOB:
            return "see the answers" if self._view is not None and self._view.state is State.DONE else ""
        if self.view == ANSWERS:
            return "go on to the review"
        if self._proposed() is not None:
            return "take this question"
        if self.running:
            return "see how it goes"
        if self._hindered:
            return "look again"
        return "try it" if self._enough else "write a question"

    def back_once(self) -> bool:
        if self.note.is_open:
            self._close_note()
            return True
        if self.line.has_focus and (self.line.value or self._editing < len(self.questions)):
            self._finish()
            self.sheet.focus()
            return True
        return False

    # -- reading ------------------------------------------------------------------------------------------------

    @work(thread=True, exclusive=True, group="contribute-try", exit_on_error=False)
    def _look(self) -> None:
        from labtui.operations.contributing.trying import standing_of_try

        context = self.app.context
        if context.workspace is None:
            return
        try:
            found = standing_of_try(self.folder, context.workspace, context.config)
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
            return
        if not get_current_worker().is_cancelled:
            self.post_message(self.Read(found))

    @on(Read)
    def _on_read(self, event: Read) -> None:
        event.stop()
        found, first = event.standing, self.standing_of_try is None
        self.standing_of_try = found
        if not self._loaded:
            self._loaded = True
            self.questions = list(found.questions)
            self._editing = len(self.questions)
        if found.job and found.job != self._job:
            self._begin_following(found.job)
        if first:
            self.tabs.chosen = JOB if self.running else ANSWERS if found.result is not None else QUESTIONS
            self._lay_out()
            if self.has_focus_within:
                self.take_focus()
        self._draw(fresh=first)

    @on(ItemSheet.Resized)
    def _on_resized(self) -> None:
        self._draw()

    @property
    def _enough(self) -> bool:
        found = self.standing_of_try
        ready = found is not None and not found.problems and found.hindrance is None
        return ready and found is not None and found.questions == tuple(self.questions)

    @property
    def _hindered(self) -> bool:
        found = self.standing_of_try
        return found is not None and found.hindrance is not None

    def _proposed(self) -> int | None:
        """The place of the proposed question under the cursor."""
        item = self.sheet.item
        if self.view == QUESTIONS and isinstance(item, QuestionAt) and item.place < len(self.questions):
            return item.place if not self.questions[item.place].confirmed else None
        return None

    # -- drawing ------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        questions, job = self.view == QUESTIONS, self.view == JOB
        writing = self.note.is_open
        self.sheet.display = not job and not writing
        self.query_one("#ask").display = questions and not writing
        self.query_one("#plan").display = questions
        self.query_one(JobHeader).display = job
        self.query_one("#try-stages").display = job
        self.query_one(EventLines).display = job

    def _draw(self, *, fresh: bool = False) -> None:
        found = self.standing_of_try
        if found is None or not self.is_mounted:
            return
        self._lay_out()
        confirmed = len(check_questions.confirmed(self.questions))
        self.tabs.note(QUESTIONS, str(confirmed or ""))
        self.tabs.note(JOB, str(self._view.state) if self._view is not None else "")
        leaves = len(self.draft.leaves) if self.draft is not None else 1
        if self.view == QUESTIONS:
            blocks = question_blocks(self.questions, self._problems(found), self.sheet.room, leaves=leaves)
            self.sheet.turn_to(blocks, fresh=fresh)
            self.query_one("#plan", Plain).show(self._plan_words(found))
        elif self.view == ANSWERS:
            self.sheet.turn_to(self._answers(found), fresh=fresh)
        self.refresh_bindings()

    def _problems(self, found: TryStanding) -> list[QuestionProblem]:
        """What is known to be wrong; of a question that was not looked at yet as it is now, nothing."""
        if found.questions == tuple(self.questions):
            return list(found.problems)
        known: list[QuestionProblem] = []
        for number, question in enumerate(self.questions, 1):
            if question in found.questions:
                before = found.questions.index(question) + 1
                same = (one for one in found.problems if one.number == before)
                known += [msgspec.structs.replace(one, number=number) for one in same]
        return known

    def _answers(self, found: TryStanding) -> list[Block]:
        if found.result is None:
            words = "Nothing was tried yet. The left arrow leads to the questions."
            return [Block(wrapped(words, max(20, self.sheet.room), "$quiet"))]
        return result_blocks(found.result, found.verdicts, found.stale, self.sheet.room)

    def _plan_words(self, found: TryStanding) -> Content:
        if self._proposing is not None:
            return Content.styled("The model is asked for questions …", "$accent")
        if found.hindrance is not None:
            error = found.hindrance
            return Content.styled(" ".join(filter(None, (error.what, error.hint))), "$warning")
        return Content(found.plan_words)

    # -- writing questions --------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _on_typed(self, event: Input.Changed) -> None:
        event.stop()
        text = self.line.value
        if not self._loaded:
            return
        if self._editing < len(self.questions):
            before = self.questions[self._editing]
            if before.question == text:
                return
            after = msgspec.structs.replace(before, question=text, origin="typed", confirmed=True)
            self.questions[self._editing] = after
        elif text.strip():
            leaf = self.leaf if self.draft is not None and len(self.draft.leaves) > 1 else ""
            self.questions.append(CheckQuestion(question=text, leaf=leaf))
        else:
            return
        self._keep()
        self.sheet.stand_on(QuestionAt(self._editing))

    def _keep(self) -> None:
        kept = tuple(self.questions)
        self.keep("check questions", lambda: check_questions.write(self.folder, kept))
        self._draw()

    @on(Input.Submitted)
    def _on_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not self.line.value.strip() and self._editing >= len(self.questions):
            self.sheet.focus()
        self._finish()

    def _finish(self) -> None:
        """The line is free for another question; one that was emptied is gone."""
        if self._editing < len(self.questions) and not self.questions[self._editing].question.strip():
            del self.questions[self._editing]
            self._keep()
        self._editing = len(self.questions)
        self.line.value = ""

    @on(ItemSheet.Moved)
    def _on_moved(self) -> None:
        self.refresh_bindings()

    @on(ItemSheet.Chosen)
    def _on_chosen(self, event: ItemSheet.Chosen) -> None:
        event.stop()
        if self.view == ANSWERS:
            self.post_message(self.GoOn())
        elif (place := self._proposed()) is not None:
            self.questions[place] = msgspec.structs.replace(self.questions[place], confirmed=True)
            self._keep()
        elif self.running:
            self.action_view(JOB)
        elif self._hindered:
            self._look()
        elif self._enough:
            self._start()
        else:
            self.line.focus()

    def _place(self) -> int | None:
        item = self.sheet.item
        if self.view == QUESTIONS and isinstance(item, QuestionAt) and item.place < len(self.questions):
            return item.place
        return None

    def action_write(self) -> None:
        place = self._place()
        self._editing = place if place is not None else len(self.questions)
        self.line.value = self.questions[place].question if place is not None else ""
        self.line.cursor_position = len(self.line.value)
        self.line.focus()

    def action_add(self) -> None:
        self._finish()
        self.line.focus()

    def action_drop(self) -> None:
        if (place := self._place()) is not None:
            del self.questions[place]
            self._editing = len(self.questions)
            self.line.value = ""
            self._keep()

    def action_context(self) -> None:
        if (place := self._place()) is not None:
            self._context_of = place
            self.note.open(self.questions[place].context)
            self._lay_out()
            self.refresh_bindings()

    @on(TextArea.Changed)
    def _on_context(self, event: TextArea.Changed) -> None:
        event.stop()
        place, text = self._context_of, self.note.text
        if self.note.is_open and 0 <= place < len(self.questions) and self.questions[place].context != text:
            self.questions[place] = msgspec.structs.replace(self.questions[place], context=text)
            self._keep()

    @on(NoteText.Left)
    def _on_left(self, event: NoteText.Left) -> None:
        event.stop()
        self._close_note()

    def _close_note(self) -> None:
        self.note.close()
        self._context_of = -1
        self._draw()
        self.sheet.focus()

    @work(exclusive=True, group="contribute-propose", exit_on_error=False)
    async def action_propose(self) -> None:
        """Asks the model for questions; each counts only once it is taken."""
        from labtui.operations.trying_questions import propose_questions

        workspace, config = self.app.context.workspace, self.app.context.config
        if workspace is None or self._proposing is not None:
            return
        self._finish()
        known, leaf = tuple(self.questions), self.leaf
        stop = self._proposing = threading.Event()

        def propose() -> None:
            propose_questions(
                workspace,
                config,
                self.folder,
                leaf=leaf,
                known=known,
                found=lambda question: self.post_message(self.Proposed(question)),
                cancelled=stop.is_set,
            )

        self._draw()
        try:
            await in_thread(propose)
        except LabError as error:
            self.app.fail(error)
        finally:
            self._proposing = None
            self._draw()

    @on(Proposed)
    def _on_proposed(self, event: Proposed) -> None:
        event.stop()
        at_end = self._editing == len(self.questions)
        self.questions.append(event.question)
        self._editing += at_end
        self._keep()
        if not self.line.has_focus or not self.line.value:
            self.sheet.focus()
            self.sheet.stand_on(QuestionAt(len(self.questions) - 1))

    def on_unmount(self) -> None:
        if self._proposing is not None:
            self._proposing.set()
        super().on_unmount()

    # -- views --------------------------------------------------------------------------------------------------

    @on(ViewTabs.Chosen)
    def _on_view(self, event: ViewTabs.Chosen) -> None:
        event.stop()
        self.action_view(event.number)

    def action_view(self, number: int) -> None:
        if self.note.is_open:
            self._close_note()
        self.tabs.chosen = number % len(VIEWS)
        self._draw(fresh=True)
        self.take_focus()
        self.refresh_bindings()

    def action_next_view(self) -> None:
        self.action_view(self.view + 1)

    def action_view_before(self) -> None:
        self.action_view(self.view - 1)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        job = self._view
        match action:
            case "write" | "drop":
                return self._place() is not None
            case "context":
                return self._place() is not None and self._grounded()
            case "add" | "propose":
                return self.view == QUESTIONS
            case "stop":
                return self.view == JOB and self.running
            case "resume":
                ended = job is not None and job.state in (State.STOPPED, State.LOST, State.FAILED)
                return self.view == JOB and ended
            case "log":
                return self.view == JOB and job is not None
            case "verdict":
                return self.view == ANSWERS and isinstance(self.sheet.item, AnswerAt)
            case "seen":
                return self.view == JOB
        return True

    def _grounded(self) -> bool:
        from labtui.taxonomy.leaf import GROUNDED

        return self.draft is not None and any(leaf.kind == GROUNDED for leaf in self.draft.leaves)

    # -- the job ------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="contribute-start-try", exit_on_error=False)
    async def _start(self) -> None:
        from labtui.operations.trying import start_try

        workspace, config = self.app.context.workspace, self.app.context.config
        if workspace is None:
            return
        await self.flush()
        asked = tuple(self.questions)

        def start() -> JobFolder:
            return start_try(workspace, config, self.folder, asked, say=lambda words: None)

        try:
            job = await in_thread(start)
        except LabError as error:
            self.app.fail(error)
            return
        self.app.look_again()
        self._begin_following(job.id)
        self.action_view(JOB)

    def _begin_following(self, job: str) -> None:
        self._job, self._view = job, None
        self.query_one(EventLines).clear()
        self.query_one(JobHeader).show(None)
        self._follower = self._follow(job)

    @work(thread=True, exclusive=True, group="contribute-follow-try", exit_on_error=False)
    def _follow(self, job: str) -> None:
        from labtui import jobs

        worker, workspace = get_current_worker(), self.app.context.workspace
        if workspace is None:
            return
        try:
            watcher = Watcher(jobs.find(workspace, job))
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
            return
        ended = False

        def tell(view: JobView, lines: list[EventLine]) -> None:
            nonlocal ended
            ended = view.state.ended
            self.post_message(self.JobRead(job, view, lines))

        follow(watcher, tell, lambda: worker.is_cancelled or (ended and not watcher.behind))

    @on(JobRead)
    def _on_job(self, event: JobRead) -> None:
        event.stop()
        if event.job != self._job:
            return
        before, self._view = self._view, event.view
        self.query_one(JobHeader).show(event.view)
        self.query_one("#try-stages", Plain).show(Content("\n").join(stage_lines(event.view)))
        self.query_one(EventLines).add(event.lines)
        if before is None or before.state != event.view.state:
            if before is not None and event.view.state is State.DONE:
                self.post_message(self.Changed())
                self.app.say("Tried: the answers before and after are there.")
            self._look()
            self.refresh_bindings()

    def action_seen(self) -> None:
        if self._view is not None and self._view.state is State.DONE:
            self.action_view(ANSWERS)

    def action_stop(self) -> None:
        detail = "What it has done is kept, and it can be resumed."
        self.app.ask("Stop this try?", detail, then=self._stop, yes="Stop it")

    @work(thread=True, exclusive=True, group="contribute-stop-try", exit_on_error=False)
    def _stop(self) -> None:
        from labtui import jobs

        workspace = self.app.context.workspace
        try:
            if workspace is not None:
                jobs.stop(jobs.find(workspace, self._job))
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)

    @work(exclusive=True, group="contribute-resume-try", exit_on_error=False)
    async def action_resume(self) -> None:
        from labtui import jobs
        from labtui.operations.resuming import resume_job

        workspace, config, job = self.app.context.workspace, self.app.context.config, self._job
        if workspace is None:
            return
        try:
            await in_thread(lambda: resume_job(workspace, config, jobs.find(workspace, job), lambda words: None))
        except LabError as error:
            self.app.fail(error)
            return
        self._begin_following(job)

    def action_log(self) -> None:
        self.app.open("jobs", job=self._job)

    # -- verdicts -----------------------------------------------------------------------------------------------

    @work(exclusive=True, group="contribute-verdict", exit_on_error=False)
    async def action_verdict(self, verdict: str) -> None:
        from labtui.contribute import tries

        found, item = self.standing_of_try, self.sheet.item
        if found is None or found.result is None or not isinstance(item, AnswerAt):
            return
        job = found.result.job
        said = "" if found.verdicts.get(item.number) == verdict else verdict
        try:
            await in_thread(lambda: tries.judge(self.folder, job, item.number, said))  # type: ignore[arg-type]
        except LabError as error:
            self.app.fail(error)
            return
        self.post_message(self.Changed())
        self._look()
