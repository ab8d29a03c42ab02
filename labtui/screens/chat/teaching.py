"""From a wrong answer to a seed: the key that teaches, the basket, and the marks at what was taught."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual import on, work

from labtui import signs
from labtui.chat.conversations import Turn
from labtui.errors import LabError
from labtui.screens.chat.managing import Managing
from labtui.screens.chat.talking import NO_WORKSPACE, in_one_line
from labtui.screens.chat.threads import in_thread
from labtui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from labtui.contribute.teaching.lessons import Basket, Destination, Lesson
    from labtui.contribute.teaching.making_seeds import Written
    from labtui.screens.chat.basket_window import Wanted
    from labtui.screens.chat.teach_window import Outcome
    from labtui.workspace import Workspace

ON_ITS_WAY = "The answer is still on its way: teach it when it stands there, or stop it with esc."
NOTHING = "There is no answer here to be taught: ask first, or go up to an earlier one (ctrl+up) and press t."


class Teaching(Managing):
    def __init__(self) -> None:
        super().__init__()
        self._dropped_lessons: list[Lesson] = []
        """What was dropped from the basket since labtui was opened, to be brought back."""

    async def show_panes(self) -> None:
        await super().show_panes()
        self.mark_taught()

    # -- one answer ---------------------------------------------------------------------------------------------

    # An action here ends when its window stands: letters that were typed right behind its key belong into it.

    async def action_teach(self) -> None:
        """The last finished answer of the pane the reader is in."""
        from labtui.operations.contributing.teaching import last_answer

        pane = self.panes[self._chosen_pane()] if self.panes else None
        answer = last_answer(pane.turns) if pane is not None else None
        if pane is not None and pane.flight is not None:
            # The one before is not what is meant.
            self.app.say(ON_ITS_WAY, "warning")
        elif answer is None:
            self.app.say(NOTHING)
        else:
            await self._teach(answer)

    @on(Transcript.Wanted)
    async def _wanted_to_teach(self, event: Transcript.Wanted) -> None:
        if event.what != "teach":
            return
        from labtui.operations.contributing.teaching import is_teachable

        event.stop()
        pane = next(pane for pane in self.panes if pane.transcript is event.transcript)
        turns = pane.turns
        place = next((place for place, turn in enumerate(turns) if turn is event.turn), -1)
        answer = event.turn
        if event.turn.role == "user":
            answer = turns[place + 1] if 0 <= place < len(turns) - 1 else event.turn
        if answer.role != "assistant" or not is_teachable(answer):
            self.app.say(NOTHING)
        else:
            await self._teach(answer)

    async def _teach(self, answer: Turn) -> None:
        from labtui.contribute.teaching.lessons import Basket
        from labtui.contribute.teaching.taught import taught
        from labtui.operations.contributing.teaching import lesson_of

        workspace = self.app.context.workspace
        if workspace is None:
            self.app.say(NO_WORKSPACE, "warning")
            return
        talk, basket = self.talk, Basket(workspace)
        others, lesson, known = await in_thread(
            lambda: (basket.lessons(), lesson_of(basket, talk, answer), taught(workspace, talk.id))
        )
        draft = next((one.draft.rpartition("-")[2] for one in known if one.turn == answer.id), "")
        remark = f"It is taught in contribution {draft} already; this makes another seed." if draft else ""
        await self._correct(basket, lesson, others, remark)

    async def _correct(
        self, basket: Basket, lesson: Lesson, others: Sequence[Lesson], remark: str = "", *, back: bool = False
    ) -> None:
        """`back`: the basket opens again afterwards."""
        from labtui.screens.chat.teach_window import TeachWindow

        def closed(outcome: Outcome | None) -> None:
            if outcome == "dropped":
                self._dropped_lessons.append(lesson)
            self.mark_taught()
            if back and outcome != "basket":
                self.run_worker(self.show_basket(), group="teach", exclusive=True)

        await self.app.push_screen(TeachWindow(basket, lesson, others, self.show_basket, remark), closed)

    # -- the basket ---------------------------------------------------------------------------------------------

    async def action_lessons(self) -> None:
        await self.show_basket()

    async def show_basket(self, said: str = "") -> None:
        """`said`: what became of the last try to write."""
        from labtui.contribute.teaching.lessons import Basket
        from labtui.screens.chat.basket_window import BasketWindow

        workspace = self.app.context.workspace
        if workspace is None:
            self.app.say(NO_WORKSPACE, "warning")
            return
        lessons = await in_thread(Basket(workspace).lessons)

        def closed(wanted: Wanted | None) -> None:
            self.mark_taught()
            if wanted is not None:
                self.run_worker(self._go_on(workspace, wanted), group="teach", exclusive=True)

        await self.app.push_screen(BasketWindow(workspace, lessons, self._dropped_lessons, said), closed)

    async def _go_on(self, workspace: Workspace, wanted: Wanted) -> None:
        from labtui.contribute.teaching.lessons import Basket

        if wanted.lesson is not None:
            await self._correct(Basket(workspace), wanted.lesson, wanted.lessons, back=True)
            return
        written, said = await self._write(workspace, list(wanted.lessons), wanted.destination)
        if written is None or said:
            await self.show_basket(said)
        else:
            self.app.open("contribute", draft=written.draft, step="seeds", leaf=written.leaf)

    async def _write(
        self, workspace: Workspace, lessons: list[Lesson], destination: Destination
    ) -> tuple[Written | None, str]:
        """Makes seeds of them. What was written, and what is to be said of those that were not."""
        from labtui.contribute.teaching import making_seeds as teaching

        try:
            written = await in_thread(lambda: teaching.write(workspace, lessons, destination))
        except LabError as error:
            return None, in_one_line(error)
        finally:
            self.mark_taught()
        if written.seeds:
            seeds = f"{written.seeds} seed{'s' * (written.seeds != 1)}"
            self.app.say(f"{seeds} written, with what the model answered before as evidence.")
        return written, " ".join(written.left)

    # -- marks --------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="marks", exit_on_error=False)
    async def mark_taught(self) -> None:
        """Says below each answer that it is collected or taught, and above the prompt how many wait."""
        workspace, talk = self.app.context.workspace, self.talk
        if workspace is None:
            return
        self.collected, marks = await in_thread(lambda: _marks(workspace, talk.id))
        if talk is self.talk:
            for pane in self.panes:
                pane.mark(marks)
            self.show_status()


def _marks(workspace: Workspace, conversation: str) -> tuple[int, Mapping[str, str]]:
    """How many answers are collected, and what is said below the answers of a conversation, by their ids."""
    from labtui.contribute.teaching.lessons import Basket
    from labtui.contribute.teaching.taught import taught

    lessons = Basket(workspace).lessons()
    known = taught(workspace, conversation)
    marks = {one.turn: f"{signs.DONE} taught in contribution {one.draft.rpartition('-')[2]}" for one in known}
    marks |= {
        one.turn: f"{signs.UNSAVED} collected to be taught" for one in lessons if one.conversation == conversation
    }
    return len(lessons), marks
