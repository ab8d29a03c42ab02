"""Which leaf is open and what becomes of its edits: drafts, saving, and files that change on disk meanwhile.

Nothing typed is lost: leaving a leaf keeps its session as long as it has unsaved edits, and a draft lies on disk
from the first letter on. Nothing on disk is overwritten unseen: what came from elsewhere is merged, or asked about.
"""

from __future__ import annotations

import asyncio

from textual import on, work

from labtui.errors import LabError
from labtui.operations.leaf_editing import LeafSession, LeafState, Meeting
from labtui.screens.taxonomy.leaf_base import DATA, FORM, YAML
from labtui.screens.taxonomy.writing import Writing
from labtui.screens.threads import in_thread
from labtui.taxonomy.checking.survey import Surveyed
from labtui.taxonomy.fields import Path
from labtui.taxonomy.findings import Level
from labtui.text import shorten
from labtui.widgets.choose import Choice, ChooseWindow
from labtui.widgets.draft_offer import DraftOffer


class Keeping(Writing):
    def __init__(self) -> None:
        super().__init__()
        self._unsaved: dict[str, LeafSession] = {}
        """Sessions that hold edits which are not saved, by leaf."""
        self._drafted: set[str] = set()
        """Leaves with a draft of an earlier time that nobody decided about yet."""
        self._told: set[str] | None = None
        self._meeting = asyncio.Lock()
        self._wanted: tuple[str, bool] = ("", False)
        """A leaf whose first empty field is to be opened as soon as it is shown."""

    @property
    def offer(self) -> DraftOffer:
        return self.query_one(DraftOffer)

    # -- which leaf ---------------------------------------------------------------------------------------------

    def show(self, leaf: Surveyed | None) -> None:
        """Shows a leaf, the same one again as it stands now, or none."""
        before, self.leaf = self.leaf, leaf
        if leaf is None:
            self._close()
        elif before is None or before.id != leaf.id or self.session is None:
            self._open(leaf)
        elif before.stamp != leaf.stamp or before.path != leaf.path:
            self._look_at_disk()
        elif leaf.read and self.state is not None and not self.state.unsaved and leaf.findings != before.findings:
            self.judged(leaf.findings)
            self.run_worker(self.lay_out(), group="leaf-layout", exit_on_error=False)

    def _close(self) -> None:
        self.session, self.state, self.findings = None, None, ()
        self.form.abandon()
        self.yaml.shut()
        self.offer.withdraw()
        self.clear()
        self.say_head()

    @work(exclusive=True, group="leaf-open", exit_on_error=False)
    async def _open(self, leaf: Surveyed) -> None:
        await self.settle()
        if self.form.writing:
            self.form.abandon()
        self.yaml.shut()
        kept = self._unsaved.get(leaf.id)
        session, when = (kept, "") if kept is not None else await in_thread(lambda: _opened(leaf))
        state = await self.at_desk(session.state)
        if self.leaf is None or self.leaf.id != leaf.id:
            return
        self.session, self.state, self.data, self._unfolded = session, state, None, False
        self.tabs.note(DATA, "")
        if self.view == DATA:
            self.look_at_data()
        known = leaf.read and not state.unsaved
        self.findings = self.leaf.findings if known else ()
        self.yaml.judge(self.findings)
        if when:
            self.offer.offer(when)
            if self.has_focus_within:
                # One was here before the edits were found: enter is to do what the line says.
                self.offer.focus()
        else:
            self.offer.withdraw()
        self.say_head()
        await self.lay_out(fresh=True)
        if not known:
            self.check_now()
        await self._go_where_wanted()

    async def _go_where_wanted(self) -> None:
        name, write = self._wanted
        state = self.state
        if state is None or name != state.id:
            return
        self._wanted = ("", False)
        empty = next((field.path for field in state.fields.all if not field.text and not field.fixed), None)
        if write and empty is not None and not state.problem:
            self.choose_view(FORM)
            await self.lay_out(path=empty)
            self.post_message(self.Read())
            self.form.open(empty)

    async def reopen(self) -> None:
        """Reads the leaf's file anew: what was on screen is not what is on disk any more."""
        leaf = self.leaf
        if leaf is None:
            return
        self._unsaved.pop(leaf.id, None)
        session = await in_thread(lambda: LeafSession(leaf.id, leaf.path))
        if self.leaf is not None and self.leaf.id == leaf.id:
            self.session = session
            self.took(session, await self.at_desk(session.state))
            self.yaml.renew(self.state.text if self.state is not None else "")
            if self.form.writing and self.state is not None:
                self.form.renew(self.state.fields.find(self.form.path))
            await self.lay_out()
            self.check_now()

    # -- drafts -------------------------------------------------------------------------------------------------

    def keep_draft(self, session: LeafSession) -> None:
        session.keep_draft()

    def took(self, session: LeafSession, state: LeafState) -> None:
        if state.unsaved:
            self._unsaved[session.id] = session
        else:
            self._unsaved.pop(session.id, None)
            if not self.offer.offered:
                self._drafted.discard(session.id)
        super().took(session, state)
        self.tell_unsaved()

    def tell_unsaved(self) -> None:
        ids = {*self._unsaved, *self._drafted}
        if ids != self._told:
            self._told = ids
            self.post_message(self.Unsaved(ids))

    def find_drafts(self) -> None:
        """Looks for unsaved edits of an earlier time, so that the tree can mark their leaves."""
        workspace = self.app.context.workspace
        if workspace is not None:
            self.run_worker(self._find_drafts(), group="leaf-drafts", exclusive=True, exit_on_error=False)

    async def _find_drafts(self) -> None:
        from labtui.operations.leaf_editing import drafted

        workspace = self.app.context.workspace
        if workspace is not None:
            root = workspace.taxonomy
            self._drafted = await in_thread(lambda: drafted(root))
            self.tell_unsaved()

    @on(DraftOffer.Answered)
    async def _on_offer_answered(self, event: DraftOffer.Answered) -> None:
        event.stop()
        session = self.session
        if session is None:
            return
        self.offer.withdraw()
        self._drafted.discard(session.id)
        if event.take:

            def take() -> LeafState:
                session.take_draft()
                return session.state()

            try:
                state = await self.at_desk(take)
            except LabError as error:
                self.app.fail(error)
                return
            self.took(session, state)
            self.check_now()
        else:
            await self.at_desk(session.forget_draft)
            self.tell_unsaved()
            self.app.say("The unsaved edits are dropped.")
        await self.lay_out()
        self.enter()

    def enter(self) -> None:
        if self.offer.offered:
            self.offer.focus()
        else:
            super().enter()

    def _undecided(self) -> bool:
        """Whether an offer waits for its answer: new edits would take the place of those offered."""
        if self.offer.offered:
            self.offer.focus()
            self.app.say("First decide about the unsaved edits: enter goes on with them, d drops them.")
            return True
        return False

    async def wanted(self, what: str, path: Path) -> None:
        if not self._undecided():
            await super().wanted(what, path)

    async def write_file(self, at: tuple[int, int]) -> None:
        if not self._undecided():
            await super().write_file(at)

    # -- saving -------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="leaf-save", exit_on_error=False)
    async def save(self) -> None:
        """Writes the leaf; where its file changed meanwhile the two are brought together first."""
        await self.save_now()

    async def save_now(self) -> bool:
        """As `save`, for a worker; whether the leaf is saved now."""
        await self.settle()
        from labtui.taxonomy.editing.saving import ChangedOnDisk

        session = self.session
        if session is None or not session.unsaved:
            self.app.say("There is nothing to save.")
            return session is not None
        for _ in range(3):
            try:
                await self.at_desk(session.save)
            except ChangedOnDisk as change:
                if change.theirs is None:
                    if not await self.app.confirm("The leaf's file was removed on disk.", yes="Write it anew"):
                        return False
                    session.gone()
                elif not await self._meet(session, change.theirs):
                    return False
                continue
            except LabError as error:
                self.app.fail(error)
                return False
            break
        state = await self.at_desk(session.state)
        self.took(session, state)
        self.forget_differences()
        if session is self.session:
            await self._check()
        self._say_saved(session)
        self.post_message(self.Saved(session.id))
        return not session.unsaved

    def _say_saved(self, session: LeafSession) -> None:
        if session.unsaved:
            self.app.say("Saved as it was a moment ago; what you wrote since is unsaved.")
            return
        errors = sum(finding.level is Level.ERROR for finding in self.findings) if session is self.session else 0
        left = f" {errors} {'error is' if errors == 1 else 'errors are'} left in it." if errors else ""
        self.app.say(f"Saved.{left}", "warning" if errors else "information")

    # -- changed on disk ----------------------------------------------------------------------------------------

    @work(exclusive=True, group="leaf-disk", exit_on_error=False)
    async def _look_at_disk(self) -> None:
        await self.settle()
        session = self.session
        if session is None:
            return
        theirs = await in_thread(session.on_disk)
        if theirs is None or session is not self.session:
            if self.leaf is not None and self.leaf.read and not session.unsaved:
                self.judged(self.leaf.findings)
                await self.lay_out()
            return
        if not session.unsaved:
            await self.reopen()
        else:
            await self._meet(session, theirs)

    async def _meet(self, session: LeafSession, theirs: bytes) -> bool:
        """Brings unsaved edits and what came on disk together; False where the user has not decided yet."""
        if self._meeting.locked():
            return False
        async with self._meeting:
            return await self._met(session, theirs)

    async def _met(self, session: LeafSession, theirs: bytes) -> bool:
        name = shorten(session.id.rpartition("/")[2], 40)
        meeting = await self.at_desk(lambda: session.meet(theirs))
        said = f"{name} changed on disk; your edits and that change are merged."
        if meeting.both:
            answer = await self._ask_whose(session, theirs, name, meeting)
            if answer is None:
                return False
            meeting = await self.at_desk(lambda: session.decide(theirs, mine=answer == "m"))
            said = "Your edits count; ctrl+s saves them." if answer == "m" else "What was on disk counts."
        await self._shown_anew(session)
        lost = f" Remarks that found no place: {' '.join(meeting.left_out)}" if meeting.left_out else ""
        self.app.say(said + lost, "warning" if lost else "information")
        return True

    async def _ask_whose(self, session: LeafSession, theirs: bytes, name: str, meeting: Meeting) -> str | None:
        more = f"\n… and {len(meeting.both) - 3} more" if len(meeting.both) > 3 else ""
        while True:
            answer: str | None = await self.app.push_screen_wait(
                ChooseWindow(
                    f"{name} changed on disk while you edited it. Whose change counts where both changed the same?",
                    "\n".join(meeting.both[:3]) + more,
                    [
                        Choice("m", "mine", "my edits count; saving writes them"),
                        Choice("t", "theirs", "what is on disk counts; ctrl+z brings mine back"),
                        Choice("b", "both", "look at the difference first"),
                    ],
                )
            )
            if answer != "b":
                return answer
            await self._look_at_both(session, theirs)

    async def _look_at_both(self, session: LeafSession, theirs: bytes) -> None:
        from labtui.taxonomy.comparing.compare import compare
        from labtui.widgets.diff_lines import leaf_change_lines
        from labtui.widgets.lines_window import LinesWindow

        room = max(20, min(100, self.app.size.width - 10))
        change = await in_thread(lambda: compare(theirs, session.editor.data(), name=session.id))
        lines = leaf_change_lines(change, room, since="the file on disk")
        await self.app.push_screen_wait(LinesWindow("your edits, compared with the file on disk", lines))

    async def _shown_anew(self, session: LeafSession) -> None:
        state = await self.at_desk(session.state)
        self.took(session, state)
        if session is self.session:
            self.yaml.renew(state.text)
            if self.form.writing:
                self.form.renew(state.fields.find(self.form.path))
            await self.lay_out()

    # -- from problem to place ----------------------------------------------------------------------------------

    async def go_to(self, path: Path, at: tuple[int, int]) -> None:
        """Shows a field in the form, or what is in none in the file."""
        field = self.state.fields.find(path) if self.state is not None and path else None
        if field is not None or (path and self.form.sheet.page.spot(path) is not None):
            self.choose_view(FORM)
            await self.lay_out(path=path)
        else:
            self.choose_view(YAML)
            await self.lay_out()
            self.yaml.go_to_line(*at)
        self.enter()


def _opened(leaf: Surveyed) -> tuple[LeafSession, str]:
    """A leaf's session, and the time of unsaved edits that were left behind."""
    session = LeafSession(leaf.id, leaf.path)
    return session, session.offered()
