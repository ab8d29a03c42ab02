"""The fifth step: seeds as cards, each letter in qna.yaml; how alike they are; what the model says to them now."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.message import Message

from labtui.actions import bindings_for
from labtui.contribute.draft_folder import DraftFolder
from labtui.contribute.records import Draft, Step, StepStanding
from labtui.errors import LabError
from labtui.operations.leaf_editing import LeafSession
from labtui.screens.contribute import seeds_facts as facts_of
from labtui.screens.contribute import seeds_lines as lines
from labtui.screens.contribute.pane import Field as FieldPath
from labtui.screens.contribute.pane import StepPane
from labtui.screens.contribute.seeds_facts import SeedsFacts
from labtui.screens.threads import in_thread
from labtui.taxonomy.fields import PAIRS, SEEDS, Field, Path
from labtui.widgets.leaf_field import LeafField
from labtui.widgets.leaf_form import LeafForm
from labtui.widgets.leaf_form_sheet import FormSheet
from labtui.widgets.plain import Plain
from labtui.widgets.sheet import Sheet

T = TypeVar("T")


class SeedsSheet(FormSheet):
    BINDINGS = bindings_for("contribute.seeds")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only knowledge has pairs to be added to a seed."""
        return action != "add_pair" or any(PAIRS in spot.path for spot in self.page.spots)

    def show_cursor(self) -> None:
        super().show_cursor()
        # What enter does depends on where the cursor is.
        self.refresh_bindings()

    async def action_ask(self) -> None:
        await self._want("ask")

    async def action_evidence(self) -> None:
        await self._want("evidence")

    async def action_unfold(self) -> None:
        await self._want("unfold")

    async def action_undo(self) -> None:
        await self._want("undo")

    async def action_redo(self) -> None:
        await self._want("redo")


class SeedField(LeafField):
    """As everywhere in the wizard enter goes on; ctrl+j begins a new line."""

    BINDINGS = bindings_for("contribute.field")

    async def _on_key(self, event: events.Key) -> None:
        if event.key in ("enter", "ctrl+j"):
            event.stop()
            event.prevent_default()
            if event.key == "enter":
                await self._left(1)
            elif self.several_lines:
                self.insert("\n")

    async def action_submit(self) -> None:
        await self._left(1)

    def action_new_line(self) -> None:
        self.insert("\n")


class SeedsForm(LeafForm):
    SHEET = SeedsSheet
    FIELD = SeedField


class SeedsPane(StepPane):
    STEP = Step.SEEDS
    DEFAULT_CSS = "SeedsPane > .head { height: auto; max-height: 4; margin: 0 0 0 1; }"

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
        self.session: LeafSession | None = None
        self.facts: SeedsFacts | None = None
        self._layouts = asyncio.Lock()
        self._laid: object = None
        self._unfolded = False
        self._asking: threading.Event | None = None
        """Set to stop asking the model."""
        self._asking_says = ""
        self._wants_focus = False
        self._want_field: FieldPath = ()

    def compose(self) -> ComposeResult:
        yield Plain("", classes="head")
        yield SeedsForm(self.wanted, self.field_closed)

    @property
    def form(self) -> SeedsForm:
        return self.query_one(SeedsForm)

    def on_mount(self) -> None:
        self.form.text.step_back = self.step_back

    # -- what is shown ------------------------------------------------------------------------------------------

    def show(self, draft: Draft, standing: StepStanding) -> None:
        session = self.session
        if session is None or session.id != self.leaf or session.path != self.folder.leaf_file(self.leaf):
            self.form.abandon()
            self.session, self.facts = None, None
            self.run_worker(self._open(), group="seeds-open", exclusive=True, exit_on_error=False)
        else:
            self._refresh_soon()

    def judge(self, draft: Draft, standing: StepStanding) -> None:
        self._refresh_soon()

    def _refresh_soon(self) -> None:
        self.run_worker(self._refresh(), group="seeds", exit_on_error=False)

    async def _open(self) -> None:
        folder, leaf = self.folder, self.leaf
        if not leaf:
            return
        session = await in_thread(lambda: LeafSession(leaf, folder.leaf_file(leaf)))
        if leaf != self.leaf:
            return
        self.session = session
        await self._refresh(fresh=True)
        if self._wants_focus:
            self.take_focus()
        if self._want_field:
            wanted, self._want_field = self._want_field, ()
            self.go_to_field(wanted)

    async def _refresh(self, path: Path | None = None, *, fresh: bool = False) -> None:
        """Shows the leaf as it stands now, on disk and under edit, with the cursor at `path`."""
        session, folder = self.session, self.folder
        if session is None:
            return
        try:
            async with self._desk:
                found = await in_thread(lambda: facts_of.gather(folder, session))
        except LabError as error:
            self.app.fail(error)
            return
        if session is not self.session:
            return
        self.facts = found
        await self._lay_out(path, fresh=fresh)

    async def _lay_out(self, path: Path | None = None, *, fresh: bool = False) -> None:
        async with self._layouts:
            found, standing = self.facts, self.standing
            if found is None or standing is None:
                return
            room, unfolded = self.form.sheet.room, self._unfolded
            problems = facts_of.as_findings(standing.problems, self.leaf)
            done = standing.state not in ("todo", "problem")
            asked = (found, problems, room, unfolded, done, self._asking_says)
            if asked == self._laid and path is None and not fresh:
                return
            drawn = await in_thread(
                lambda: (
                    lines.page(found, problems, room, unfolded=unfolded, done=done),
                    lines.head(found, room, self._asking_says),
                )
            )
            if found is not self.facts:
                return
            self._laid = asked
            self.form.show(drawn[0], path, fresh=fresh)
            self.query_one(".head", Plain).show(drawn[1])
            self.screen.refresh_bindings()

    @on(Sheet.Resized)
    def _on_resized(self) -> None:
        self.run_worker(self._lay_out(), group="seeds", exit_on_error=False)

    # -- focus --------------------------------------------------------------------------------------------------

    def take_focus(self) -> None:
        """The first field that says nothing is opened, so that one can write at once."""
        found = self.facts
        self._wants_focus = found is None
        self.form.take_focus()
        if found is not None and not self.form.writing:
            empty = facts_of.first_empty(found.state)
            if not empty or not self.form.open(empty):
                self.form.sheet.go_to(empty or self._next_deed)

    @property
    def _next_deed(self) -> Path:
        """The line below the cards that says what most likely comes next."""
        deeds = [spot for spot in self.form.sheet.page.spots if spot.field is not None and len(spot.path) == 1]
        return next((spot.path for spot in deeds if spot.field is not None and spot.field.label), lines.GO_ON)

    def go_to_field(self, field: FieldPath) -> None:
        if self.facts is None:
            self._want_field = field
            return
        self.form.abandon()
        self.form.sheet.focus()
        if not self.form.open(field):
            self.form.sheet.go_to(field)

    def enter_says(self) -> str:
        if self.form.writing:
            return "next field"
        spot = self.form.sheet.spot
        if spot is None:
            return ""
        if spot.path in (lines.GO_ON, lines.MARK, lines.ADD, lines.ADD_PAIR) and spot.field is not None:
            return {lines.GO_ON: "go on", lines.MARK: "open the document"}.get(spot.path, "add it")
        return "write here"

    def back_once(self) -> bool:
        if self._asking is not None:
            self._asking.set()
            return True
        return False

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

    # -- the model ----------------------------------------------------------------------------------------------

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
        super().on_unmount()

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
