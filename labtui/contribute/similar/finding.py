"""Leaves that are about the same: so that people extend what there is instead of writing it again.

    index = SimilarLeaves(root)
    index.refresh()                              # reads what is new or changed; two seconds for 10,000 leaves, once
    index.find(wanted_of(leaf))                  # milliseconds: call it while somebody types
    similar_leaves(root, "garden birds")         # both in one; the index of a root is kept, and seldom looked over

Two steps. All leaves are ranked by the words they share with what is wanted, rare words counting most; no YAML is
parsed for that. The best of them are read as leaves and compared seed by seed, so that the reason given is exact.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from pathlib import Path

from labtui.contribute.similar.index import SHOWN, SimilarLeaves
from labtui.contribute.similar.wanted import SimilarLeaf, Wanted, wanted_of
from labtui.taxonomy.leaf import Leaf

__all__ = ["SimilarLeaf", "SimilarLeaves", "Wanted", "similar_leaves", "wanted_of"]

ROOTS_KEPT = 2


@functools.lru_cache(maxsize=ROOTS_KEPT)
def _index(root: Path) -> SimilarLeaves:
    return SimilarLeaves(root)


def similar_leaves(
    root: Path,
    to: str | Leaf | Wanted,
    *,
    limit: int = SHOWN,
    skip: Collection[str] = (),
    cancelled: Callable[[], bool] = lambda: False,
) -> list[SimilarLeaf]:
    """The leaves of the taxonomy in `root` most like `to` (a few words, a leaf, or a Wanted), best first.

    `skip` names leaves that do not count. Blocks while leaves are read (the first time: all of them): call it from a
    thread.
    """
    wanted = Wanted(words=to) if isinstance(to, str) else wanted_of(to) if isinstance(to, Leaf) else to
    index = _index(root.absolute())
    if not index.is_fresh:
        index.refresh(cancelled)
    return [] if cancelled() else index.find(wanted, limit=limit, skip=skip)
