"""The key of the taxonomy screen that makes a contribution of what was changed here, or of the leaf to extend it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import work

from labtui.errors import LabError
from labtui.screens.taxonomy.leaf_keys import LeafKeys
from labtui.screens.threads import in_thread
from labtui.widgets.choose import Choice, ChooseWindow

if TYPE_CHECKING:
    from labtui.contribute.drafts.draft_folder import DraftFolder
    from labtui.contribute.leaves.changes import ChangedLeaf
    from labtui.screens.taxonomy.tree_side import TreeSide
    from labtui.workspace import Workspace

HERE, ALL, EXTEND = "h", "a", "e"


def choices(changed: Sequence[ChangedLeaf], here: str, *, leaf: bool) -> list[Choice]:
    """What can be made a contribution of: `here` is the row the cursor is on, `leaf` whether that is a leaf."""
    good = [one for one in changed if not one.refused]
    below = [one for one in good if one.id == here or one.id.startswith(f"{here}/") or one.was == here]
    found = []
    if below and len(below) < len(good):
        label = f"Only {'this leaf' if below[0].id == here else _name(here)}"
        found.append(Choice(HERE, label, _said(below)))
    if good:
        label = _name(good[0].id) if len(good) == 1 else f"All {len(good):,} that differ"
        found.append(Choice(ALL, label, _said(good)))
    if leaf and not any(one.id == here for one in changed):
        found.append(Choice(EXTEND, f"Extend {_name(here)}", "seeds are added in the contribution"))
    return found


def _name(place: str) -> str:
    return place.rpartition("/")[2]


def _said(leaves: Sequence[ChangedLeaf]) -> str:
    counted = [(word, sum(one.change == word for one in leaves)) for word in ("changed", "new", "renamed", "deleted")]
    if len(leaves) == 1:
        return leaves[0].change
    return ", ".join(f"{count:,} {word}" for word, count in counted if count)


class ContributeKey(LeafKeys):
    @property
    def tree_side(self) -> TreeSide:
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "contribute" and self.stands and self.leaf_side.writing and self.leaf_side.has_inner_focus:
            return False
        return super().check_action(action, parameters)

    @work(exclusive=True, group="taxonomy-contribute", exit_on_error=False)
    async def action_contribute(self) -> None:
        """Asks what to take, and opens the contribution made of it."""
        workspace = self.app.context.workspace
        if workspace is None or not await self._saved():
            return
        row, leaf = self.tree_side.leaf_tree.row, self.tree_side.leaf
        here = leaf.id if leaf is not None else row.key if row is not None else ""
        from labtui.contribute.leaves.changes import changed_leaves

        try:
            changed = await in_thread(lambda: changed_leaves(workspace))
        except LabError as error:
            self.app.fail(error)
            return
        ways = choices(changed, here, leaf=leaf is not None)
        if not ways:
            self.app.say("No leaf differs from the base. Edit one, or choose the leaf to extend.")
            return
        window = ChooseWindow("Contribute what?", _detail(changed), ways)
        answer: str | None = await self.app.push_screen_wait(window)
        if answer is None:
            return
        try:
            folder = await in_thread(lambda: _made(workspace, answer, here))
        except LabError as error:
            self.app.fail(error)
            return
        self.app.open("contribute", draft=folder.id)

    async def _saved(self) -> bool:
        """Whether the leaf in front has nothing unsaved left; asks where it has."""
        side = self.leaf_side
        await side.settle()
        if side.state is None or not side.state.unsaved:
            return True
        yes = await self.app.confirm(
            "Save the unsaved edits first?",
            "What is not saved does not come along.",
            yes="Save and go on",
            no="Back",
        )
        return yes and await side.save_now()


def _detail(changed: Sequence[ChangedLeaf]) -> str:
    refused = [one for one in changed if one.refused]
    words = "It is copied: the taxonomy here stays as it is."
    if refused:
        words += f" Left out: {refused[0].id}. {refused[0].refused}"
        words += f" And {len(refused) - 1} more." if len(refused) > 1 else ""
    return words


def _made(workspace: Workspace, answer: str, here: str) -> DraftFolder:
    from labtui.contribute.drafts import store
    from labtui.contribute.leaves.adding import add_existing
    from labtui.contribute.leaves.changes import take_changes

    if answer == EXTEND:
        return store.new(workspace, fill=lambda folder: add_existing(folder, workspace, here))
    return take_changes(workspace, [here] if answer == HERE else None).folder
