"""All leaves of a taxonomy with what is wrong with each, in batches, for a screen that fills in as they come.

What is remembered of a content is taken; the rest is checked by processes beside the screen's own, which give way to
everything else on the machine. What is in sight comes first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from labtui import git
from labtui.errors import LabError
from labtui.taxonomy.findings import Finding, Level, worst
from labtui.taxonomy.layout import leaf_files

if TYPE_CHECKING:
    from labtui.taxonomy.checking.cache import Cache


class Surveyed(msgspec.Struct, frozen=True, kw_only=True):
    """One leaf as far as it is known."""

    id: str
    path: Path
    kind: str = ""
    """Empty: not read yet."""
    seeds: int = 0
    author: str = ""
    about: str = ""
    """Description, author and rules in lower case: what a filter looks through beside the id."""
    findings: tuple[Finding, ...] = ()
    stamp: tuple[int, int, int] = (0, 0, 0)
    """Identity of the content on disk, attribution.txt included: inode, size, time of change."""
    data: bytes = b""
    """SHA-256 of qna.yaml as it was checked; empty where it cannot be read."""

    @property
    def level(self) -> Level | None:
        return worst(list(self.findings))

    @property
    def read(self) -> bool:
        return bool(self.kind)


def places(root: Path) -> list[Surveyed]:
    """Every leaf by its place alone: quick, as no file is opened."""
    from labtui.taxonomy.find import leaf_id

    return [Surveyed(id=leaf_id(root, path), path=path) for path in leaf_files(root)]


def survey(
    found: Sequence[Surveyed],
    known: Mapping[str, Surveyed],
    cancelled: Callable[[], bool] = lambda: False,
    *,
    in_sight: Callable[[], Iterable[str]] = lambda: (),
    cache: Cache | None = None,
) -> Iterator[list[Surveyed]]:
    """Reads and checks leaves and gives them in batches. One in `known` that did not change is taken over.

    They come in the order of `found`, except that those whose ids `in_sight` gives, asked again and again, come
    first. Without `cache` the user's own is used.
    """
    from labtui.taxonomy.checking.surveying import Survey

    yield from Survey(found, known, cancelled, in_sight, cache).batches()


def together(
    leaves: Sequence[Surveyed], cancelled: Callable[[], bool] = lambda: False, *, cache: Cache | None = None
) -> Iterator[list[Surveyed]]:
    """What the leaves show together (near duplicates, contradictions), in batches of those with new findings.

    `leaves` are all there are, checked. It is found out by a process beside this one.
    """
    from labtui.taxonomy.checking.surveying import show_together

    yield from show_together(leaves, cancelled, cache)


def stamp_of(path: Path) -> tuple[int, int, int]:
    """Of the qna.yaml `path` and the attribution.txt beside it; all zero where there is no qna.yaml."""
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0, 0)
    try:
        beside = os.stat(os.path.join(os.path.dirname(path), "attribution.txt"))
    except OSError:
        return (found.st_ino, found.st_size, found.st_mtime_ns)
    return (
        found.st_ino + 31 * beside.st_ino,
        found.st_size + 31 * beside.st_size,
        max(found.st_mtime_ns, beside.st_mtime_ns),
    )


def changes(root: Path) -> dict[str, str]:
    """Leaf -> `new` or `changed`, as git sees the working tree. Empty where there is no git or no repository."""
    try:
        top = git.root(root) if git.available() else None
        if top is None:
            return {}
        inside = Path(os.path.realpath(root)).relative_to(os.path.realpath(top)).as_posix()
        status = git.status(top)
    except (LabError, ValueError):
        return {}
    prefix = "" if inside == "." else f"{inside}/"
    found: dict[str, str] = {}
    for path, state in status.changed.items():
        if path.startswith(prefix) and state != "deleted":
            leaf = path.removeprefix(prefix).rpartition("/")[0]
            is_leaf_itself = path.endswith("/qna.yaml")
            if is_leaf_itself or leaf not in found:
                found[leaf] = "new" if state == "new" and is_leaf_itself else "changed"
    return found
