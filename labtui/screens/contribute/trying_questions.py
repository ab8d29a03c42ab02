"""Check questions written, proposed by a model, taken and dropped."""

from __future__ import annotations

import threading

import msgspec
from textual import on, work
from textual.message import Message
from textual.widgets import Input, TextArea

from labtui.contribute.evidence import check_questions
from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.errors import LabError
from labtui.screens.contribute.trying_base import TryBase
from labtui.screens.contribute.trying_lines import QuestionAt
from labtui.screens.threads import in_thread
from labtui.widgets.note_text import NoteText


class TryQuestions(TryBase):
    class Proposed(Message):
        """The model had a question."""

        def __init__(self, question: CheckQuestion) -> None:
            super().__init__()
            self.question = question

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

    # -- the text a question speaks of ---------------------------------------------------------------------------------

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

    # -- proposals -----------------------------------------------------------------------------------------------------

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
