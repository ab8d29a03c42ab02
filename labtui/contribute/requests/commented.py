"""Which leaf and which seed a place in a request speaks of: from a path and a line to what the wizard can show.

The line counts in the file as it was pushed. Where more was written since, the seed is found again by its question.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import NamedTuple

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import ContributedLeaf, Draft
from labtui.errors import LabError
from labtui.taxonomy.layout import LEAF_FILE
from labtui.taxonomy.leaf import ATTRIBUTION, Leaf, Seed, leaf_of, read_leaf_file
from labtui.taxonomy.parse import parse
from labtui.taxonomy.source import Unreadable, decode


class Spot(NamedTuple):
    """What a line speaks of."""

    leaf: str
    """Empty where the path belongs to no leaf of the contribution."""
    seed: int = 0
    """From 1; 0 where the line lies in none, or in one that is gone."""
    field: tuple[str | int, ...] = ()
    """The path of the value in the file as it is now, or the one key ATTRIBUTION; empty: the leaf as a whole."""


NOWHERE = Spot("")


class Places:
    """Finds what lines speak of, in one contribution. Reads each file once."""

    def __init__(self, folder: DraftFolder, draft: Draft) -> None:
        self.folder = folder
        self.draft = draft
        self._pushed: dict[tuple[str, str], Leaf | None] = {}
        self._now: dict[str, Leaf] = {}

    def spot(self, path: str, line: int, commit: str = "") -> Spot:
        """`path` as the forge names it, from the repository's root; `line` from 1, 0 for the whole file. `commit`, in
        full, is the one the line counts in, where that is not the one that was pushed last."""
        leaf = self._leaf(path)
        if leaf is None:
            return NOWHERE
        if path.endswith(f"/{ATTRIBUTION}"):
            return Spot(leaf.id, 0, (ATTRIBUTION,))
        if line < 1 or leaf.change == "deleted":
            return Spot(leaf.id)
        before = self._as_pushed(leaf, commit) or self._as_pushed(leaf, self.draft.commit)
        present = self._present(leaf)
        then = before if before is not None else present
        seed = next((seed for seed in then.seeds if seed.line <= line <= seed.last_line), None)
        if seed is None:
            return Spot(leaf.id, 0, self._key(then, present, line))
        number = seed.number if then is present else _same_seed(seed, present)
        return Spot(leaf.id, number, ("seed_examples", number - 1) if number else ())

    def _leaf(self, path: str) -> ContributedLeaf | None:
        folder, _, name = path.rpartition("/")
        if name not in (LEAF_FILE, ATTRIBUTION):
            return None
        for leaf in self.draft.leaves:
            # The taxonomy may lie in a folder of its repository.
            if any(folder == known or folder.endswith(f"/{known}") for known in (leaf.id, leaf.was) if known):
                return leaf
        return None

    def _present(self, leaf: ContributedLeaf) -> Leaf:
        if leaf.id not in self._now:
            self._now[leaf.id] = read_leaf_file(self.folder.leaf_file(leaf), leaf.id)
        return self._now[leaf.id]

    def _as_pushed(self, leaf: ContributedLeaf, commit: str) -> Leaf | None:
        """The leaf as it stands in a commit; None where the clone does not hold it."""
        if (leaf.id, commit) not in self._pushed:
            self._pushed[leaf.id, commit] = self._read_pushed(leaf, commit)
        return self._pushed[leaf.id, commit]

    def _read_pushed(self, leaf: ContributedLeaf, commit: str) -> Leaf | None:
        # What a forge gives for a commit becomes an argument of git.
        if not re.fullmatch(r"[0-9a-f]{40}([0-9a-f]{24})?", commit) or not self.draft.taxonomy:
            return None
        from labtui import git

        clone = Path(self.draft.taxonomy)
        with contextlib.suppress(LabError, Unreadable):
            # The path counts from the folder the taxonomy lies in, wherever that is in its repository.
            data = git.run(clone, "cat-file", "blob", f"{commit}:./{leaf.id}/{LEAF_FILE}").out
            text = decode(data).text
            return leaf_of(leaf.id, self.folder.leaf_file(leaf), data, text, parse(text))
        return None

    def _key(self, then: Leaf, present: Leaf, line: int) -> tuple[str | int, ...]:
        above = [(start, key) for key, start in then.lines.items() if start <= line]
        key = max(above)[1] if above else ""
        return (key,) if key and key in present.lines else ()


def _same_seed(seed: Seed, present: Leaf) -> int:
    """The number of this seed in the leaf as it is now; 0 where it is gone."""
    wanted = {pair.question for pair in seed.pairs}
    for other in present.seeds:
        if wanted & {pair.question for pair in other.pairs}:
            return other.number
    # Its question was rewritten, perhaps because of this very comment: its place is the best guess.
    return seed.number if seed.number <= len(present.seeds) else 0
