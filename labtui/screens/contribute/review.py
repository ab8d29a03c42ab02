"""The step that shows everything before it leaves the machine: what differs, what is said of it, what will run."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from labtui.actions import bindings_for
from labtui.contribute.records import Draft, Step, StepStanding
from labtui.errors import LabError
from labtui.screens.contribute import review_lines
from labtui.screens.contribute.ending import EndingPane
from labtui.widgets.leaf_text import wrapped
from labtui.widgets.note_text import NoteText
from labtui.widgets.plain import Plain
from labtui.widgets.sheet import Sheet
from labtui.widgets.view_tabs import ViewTabs

if TYPE_CHECKING:
    from labtui.contribute.drafts.draft_folder import DraftFolder
    from labtui.contribute.submitting.records import SubmitPlan
    from labtui.operations.contributing.reviewing import Review

VIEWS = ("Difference", "Message", "Request", "Commands")
DIFFERENCE, MESSAGE, REQUEST, COMMANDS = range(4)


class ReviewPane(EndingPane):
    STEP: ClassVar[str] = Step.REVIEW
    BINDINGS = bindings_for("contribute.review")
    DEFAULT_CSS = """
    ReviewPane > ViewTabs { margin: 0 0 1 0; }
    ReviewPane > #review-note-says { display: none; height: auto; margin: 0 0 1 0; color: $quiet; }
    """

    class Read(Message):
        def __init__(self, review: Review, fresh: bool) -> None:
            super().__init__()
            self.review, self.fresh = review, fresh

    def __init__(self, folder: DraftFolder) -> None:
        super().__init__(folder)
        self.review: Review | None = None
        self._unfolded = False
        self._opened_with = ""

    def compose(self) -> ComposeResult:
        yield ViewTabs(VIEWS)
        yield Sheet(id="review")
        yield Plain("", id="review-note-says")
        yield NoteText(id="review-note")

    @property
    def tabs(self) -> ViewTabs:
        return self.query_one(ViewTabs)

    @property
    def sheet(self) -> Sheet:
        return self.query_one("#review", Sheet)

    @property
    def note(self) -> NoteText:
        return self.query_one(NoteText)

    def show(self, draft: Draft, standing: StepStanding) -> None:
        self._look(fresh=self.review is None)

    def judge(self, draft: Draft, standing: StepStanding) -> None:
        self._look(fresh=False)

    def take_focus(self) -> None:
        self.sheet.focus()

    def enter_says(self) -> str:
        return "a new line" if self.note.is_open else "go on to submit"

    def back_once(self) -> bool:
        if self.note.is_open:
            self._close_note()
            return True
        return False

    # -- reading ------------------------------------------------------------------------------------------------

    @work(thread=True, exclusive=True, group="contribute-review", exit_on_error=False)
    def _look(self, fresh: bool) -> None:
        from labtui.operations.contributing.reviewing import review

        context = self.app.context
        if context.workspace is None:
            return
        try:
            found = review(self.folder, context.workspace, context.config)
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
            return
        self.post_message(self.Read(found, fresh))

    @on(Read)
    def _on_read(self, event: Read) -> None:
        event.stop()
        self.review = event.review
        self._draw(fresh=event.fresh)

    @on(Sheet.Resized)
    def _on_resized(self) -> None:
        self._draw()

    def _draw(self, *, fresh: bool = False) -> None:
        found = self.review
        if found is None or self.draft is None:
            self.sheet.show([Content.styled("Comparing …", "$quiet")])
            return
        plan = found.plan
        stops = _in_the_way(plan) if plan is not None else 1
        self.tabs.note(COMMANDS, str(stops) if stops else "", "$error")
        self.sheet.show(self._lines(found, max(20, self.sheet.room)), keep_place=not fresh)

    def _lines(self, found: Review, room: int) -> list[Content]:
        if self.tabs.chosen == DIFFERENCE:
            return review_lines.difference_lines(found.changes, room, since=found.since, unfolded=self._unfolded)
        if self.tabs.chosen == REQUEST:
            if found.request is not None:
                return review_lines.request_lines(found.request, found.teaches, room)
            return list(wrapped(found.request_problem, room, "$warning"))
        if found.plan is None:
            problem = found.plan_problem
            return [*wrapped(problem.what, room, "bold $error"), *wrapped(problem.hint, room)] if problem else []
        if self.tabs.chosen == MESSAGE:
            return review_lines.message_lines(found.plan, room, own=bool(found.message))
        return review_lines.command_lines(found.plan, room)

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
        self.sheet.focus()
        self.refresh_bindings()

    def action_next_view(self) -> None:
        self.action_view(self.tabs.chosen + 1)

    def action_view_before(self) -> None:
        self.action_view(self.tabs.chosen - 1)

    def action_unfold(self) -> None:
        self._unfolded = not self._unfolded
        self._draw()

    async def action_go_on(self) -> None:
        await self.go_on()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "write":
            return self.tabs.chosen in (MESSAGE, REQUEST) and not self.note.is_open
        if action == "unfold":
            return self.tabs.chosen == DIFFERENCE
        if action in ("go_on", "next_view", "view_before"):
            return not self.note.is_open
        return True

    # -- writing ------------------------------------------------------------------------------------------------

    def action_write(self) -> None:
        found = self.review
        if found is None:
            return
        if self.tabs.chosen == MESSAGE:
            self._opened_with = found.message or found.message_made
            says = "The first line says what it is; esc when you are done. Empty: it is made from your leaves."
        else:
            self._opened_with = found.teaches
            says = "What does it teach, and why? A sentence or two for the reviewers; esc when you are done."
        self.query_one("#review-note-says", Plain).show(says)
        self.query_one("#review-note-says").display = True
        self.sheet.display = False
        self.note.open(self._opened_with)
        self.refresh_bindings()

    @on(TextArea.Changed)
    def _on_typed(self, event: TextArea.Changed) -> None:
        event.stop()
        if not self.note.is_open or self.review is None or self.note.text == self._opened_with:
            return
        self._opened_with = self.note.text
        text, folder = self.note.text.strip("\n"), self.folder
        if self.tabs.chosen == MESSAGE:
            own = "" if not text.strip() or text.strip() == self.review.message_made.strip() else text
            self.keep("message", lambda: folder.change(lambda draft: setattr(draft, "message", own)))
        else:
            self.keep("teaches", lambda: folder.change(lambda draft: setattr(draft, "teaches", text)))

    @on(NoteText.Left)
    def _on_left(self, event: NoteText.Left) -> None:
        event.stop()
        self._close_note()

    def _close_note(self) -> None:
        self.note.close()
        self.query_one("#review-note-says").display = False
        self.sheet.display = True
        self.sheet.focus()
        self._look(fresh=False)
        self.refresh_bindings()


def _in_the_way(plan: SubmitPlan) -> int:
    """How many things keep it from being submitted, but for what the next step asks for."""
    return sum(one.stops and one.about != review_lines.CERTIFICATE for one in plan.obstacles)
