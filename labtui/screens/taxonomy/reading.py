"""What the left side of the taxonomy screen does in threads: reading, checking, watching, filtering.

The threads touch no widget: they look things up in the forest and post messages. While somebody types they hold
still, as Python runs one thread at a time and the key comes first.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from labtui.screens.base import Panel
from labtui.screens.taxonomy.seeking import Seeking
from labtui.taxonomy.browsing.forest import Forest
from labtui.taxonomy.browsing.git_states import GitStates, git_states
from labtui.taxonomy.browsing.orders import Order
from labtui.taxonomy.browsing.searching import Found, Searcher
from labtui.taxonomy.browsing.wanted import Wanted
from labtui.taxonomy.browsing.watching import Moved, Watcher
from labtui.taxonomy.browsing.word_index import WordIndex
from labtui.taxonomy.checking.survey import Surveyed
from labtui.taxonomy.find import leaf_id
from labtui.taxonomy.layout import leaf_files

if TYPE_CHECKING:
    from labtui.app import LabApp

QUIET_SECONDS = 0.25
"""So long after a key nothing in the background runs."""
FIRST_SECONDS = 0.5
"""A walk over a large taxonomy shows what it found after so long, and the rest at its end."""
WATCH_SECONDS = 0.05
"""What one look at the disk may take."""
MANY = 5000
"""From so many leaves on, the garbage collector need not look at them each time: going through all of them holds up
every key by a tenth of a second."""


class Reading(Panel):
    app: LabApp

    class Placed(Message):
        """The leaves as they lie on disk."""

        def __init__(self, forest: Forest) -> None:
            super().__init__()
            self.forest = forest

    class Learnt(Message):
        """What was found out about some leaves. `done`: every leaf was read and checked."""

        def __init__(self, leaves: Sequence[Surveyed], done: bool = False) -> None:
            super().__init__()
            self.leaves = leaves
            self.done = done

    class Compared(Message):
        """What the leaves show together is known."""

    class Broken(Message):
        """A thread ended as no thread should."""

        def __init__(self, error: BaseException) -> None:
            super().__init__()
            self.error = error

    class Noticed(Message):
        """Something changed on disk."""

        def __init__(self, moved: Moved) -> None:
            super().__init__()
            self.moved = moved

    class GitRead(Message):
        def __init__(self, states: GitStates) -> None:
            super().__init__()
            self.states = states

    class FoundSome(Message):
        """What a search found; `first` of its messages or a later one."""

        def __init__(self, want: Wanted, found: Found, *, first: bool, quiet: bool) -> None:
            super().__init__()
            self.want = want
            self.found = found
            self.first = first
            self.quiet = quiet

    def __init__(self, title: str, id: str) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(title=title, id=id)
        self.searcher = Searcher(WordIndex())
        self.seeking = Seeking()
        self.watcher: Watcher | None = None
        self._typed_at = 0.0

    @property
    def root(self) -> Path | None:
        workspace = self.app.context.workspace
        return workspace.taxonomy if workspace is not None else None

    def a_key_came(self) -> None:
        """Threads hold still for a moment."""
        self._typed_at = time.monotonic()

    def _stopping(self) -> Callable[[], bool]:
        """For a thread to ask between two leaves: waits while somebody types, and says whether to end."""
        worker = get_current_worker()

        def stopping() -> bool:
            while not worker.is_cancelled and time.monotonic() - self._typed_at < QUIET_SECONDS:
                time.sleep(0.02)
            return worker.is_cancelled

        return stopping

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.post_message(self.Broken(event.worker.error))

    @work(thread=True, exclusive=True, group="taxonomy-tree", exit_on_error=False)
    def read_all(self, before: Forest, order: Order, in_sight: Callable[[], Iterable[str]]) -> None:
        """Goes through the whole taxonomy, what is in sight first. What did not change on disk is not read again."""
        stopping = self._stopping()
        root = self.root
        if root is None or not root.is_dir():
            self.post_message(self.Placed(Forest()))
            self.post_message(self.Learnt([], done=True))
            self.post_message(self.Compared())
            return
        found = self._places(root, before)
        forest = Forest.of(found, before)
        self.searcher.prepare(forest, order)
        if stopping():
            return
        for name in before.nodes.keys() - forest.nodes.keys():
            self.searcher.forget(name)
        self.post_message(self.Placed(forest))
        if len(forest) > MANY:
            gc.freeze()
        known = {leaf.id: leaf for leaf in forest}
        checked = self._survey(found, known, stopping, in_sight)
        if checked is not None:
            self.post_message(self.Learnt([], done=True))
            if len(forest) > MANY:
                gc.freeze()
            self._compare(list(checked.values()), stopping)

    def _places(self, root: Path, before: Forest) -> list[Surveyed]:
        """Every leaf by its place. The first time the first of them are shown before the walk is at its end."""
        found = []
        shown = len(before) > 0
        began = time.monotonic()
        for path in leaf_files(root):
            found.append(Surveyed(id=leaf_id(root, path), path=path))
            if not shown and time.monotonic() - began > FIRST_SECONDS:
                self.post_message(self.Placed(Forest.of(found, before)))
                shown = True
        return found

    @work(thread=True, group="taxonomy-look", exit_on_error=False)
    def look_at(self, leaves: list[Surveyed], forest: Forest) -> None:
        """Reads and checks some leaves."""
        known = {leaf.id: old for leaf in leaves if (old := forest.leaf(leaf.id)) is not None}
        self._survey(leaves, known, self._stopping(), lambda: ())

    @work(thread=True, exclusive=True, group="taxonomy-compare", exit_on_error=False)
    def compare_all(self, forest: Forest) -> None:
        """Finds out what the leaves show together."""
        self._compare(list(forest), self._stopping())

    def _survey(
        self,
        found: list[Surveyed],
        known: Mapping[str, Surveyed],
        stopping: Callable[[], bool],
        in_sight: Callable[[], Iterable[str]],
    ) -> dict[str, Surveyed] | None:
        """What is known afterwards; None where it did not come to the end."""
        from labtui.taxonomy.checking.survey import survey

        checked = dict(known)
        for batch in survey(found, known, stopping, in_sight=in_sight):
            fresh = [leaf for leaf in batch if known.get(leaf.id) is not leaf]
            for leaf in fresh:
                if stopping():
                    return None
                self.searcher.learn(leaf)
                checked[leaf.id] = leaf
            if fresh:
                self.post_message(self.Learnt(fresh))
        return None if stopping() else checked

    def _compare(self, leaves: Sequence[Surveyed], stopping: Callable[[], bool]) -> None:
        from labtui.taxonomy.checking.survey import together

        for batch in together(leaves, stopping):
            for leaf in batch:
                self.searcher.learn(leaf)
            self.post_message(self.Learnt(batch))
        if not stopping():
            self.post_message(self.Compared())

    @work(thread=True, exclusive=True, group="taxonomy-git", exit_on_error=False)
    def read_git(self) -> None:
        worker = get_current_worker()
        root = self.root
        states = git_states(root) if root is not None and root.is_dir() else GitStates()
        if not worker.is_cancelled:
            self.post_message(self.GitRead(states))

    @work(thread=True, exclusive=True, group="taxonomy-watch", exit_on_error=False)
    def watch_disk(self, forest: Forest, in_sight: Iterable[str]) -> None:
        if (root := self.root) is None or not root.is_dir():
            return
        if self.watcher is None or self.watcher.root != root:
            self.watcher = Watcher(root)
        moved = self.watcher.step(forest, in_sight, WATCH_SECONDS)
        if moved:
            self.post_message(self.Noticed(moved))

    def search(self, forest: Forest, want: Wanted, order: Order, screenful: int, *, quiet: bool = False) -> None:
        """Shows the first screenful at once and the rest as it comes; `quiet`: everything together at the end."""

        def tell(found: Found, first: bool) -> None:
            self.post_message(self.FoundSome(want, found, first=first, quiet=quiet))

        def fail(error: BaseException) -> None:
            self.post_message(self.Broken(error))

        found = self.seeking.seek(
            lambda cancelled: self.searcher.search(forest, want, order, screenful, cancelled),
            tell,
            fail,
            at_once=not quiet,
        )
        if found is not None:
            self.show_found(self.FoundSome(want, found, first=True, quiet=False))

    def show_found(self, event: Reading.FoundSome) -> None:
        """Shows what a search found."""

    def note_recent(self, name: str, *, edited: bool = False) -> None:
        """Remembers that a leaf was opened, or written."""
        if self.root is not None:
            self._note_recent(self.root, name, time.time(), edited)

    def note_renamed(self, old: str, new: str) -> None:
        if self.root is not None:
            self._note_renamed(self.root, old, new)

    @work(thread=True, group="taxonomy-recent", exit_on_error=False)
    def _note_recent(self, root: Path, name: str, at: float, edited: bool) -> None:
        from labtui.taxonomy.browsing.recent import note

        note(root, name, at, edited=edited)

    @work(thread=True, group="taxonomy-recent", exit_on_error=False)
    def _note_renamed(self, root: Path, old: str, new: str) -> None:
        from labtui.taxonomy.browsing.recent import renamed

        renamed(root, old, new)
