"""In which order a folder's children stand, and what comes next in it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from labtui.taxonomy.browsing.forest import ERRORS, SEEDS, WARNINGS, Forest, Node, rank, troubled


class Order(Enum):
    """The value is what the user reads."""

    PATH = "by name"
    WORST = "worst first"
    NEWEST = "newest change first"
    SEEDS = "most seeds first"

    @property
    def after(self) -> Order:
        every = list(Order)
        return every[(every.index(self) + 1) % len(every)]


def children(forest: Forest, node: Node, order: Order) -> list[Node]:
    """A folder's children. Safe in a thread while the tree is being changed in another."""
    found = list(node.below.values()) if node.below else []
    if order is Order.PATH:
        if node.above is None:
            return sorted(found, key=rank)
        return sorted(found, key=lambda child: child.key)
    return sorted(found, key=_KEYS[order](forest))


def _worst(forest: Forest) -> Callable[[Node], Any]:
    def key(node: Node) -> Any:
        sums = forest.sums_of(node)
        found = len(node.leaf.findings) if node.leaf is not None else 0
        return -sums[ERRORS], -sums[WARNINGS], -found, rank(node)

    return key


_KEYS: dict[Order, Callable[[Forest], Callable[[Node], Any]]] = {
    Order.WORST: _worst,
    Order.NEWEST: lambda forest: lambda node: (-node.newest, rank(node)),
    Order.SEEDS: lambda forest: lambda node: (-forest.sums_of(node)[SEEDS], rank(node)),
}


def in_order(forest: Forest, order: Order) -> list[Node]:
    """Every leaf from the first row of the unfolded tree to its last, each given its number as `place`."""
    found: list[Node] = []
    stack = [forest.top]
    while stack:
        node = stack.pop()
        if node.leaf is not None:
            node.place = len(found)
            found.append(node)
        if node.below:
            stack.extend(reversed(children(forest, node, order)))
    return found


def next_problem(forest: Forest, name: str, order: Order, *, back: bool = False) -> str | None:
    """The nearest leaf below `name` (or above it) that has an error or a warning, then from the other end.

    Folders without any are not looked into. None where no other leaf has one.
    """
    here = forest.nodes.get(name, forest.top)
    found = _before(forest, here, order) if back else _after(forest, here, order)
    if found is None:
        found = _last(forest, forest.top, order) if back else _first(forest, forest.top, order)
    return found.key if found is not None and found.key != name else None


def _after(forest: Forest, node: Node, order: Order) -> Node | None:
    if (below := _first(forest, node, order, itself=False)) is not None:
        return below
    while node.above is not None:
        around = children(forest, node.above, order)
        for other in around[around.index(node) + 1 :]:
            if (found := _first(forest, other, order)) is not None:
                return found
        node = node.above
    return None


def _before(forest: Forest, node: Node, order: Order) -> Node | None:
    while node.above is not None:
        around = children(forest, node.above, order)
        for other in reversed(around[: around.index(node)]):
            if (found := _last(forest, other, order)) is not None:
                return found
        node = node.above
        if troubled(node.leaf):
            return node
    return None


def _first(forest: Forest, node: Node, order: Order, *, itself: bool = True) -> Node | None:
    if not _any(forest, node):
        return None
    if itself and troubled(node.leaf):
        return node
    return next(
        (found for child in children(forest, node, order) if (found := _first(forest, child, order)) is not None), None
    )


def _last(forest: Forest, node: Node, order: Order) -> Node | None:
    if not _any(forest, node):
        return None
    below = reversed(children(forest, node, order))
    found = next((found for child in below if (found := _last(forest, child, order)) is not None), None)
    return found if found is not None or not troubled(node.leaf) else node


def _any(forest: Forest, node: Node) -> bool:
    sums = forest.sums_of(node)
    return bool(sums[ERRORS] or sums[WARNINGS])
