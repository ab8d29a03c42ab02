"""The left side of the taxonomy screen: the filter, the tree, its counts, and the thread that reads it all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input
from textual.worker import get_current_worker

from labtui import signs
from labtui.screens.base import Panel
from labtui.taxonomy.findings import Level
from labtui.taxonomy.survey import Surveyed
from labtui.widgets.leaf_tree import LeafTree
from labtui.widgets.plain import Plain

if TYPE_CHECKING:
    from labtui.app import LabApp


class TreeSide(Panel):
    app: LabApp

    class Chosen(Message):
        """The cursor stands on another leaf, on none (a folder), or more is known of the leaf it stands on."""

        def __init__(self, leaf: Surveyed | None) -> None:
            super().__init__()
            self.leaf = leaf

    class Entered(Message):
        """A leaf is to be read."""

        def __init__(self, leaf: Surveyed) -> None:
            super().__init__()
            self.leaf = leaf

    class Placed(Message):
        def __init__(self, leaves: list[Surveyed]) -> None:
            super().__init__()
            self.leaves = leaves

    class Learnt(Message):
        def __init__(self, leaves: list[Surveyed], done: bool = False) -> None:
            super().__init__()
            self.leaves = leaves
            self.done = done

    class Changed(Message):
        def __init__(self, changed: dict[str, str]) -> None:
            super().__init__()
            self.changed = changed

    def __init__(self) -> None:
        super().__init__(title="taxonomy", id="tree")
        self._wanted = ""
        """The leaf to show as soon as it is in the tree."""
        self._placed = False
        self._complete = False
        self._typed_ahead: list[Callable[[], None]] = []
        """What keys asked for that needs the tree, or all checks, and came before them."""
        self.settled = False
        """Everything was read and checked; tests wait for it."""

    def compose(self) -> ComposeResult:
        yield Input(placeholder="/ filter…", id="filter", compact=True)
        yield LeafTree()
        yield Plain("", id="nothing")

    @property
    def leaf_tree(self) -> LeafTree:
        return self.query_one(LeafTree)

    @property
    def leaf(self) -> Surveyed | None:
        """The leaf the cursor stands on."""
        return self.leaf_tree.leaf

    @property
    def placed(self) -> bool:
        """Whether the tree stands, be it empty."""
        return self._placed

    def go_to(self, name: str) -> None:
        """Puts the cursor on a leaf, now or as soon as it is in the tree."""
        if not (self.is_mounted and self.leaf_tree.go_to(name)):
            self._wanted = name

    def when_placed(self, action: Callable[[], None]) -> None:
        """Does `action` once the tree stands; for keys that came before it."""
        self._typed_ahead.append(action)

    # -- reading ------------------------------------------------------------------------------------------------

    @property
    def root(self) -> Path | None:
        workspace = self.app.context.workspace
        return workspace.taxonomy if workspace is not None else None

    def reread(self, ids: Iterable[str] | None = None) -> None:
        """Reads what changed on disk and checks it anew: these leaves, or all of them."""
        self._read_tree()

    @work(thread=True, exclusive=True, group="taxonomy-tree", exit_on_error=False)
    def _read_tree(self) -> None:
        from labtui.taxonomy.survey import changes, places, survey

        worker = get_current_worker()
        root = self.root
        if root is None or not root.is_dir():
            self.post_message(self.Placed([]))
            return
        found = places(root)
        known = dict(self.leaf_tree.leaves)
        if worker.is_cancelled:
            return
        self.post_message(self.Placed(found))
        for batch in survey(found, known, lambda: worker.is_cancelled):
            self.post_message(self.Learnt(batch))
        if not worker.is_cancelled:
            self.post_message(self.Changed(changes(root)))
            self.post_message(self.Learnt([], done=True))

    @on(Placed)
    def _on_placed(self, event: Placed) -> None:
        tree = self.leaf_tree
        first = not tree.leaves
        self.settled, self._complete = False, False
        tree.place(event.leaves)
        self._say_nothing()
        if self._wanted and tree.go_to(self._wanted):
            self._wanted = ""
        elif first and event.leaves:
            tree.go_to_first_leaf()
        self._count()
        self._placed = True
        self._catch_up()

    @on(Learnt)
    def _on_learnt(self, event: Learnt) -> None:
        tree = self.leaf_tree
        tree.learn(event.leaves)
        self._complete = event.done
        self._count()
        shown = tree.leaf
        if shown is not None and any(leaf.id == shown.id for leaf in event.leaves):
            self.post_message(self.Chosen(shown))
        if event.done:
            self._catch_up()
        self.settled = event.done

    def _catch_up(self) -> None:
        """Does what was asked for before there was anything to do it on."""
        asked, self._typed_ahead = self._typed_ahead, []
        for action in asked:
            action()

    @on(Changed)
    def _on_changed(self, event: Changed) -> None:
        self.leaf_tree.mark(event.changed)

    def _say_nothing(self) -> None:
        tree, nothing = self.leaf_tree, self.query_one("#nothing", Plain)
        text = ""
        root = self.root
        if root is None:
            text = "There is no workspace."
        elif root.is_symlink() and not root.exists():
            text = f"The taxonomy is a link to {os.readlink(root)}, and that is gone."
        elif not root.is_dir():
            text = "This workspace has no taxonomy.\n\nGive it one: labtui init . --taxonomy URL|DIR"
        elif not tree.leaves:
            text = "The taxonomy holds no leaves yet.\n\nA leaf is a folder with a qna.yaml below knowledge/ or "
            text += "compositional_skills/."
        elif tree.filter_text and not tree.matching():
            text = f"No leaf holds “{tree.filter_text}”."
        nothing.show(text)
        nothing.display = bool(text)
        tree.display = not text
        if text:
            self.post_message(self.Chosen(None))

    def _count(self) -> None:
        tree = self.leaf_tree
        leaves = [tree.leaves[name] for name in tree.matching()]
        levels = [leaf.level for leaf in leaves if leaf.read]
        total = len(tree.leaves)
        words = [f"{total:,} {'leaf' if total == 1 else 'leaves'}"]
        if tree.filter_text:
            words = [f"{len(leaves):,} of {words[0]}"]
        for level, sign in ((Level.ERROR, signs.FAILED), (Level.WARNING, signs.WARNING)):
            if count := levels.count(level):
                words.append(f"{count:,} {sign}")
        if not self._complete and len(levels) < len(leaves):
            words.append(f"checked {len(levels):,}")
        self.title_it(" · ".join(["taxonomy", *words]))

    # -- moving -------------------------------------------------------------------------------------------------

    @on(LeafTree.Moved)
    def _on_moved(self, event: LeafTree.Moved) -> None:
        event.stop()
        if (leaf := self.leaf_tree.leaf) is not None:
            self.post_message(self.Chosen(leaf))

    @on(LeafTree.Entered)
    def _on_entered(self, event: LeafTree.Entered) -> None:
        event.stop()
        if (leaf := self.leaf_tree.leaf) is not None:
            self.post_message(self.Entered(leaf))

    def next_problem(self) -> None:
        """Moves to the next leaf that has one, or says that there is none."""
        if self.leaf_tree.next_problem():
            return
        if self._complete:
            self.app.say("No other leaf has a problem.")
        else:
            self._typed_ahead.append(self.next_problem)

    # -- the filter ---------------------------------------------------------------------------------------------

    @property
    def box(self) -> Input:
        return self.query_one("#filter", Input)

    @on(Input.Changed, "#filter")
    def _on_filter(self, event: Input.Changed) -> None:
        self.leaf_tree.narrow(event.value)
        self._say_nothing()
        self._count()

    @on(Input.Submitted, "#filter")
    def _on_filter_done(self) -> None:
        self.leaf_tree.focus()

    def leave_empty_filter(self) -> bool:
        """Goes from an empty filter box back to the tree."""
        if self.box.has_focus and not self.box.value:
            self.leaf_tree.focus()
            return True
        return False

    def drop_filter(self) -> bool:
        if self.box.value:
            self.box.value = ""
            self.leaf_tree.focus()
            return True
        return False
