"""What becomes of a contribution once it is submitted: its state, its checks, what reviewers say, and how to answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message

from labtui.actions import bindings_for
from labtui.contribute.records import Draft, Problem, Step, StepStanding
from labtui.errors import LabError
from labtui.screens.contribute.after_lines import Branch, Checked, Found, Said, after_blocks
from labtui.screens.contribute.ending import EndingPane
from labtui.screens.contribute.panes import AFTER
from labtui.screens.threads import in_thread
from labtui.widgets.item_sheet import ItemSheet
from labtui.widgets.plain import Plain

if TYPE_CHECKING:
    from labtui.contribute.drafts.draft_folder import DraftFolder
    from labtui.contribute.submitting.records import BaseStanding


class AfterPane(EndingPane):
    STEP: ClassVar[str] = AFTER
    BINDINGS = bindings_for("contribute.after")
    DEFAULT_CSS = "AfterPane > Plain { height: auto; margin: 0 0 1 0; }"

    class Read(Message):
        def __init__(self, draft: Draft, changed: bool, base: BaseStanding | None, problem: LabError | None) -> None:
            super().__init__()
            self.draft, self.changed, self.base, self.problem = draft, changed, base, problem

    def __init__(self, folder: DraftFolder) -> None:
        super().__init__(folder)
        self._shown: Draft | None = None
        self._changed = False
        self._base: BaseStanding | None = None
        self._branch: Branch | None = None
        """Where it stands, once that was read."""
        self._busy = ""
        """What is being done, in words; empty while nothing is."""

    def on_mount(self) -> None:
        self._say("")

    def compose(self) -> ComposeResult:
        yield Plain("", id="after-says")
        yield ItemSheet(id="after")

    @property
    def sheet(self) -> ItemSheet:
        return self.query_one(ItemSheet)

    def show(self, draft: Draft, standing: StepStanding) -> None:
        self._shown = draft
        self._draw(fresh=True)
        self._look()

    def judge(self, draft: Draft, standing: StepStanding) -> None:
        self._look()

    def take_focus(self) -> None:
        self.sheet.focus()

    def enter_says(self) -> str:
        match self.sheet.item:
            case Said(comment) if comment.seed:
                return f"go to seed {comment.seed}"
            case Said(comment) if comment.leaf:
                return "go to the leaf"
            case Found():
                return "go to where it is put right"
            case Checked(check) if check.problems:
                return "go to what it found"
            case Said() | Checked():
                return "copy its address"
        return "ask how it stands now"

    # -- reading and drawing ------------------------------------------------------------------------------------

    def _look(self) -> None:
        if self._busy:
            return  # whatever is under way reads it at its end
        self.run_worker(self._read(ask=False), group="contribute-after", exclusive=True, exit_on_error=False)

    async def _read(self, *, ask: bool) -> None:
        """Reads how it stands; with `ask` the forge and the taxonomy's remote are asked first."""
        from labtui.operations.contributing.submitting import how_it_stands

        lab = self.lab()
        if lab is None:
            return
        try:
            found = await in_thread(lambda: how_it_stands(self.folder, *lab, ask=ask))
        except LabError as error:
            self.app.fail(error)
            return
        finally:
            # A reading that was replaced by asking must not say that nothing is under way.
            if ask:
                self._say("")
        self._shown, self._changed, self._base = found.draft, found.changed, found.base
        self._branch = Branch(found.pushed_to, found.web_address)
        for words in found.news:
            self.app.say(words)
        self._draw()
        if ask and found.problem is not None:
            self.app.fail(found.problem)
        if ask:
            self.post_message(self.Changed())

    @on(ItemSheet.Resized)
    def _on_resized(self) -> None:
        self._draw()

    @on(ItemSheet.Moved)
    def _on_moved(self) -> None:
        self.refresh_bindings()

    def _draw(self, *, fresh: bool = False) -> None:
        if self._shown is None or not self.is_mounted:
            return
        blocks = after_blocks(
            self._shown, self._branch, self.sheet.room, changed=self._changed, base=base_words(self._base)
        )
        self.sheet.turn_to(blocks, fresh=fresh)
        if fresh and (first := to_answer(self.sheet.items)) is not None:
            self.sheet.stand_on(first)
        self.refresh_bindings()

    def _say(self, words: str) -> None:
        self._busy = words
        says = self.query_one("#after-says", Plain)
        says.show(words)
        says.display = bool(words)

    # -- keys ---------------------------------------------------------------------------------------------------

    @property
    def _open(self) -> bool:
        request = self._shown.request if self._shown is not None else None
        return request is not None and request.state == "open"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        request = self._shown.request if self._shown is not None else None
        if action == "close":
            return self._open
        if action == "rebase":
            stale = self._base is not None and self._base.moved
            return (self._open or request is None) and (stale or (request is not None and request.mergeable is False))
        if action == "send":
            return self._changed and (self._open or request is None)
        if action == "tidy":
            return request.state != "open" if request is not None else bool(self._shown and self._shown.commit)
        if action == "copy":
            return bool(self._address())
        return True

    @on(ItemSheet.Chosen)
    def _on_chosen(self, event: ItemSheet.Chosen) -> None:
        event.stop()
        match event.item:
            case Said(comment) if comment.leaf:
                from labtui.contribute.requests.remarks import place

                step, field = place(comment)
                self.post_message(self.GoTo(step, comment.leaf, field))
            case Found(problem):
                self._go_to(problem)
            case Checked(check) if check.problems:
                self._go_to(check.problems[0])
            case Said(comment) if comment.url:
                self.app.copy_text(comment.url)
            case Checked(check) if check.url:
                self.app.copy_text(check.url)
            case _:
                self.action_ask()

    def _go_to(self, problem: Problem) -> None:
        from labtui.contribute.requests.remarks import step_of

        self.post_message(self.GoTo(step_of(problem), problem.leaf, problem.field))

    def action_ask(self) -> None:
        if not self._busy:
            self._say("Asking how it stands …")
            self.run_worker(self._read(ask=True), group="contribute-after", exclusive=True, exit_on_error=False)

    def action_check(self) -> None:
        self.post_message(self.GoTo(Step.CHECK))

    def action_send(self) -> None:
        self.post_message(self.GoTo(Step.SUBMIT))

    def action_copy(self) -> None:
        if address := self._address():
            self.app.copy_text(address)

    def _address(self) -> str:
        """Of the request, or where one is opened by hand."""
        if self._shown is not None and self._shown.request is not None:
            return self._shown.request.url
        return self._branch.web_address if self._branch is not None else ""

    @work(exclusive=True, group="contribute-rebase", exit_on_error=False)
    async def action_rebase(self) -> None:
        """Puts the contribution on the base as it is now; conflicts are shown one by one."""
        from labtui.screens.contribute.rebasing import bring_up_to_date

        lab = self.lab()
        if lab is None or self._busy:
            return
        self._say("Putting it on the taxonomy as it is now …")
        try:
            if await bring_up_to_date(self.app, self.folder, *lab):
                self.post_message(self.Changed())
        finally:
            self._say("")
        self._look()

    @work(exclusive=True, group="contribute-close", exit_on_error=False)
    async def action_close(self) -> None:
        from labtui.operations.contributing.submitting import withdraw

        lab = self.lab()
        detail = "It is closed on the forge without being taken in. The contribution stays here."
        if lab is None or not await self.app.confirm("Withdraw the request?", detail, yes="Withdraw it"):
            return
        await self._do("Closing it …", lambda: withdraw(self.folder, *lab), "The request is closed.")

    @work(exclusive=True, group="contribute-tidy", exit_on_error=False)
    async def action_tidy(self) -> None:
        from labtui.operations.contributing.submitting import tidy_up

        lab = self.lab()
        detail = "The branch made for this contribution is removed here and where it was pushed to. Nothing else is."
        if lab is None or not await self.app.confirm("Remove its branch?", detail, yes="Remove it"):
            return
        await self._do("Tidying …", lambda: tidy_up(self.folder, *lab), "The branch is removed.")

    async def _do(self, words: str, act: Callable[[], str], done: str) -> None:
        self._say(words)
        try:
            said = await in_thread(act)
        except LabError as error:
            self.app.fail(error)
            return
        finally:
            self._say("")
        self.app.say(said or done)
        self.post_message(self.Changed())
        self._look()


def to_answer(items: Sequence[object]) -> object:
    """The first thing that wants something of the contributor; None where nothing does."""
    for item in items:
        if isinstance(item, Found) or (isinstance(item, Said) and item.comment.leaf and not item.comment.resolved):
            return item
    return None


def base_words(base: BaseStanding | None) -> str:
    """What is to be said of the base; empty where nothing is."""
    if base is None:
        return ""
    if base.foreign:
        added = f"{base.foreign} {'commit' if base.foreign == 1 else 'commits'}"
        return f"Somebody else put {added} on your branch: look at them at its address before you send changes."
    if not base.moved:
        return ""
    came = f"{base.commits} {'commit' if base.commits == 1 else 'commits'} came to {base.base} since."
    if base.leaves:
        names = ", ".join(leaf.rpartition("/")[2] for leaf in base.leaves[:3])
        return f"{came} They change {names} too: b puts the two together."
    return f"{came} b brings yours up to date."
