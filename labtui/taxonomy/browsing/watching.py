"""What changed on disk since it was read, looked for a little at a time.

Nothing is asked of the system but what `stat` and listing folders tell, and never longer in one step than is given: a
person who types feels none of it. A large taxonomy is gone through over many steps; what is in sight, in each.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from labtui.taxonomy.browsing.forest import Forest
from labtui.taxonomy.checking.survey import Surveyed, stamp_of
from labtui.taxonomy.find import leaf_id
from labtui.taxonomy.layout import leaf_files

REST = 20
"""After going through everything it rests for so many times as long as that took."""


@dataclass
class Moved:
    """Leaves by their place that are new, changed, or gone."""

    new: list[Surveyed] = field(default_factory=list)
    changed: list[Surveyed] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    git: bool = False
    """The repository itself moved: a commit, another branch, another index."""

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone or self.git)


class Watcher:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._going: Iterator[Path] | None = None
        self._seen: set[str] = set()
        self._there: set[str] = set()
        self._spent = 0.0
        self._rests_until = 0.0
        self._git: tuple[object, ...] | None = None

    def step(self, forest: Forest, in_sight: Iterable[str], seconds: float) -> Moved:
        """Looks at the leaves in sight, then goes on through all of them for at most `seconds`."""
        moved = Moved(git=self._git_moved())
        for name in in_sight:
            self._compare(forest.leaf(name), moved)
        began = time.monotonic()
        if began < self._rests_until:
            return moved
        if self._going is None:
            self._going, self._spent, self._seen = leaf_files(self.root), 0.0, set()
            self._there = {leaf.id for leaf in forest}
        for path in self._going:
            name = leaf_id(self.root, path)
            self._seen.add(name)
            known = forest.leaf(name)
            if known is None:
                moved.new.append(Surveyed(id=name, path=path))
            else:
                self._compare(known, moved)
            if time.monotonic() - began > seconds:
                self._spent += time.monotonic() - began
                return moved
        # A leaf that came in the meantime was not there when this began.
        moved.gone += [name for name in self._there - self._seen if forest.leaf(name) is not None]
        self._spent += time.monotonic() - began
        self._rests_until = time.monotonic() + REST * self._spent
        self._going = None
        return moved

    @staticmethod
    def _compare(known: Surveyed | None, moved: Moved) -> None:
        if known is None or not known.read:
            return
        now = stamp_of(known.path)
        if now == known.stamp:
            return
        here = Surveyed(id=known.id, path=known.path)
        if now == (0, 0, 0) and not known.path.exists():
            moved.gone += [known.id] if known.id not in moved.gone else []
        elif all(other.id != known.id for other in moved.changed):
            moved.changed.append(here)

    def _git_moved(self) -> bool:
        before, self._git = self._git, git_stamps(self.root)
        return before is not None and before != self._git


def git_stamps(root: Path) -> tuple[object, ...]:
    """What changes with every commit, every checkout and every `git add`. Empty where there is no repository."""
    top = next((folder for folder in (root.resolve(), *root.resolve().parents) if (folder / ".git").exists()), None)
    if top is None:
        return ()
    place = top / ".git"
    if place.is_file():
        try:
            place = top / place.read_text(encoding="utf-8", errors="replace").partition("gitdir:")[2].strip()
        except OSError:
            return ()
    return tuple(stamp_of(place / name) for name in ("HEAD", "index", "logs/HEAD", "MERGE_HEAD"))
