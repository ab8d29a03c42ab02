"""The rows of the taxonomy's tree, as plain data: which folders and leaves stand where, and what is folded away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple


class Row(NamedTuple):
    key: str
    """The folder's path from the root; for a leaf that is its id."""
    label: str
    depth: int
    leaf: bool
    folder: bool
    """A folder with something below it. A leaf can be one too."""
    open: bool


class _Node:
    __slots__ = ("below", "key", "leaf")

    def __init__(self, key: str) -> None:
        self.key = key
        self.leaf = False
        self.below: dict[str, _Node] = {}


def rows(ids: Iterable[str], closed: set[str], keep: Callable[[str], bool] | None = None) -> list[Row]:
    """The visible rows for the leaves `ids`, in their order. `keep` is a filter: with one, nothing is folded."""
    top = _Node("")
    for name in ids:
        if keep is None or keep(name):
            node = top
            for part in name.split("/"):
                key = f"{node.key}/{part}" if node.key else part
                node = node.below.setdefault(part, _Node(key))
            node.leaf = True
    return list(_walk(top, 0, closed if keep is None else set()))


def _walk(parent: _Node, depth: int, closed: set[str]) -> Iterator[Row]:
    for label, child in parent.below.items():
        node, shown = child, label
        # A chain of folders with nothing else in them is one row; the top folders stay on their own.
        while depth and not node.leaf and len(node.below) == 1 and not (only := next(iter(node.below.values()))).leaf:
            shown += f"/{only.key.rpartition('/')[2]}"
            node = only
        is_open = bool(node.below) and node.key not in closed
        yield Row(node.key, shown, depth, node.leaf, bool(node.below), is_open)
        if is_open:
            yield from _walk(node, depth + 1, closed)


def inside(name: str, folder: str) -> bool:
    return name == folder or name.startswith(f"{folder}/")
