"""What each leaf was at the base, for a screen that asks again and again: git is asked for the list once."""

from __future__ import annotations

from pathlib import Path

import msgspec

from labtui.errors import LabError
from labtui.taxonomy.base import Base, resolve
from labtui.taxonomy.compare import compare
from labtui.taxonomy.diff import compare_side, sides
from labtui.taxonomy.file_changes import State
from labtui.taxonomy.leaf_change import LeafChange
from labtui.taxonomy.leaf_sides import LeafSides
from labtui.taxonomy.source import Unreadable, read_bytes


class Past(msgspec.Struct, frozen=True):
    """The base, and which leaves differ from it on disk."""

    base: Base | None = None
    """None where there is nothing to compare with."""
    leaves: dict[str, LeafSides] = {}
    """By id."""
    problem: str = ""
    """Why there is nothing to compare with, in a sentence or two."""

    @property
    def since(self) -> str:
        """`origin/main (5f7158a)`"""
        if self.base is None or self.base.everything:
            return ""
        return f"{self.base.name} ({self.base.short})" if self.base.name != self.base.short else self.base.short


def past(root: Path, default: str = "") -> Past:
    """How things stand against the base `default` (the setting `taxonomy.base`). Runs git; never raises LabError."""
    try:
        base = resolve(root, None, default)
        return Past(base, {leaf.id: leaf for leaf in sides(root, base).leaves})
    except LabError as error:
        return Past(problem=f"{error.what} {error.hint}".strip())


def leaf_change(root: Path, known: Past, leaf: str, path: Path, now: bytes | None = None) -> LeafChange:
    """How one leaf differs from the base, its unsaved text `now` counted where there is one.

    `path` is its qna.yaml. Runs git where the leaf differs on disk. Raises LabError where git fails.
    """
    found = known.leaves.get(leaf)
    if found is not None and found.main is not None:
        return compare_side(root, found, now)
    change = _with_disk(leaf, path, now)
    if found is not None:
        beside = compare_side(root, found)
        change = msgspec.structs.replace(change, attribution=beside.attribution, files=beside.files)
    return change


def _with_disk(leaf: str, path: Path, now: bytes | None) -> LeafChange:
    """A leaf that is on disk as it was at the base: what is not saved yet is all that can differ."""
    if now is None:
        return LeafChange(id=leaf, state=State.CHANGED)
    try:
        return compare(read_bytes(path), now, name=leaf)
    except Unreadable as trouble:
        return msgspec.structs.replace(compare(None, now, name=leaf), problem=trouble.message)
