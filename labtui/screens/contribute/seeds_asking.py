"""Asking the present model what it answers to the seeds, and showing what is known of its answers."""

from __future__ import annotations

import threading

from textual import on, work
from textual.message import Message

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.errors import LabError
from labtui.screens.contribute import seeds_lines as lines
from labtui.screens.contribute.seeds_base import SeedsBase
from labtui.taxonomy.fields import SEEDS, Path


class SeedsAsking(SeedsBase):
    class Asked(Message):
        """The model answered one question more, or this is what is being done before it can."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    class AskingEnded(Message):
        def __init__(self, error: LabError | None) -> None:
            super().__init__()
            self.error = error

    def __init__(self, folder: DraftFolder) -> None:
        super().__init__(folder)
        self._asking: threading.Event | None = None
        """Set to stop asking the model."""

    def back_once(self) -> bool:
        if self._asking is not None:
            self._asking.set()
            return True
        return False

    def ask(self) -> None:
        """Asks the present model every question of the leaf, or stops that."""
        if self._asking is not None:
            self._asking.set()
            return
        if self.facts is None or not self.facts.answers:
            self.app.say("There is no question yet to ask the model.", "warning")
            return
        if self.app.context.workspace is None:
            return
        stop = self._asking = threading.Event()
        again = all(one.answer is not None for one in self.facts.answers)
        self._say_asking("looking for the model … (esc stops)")
        self._ask(self.leaf, stop, again)

    @work(thread=True, exclusive=True, group="seeds-ask", exit_on_error=False)
    def _ask(self, leaf: str, stop: threading.Event, again: bool) -> None:
        from labtui.operations.contributing.asking import ask_seeds

        context, folder = self.app.context, self.folder
        count = 0

        def answered(_: object) -> None:
            nonlocal count
            count += 1
            self.post_message(self.Asked(f"the model has answered {count} … (esc stops)"))

        def say(words: str) -> None:
            self.post_message(self.Asked(f"{words} (esc stops)"))

        ended: LabError | None = None
        try:
            if context.workspace is not None:
                ask_seeds(
                    context.workspace,
                    context.config,
                    folder,
                    leaf,
                    say=say,
                    on_answer=answered,
                    cancelled=stop.is_set,
                    again=again,
                )
        except LabError as error:
            ended = error
        self.post_message(self.AskingEnded(ended))

    @on(Asked)
    async def _on_asked(self, event: Asked) -> None:
        event.stop()
        if self._asking is not None:
            self._asking_says = event.words
            await self._refresh()

    @on(AskingEnded)
    async def _on_asking_ended(self, event: AskingEnded) -> None:
        event.stop()
        stopped = self._asking is not None and self._asking.is_set()
        self._asking, self._asking_says = None, ""
        await self._refresh()
        if event.error is not None and not stopped:
            self.app.fail(event.error)
        elif stopped:
            self.app.say("Asking the model was stopped; what it answered is kept.")

    def _say_asking(self, words: str) -> None:
        self._asking_says = words
        self.run_worker(self._lay_out(), group="seeds", exit_on_error=False)

    def on_unmount(self) -> None:
        if self._asking is not None:
            self._asking.set()

    def _show_evidence(self, path: Path) -> None:
        from labtui.widgets.lines_window import LinesWindow

        found = self.facts
        if found is None or path[:1] != (SEEDS,):
            return
        question = self._question_of(path)
        shown = lines.evidence_lines(found.answer_at(question), found.evidence_at(question), 88)
        if found.evidence_at(question) is None and (
            (answered := found.answer_at(question)) is None or answered.answer is None
        ):
            self.app.say("Nothing is known yet of what the model answers here; m asks it.")
        else:
            self.app.push_screen(LinesWindow("what the model says", shown))

    def _question_of(self, path: Path) -> Path:
        """The question that a field or a seed is about."""
        if len(path) > 4:
            return (*path[:4], "question")
        seed = (
            next((seed for seed in self.facts.state.fields.seeds if seed.path == path[:2]), None)
            if self.facts
            else None
        )
        return seed.pairs[0].question.path if seed is not None and seed.pairs else path
