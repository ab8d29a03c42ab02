"""The window in which a contribution is put on a newer base: conflict by conflict, each resolved by choosing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical

from labtui.actions import bindings_for
from labtui.contribute.submitting.records import Rebased, SeedConflict
from labtui.errors import LabError
from labtui.screens.contribute.conflict_lines import conflict_lines, place_of
from labtui.screens.threads import in_thread
from labtui.widgets.hints import HintLine
from labtui.widgets.note_text import NoteText
from labtui.widgets.plain import Plain
from labtui.widgets.sheet import Sheet
from labtui.widgets.window import Window

if TYPE_CHECKING:
    from labtui.app import LabApp
    from labtui.config import Config
    from labtui.contribute.drafts.draft_folder import DraftFolder
    from labtui.workspace import Workspace


class ConflictsWindow(Window[Rebased]):
    """Answers with how the rebase stands when it is left; what was chosen stays chosen."""

    BINDINGS = bindings_for("contribute.conflicts")

    app: LabApp

    def __init__(self, folder: DraftFolder, workspace: Workspace, config: Config, rebased: Rebased) -> None:
        super().__init__()
        self._folder, self._workspace, self._config = folder, workspace, config
        self.rebased = rebased
        self._at = self._next_open(0)
        self._busy = False
        self._typed: dict[str, str] = {}
        """What was written for a conflict and not taken, by its id: it stands there again."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="window -wide -conflicts") as window:
            window.border_title = "both sides changed it"
            yield Sheet(id="conflict")
            yield Plain("", id="conflict-says", classes="hint quiet")
            yield NoteText(id="conflict-text")
            yield HintLine()

    def on_mount(self) -> None:
        self.query_one("#conflict-says").display = False
        self.query_one(Sheet).focus()
        self._draw(fresh=True)

    @property
    def conflict(self) -> SeedConflict | None:
        conflicts = self.rebased.conflicts
        return conflicts[self._at] if self._at < len(conflicts) else None

    @property
    def note(self) -> NoteText:
        return self.query_one(NoteText)

    def _next_open(self, start: int) -> int:
        """The place of the next conflict that waits, from `start` on and then from the beginning."""
        conflicts = self.rebased.conflicts
        order = [*range(start, len(conflicts)), *range(min(start, len(conflicts)))]
        return next((place for place in order if not conflicts[place].chosen), min(start, max(0, len(conflicts) - 1)))

    @on(Sheet.Resized)
    def _on_resized(self) -> None:
        self._draw()

    def _draw(self, *, fresh: bool = False) -> None:
        sheet, conflict = self.query_one(Sheet), self.conflict
        if conflict is None:
            return
        lines = conflict_lines(conflict, self._at + 1, len(self.rebased.conflicts), max(20, sheet.room))
        sheet.styles.height = max(6, self.app.size.height - 9)
        sheet.show(lines, keep_place=not fresh)
        self.refresh_bindings()

    # -- keys ---------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if self.note.is_open:
            return action in ("take_text", "leave_text")
        if action in ("take_text", "leave_text"):
            return False
        conflict = self.conflict
        choices = conflict.choices if conflict is not None else ()
        if action == "choose":
            return str(parameters[0]) in choices
        if action == "write":
            return "text" in choices
        if action in ("next", "before"):
            return len(self.rebased.conflicts) > 1
        return True

    def action_scroll(self, by: int) -> None:
        self.query_one(Sheet).scroll_relative(y=by, animate=False)

    def action_next(self) -> None:
        self._go(self._at + 1)

    def action_before(self) -> None:
        self._go(self._at - 1)

    def _go(self, place: int) -> None:
        self._at = place % max(1, len(self.rebased.conflicts))
        self._draw(fresh=True)

    def action_choose(self, side: str) -> None:
        if (conflict := self.conflict) is not None:
            self._resolve(conflict, side)

    def action_close(self) -> None:
        if not self._busy:
            self.dismiss(self.rebased)

    def action_write(self) -> None:
        conflict = self.conflict
        if conflict is None:
            return
        self.query_one(Sheet).display = False
        says = self.query_one("#conflict-says", Plain)
        says.show(f"{place_of(conflict)}: write what it shall say. ctrl+s takes it, esc goes back.")
        says.display = True
        self.note.styles.height = max(4, self.app.size.height - 11)
        known = conflict.text if conflict.text is not None else conflict.mine or conflict.theirs or ""
        self.note.open(self._typed.get(conflict.id, known), at_end=True)
        self.refresh_bindings()

    def action_take_text(self) -> None:
        if (conflict := self.conflict) is not None:
            text = self.note.text
            self._close_note()
            self._resolve(conflict, "text", text)

    @on(NoteText.Left)
    def _on_left(self, event: NoteText.Left) -> None:
        event.stop()
        self._close_note()

    def _close_note(self) -> None:
        if self.conflict is not None:
            self._typed[self.conflict.id] = self.note.text
        self.note.close()
        self.query_one("#conflict-says").display = False
        self.query_one(Sheet).display = True
        self.query_one(Sheet).focus()
        self.refresh_bindings()

    @work(exclusive=True, group="contribute-resolve", exit_on_error=False)
    async def _resolve(self, conflict: SeedConflict, side: str, text: str | None = None) -> None:
        from labtui.operations.contributing.submitting import resolve_conflict

        if self._busy:
            return
        self._busy = True
        try:
            found = await in_thread(
                lambda: resolve_conflict(self._folder, self._workspace, self._config, conflict, side, text)
            )
        except LabError as error:
            self.app.fail(error)
            return
        finally:
            self._busy = False
        self.rebased = found
        if found.done and not found.open:
            self.dismiss(found)
            return
        self._at = self._next_open(self._at)
        self._draw(fresh=True)
