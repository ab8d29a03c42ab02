"""The taxonomy screen: its two sides, and which key does what on which of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from labtui.actions import bindings_for
from labtui.screens.taxonomy.contributing import ContributeKey
from labtui.screens.taxonomy.leaf_side import LeafSide
from labtui.screens.taxonomy.tree_side import TreeSide
from labtui.widgets.leaf_badges import LEGEND

if TYPE_CHECKING:
    from labtui.operations.taxonomy_updating import Update


class TaxonomyScreen(ContributeKey):
    NAME = "taxonomy"
    TITLE = "taxonomy"
    HELP = (
        """\
Every folder that holds a `qna.yaml` is a **leaf**: a piece of knowledge or a skill, told by a few seed examples.

`/` keeps the leaves that hold all the words you type: in the path, in the fields, questions and answers, or in the
names of the rules they break. Some words mean something of their own: `by:ann` the author, `rule:trailing` a rule,
`path:birds` the path, and the state: `is:error`, `is:warning`, `is:problem`, `is:clean`, `is:changed`, `is:new`,
`is:unsaved`, `is:unreadable`, `is:unchecked`, `is:skill`, `is:knowledge`.

What changes on disk while you look is noticed by itself.

In a leaf **enter** writes in the field the cursor is on, and in the YAML in the file itself; **esc** ends it, and what
was typed stays. **a** adds a seed, **A** a pair, **d** doubles, **del** deletes, **shift+↑ ↓** moves. **ctrl+z** and
**ctrl+y** undo and redo in both, **ctrl+s** saves. **N** begins a new leaf, **m** moves this one, **F** puts right what
a machine can, **U** brings it to the newest version. Unsaved edits are kept whatever happens, and offered again.

**C** makes a contribution of what was changed here: of the leaf or folder the cursor is on, or of all.

"""
        + LEGEND
    )
    BINDINGS = bindings_for("taxonomy")
    AUTO_FOCUS = "LeafTree"

    def body(self) -> ComposeResult:
        with Horizontal(id="panes"):
            yield TreeSide()
            yield LeafSide()

    @property
    def tree_side(self) -> TreeSide:
        return self.query_one(TreeSide)

    @property
    def leaf_side(self) -> LeafSide:
        return self.query_one(LeafSide)

    @property
    def settled(self) -> bool:
        """Everything was read and checked; tests wait for it."""
        return self.tree_side.settled

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.leaf_side.find_drafts()
        self.tree_side.reread()
        self.tree_side.keep_watching(True)

    def on_screen_suspend(self) -> None:
        self.tree_side.keep_watching(False)

    def receive(self, leaf: str = "") -> None:
        """`leaf`: the id of a leaf to show."""
        if leaf:
            self.tree_side.go_to(leaf)

    # -- between the sides --------------------------------------------------------------------------------------

    @on(TreeSide.Chosen)
    def _on_chosen(self, event: TreeSide.Chosen) -> None:
        self.leaf_side.show(event.leaf)

    @on(TreeSide.Entered)
    @on(LeafSide.Read)
    def _on_entered(self) -> None:
        self._read()

    @on(LeafSide.Unsaved)
    def _on_unsaved(self, event: LeafSide.Unsaved) -> None:
        self.tree_side.mark_unsaved(event.ids)

    @on(LeafSide.Saved)
    @on(LeafSide.Made)
    def _on_saved(self, event: LeafSide.Saved | LeafSide.Made) -> None:
        self.tree_side.reread({event.id})
        self.tree_side.note_recent(event.id, edited=True)
        if isinstance(event, LeafSide.Made):
            self.tree_side.go_to(event.id)

    @on(LeafSide.Renamed)
    def _on_renamed(self, event: LeafSide.Renamed) -> None:
        self.tree_side.reread({event.old, event.new})
        self.tree_side.note_renamed(event.old, event.new)
        self.tree_side.go_to(event.new)

    def _read(self) -> None:
        """Puts the leaf in front, with the focus."""
        self.add_class("-reading")
        self.leaf_side.enter()
        if (leaf := self.tree_side.leaf) is not None:
            self.tree_side.note_recent(leaf.id)

    # -- what the keys do ---------------------------------------------------------------------------------------

    def action_find(self) -> None:
        self.remove_class("-reading")
        self.set_focus(self.tree_side.box)

    def action_back_once(self) -> bool:
        side = self.tree_side
        if side.leave_empty_filter():
            return True
        if self.has_class("-reading") and (self.has_class("-narrow") or self.leaf_side.has_inner_focus):
            self.remove_class("-reading")
            side.leaf_tree.focus()
            return True
        return side.drop_filter()

    def action_open(self) -> None:
        """Goes into the leaf; on a folder folds or unfolds it."""
        side = self.tree_side
        if not side.placed:
            side.when_placed(self.action_open)
        elif side.leaf is not None:
            self._read()
        else:
            side.leaf_tree.action_switch()

    def action_view(self, number: int) -> None:
        self.leaf_side.choose_view(number)
        if self.has_class("-narrow") and not self.has_class("-reading"):
            self.action_open()

    def action_step_view(self, by: int) -> None:
        self.leaf_side.step_view(by)

    def action_unfold(self) -> None:
        self.leaf_side.unfold()

    def action_next_problem(self) -> None:
        """In the file the next problem below; then the next leaf that has one."""
        if not self.leaf_side.next_problem():
            self.tree_side.next_problem()

    def action_problem_before(self) -> None:
        self.tree_side.next_problem(back=True)

    def action_sort(self) -> None:
        self.tree_side.next_order()

    def action_recent(self) -> None:
        self.tree_side.show_recent()

    def action_reload(self) -> None:
        self.tree_side.reread()
        self.app.say("Read anew.")

    def action_update(self) -> None:
        """Fetches what others did; what is taken over then shows by itself."""
        from labtui.widgets.update_window import UpdateWindow

        workspace = self.app.context.workspace
        if workspace is not None:
            self.app.push_screen(UpdateWindow(workspace.taxonomy), self._on_updated)

    def _on_updated(self, update: Update | None) -> None:
        if update is not None:
            self.tree_side.reread()
            leaves = f"{len(update.leaves):,} {'leaf' if len(update.leaves) == 1 else 'leaves'}"
            self.app.say(f"Moved forward to {update.after[:7]}: {leaves} came from {update.upstream}.")

    def action_generate(self) -> None:
        if self._on_a_leaf():
            self.leaf_side.generate()

    def action_talk(self) -> None:
        self.leaf_side.talk()

    def action_copy(self) -> None:
        if self._on_a_leaf():
            self.leaf_side.copy()

    def action_edit(self) -> None:
        if self._on_a_leaf():
            self.leaf_side.edit()

    def _on_a_leaf(self) -> bool:
        """Whether the cursor stands on a leaf; says what to do where it does not."""
        side = self.tree_side
        if side.leaf is None:
            self.app.say("Choose a leaf first." if side.placed else "The taxonomy is still being read.")
        return side.leaf is not None
