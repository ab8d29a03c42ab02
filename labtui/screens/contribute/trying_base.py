"""The parts of the step that tries a contribution: its views, what it knows, how it is drawn."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import msgspec
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input
from textual.worker import Worker, get_current_worker

from labtui.contribute.evidence import check_questions
from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.errors import LabError
from labtui.jobs import JobView
from labtui.records import State
from labtui.screens.contribute.ending import EndingPane
from labtui.screens.contribute.trying_lines import QuestionAt, question_blocks, result_blocks
from labtui.widgets.event_lines import EventLines
from labtui.widgets.item_sheet import Block, ItemSheet
from labtui.widgets.job_header import JobHeader
from labtui.widgets.leaf_text import wrapped
from labtui.widgets.note_text import NoteText
from labtui.widgets.plain import Plain
from labtui.widgets.view_tabs import ViewTabs

if TYPE_CHECKING:
    from labtui.contribute.drafts.draft_folder import DraftFolder
    from labtui.operations.contributing.trying import TryStanding
    from labtui.trying.questions import QuestionProblem

VIEWS = ("Questions", "Job", "Answers")
QUESTIONS, JOB, ANSWERS = range(3)
RUNNING = (State.RUNNING, State.WAITING)


class TryBase(EndingPane):
    class Read(Message):
        def __init__(self, standing: TryStanding) -> None:
            super().__init__()
            self.standing = standing

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

    # -- its parts -----------------------------------------------------------------------------------------------------

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

    def _place(self) -> int | None:
        item = self.sheet.item
        if self.view == QUESTIONS and isinstance(item, QuestionAt) and item.place < len(self.questions):
            return item.place
        return None

    def _grounded(self) -> bool:
        from labtui.taxonomy.leaf import GROUNDED

        return self.draft is not None and any(leaf.kind == GROUNDED for leaf in self.draft.leaves)

    # -- reading and drawing -------------------------------------------------------------------------------------------

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

    @on(ItemSheet.Resized)
    def _on_resized(self) -> None:
        self._draw()

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

    # -- views ---------------------------------------------------------------------------------------------------------

    def action_view(self, number: int) -> None:
        if self.note.is_open:
            self._close_note()
        self.tabs.chosen = number % len(VIEWS)
        self._draw(fresh=True)
        self.take_focus()
        self.refresh_bindings()

    def _close_note(self) -> None:
        self.note.close()
        self._context_of = -1
        self._draw()
        self.sheet.focus()
