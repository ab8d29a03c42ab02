"""All leaves of a taxonomy with what is wrong with each, in batches, for a screen that fills in as they come."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from labtui import git
from labtui.errors import LabError
from labtui.taxonomy.findings import Finding, Level, worst
from labtui.taxonomy.layout import leaf_files

BATCH_SECONDS = 0.1


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
    """Identity of the file's content on disk: inode, size, time of change."""

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
    found: list[Surveyed], known: Mapping[str, Surveyed], cancelled: Callable[[], bool] = lambda: False
) -> Iterator[list[Surveyed]]:
    """Reads and checks leaves in order and gives them in batches. One in `known` that did not change is taken over."""
    batch: list[Surveyed] = []
    last = time.monotonic()
    for leaf in found:
        if cancelled():
            return
        before = known.get(leaf.id)
        stamp = stamp_of(leaf.path)
        batch.append(before if before is not None and before.read and before.stamp == stamp else look(leaf, stamp))
        if time.monotonic() - last > BATCH_SECONDS:
            yield batch
            batch, last = [], time.monotonic()
    if batch:
        yield batch


def look(leaf: Surveyed, stamp: tuple[int, int, int] | None = None) -> Surveyed:
    """One leaf, read and checked."""
    from labtui.taxonomy.check import check_file
    from labtui.taxonomy.leaf import read_leaf_file

    stamp = stamp or stamp_of(leaf.path)
    read = read_leaf_file(leaf.path, leaf.id)
    findings = tuple(check_file(leaf.path))
    rules = " ".join({finding.rule for finding in findings})
    text = read.description or read.outline or read.domain
    return Surveyed(
        id=leaf.id,
        path=leaf.path,
        kind=read.kind,
        seeds=len(read.seeds),
        author=read.created_by,
        about=f"{read.kind} {text} {read.created_by} {rules}".lower(),
        findings=findings,
        stamp=stamp,
    )


def stamp_of(path: Path) -> tuple[int, int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_size, found.st_mtime_ns)


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
