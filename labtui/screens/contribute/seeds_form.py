"""The cards of the seeds: a leaf's form with keys of its own, and a field in which enter goes on."""

from __future__ import annotations

from textual import events

from labtui.actions import bindings_for
from labtui.taxonomy.fields import PAIRS
from labtui.widgets.leaf_field import LeafField
from labtui.widgets.leaf_form import LeafForm
from labtui.widgets.leaf_form_sheet import FormSheet


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
