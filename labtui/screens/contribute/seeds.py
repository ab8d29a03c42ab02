"""The fifth step: seeds as cards, each letter in qna.yaml; how alike they are; what the model says to them now."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from textual import on

from labtui.contribute.records import Step
from labtui.errors import LabError
from labtui.operations.leaf_editing import LeafSession
from labtui.screens.contribute import seeds_facts as facts_of
from labtui.screens.contribute import seeds_lines as lines
from labtui.screens.contribute.seeds_asking import SeedsAsking
from labtui.taxonomy.fields import SEEDS, Field, Path
from labtui.widgets.leaf_form import LeafForm

T = TypeVar("T")


class SeedsPane(SeedsAsking):
    def on_mount(self) -> None:
        self.form.text.step_back = self.step_back

    # -- writing ------------------------------------------------------------------------------------------------

    @on(LeafForm.Typed)
    def _on_typed(self, event: LeafForm.Typed) -> None:
        event.stop()
        self._typed(event.field, event.text)

    def _typed(self, field: Field, text: str) -> None:
        session, folder = self.session, self.folder
        if session is None:
            return

        def write() -> None:
            session.write(field, text)
            facts_of.save(folder, session)

        self.keep(f"{session.id} {field.path}", write)

    def grab(self) -> None:
        """What is typed and not told yet: the message of the last letter may still be under way."""
        field = self.form.text.field
        if self.form.writing and field is not None and self.form.text.touched:
            self._typed(field, self.form.text.text)

    async def field_closed(self, field: Field, text: str, touched: bool) -> None:
        session = self.session
        if session is None:
            return
        # What was read as something else than text is put in quotes by being left.
        if touched or field.odd:
            self._typed(field, text)
        await self._write()
        session.pause()
        await self._refresh()
        if touched and self.facts is not None and (says := facts_of.repeated(self.facts, field.path)):
            self.app.say(says, "warning")

    async def do(self, act: Callable[[LeafSession], T]) -> T | None:
        """Edits the leaf and saves it. What was refused is said, and None is given."""
        await self.flush()
        session, folder = self.session, self.folder
        if session is None:
            return None
        done: list[T] = []

        def edit() -> None:
            session.pause()
            done.append(act(session))
            facts_of.save(folder, session)

        try:
            async with self._desk:
                await self._in_hand(edit)
        except LabError as error:
            self.app.say(f"{error.what} {error.hint}".strip(), "warning")
            return None
        self.post_message(self.Changed())
        return done[0]

    async def step_back(self, by: int) -> None:
        done = await self.do(lambda session: [session.undo(by)])
        if done is None:
            return
        path = done[0]
        if path is None:
            self.app.say("Nothing more to undo." if by < 0 else "Nothing to do again.")
            return
        if self.facts is None or self.session is None:
            return
        if self.form.writing:
            if path != self.form.path:
                self.form.abandon()
            else:
                self.form.renew(self.session.state().fields.find(self.form.path))
        await self._refresh(path if path[:1] == (SEEDS,) else None)

    # -- what the keys ask for ----------------------------------------------------------------------------------

    async def wanted(self, what: str, path: Path) -> None:
        match what:
            case "write":
                await self._enter(path)
            case "add":
                await self._added(await self.do(lambda session: session.add_seed(path)))
            case "add_pair":
                await self._added(await self.do(lambda session: session.add_pair(path)))
            case "duplicate":
                if (made := await self.do(lambda session: session.duplicate(path))) is not None:
                    await self._refresh(made)
            case "delete":
                if (gone := await self.do(lambda session: session.delete(path))) is not None:
                    await self._refresh(path)
                    self.app.say(f"{gone} is deleted; ctrl+z brings it back.")
            case "earlier" | "later":
                by = -1 if what == "earlier" else 1
                if (now := await self.do(lambda session: session.move(path, by))) is not None:
                    await self._refresh(now)
            case "undo" | "redo":
                await self.step_back(-1 if what == "undo" else 1)
            case "unfold":
                self._unfolded = not self._unfolded
                await self._lay_out()
            case "ask":
                self.ask()
            case "evidence":
                self._show_evidence(path)

    async def _enter(self, path: Path) -> None:
        state = self.facts.state if self.facts is not None else None
        if state is None or state.problem:
            return
        if path == lines.GO_ON:
            self.post_message(self.GoOn())
        elif path == lines.ADD:
            await self._added(await self.do(lambda session: session.add_seed(())))
        elif path == lines.ADD_PAIR:
            short = facts_of.short_of_pairs(state, 3)
            await self._added(await self.do(lambda session: session.add_pair(short)))
        elif path == lines.MARK:
            self.post_message(self.GoTo(Step.DOCUMENT, self.leaf, ("seed_examples",)))
        elif len(path) == 2 and state.fields.find(path) is None:
            # A seed as a whole: its first field.
            first = next(iter(state.fields.seeds[int(path[1])].fields), None)
            if first is not None:
                self.form.open(first.path)
        elif not self.form.open(path):
            self.app.say("This is no plain text: the taxonomy's screen (8) can write it in the file.", "warning")

    async def _added(self, path: Path | None) -> None:
        """Shows what was added, ready to be written in."""
        if path is not None:
            await self._refresh(path)
            self.form.open(path)
