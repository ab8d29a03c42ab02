"""The step that shows everything that is wrong, where it is put right, and puts right what a machine can."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.worker import get_current_worker

from labtui.actions import bindings_for
from labtui.contribute.records import Draft, Step, StepStanding
from labtui.errors import LabError
from labtui.screens.contribute.check_lines import Fixable, Spot, check_blocks, spots_of, summary
from labtui.screens.contribute.ending import EndingPane
from labtui.screens.threads import in_thread
from labtui.widgets.item_sheet import Block, ItemSheet
from labtui.widgets.plain import Plain

if TYPE_CHECKING:
    from labtui.contribute.drafts.draft_folder import DraftFolder
    from labtui.operations.taxonomy_fixing import Change

ONWARD = "onward"
"""The last line of the page: nothing more to be done here."""


class CheckPane(EndingPane):
    STEP: ClassVar[str] = Step.CHECK
    BINDINGS = bindings_for("contribute.check")
    DEFAULT_CSS = "CheckPane > Plain { height: auto; margin: 0 0 1 0; padding: 0 1; }"

    class Read(Message):
        """Everything was looked at: the standings of all steps, and what a machine could put right."""

        def __init__(self, standings: Sequence[StepStanding], fixes: Sequence[Change], fresh: bool) -> None:
            super().__init__()
            self.standings, self.fixes, self.fresh = standings, fixes, fresh

    def __init__(self, folder: DraftFolder) -> None:
        super().__init__(folder)
        self._spots: list[Spot] = []
        self._fixes: list[Change] = []
        self._fixable: set[Fixable] = set()
        self._read = False

    def compose(self) -> ComposeResult:
        yield Plain("Looking …", id="check-says")
        yield ItemSheet(id="findings")

    @property
    def sheet(self) -> ItemSheet:
        return self.query_one(ItemSheet)

    def show(self, draft: Draft, standing: StepStanding) -> None:
        self._look(draft, fresh=not self._read)

    def judge(self, draft: Draft, standing: StepStanding) -> None:
        self._look(draft, fresh=False)

    def take_focus(self) -> None:
        self.sheet.focus()

    def enter_says(self) -> str:
        item = self.sheet.item
        if isinstance(item, Spot):
            return "go to where it is put right"
        return "go on" if self._read else ""

    # -- reading ------------------------------------------------------------------------------------------------

    @work(thread=True, exclusive=True, group="contribute-check", exit_on_error=False)
    def _look(self, draft: Draft, fresh: bool) -> None:
        from labtui.contribute.standing.steps import standings

        try:
            found = standings(self.folder)
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
            return
        mending = fixes(self.folder, draft)
        self.post_message(self.Read(found, mending, fresh))
        self._look_beside(mending)

    def _look_beside(self, mending: Sequence[Change]) -> None:
        """Near duplicates and contradictions among the taxonomy's leaves: in a large one this takes a while."""
        from labtui.contribute.standing.beside import look_beside
        from labtui.contribute.standing.steps import standings

        worker = get_current_worker()
        try:
            if look_beside(self.folder, lambda: worker.is_cancelled):
                found = standings(self.folder)
                if not worker.is_cancelled:
                    self.post_message(self.Read(found, mending, False))
        except LabError:
            return  # nobody waits for it, and what is wrong was said above

    @on(Read)
    def _on_read(self, event: Read) -> None:
        event.stop()
        self._read = True
        self._spots = spots_of(event.standings)
        self._fixes = list(event.fixes)
        self._fixable = {
            (leaf_of(self.folder, change.path), finding.rule) for change in event.fixes for finding in change.done
        }
        self._draw(fresh=event.fresh)
        self.refresh_bindings()

    @on(ItemSheet.Resized)
    def _on_resized(self) -> None:
        self._draw(fresh=False)

    def _draw(self, *, fresh: bool) -> None:
        if not self._read or self.draft is None:
            return
        done = sum(len(change.done) for change in self._fixes)
        self.query_one("#check-says", Plain).show(summary(self._spots, done))
        room = self.sheet.room
        blocks = check_blocks(self._spots, self._fixable, room, leaves=len(self.draft.leaves))
        ready = not any(spot.problem.level == "error" for spot in self._spots)
        if ready:
            words = "Go on: try it with a small model, or review and submit it."
            lines = Content.styled(words, "bold $accent").wrap(max(10, room))
            blocks.append(Block(lines, ONWARD))
        self.sheet.turn_to(blocks, fresh=fresh)
        if ready and fresh:
            self.sheet.stand_on(ONWARD)

    # -- keys ---------------------------------------------------------------------------------------------------

    @on(ItemSheet.Moved)
    def _on_moved(self) -> None:
        self.refresh_bindings()

    @on(ItemSheet.Chosen)
    def _on_chosen(self, event: ItemSheet.Chosen) -> None:
        event.stop()
        if isinstance(event.item, Spot):
            problem = event.item.problem
            self.post_message(self.GoTo(event.item.step, problem.leaf, problem.field))
        elif self._read:
            self.post_message(self.GoOn())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "fix":
            return bool(self._fixes)
        if action == "why":
            return isinstance(self.sheet.item, Spot)
        return True

    def action_again(self) -> None:
        if self.draft is not None:
            self._look(self.draft, fresh=False)

    def action_why(self) -> None:
        from labtui.taxonomy.findings import Finding, Level
        from labtui.widgets.why_window import WhyWindow

        if isinstance(spot := self.sheet.item, Spot):
            problem = spot.problem
            fixable = (problem.leaf, problem.rule) in self._fixable
            finding = Finding(
                path=problem.leaf,
                level=Level(problem.level),
                rule=problem.rule,
                message=problem.message,
                hint=problem.hint,
                fixable=fixable,
            )
            self.app.push_screen(WhyWindow(finding))

    @work(exclusive=True, group="contribute-fix", exit_on_error=False)
    async def action_fix(self) -> None:
        """Shows what would change in each leaf, one after the other, and does what is agreed to."""
        from labtui.widgets.change_window import ChangeWindow

        await self.flush()
        written = 0
        for change in list(self._fixes):
            name = leaf_of(self.folder, change.path)
            if not await self.app.push_screen_wait(ChangeWindow(change, Content(f"put right: {name}").plain)):
                continue
            try:
                await in_thread(lambda change=change: write(change))  # type: ignore[misc]
            except LabError as error:
                self.app.fail(error)
                continue
            written += len(change.done)
        if written:
            self.app.say(f"{written} {'thing' if written == 1 else 'things'} put right.")
            self.post_message(self.Changed())
            if self.draft is not None:
                self._look(self.draft, fresh=False)


def leaf_of(folder: DraftFolder, path: Path) -> str:
    return path.parent.relative_to(folder.taxonomy).as_posix()


def fixes(folder: DraftFolder, draft: Draft) -> list[Change]:
    """For each leaf in which a machine can put something right what it would look like then."""
    from labtui.operations.taxonomy_fixing import fixed
    from labtui.taxonomy.profiles import Profile
    from labtui.taxonomy.source import Unreadable

    found = []
    for leaf in draft.leaves:
        if leaf.change == "deleted":
            continue
        try:
            change = fixed(folder.leaf_file(leaf), profile=Profile.UPSTREAM)
        except (Unreadable, LabError):
            continue  # the check itself says why it cannot be read
        if change.after != change.before and change.target == change.path:
            found.append(change)
    return found


def write(change: Change) -> None:
    """Writes it. Raises LabError where the file is another by now."""
    import hashlib

    from labtui.taxonomy.editing.saving import save_bytes

    save_bytes(change.path, change.after, hashlib.sha256(change.before).hexdigest())
