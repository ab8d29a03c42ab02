"""The keys of the taxonomy screen that are about the leaf, wherever the focus is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labtui.screens.base import LabScreen

if TYPE_CHECKING:
    from labtui.screens.taxonomy.leaf_side import LeafSide

_NOT_WHILE_WRITING = ("open", "find", "step_view", "unfold", "next_problem", "generate", "talk", "edit", "copy")


class LeafKeys(LabScreen):
    @property
    def leaf_side(self) -> LeafSide:
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While one writes, enter and letters are text; saving is offered where something is unsaved."""
        if not self.stands:
            return super().check_action(action, parameters)
        if action == "save":
            return self.leaf_side.state is not None and self.leaf_side.state.unsaved
        if action in ("open", "sort") and self.leaf_side.has_inner_focus:
            return False
        if action in _NOT_WHILE_WRITING and self.leaf_side.writing and self.leaf_side.has_inner_focus:
            return False
        return super().check_action(action, parameters)

    def action_save(self) -> None:
        self.leaf_side.save()

    async def action_undo(self) -> None:
        await self.leaf_side.step_back(-1)

    async def action_redo(self) -> None:
        await self.leaf_side.step_back(1)

    def action_new(self) -> None:
        self.leaf_side.new()

    def action_move(self) -> None:
        self.leaf_side.move_leaf()

    def action_fix(self) -> None:
        self.leaf_side.fix()

    def action_upgrade(self) -> None:
        self.leaf_side.upgrade()
