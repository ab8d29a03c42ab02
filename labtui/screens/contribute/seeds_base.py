"""What the seeds step shows, and where the cursor is in it."""

from __future__ import annotations

import asyncio

from textual import on
from textual.app import ComposeResult

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft, Step, StepStanding
from labtui.contribute.requests.remarks import Remark
from labtui.errors import LabError
from labtui.operations.leaf_editing import LeafSession
from labtui.screens.contribute import seeds_facts as facts_of
from labtui.screens.contribute import seeds_lines as lines
from labtui.screens.contribute.pane import Field as FieldPath
from labtui.screens.contribute.pane import StepPane
from labtui.screens.contribute.seeds_facts import SeedsFacts
from labtui.screens.contribute.seeds_form import SeedsForm
from labtui.screens.threads import in_thread
from labtui.taxonomy.fields import Field, Path
from labtui.widgets.plain import Plain
from labtui.widgets.sheet import Sheet


class SeedsBase(StepPane):
    STEP = Step.SEEDS
    DEFAULT_CSS = "SeedsBase > .head { height: auto; max-height: 4; margin: 0 0 0 1; }"

    def __init__(self, folder: DraftFolder) -> None:
        super().__init__(folder)
        self.session: LeafSession | None = None
        self.facts: SeedsFacts | None = None
        self._layouts = asyncio.Lock()
        self._laid: object = None
        self._unfolded = False
        self._asking_says = ""
        """What is under way with the model, in words."""
        self._wants_focus = False
        self._want_field: FieldPath = ()

    def compose(self) -> ComposeResult:
        yield Plain("", classes="head")
        yield SeedsForm(self.wanted, self.field_closed)

    # -- what its form asks for, done further up ----------------------------------------------------------------

    async def wanted(self, what: str, path: Path) -> None:
        """Does what a key of the form asks for at a place."""

    async def field_closed(self, field: Field, text: str, touched: bool) -> None:
        """A field of the form was left."""

    @property
    def form(self) -> SeedsForm:
        return self.query_one(SeedsForm)

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
            remarks = self.remarks
            asked = (found, problems, room, unfolded, done, self._asking_says, remarks)
            if asked == self._laid and path is None and not fresh:
                return
            drawn = await in_thread(
                lambda: (
                    lines.page(found, problems, room, remarks=remarks, unfolded=unfolded, done=done),
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

    def shows(self, remark: Remark) -> bool:
        state = self.facts.state if self.facts is not None else None
        # As long as the leaf is being read there will most likely be cards.
        return bool(remark.field) and (state is None or bool(not state.problem and state.fields.seeds))

    def field_here(self) -> FieldPath:
        """The field under the cursor where something is said of it, else its seed."""
        path = self.form.path
        return path if any(one.field == path for one in self.remarks) else path[:2]

    def enter_says(self) -> str:
        if self.form.writing:
            return "next field"
        spot = self.form.sheet.spot
        if spot is None:
            return ""
        if spot.path in (lines.GO_ON, lines.MARK, lines.ADD, lines.ADD_PAIR) and spot.field is not None:
            return {lines.GO_ON: "go on", lines.MARK: "open the document"}.get(spot.path, "add it")
        return "write here"
