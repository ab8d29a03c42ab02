"""The leaves somebody looked into or edited last, kept per taxonomy in the state file."""

from __future__ import annotations

import time
from pathlib import Path

from labtui.workspace import RecentLeaf, remember, remembered

KEPT = 20
TAXONOMIES = 20


def recent_leaves(root: Path) -> list[RecentLeaf]:
    """The latest first."""
    return remembered().leaves.get(str(root), [])


def note(root: Path, name: str, *, edited: bool = False) -> None:
    """Remembers that the leaf was read, or edited, just now. Writes the state file."""
    every = remembered().leaves
    before = every.pop(str(root), [])
    was_edited = any(leaf.id == name and leaf.edited for leaf in before)
    now = RecentLeaf(id=name, at=time.time(), edited=edited or was_edited)
    every[str(root)] = [now, *(leaf for leaf in before if leaf.id != name)][:KEPT]
    remember(leaves=dict(list(every.items())[-TAXONOMIES:]))


def renamed(root: Path, old: str, new: str) -> None:
    every = remembered().leaves
    if any(leaf.id == old for leaf in every.get(str(root), [])):
        every[str(root)] = [
            RecentLeaf(id=new if leaf.id == old else leaf.id, at=leaf.at, edited=leaf.edited)
            for leaf in every[str(root)]
        ]
        remember(leaves=every)
