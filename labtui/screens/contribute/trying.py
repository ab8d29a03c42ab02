"""The optional step that shows whether the seeds teach anything: questions, a job, the answers before and after."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from textual import on, work

from labtui.actions import bindings_for
from labtui.contribute.records import Draft, Step, StepStanding
from labtui.errors import LabError
from labtui.records import State
from labtui.screens.contribute.trying_base import ANSWERS, JOB, QUESTIONS, TryBase
from labtui.screens.contribute.trying_job import TryJob
from labtui.screens.contribute.trying_lines import AnswerAt
from labtui.screens.threads import in_thread
from labtui.widgets.event_lines import EventLines
from labtui.widgets.item_sheet import ItemSheet
from labtui.widgets.view_tabs import ViewTabs


class TryPane(TryJob):
    STEP: ClassVar[str] = Step.TRY

    BINDINGS = bindings_for("contribute.try")

    DEFAULT_CSS = """
    TryPane > ViewTabs { margin: 0 0 1 0; }
    TryPane > #ask { height: 1; margin: 1 0 0 0; }
    TryPane > #ask > Plain { width: auto; color: $secondary; text-style: bold; }
    TryPane > #plan { height: auto; color: $quiet; }
    TryPane > #try-stages { height: auto; margin: 1 0; }
    """

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

    @on(TryBase.Read)
    def _on_read(self, event: TryBase.Read) -> None:
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

    # -- views ---------------------------------------------------------------------------------------------------------

    @on(ViewTabs.Chosen)
    def _on_view(self, event: ViewTabs.Chosen) -> None:
        event.stop()
        self.action_view(event.number)

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

    # -- what one thinks of the answers --------------------------------------------------------------------------------

    @work(exclusive=True, group="contribute-verdict", exit_on_error=False)
    async def action_verdict(self, verdict: str) -> None:
        from labtui.contribute.evidence import tries

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
