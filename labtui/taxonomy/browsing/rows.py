"""The rows of the tree as plain data: what stands in sight of the open folders, and no row for anything else."""

from __future__ import annotations

from typing import NamedTuple

from labtui.taxonomy.browsing.forest import Forest, Node
from labtui.taxonomy.browsing.orders import Order, children

ROWS_AT_FIRST = 400
"""Folders are open at first as long as the rows stay below this."""


class Row(NamedTuple):
    node: Node
    depth: int
    start: int
    """Where the label begins in the node's key: a chain of folders with nothing else in them is one row."""

    @property
    def key(self) -> str:
        return self.node.key

    @property
    def label(self) -> str:
        return self.node.key[self.start :]

    @property
    def leaf(self) -> bool:
        return self.node.leaf is not None

    @property
    def folder(self) -> bool:
        """A folder with something below it. A leaf can be one too."""
        return bool(self.node.below)


class Folding:
    """Which folders are open: the first `levels` of them, but for those that were folded or unfolded by hand."""

    def __init__(self, levels: int = 1000) -> None:
        self.levels = levels
        self.by_hand: dict[str, bool] = {}

    def is_open(self, node: Node, depth: int) -> bool:
        return self.by_hand.get(node.key, depth < self.levels)

    def fold(self, node: Node) -> None:
        self.by_hand[node.key] = False

    def unfold(self, node: Node) -> None:
        self.by_hand[node.key] = True

    def reveal(self, node: Node) -> None:
        """Opens everything a node lies in."""
        while (above := node.above) is not None and above.key:
            self.by_hand[above.key] = True
            node = above


def continues(node: Node) -> bool:
    """Whether a folder holds nothing but one other folder, so that one row can stand for both."""
    if node.leaf is not None or node.below is None or len(node.below) != 1:
        return False
    return next(iter(node.below.values())).leaf is None


def chain_end(node: Node, depth: int) -> Node:
    """The folder whose row stands for `node` too: the last of a chain. The top folders stay on their own."""
    while depth and node.below is not None and continues(node):
        node = next(iter(node.below.values()))
    return node


def rows(forest: Forest, folding: Folding, order: Order = Order.PATH) -> list[Row]:
    """Everything in sight, from top to bottom."""
    found: list[Row] = []
    _below(forest, forest.top, 0, folding, order, found)
    return found


def rows_below(forest: Forest, row: Row, folding: Folding, order: Order) -> list[Row]:
    """What comes into sight when the folder of `row` is unfolded."""
    found: list[Row] = []
    _below(forest, row.node, row.depth + 1, folding, order, found)
    return found


def _below(forest: Forest, parent: Node, depth: int, folding: Folding, order: Order, found: list[Row]) -> None:
    start = len(parent.key) + 1 if parent.key else 0
    for child in children(forest, parent, order):
        if child.below is None:
            found.append(Row(child, depth, start))
            continue
        node = chain_end(child, depth)
        found.append(Row(node, depth, start))
        if node.below and folding.is_open(node, depth):
            _below(forest, node, depth + 1, folding, order, found)


def levels_at_first(forest: Forest) -> int:
    """How many levels of folders to open so that the tree stays small enough to be looked over."""
    if len(forest) <= ROWS_AT_FIRST:
        return 1000
    level, depth, count = [forest.top], 0, 0
    while level:
        level = [child for node in level for child in (node.below or {}).values() if child.below is not None]
        level = [chain_end(node, depth) for node in level]
        count += sum(len(node.below or ()) for node in level)
        if count > ROWS_AT_FIRST:
            return depth
        depth += 1
    return 1000
