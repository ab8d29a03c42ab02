"""The left side of the taxonomy screen: the filter, the tree and its counts."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from labtui import signs
from labtui.errors import LabError
from labtui.screens.taxonomy.reading import Reading
from labtui.screens.taxonomy.recent_window import RecentWindow
from labtui.taxonomy.browsing.forest import ERRORS, LEAVES, UNREAD, WARNINGS
from labtui.taxonomy.browsing.orders import Order
from labtui.taxonomy.browsing.wanted import Wanted, wanted
from labtui.taxonomy.browsing.watching import Moved
from labtui.taxonomy.checking.survey import Surveyed
from labtui.text import width
from labtui.widgets.leaf_tree import LeafTree
from labtui.widgets.plain import Plain

WATCH_EVERY = 2.0
TYPING_SECONDS = 0.3
"""The leaf found first is shown when no letter came for so long."""
COMPARED = 20_000
"""With more leaves than that, what they show together is found out when all are read, not after each change."""
AGAIN_SECONDS = 1.0
"""A filter is asked anew at most so often while more becomes known of the leaves."""


class TreeSide(Reading):
    class Chosen(Message):
        """The cursor stands on another leaf, on none (there is none), or more is known of the leaf it stands on."""

        def __init__(self, leaf: Surveyed | None) -> None:
            super().__init__()
            self.leaf = leaf

    class Entered(Message):
        """A leaf is to be read."""

        def __init__(self, leaf: Surveyed) -> None:
            super().__init__()
            self.leaf = leaf

    def __init__(self) -> None:
        super().__init__(title="taxonomy", id="tree")
        self._wanted = ""
        """The leaf to show as soon as it is in the tree."""
        self._placed = False
        self._complete = False
        self._compared = False
        self._compare_soon: Timer | None = None
        self._want = Wanted()
        self._answered = Wanted()
        """What the rows in sight are the answer to."""
        self._again: Timer | None = None
        self._search_began = 0.0
        self._search_seconds = 0.0
        self._tell_soon: Timer | None = None
        self._git_trouble = ""
        self._git_asked = False
        self._watching: Timer | None = None
        self._typed_ahead: list[Callable[[], None]] = []
        """What keys asked for that needs the tree, or all checks, and came before them."""

    def compose(self) -> ComposeResult:
        yield Input(placeholder="/ words, by:name, rule:…, is:error", id="filter", compact=True)
        yield LeafTree()
        yield Plain("", id="nothing")

    def on_mount(self) -> None:
        self._watching = self.set_interval(WATCH_EVERY, self._look_at_the_disk, pause=True)

    @property
    def leaf_tree(self) -> LeafTree:
        return self.query_one(LeafTree)

    @property
    def box(self) -> Input:
        return self.query_one("#filter", Input)

    @property
    def leaf(self) -> Surveyed | None:
        """The leaf the cursor stands on."""
        return self.leaf_tree.leaf

    @property
    def placed(self) -> bool:
        """Whether the tree stands, be it empty."""
        return self._placed

    @property
    def settled(self) -> bool:
        """Everything was read, checked and compared, git and the filter answered; tests wait for it."""
        return (
            self._complete
            and self._compared
            and not self._git_asked
            and self._want == self._answered
            and self._again is None
        )

    def go_to(self, name: str) -> None:
        """Puts the cursor on a leaf, now or as soon as it is in the tree. A filter that hides it is dropped."""
        if self.is_mounted and self._go(name):
            return
        self._wanted = name

    def _go(self, name: str) -> bool:
        tree = self.leaf_tree
        if tree.forest.leaf(name) is not None and not tree.go_to(name):
            self.drop_filter()
        return tree.go_to(name)

    def when_placed(self, action: Callable[[], None]) -> None:
        """Does `action` once the tree stands; for keys that came before it."""
        self._typed_ahead.append(action)

    # -- reading ------------------------------------------------------------------------------------------------

    def keep_watching(self, on_: bool) -> None:
        """Looks at the disk now and then while the screen is in front."""
        if self._watching is not None:
            if on_:
                self._watching.resume()
            else:
                self._watching.pause()

    def reread(self, ids: Iterable[str] | None = None) -> None:
        """Reads what changed on disk and checks it anew: these leaves, or all of them."""
        tree = self.leaf_tree
        self._ask_git()
        if ids is None or self.root is None:
            self._complete = self._compared = False
            self.workers.cancel_group(self, "taxonomy-compare")
            self.read_all(tree.forest, tree.order, tree.in_sight)
            return
        moved = Moved()
        for name in ids:
            known = tree.forest.leaf(name)
            path = known.path if known is not None else self.root / name / "qna.yaml"
            if not path.exists():
                moved.gone.append(name)
            else:
                (moved.changed if known is not None else moved.new).append(Surveyed(id=name, path=path))
        self.take_in(moved)

    def _look_at_the_disk(self) -> None:
        if self._placed:
            self.watch_disk(self.leaf_tree.forest, self.leaf_tree.in_sight())

    @on(Reading.Placed)
    def _on_placed(self, event: Reading.Placed) -> None:
        tree = self.leaf_tree
        first = not len(tree.forest)
        tree.place(event.forest)
        self._placed = True
        self._after_a_change(first)
        self._catch_up()

    @on(Reading.Noticed)
    def _on_noticed(self, event: Reading.Noticed) -> None:
        self.take_in(event.moved)
        self._ask_git()

    def _ask_git(self) -> None:
        self._git_asked = True
        self.read_git()

    def take_in(self, moved: Moved) -> None:
        """Leaves that came, changed or went on disk."""
        tree = self.leaf_tree
        forest = tree.forest
        first, shown = not len(forest), tree.leaf
        for leaf in moved.new:
            if forest.leaf(leaf.id) is None:
                forest.put(leaf)
        for name in moved.gone:
            forest.drop(name)
            self.searcher.forget(name)
        if moved.new or moved.gone:
            tree.reshape()
        if shown is not None and forest.leaf(shown.id) is None:
            self.post_message(self.Chosen(tree.leaf))
        self._after_a_change(first and bool(moved.new))
        if moved.new or moved.changed:
            self.look_at([*moved.new, *moved.changed], forest)
        if (moved.new or moved.changed or moved.gone) and self._complete and len(forest) <= COMPARED:
            self._compared = False
            if self._compare_soon is not None:
                self._compare_soon.stop()
            self._compare_soon = self.set_timer(AGAIN_SECONDS, self._compare_again)

    def _compare_again(self) -> None:
        """Once all is known of the leaves that changed."""
        self._compare_soon = None
        if any(not worker.is_finished for worker in self.workers if worker.group == "taxonomy-look"):
            self._compare_soon = self.set_timer(AGAIN_SECONDS, self._compare_again)
        else:
            self.compare_all(self.leaf_tree.forest)

    @on(Reading.Compared)
    def _on_compared(self) -> None:
        self._compared = True

    @on(Reading.Broken)
    def _on_broken(self, event: Reading.Broken) -> None:
        from labtui import crashes

        kept = crashes.keep(event.error)
        self._complete = self._compared = True
        self._git_asked = False
        self._answered = self._want
        self.app.fail(LabError("The taxonomy was not read to the end.", hint=f"The log says more: {kept}"))

    def _after_a_change(self, first: bool) -> None:
        tree = self.leaf_tree
        self._say_nothing()
        if self._wanted and self._go(self._wanted):
            self._wanted = ""
        elif first and len(tree.forest):
            tree.go_to_first_leaf()
        self._count()
        self._search_again()

    @on(Reading.Learnt)
    def _on_learnt(self, event: Reading.Learnt) -> None:
        tree = self.leaf_tree
        tree.learn(event.leaves)
        self._complete = self._complete or event.done
        self._count()
        shown = tree.leaf
        if shown is not None and any(leaf.id == shown.id for leaf in event.leaves):
            self.post_message(self.Chosen(shown))
        if event.leaves or event.done:
            self._search_again()
        if event.done:
            if tree.order is not Order.PATH:
                self._put_in_order(tree.order)
            self._catch_up()

    def _catch_up(self) -> None:
        """Does what was asked for before there was anything to do it on."""
        asked, self._typed_ahead = self._typed_ahead, []
        for action in asked:
            action()

    @on(Reading.GitRead)
    def _on_git_read(self, event: Reading.GitRead) -> None:
        self._git_asked = False
        self.leaf_tree.mark(event.states.changed)
        self._git_trouble = event.states.trouble
        self._count()
        if self._want.states:
            self._search_again()

    def mark_unsaved(self, ids: set[str]) -> None:
        self.leaf_tree.mark_unsaved(ids)
        if self._want.states:
            self._search_again()

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
        elif not os.access(root, os.R_OK | os.X_OK):
            text = "The taxonomy's folder cannot be read: permission denied.\n\nGive yourself the right: "
            text += f"chmod u+rx {root}"
        elif not len(tree.forest):
            text = "The taxonomy holds no leaves yet.\n\nA leaf is a folder with a qna.yaml below knowledge/ or "
            text += "compositional_skills/."
        elif self._want.trouble:
            text = self._want.trouble
        elif tree.narrowed and not tree.sums[LEAVES] and self._want == self._answered:
            text = f"No leaf holds “{self.box.value.strip()}”."
            if not self._complete:
                text += "\n\nNot every leaf was read yet."
        nothing.show(text)
        nothing.display = bool(text)
        tree.display = not text
        if text:
            self.post_message(self.Chosen(None))

    def _count(self) -> None:
        tree = self.leaf_tree
        total, sums = len(tree.forest), tree.sums
        words = [f"{total:,} {'leaf' if total == 1 else 'leaves'}"]
        if tree.narrowed:
            words = [f"{sums[LEAVES]:,} of {words[0]}"]
        for kind, sign in ((ERRORS, signs.FAILED), (WARNINGS, signs.WARNING)):
            if sums[kind]:
                words.append(f"{sums[kind]:,} {sign}")
        if not self._complete and sums[UNREAD]:
            words.append(f"checked {sums[LEAVES] - sums[UNREAD]:,}")
        title = " · ".join(words)
        # What the numbers are of is said above too; where it is narrow, they count.
        named = f"taxonomy · {title}"
        self.title_it(named if width(named) <= self.size.width - 4 else title)
        order = tree.order.value if tree.order is not Order.PATH else ""
        self.border_subtitle = " · ".join(part for part in (order, self._git_trouble) if part)

    # -- moving -------------------------------------------------------------------------------------------------

    @on(LeafTree.Moved)
    def _on_moved(self, event: LeafTree.Moved) -> None:
        event.stop()
        self.a_key_came()
        if not self.box.has_focus:
            self._tell_chosen()
            return
        # Who types does not read the leaf yet, and laying it out would hold up the next letter.
        if self._tell_soon is not None:
            self._tell_soon.stop()
        self._tell_soon = self.set_timer(TYPING_SECONDS, self._tell_chosen)

    @on(Input.Blurred, "#filter")
    def _tell_chosen(self) -> None:
        if self._tell_soon is not None:
            self._tell_soon.stop()
            self._tell_soon = None
        if (leaf := self.leaf_tree.leaf) is not None:
            self.post_message(self.Chosen(leaf))

    @on(LeafTree.Entered)
    def _on_entered(self, event: LeafTree.Entered) -> None:
        event.stop()
        if (leaf := self.leaf_tree.leaf) is not None:
            self.post_message(self.Entered(leaf))

    def next_problem(self, *, back: bool = False) -> None:
        """Moves to the next leaf that has one, or says that there is none."""
        if self.leaf_tree.next_problem(back=back):
            return
        if self._complete:
            self.app.say("No other leaf has a problem.")
        else:
            self._typed_ahead.append(lambda: self.next_problem(back=back))

    def next_order(self) -> None:
        """The next order; esc and the filter leave it as it is."""
        self._put_in_order(self.leaf_tree.order.after)
        self.app.say(f"Sorted {self.leaf_tree.order.value}.")

    def _put_in_order(self, order: Order) -> None:
        self.searcher.forget_order()
        self.leaf_tree.sort(order)
        self._count()
        self._search_again()

    def show_recent(self) -> None:
        from labtui.taxonomy.browsing.recent import recent_leaves

        if self.root is None:
            return
        room = min(72, self.app.size.width) - 6
        window = RecentWindow(recent_leaves(self.root), self.leaf_tree.forest, room)
        self.app.push_screen(window, lambda name: self.go_to(name) if name else None)

    # -- the filter ---------------------------------------------------------------------------------------------

    @on(Input.Changed, "#filter")
    def _on_filter(self, event: Input.Changed) -> None:
        self.a_key_came()
        self._want = wanted(event.value)
        if self._again is not None:
            self._again.stop()
            self._again = None
        if self._want:
            self._search()
            return
        self.seeking.stop()
        self._answered = self._want
        self.leaf_tree.show_all()
        self._say_nothing()
        self._count()

    def _search(self, *, quiet: bool = False) -> None:
        tree = self.leaf_tree
        self._search_began = time.monotonic()
        self.search(tree.forest, self._want, tree.order, max(20, self.size.height), quiet=quiet)

    def _search_again(self) -> None:
        """Soon, as something became known that may change what the filter finds."""
        if self._want and self._again is None:
            self._again = self.set_timer(max(AGAIN_SECONDS, 5 * self._search_seconds), self._search_quietly)

    def _search_quietly(self) -> None:
        self._again = None
        if self._want:
            self._search(quiet=True)

    @on(Reading.FoundSome)
    def show_found(self, event: Reading.FoundSome) -> None:
        if event.want != self._want:
            return
        tree = self.leaf_tree
        if event.first:
            tree.show_found(event.want, event.found, follow=not event.quiet)
        else:
            tree.add_found(event.found)
        if event.found.done:
            self._answered = event.want
            self._search_seconds = time.monotonic() - self._search_began
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
        if not self.box.value:
            return False
        with self.prevent(Input.Changed):
            self.box.value = ""
        self._on_filter(Input.Changed(self.box, ""))
        self.leaf_tree.focus()
        return True
