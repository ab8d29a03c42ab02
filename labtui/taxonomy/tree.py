"""The leaves of a taxonomy, with what a list shows of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from labtui.taxonomy.layout import leaf_files


class LeafRef(msgspec.Struct, frozen=True, kw_only=True):
    """A leaf as a list shows it."""

    id: str
    """The folder's path from the taxonomy's root: the leaf's name everywhere."""
    path: Path
    """Of the qna.yaml."""
    kind: str
    """`knowledge`, `grounded skill`, `freeform skill` or `unreadable`."""
    seeds: int = 0
    description: str = ""
    """The task or the document's outline, as one line."""


def scan(root: Path, unlisted: Callable[[str, OSError], None] | None = None) -> list[LeafRef]:
    """Every leaf of the taxonomy in `root`. One walk; each file is read. Nothing that is wrong with one raises.

    `unlisted` is told of each folder that cannot be listed.
    """
    return list(iterate(root, unlisted))


def iterate(root: Path, unlisted: Callable[[str, OSError], None] | None = None) -> Iterator[LeafRef]:
    """As `scan`, one by one."""
    for path in leaf_files(root, unlisted):
        yield describe(root, path)


def describe(root: Path, path: Path) -> LeafRef:
    """What a list shows of the leaf whose qna.yaml is `path`."""
    from labtui.taxonomy.find import leaf_id
    from labtui.taxonomy.leaf import read_leaf_file

    leaf = read_leaf_file(path, leaf_id(root, path))
    text = leaf.description or leaf.outline or leaf.domain or leaf.problem
    return LeafRef(
        id=leaf.id, path=path, kind=leaf.kind, seeds=len(leaf.seeds), description=" ".join(text.split())[:200]
    )
