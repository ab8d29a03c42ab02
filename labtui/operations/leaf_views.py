"""What the views beside the form need of the world around a leaf: how it differs from its base."""

from __future__ import annotations

from pathlib import Path

from labtui.errors import LabError
from labtui.taxonomy.comparing.base import Base
from labtui.taxonomy.comparing.leaf_change import LeafChange
from labtui.taxonomy.comparing.leaf_sides import Grouped


class BaseOfLeaves:
    """The base of a taxonomy and what differs from it, found once and kept until `forget`. For threads."""

    def __init__(self, root: Path, default: str) -> None:
        self.root = root
        self._default = default
        self._found: tuple[Base, Grouped] | None = None

    def forget(self) -> None:
        """Something was written, or came from elsewhere."""
        self._found = None

    def change(self, name: str, saved: bytes, now: bytes | None) -> tuple[LeafChange, str]:
        """How leaf `name` differs, and what from. `saved` is its file, `now` what it says while that is not saved.

        Raises LabError where git cannot tell.
        """
        from labtui.taxonomy.comparing.base import resolve
        from labtui.taxonomy.comparing.compare import compare
        from labtui.taxonomy.comparing.diff import compare_side, sides

        if self._found is None:
            base = resolve(self.root, None, self._default)
            self._found = base, sides(self.root, base)
        base, grouped = self._found
        side = next((leaf for leaf in grouped.leaves if leaf.id == name), None)
        since = base.name if base.everything else f"{base.name} ({base.short})"
        if side is None:
            return compare(saved, saved if now is None else now, name=name), since
        if side.main is None and now is not None:
            return compare(saved, now, name=name), since
        return compare_side(self.root, side, now), since


def why_not(error: LabError) -> str:
    """Why there is no difference to show, in a sentence or two."""
    return f"{error.what} {error.hint}".strip()
