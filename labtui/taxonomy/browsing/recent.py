"""The leaves somebody looked into or edited last, kept per taxonomy in the state file."""

from __future__ import annotations

import threading
from pathlib import Path

from labtui.workspace import RecentLeaf, remember, remembered

KEPT = 20
TAXONOMIES = 20
_one_at_a_time = threading.Lock()
"""Several threads of the application may note a leaf at once, each by reading and writing the whole."""


def recent_leaves(root: Path) -> list[RecentLeaf]:
    """The latest first."""
    return remembered().leaves.get(str(root), [])


def note(root: Path, name: str, at: float, *, edited: bool = False) -> None:
    """Remembers that the leaf was read, or edited, at that time (seconds since 1970). Writes the state file."""
    with _one_at_a_time:
        every = remembered().leaves
        before = every.pop(str(root), [])
        was_edited = any(leaf.id == name and leaf.edited for leaf in before)
        now = RecentLeaf(id=name, at=at, edited=edited or was_edited)
        found = sorted([now, *(leaf for leaf in before if leaf.id != name)], key=lambda leaf: -leaf.at)
        every[str(root)] = found[:KEPT]
        remember(leaves=dict(list(every.items())[-TAXONOMIES:]))


def renamed(root: Path, old: str, new: str) -> None:
    with _one_at_a_time:
        every = remembered().leaves
        if any(leaf.id == old for leaf in every.get(str(root), [])):
            every[str(root)] = [
                RecentLeaf(id=new if leaf.id == old else leaf.id, at=leaf.at, edited=leaf.edited)
                for leaf in every[str(root)]
            ]
            remember(leaves=every)
