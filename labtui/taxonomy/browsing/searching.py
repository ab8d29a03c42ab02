"""The filter at work: the leaves that are wanted, from the first row on, as rows for the tree."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from labtui.taxonomy.browsing.forest import KINDS, LEAVES, Forest, Node
from labtui.taxonomy.browsing.orders import Order, in_order
from labtui.taxonomy.browsing.rows import Row, continues
from labtui.taxonomy.browsing.wanted import Wanted, folded, searched_text
from labtui.taxonomy.browsing.word_index import WordIndex, slots_in
from labtui.taxonomy.checking.survey import Surveyed

FEW = 4000
"""So many candidates are sorted; of more the whole order is gone through."""
BATCH_SECONDS = 0.15


@dataclass
class Found:
    """What was found so far. `rows` of a later one follow those of the one before."""

    rows: list[Row]
    sums: dict[str, list[int]]
    """By folder, as the forest counts; `""` is all. The same dictionary each time, growing as the search goes on."""
    done: bool = False

    @property
    def leaves(self) -> int:
        return self.sums[""][LEAVES]


@dataclass
class _Collected:
    """Rows in the making: a folder's row comes before the first leaf found in it."""

    forest: Forest
    rows: list[Row] = field(default_factory=list)
    sums: dict[str, list[int]] = field(default_factory=lambda: {"": [0] * KINDS})
    leaves: int = 0

    def add(self, node: Node) -> None:
        weight = self.forest.weight(node.leaf)
        _add(self.sums[""], weight)
        depth = start = 0
        for place, above in enumerate(_way_to(node)):
            if place and continues(above):
                continue
            sums = self.sums.get(above.key)
            if sums is None:
                sums = self.sums[above.key] = [0] * KINDS
                self.rows.append(Row(above, depth, start))
            _add(sums, weight)
            depth, start = depth + 1, len(above.key) + 1
        if node.key not in self.sums:
            self.rows.append(Row(node, depth, start))
            if node.below:
                self.sums[node.key] = list(weight)
        self.leaves += 1

    def taken(self, *, done: bool = False) -> Found:
        found, self.rows = Found(self.rows, self.sums, done), []
        return found


def _add(sums: list[int], weight: tuple[int, ...]) -> None:
    for kind, count in enumerate(weight):
        if count:
            sums[kind] += count


def _way_to(node: Node) -> list[Node]:
    way: list[Node] = []
    while (above := node.above) is not None and above.key:
        way.append(above)
        node = above
    way.reverse()
    return way


class Searcher:
    """Finds leaves in one forest; keeps the order of its leaves between searches."""

    def __init__(self, index: WordIndex) -> None:
        self.index = index
        self._forest: Forest | None = None
        self._stand: tuple[Order, int] | None = None
        self._ordered: list[Node] = []
        self._slots: dict[str, int] = {}
        """The number in the index of each leaf whose text was taken in."""
        self._learning = threading.Lock()
        self._names: list[str] = []
        """The other way round; what was taken in and is gone keeps its place."""

    def prepare(self, forest: Forest, order: Order) -> None:
        """Puts the leaves in order, which takes a while among many, so that the next search need not.

        Orders other than by path are those of this moment; they are found anew when leaves come or go.
        """
        stand = order, forest.revision
        if self._forest is forest and self._stand == stand:
            return
        self._ordered = in_order(forest, order)
        self._forest, self._stand = forest, stand

    def forget_order(self) -> None:
        self._stand = None

    def learn(self, leaf: Surveyed) -> None:
        """Takes in what words a leaf holds, anew where it changed. Safe in several threads."""
        text = f"{folded(leaf.id)} {folded(leaf.about)} {searched_text(leaf.path)}"
        with self._learning:
            slot = len(self._names)
            self.index.learn(slot, text)
            self._names.append(leaf.id)
            self._slots[leaf.id] = slot

    def forget(self, name: str) -> None:
        """A leaf that is gone."""
        self._slots.pop(name, None)

    def search(
        self,
        forest: Forest,
        want: Wanted,
        order: Order,
        screenful: int,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Found]:
        """Yields the first `screenful` of leaves as soon as there are so many, then more now and then, at last `done`.

        Ends without that when it is cancelled. A file is looked into only where the index cannot say; of a leaf that
        was not read yet only the path is known.
        """
        self.prepare(forest, order)
        collected = _Collected(forest)
        told = False
        last = time.monotonic()
        for node, sure in self._candidates(forest, want):
            if cancelled():
                return
            if node.leaf is None or not self._is_wanted(node.leaf, forest, want, sure=sure):
                continue
            collected.add(node)
            if (not told and collected.leaves >= screenful) or time.monotonic() - last > BATCH_SECONDS:
                yield collected.taken()
                told, last = True, time.monotonic()
        if not cancelled():
            yield collected.taken(done=True)

    def _candidates(self, forest: Forest, want: Wanted) -> Iterator[tuple[Node, bool]]:
        """In order, with whether it is known to hold the words. Of those not taken in yet nothing is."""
        slots, names = self._slots, self._names
        bits = sure = (1 << len(names)) - 1
        for word in want.words:
            may_hold, do_hold = self.index.holding(word, len(names))
            bits &= may_hold
            sure &= do_hold
        surely = sure.to_bytes(len(names) // 8 + 1, "little")
        if bits.bit_count() <= FEW and len(slots) >= len(self._ordered):
            # A leaf that was taken in anew has a number for each time; the last one counts.
            found = [(node, slot) for slot in slots_in(bits) if (node := self._node(forest, slot)) is not None]
            for node, slot in sorted(found, key=lambda one: one[0].place):
                yield node, bool(surely[slot >> 3] >> (slot & 7) & 1)
            return
        table = bits.to_bytes(len(names) // 8 + 1, "little")
        for node in self._ordered:
            at = slots.get(node.key)
            if at is None:
                yield node, False
            elif table[at >> 3] >> (at & 7) & 1:
                yield node, bool(surely[at >> 3] >> (at & 7) & 1)

    def _node(self, forest: Forest, slot: int) -> Node | None:
        name = self._names[slot]
        return forest.nodes.get(name) if self._slots.get(name) == slot else None

    @staticmethod
    def _is_wanted(leaf: Surveyed, forest: Forest, want: Wanted, *, sure: bool) -> bool:
        if not want.fits(leaf, forest):
            return False
        if sure:
            return True
        name = folded(leaf.id)
        rest = [word for word in want.words if word not in name and word not in leaf.about]
        if not rest or not leaf.read:
            return not rest
        text = searched_text(leaf.path)
        return all(word in text for word in rest)
