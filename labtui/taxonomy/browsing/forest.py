"""The leaves of a taxonomy as folders within folders, each with the sums of what lies below it.

Learning something about a leaf changes the sums of its folders alone, so it costs the same among ten leaves and
among a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from labtui.taxonomy.checking.survey import Surveyed
from labtui.taxonomy.findings import Level
from labtui.taxonomy.layout import ROOTS

LEAVES, ERRORS, WARNINGS, UNREAD, CHANGED, UNSAVED, SEEDS = range(7)
"""What the sums of a folder count: leaves, those whose worst finding is an error or a warning, those not checked yet,
changed or new since the last commit, with unsaved edits; and seeds."""
KINDS = 7


class Node:
    """A folder, a leaf, or both."""

    __slots__ = ("above", "below", "key", "leaf", "newest", "place", "sums")

    def __init__(self, key: str, above: Node | None) -> None:
        self.key = key
        """The path from the taxonomy's root; for a leaf that is its id."""
        self.above = above
        self.below: dict[str, Node] | None = None
        self.leaf: Surveyed | None = None
        self.sums: list[int] | None = None
        """Of a folder, itself included where it is a leaf too. A mere leaf has none: they follow from it."""
        self.newest = 0
        """The latest change of a file here or below, in nanoseconds."""
        self.place = 0
        """Of a leaf: its number in the order last asked for."""

    @property
    def label(self) -> str:
        return self.key.rpartition("/")[2]


def troubled(leaf: Surveyed | None) -> bool:
    return leaf is not None and leaf.level in (Level.ERROR, Level.WARNING)


class Forest:
    def __init__(self) -> None:
        self.top = Node("", None)
        self.top.below = {}
        self.top.sums = [0] * KINDS
        self.nodes: dict[str, Node] = {}
        self.changed: Mapping[str, str] = {}
        """Leaf -> `new` or `changed`."""
        self.unsaved: frozenset[str] = frozenset()
        self.revision = 0
        """Another number whenever leaves came or went."""

    @classmethod
    def of(cls, leaves: Iterable[Surveyed], before: Forest | None = None) -> Forest:
        """Of these leaves alone; what `before` knows of the same places is taken over. About a second for 100,000."""
        made = cls()
        if before is not None:
            made.changed, made.unsaved = before.changed, before.unsaved
        for leaf in leaves:
            node = made._node(leaf.id)
            old = before.nodes.get(leaf.id) if before is not None else None
            known = old.leaf if old is not None else None
            node.leaf = known if known is not None and known.read and not leaf.read else leaf
            node.newest = max(node.newest, node.leaf.stamp[2])
        made._sum_up(made.top)
        return made

    def __len__(self) -> int:
        return self.sums_of(self.top)[LEAVES]

    def __iter__(self) -> Iterator[Surveyed]:
        return (node.leaf for node in list(self.nodes.values()) if node.leaf is not None)

    def leaf(self, name: str) -> Surveyed | None:
        node = self.nodes.get(name)
        return node.leaf if node is not None else None

    # -- sums ---------------------------------------------------------------------------------------------------

    def weight(self, leaf: Surveyed | None) -> tuple[int, ...]:
        """What one leaf adds to the sums of its folders."""
        if leaf is None:
            return (0,) * KINDS
        level = leaf.level
        return (
            1,
            int(level is Level.ERROR),
            int(level is Level.WARNING),
            int(not leaf.read),
            int(leaf.id in self.changed),
            int(leaf.id in self.unsaved),
            leaf.seeds,
        )

    def sums_of(self, node: Node) -> list[int]:
        return node.sums if node.sums is not None else list(self.weight(node.leaf))

    def _sum_up(self, node: Node) -> None:
        # Folders lie at most as deep as the walk goes, so this never comes near Python's own limit.
        sums = list(self.weight(node.leaf))
        for child in (node.below or {}).values():
            if child.below:
                self._sum_up(child)
            for kind, count in enumerate(self.sums_of(child)):
                sums[kind] += count
            node.newest = max(node.newest, child.newest)
        node.sums = sums

    def _reweigh(self, node: Node, before: tuple[int, ...]) -> None:
        after = self.weight(node.leaf)
        if before == after:
            return
        steps = [(kind, after[kind] - before[kind]) for kind in range(KINDS) if after[kind] != before[kind]]
        here: Node | None = node
        while here is not None:
            if here.sums is not None:
                for kind, step in steps:
                    here.sums[kind] += step
            here = here.above

    # -- changes ------------------------------------------------------------------------------------------------

    def _node(self, key: str) -> Node:
        if (known := self.nodes.get(key)) is not None:
            return known
        before, _, label = key.rpartition("/")
        above = self._node(before) if before else self.top
        if above.below is None:
            above.below = {}
        node = self.nodes[key] = above.below[label] = Node(key, above)
        return node

    def put(self, leaf: Surveyed) -> bool:
        """Adds a leaf, or replaces what is known of it. True where it is new."""
        node = self._node(leaf.id)
        here: Node | None = node.above
        while here is not None and here.sums is None:
            # A leaf that becomes a folder, and folders made on the way.
            here.sums = list(self.weight(here.leaf))
            here = here.above
        before, new = self.weight(node.leaf), node.leaf is None
        node.leaf = leaf
        self.revision += new
        self._reweigh(node, before)
        here = node
        while here is not None and here.newest < leaf.stamp[2]:
            here.newest = leaf.stamp[2]
            here = here.above
        return new

    def learn(self, leaf: Surveyed) -> bool:
        """Replaces what is known of a leaf that is here. False where it is not."""
        node = self.nodes.get(leaf.id)
        if node is None or node.leaf is None:
            return False
        self.put(leaf)
        return True

    def drop(self, name: str) -> bool:
        """Takes a leaf away, and the folders that hold nothing then. False where there was none."""
        node = self.nodes.get(name)
        if node is None or node.leaf is None:
            return False
        before = self.weight(node.leaf)
        node.leaf = None
        self.revision += 1
        self._reweigh(node, before)
        while node.above is not None and node.leaf is None and not node.below:
            above = node.above
            del self.nodes[node.key]
            if above.below is not None:
                del above.below[node.label]
            if not above.below and above is not self.top:
                above.below, above.sums = None, None
            node = above
        return True

    def mark(self, changed: Mapping[str, str]) -> None:
        """Says which leaves changed since the last commit."""
        other = {name for name in {*changed, *self.changed} if changed.get(name) != self.changed.get(name)}
        before = {name: self.weight(self.leaf(name)) for name in other}
        self.changed = dict(changed)
        self._reweigh_all(before)

    def mark_unsaved(self, names: Iterable[str]) -> None:
        now = frozenset(names)
        before = {name: self.weight(self.leaf(name)) for name in now ^ self.unsaved}
        self.unsaved = now
        self._reweigh_all(before)

    def _reweigh_all(self, before: Mapping[str, tuple[int, ...]]) -> None:
        for name, weight in before.items():
            if (node := self.nodes.get(name)) is not None and node.leaf is not None:
                self._reweigh(node, weight)


def rank(node: Node) -> tuple[int, str]:
    """Where a node stands among its neighbours: the roots in the order InstructLab knows them, the rest by name."""
    if node.above is not None and not node.above.key and node.key in ROOTS:
        return ROOTS.index(node.key), ""
    return len(ROOTS), node.label
