"""The contribute screen: the list of contributions, or the wizard with one of them open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical

from labtui.actions import bindings_for
from labtui.errors import LabError, UsageError
from labtui.screens.base import LabScreen
from labtui.screens.contribute.listing import ContributionList, ContributionTable
from labtui.screens.contribute.pane import Field
from labtui.screens.contribute.reading import Row, rows, title_of
from labtui.screens.contribute.wizard import Wizard
from labtui.screens.contribute.wizard_hints import WizardHints
from labtui.screens.threads import in_thread
from labtui.widgets.header import HeaderLine

if TYPE_CHECKING:
    from labtui.contribute.drafts.draft_folder import DraftFolder
    from labtui.operations.overview import Overview
    from labtui.workspace import Workspace

IN_THE_WIZARD = {"step_before", "step_after", "steps", "leaves", "next_problem"}


class ContributeScreen(LabScreen):
    NAME = "contribute"
    TITLE = "contribute"
    BINDINGS = bindings_for("contribute")
    AUTO_FOCUS = "ContributionTable"
    HELP = """\
A contribution teaches the model something it gets wrong: a **leaf** of the taxonomy, which is a folder with a few
questions and the right answers. The wizard asks for one thing after the other, and the last step sends it to those
who look after the taxonomy. You need not know git.

The bottom line says what **enter** does. **ctrl+↓** and **ctrl+↑** go to the next step and the one before, whether
this one is done or not; **f2** goes to the list of steps, **f3** to the leaves, **f4** to the next thing that is not
right or that a reviewer asks for, **f5** shows whole what reviewers wrote of it. **esc** goes one step back: out of a
field, out of the step, out of the contribution.

Nothing has to be saved: every keystroke is on disk a moment later, and the wizard opens where you left it. Several
contributions can stand side by side. Nothing leaves this machine before the last step, which shows exactly what it
will send and asks.

In the list `/` keeps the contributions that hold what you type: words of the title, the leaves, how they stand.

`✔` done, `✖` not right yet, `○` to do or optional, `–` not needed.
"""

    def compose(self) -> ComposeResult:
        yield HeaderLine(self.TITLE)
        with Vertical(id="body"):
            yield ContributionList()
            yield Wizard()
        yield WizardHints()

    def __init__(self) -> None:
        super().__init__()
        self._abandoned: list[tuple[str, str]] = []
        """(id, title) of what was abandoned here, the last at the end."""

    def on_mount(self) -> None:
        self.wizard.display = False
        super().on_mount()

    @property
    def wizard(self) -> Wizard:
        return self.query_one(Wizard)

    @property
    def list(self) -> ContributionList:
        return self.query_one(ContributionList)

    @property
    def table(self) -> ContributionTable:
        return self.list.table

    @property
    def in_wizard(self) -> bool:
        return self.stands and self.wizard.display

    def receive(self, draft: str = "", step: str = "", leaf: str = "", field: Field = (), new: bool = False) -> None:
        """`draft`: the id of a contribution to open, at `step` (else where it was left); `new` begins one."""
        if draft:
            self.open_draft(draft, step, leaf, field)
        elif new:
            self.begin()
        else:
            self.read_list()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.in_wizard:
            self.wizard.look_elsewhere()
        elif self.stands:
            self.read_list()

    def overview_changed(self, overview: Overview) -> None:
        if self.in_wizard:
            self.wizard.look_elsewhere()

    def unsaved(self) -> str:
        if self.wizard.not_kept:
            return f"Something you typed in a contribution is not on disk: {self.wizard.not_kept}"
        return self.wizard.working_on

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "said":
            return self.in_wizard and self.wizard.pane is not None and bool(self.wizard.pane.remarks)
        return self.in_wizard if action in IN_THE_WIZARD else True

    def _workspace(self) -> Workspace:
        workspace = self.app.context.workspace
        if workspace is None:
            raise UsageError("Contributions lie in a workspace.", hint="Make one first: labtui init --demo")
        return workspace

    # -- the list -----------------------------------------------------------------------------------------------

    @work(exclusive=True, group="contribute-list", exit_on_error=False)
    async def read_list(self, chosen: str = "") -> None:
        await self._read_list(chosen)

    async def _read_list(self, chosen: str = "") -> None:
        try:
            workspace = self._workspace()
            found: list[Row] = await in_thread(lambda: rows(workspace))
        except LabError as error:
            self.app.fail(error)
            return
        self.table.show(found, chosen)

    @on(ContributionTable.Asked)
    @work(exclusive=True, group="contribute-asked", exit_on_error=False)
    async def _asked_of_list(self, event: ContributionTable.Asked) -> None:
        try:
            match event.what:
                case "open":
                    await self._open(event.id)
                case "new":
                    await self._begin()
                case "changes":
                    await self._take_changes()
                case "rename":
                    await self._rename(event.id)
                case "abandon":
                    await self._abandon(event.id)
                case "undo":
                    await self._bring_back()
        except LabError as error:
            self.app.fail(error)
        finally:
            event.release()

    async def _rename(self, draft: str) -> None:
        from labtui.contribute.drafts import store
        from labtui.widgets.prompt_line import LineWindow

        if not draft:
            return
        workspace = self._workspace()
        folder = await in_thread(lambda: store.find(workspace, draft))
        now = await in_thread(folder.load)
        title = await self.app.push_screen_wait(LineWindow("What shall the contribution be called?", now.title))
        if title:
            await in_thread(lambda: folder.change(lambda draft: setattr(draft, "title", title)))
            await self._read_list(draft)

    async def _abandon(self, draft: str) -> None:
        from labtui.contribute.drafts import store

        if not draft:
            return
        workspace = self._workspace()
        title = next((row.title for row in self.table.rows if row.id == draft), draft)
        if self.wizard.folder is not None and self.wizard.folder.id == draft:
            await self.wizard.close()
        await in_thread(lambda: store.abandon(store.find(workspace, draft)))
        self._abandoned.append((draft, title))
        await self._read_list()
        self.app.say(f"“{title}” is put aside; u brings it back.")

    async def _bring_back(self) -> None:
        from labtui.contribute.drafts import store

        if not self._abandoned:
            self.app.say("Nothing was put aside since labtui was opened.")
            return
        workspace = self._workspace()
        draft, title = self._abandoned[-1]
        await in_thread(lambda: store.restore(workspace, draft))
        self._abandoned.pop()
        await self._read_list(draft)
        self.app.say(f"“{title}” is back.")

    async def _take_changes(self) -> None:
        from labtui.contribute.leaves import changes

        workspace = self._workspace()
        folder = await in_thread(lambda: changes.from_changes(workspace, None))
        await self._show(folder)

    # -- the wizard ---------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Begins a new contribution and opens it."""
        self._carry_out(self._begin, self.app.hold_keys())

    def open_draft(self, draft: str, step: str = "", leaf: str = "", field: Field = ()) -> None:
        """Opens a contribution, at a step, leaf and field where they are named."""
        self._carry_out(lambda: self._open(draft, step, leaf, field), self.app.hold_keys())

    @work(group="contribute-open", exit_on_error=False)
    async def _carry_out(self, act: Callable[[], Awaitable[None]], release: Callable[[], None]) -> None:
        """Keys typed ahead wait until it is done: they belong to what is opened."""
        try:
            await act()
        except LabError as error:
            self.app.fail(error)
        finally:
            release()

    async def _begin(self) -> None:
        from labtui.contribute.drafts import store

        workspace = self._workspace()
        await self._show(await in_thread(lambda: store.new(workspace)))

    async def _open(self, draft: str, step: str = "", leaf: str = "", field: Field = ()) -> None:
        from labtui.contribute.drafts import store

        workspace = self._workspace()
        await self._show(await in_thread(lambda: store.find(workspace, draft)), step, leaf, field)

    async def _show(self, folder: DraftFolder, step: str = "", leaf: str = "", field: Field = ()) -> None:
        if self.wizard.folder is not None and self.wizard.folder != folder:
            await self.wizard.close()
        shown, self.wizard.display = self.wizard.display, True
        self.list.display = False
        try:
            await self.wizard.open(folder, step, leaf, field)
        except LabError:
            self.wizard.display, self.list.display = shown, not shown
            raise
        self.refresh_bindings()

    @work(exclusive=True, group="contribute-asked", exit_on_error=False)
    async def leave_wizard(self, because: LabError | None = None) -> None:
        """Back to the list; everything is on disk. A contribution nobody put anything into is not kept."""
        from labtui.contribute.drafts import store

        folder = self.wizard.folder
        await self.wizard.close()
        if folder is not None:
            await in_thread(lambda: store.discard_blank(folder))
        self.wizard.display, self.list.display = False, True
        self.table.focus()
        self.refresh_bindings()
        await self._read_list(folder.id if folder is not None else "")
        if because is not None:
            self.app.fail(because)

    @on(Wizard.Lost)
    def _lost(self, event: Wizard.Lost) -> None:
        if self.in_wizard:
            self.leave_wizard(event.error)

    @on(Wizard.LeafAsked)
    @work(exclusive=True, group="contribute-asked", exit_on_error=False)
    async def _leaf_asked(self, event: Wizard.LeafAsked) -> None:
        from labtui.screens.contribute.extending import add, extend, remove

        folder = self.wizard.folder
        if folder is None:
            return
        asked = {"add": add, "extend": extend, "remove": remove}[event.what]
        try:
            leaf = await asked(self.app, folder, self._workspace(), event.leaf)
            if leaf is not None:
                await self.wizard.go(self.wizard.step, leaf)
        except LabError as error:
            self.app.fail(error)

    # -- what the keys do ---------------------------------------------------------------------------------------

    async def action_step_before(self) -> None:
        await self.wizard.step_by(-1)

    async def action_step_after(self) -> None:
        await self.wizard.step_by(1)

    async def action_next_problem(self) -> None:
        await self.wizard.next_problem()

    def action_said(self) -> None:
        self.wizard.show_said()

    def action_steps(self) -> None:
        self.wizard.step_bar.focus()

    def action_leaves(self) -> None:
        self.wizard.leaf_bar.focus()

    def action_find(self) -> None:
        if not self.wizard.display:
            self.list.filter.open()

    def action_back_once(self) -> bool:
        wizard = self.wizard
        if not wizard.display:
            return self.list.filter.clear()
        pane = wizard.pane
        if pane is not None and pane.has_focus_within:
            if not pane.back_once():
                wizard.step_bar.focus()
            return True
        self.leave_wizard()
        return True


__all__ = ["ContributeScreen", "title_of"]
