"""How a taxonomy's working tree differs from its base, leaf by leaf and seed by seed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from labtui.git_objects import Blob, blobs
from labtui.git_standing import under_way
from labtui.taxonomy.comparing.base import Base
from labtui.taxonomy.comparing.compare import compare
from labtui.taxonomy.comparing.file_changes import FileChange, State, file_changes
from labtui.taxonomy.comparing.leaf_change import LeafChange
from labtui.taxonomy.comparing.leaf_renames import candidates, join_renamed
from labtui.taxonomy.comparing.leaf_sides import Grouped, LeafSides, group, shown
from labtui.taxonomy.comparing.word_spans import TextChange, change
from labtui.taxonomy.layout import LEAF_FILE
from labtui.taxonomy.leaf import ATTRIBUTION_LIMIT
from labtui.taxonomy.source import MAX_BYTES, Unreadable, read_bytes

AT_ONCE = 200
"""Leaves whose contents are read together."""


class TaxonomyDiff(msgspec.Struct, frozen=True, kw_only=True):
    """This is also the shape of `labtui taxonomy diff --json`."""

    base: Base
    leaves: list[LeafChange]
    """By id; those that do not differ are left out."""
    misnamed: list[str] = []
    """Files that want to be a leaf but are not named qna.yaml, from the taxonomy's root."""
    under_way: str = ""
    """`merge`, `rebase` … where the repository is in the middle of one."""


def diff(root: Path, base: Base, cancelled: Callable[[], bool] = lambda: False) -> TaxonomyDiff:
    """Everything that differs. Raises LabError where git cannot tell; what a file holds never raises."""
    grouped = sides(root, base)
    leaves = list(stream(root, grouped, cancelled))
    return TaxonomyDiff(
        base=base,
        leaves=leaves,
        misnamed=[shown(path) for path in grouped.misnamed],
        under_way="" if base.everything else under_way(root),
    )


def sides(root: Path, base: Base) -> Grouped:
    """Which leaves differ and how: quick, as only what went and what came is read, to find the renamed ones."""
    grouped = group(file_changes(root, base.commit), lambda folder: (root / folder / LEAF_FILE).is_file())
    gone, came = candidates(grouped.leaves)
    if not gone or not came:
        return grouped
    contents = {blob.oid: blob.data for blob in blobs(root, (leaf.before for leaf in gone))}
    leaves = join_renamed(
        grouped.leaves,
        {leaf.folder: contents.get(leaf.before) for leaf in gone},
        {leaf.folder: _on_disk(root, leaf.folder)[0] for leaf in came},
    )
    return Grouped(sorted(leaves, key=lambda leaf: leaf.folder), grouped.misnamed, grouped.others)


def stream(root: Path, grouped: Grouped, cancelled: Callable[[], bool] = lambda: False) -> Iterator[LeafChange]:
    """The differing leaves one by one, each compared; one that turns out to be the same is left out."""
    for start in range(0, len(grouped.leaves), AT_ONCE):
        batch = grouped.leaves[start : start + AT_ONCE]
        contents = {blob.oid: blob for blob in blobs(root, [oid for leaf in batch for oid in _wanted(leaf)])}
        for leaf in batch:
            if cancelled():
                return
            found = _compared(root, leaf, contents)
            if not found.empty or found.state not in (State.CHANGED, State.CONFLICT):
                yield found


def compare_side(root: Path, leaf: LeafSides, now: bytes | None = None) -> LeafChange:
    """One leaf compared; `now` stands for its qna.yaml where its text is not saved yet. Raises LabError."""
    return _compared(root, leaf, {blob.oid: blob for blob in blobs(root, _wanted(leaf))}, now)


def _wanted(leaf: LeafSides) -> list[str]:
    return [oid for oid in (leaf.before, leaf.attribution.before if leaf.attribution else "") if oid]


def _compared(root: Path, leaf: LeafSides, contents: dict[str, Blob], now: bytes | None = None) -> LeafChange:
    names = {"name": leaf.id, "old_name": shown(leaf.old_folder)}
    problem = ""
    if leaf.main is None:
        found = LeafChange(id=leaf.id, state=leaf.state)
    else:
        old, problem = _in_history(contents, leaf.before)
        if leaf.was_link and not problem:
            problem = "It was a link, and is compared by where that pointed to."
        new: bytes | None = None
        if now is not None:
            new = now
        elif leaf.state is not State.DELETED:
            new, wrong = _on_disk(root, leaf.folder)
            problem = problem or wrong
        found = compare(old, new, state=leaf.state, **names)
    return msgspec.structs.replace(
        found,
        problem=problem or found.problem,
        attribution=_attribution(root, leaf.attribution, contents),
        files=tuple(leaf.files),
    )


def _in_history(contents: dict[str, Blob], oid: str) -> tuple[bytes | None, str]:
    if not oid:
        return None, ""
    blob = contents.get(oid)
    if blob is not None and blob.data is not None:
        return blob.data, ""
    if blob is not None and blob.size:
        return None, f"As it was it is too large to be compared ({blob.size:,} bytes)."
    return None, "What it was is not in this clone: it holds only a part of the history."


def _on_disk(root: Path, folder: str) -> tuple[bytes | None, str]:
    """The qna.yaml as it lies there, and why it cannot be read. A link is where it points to, as in git."""
    path = root / folder / LEAF_FILE
    try:
        if path.is_symlink():
            return os.fsencode(os.readlink(path)), "It is a link now, and compared by where it points to."
        return read_bytes(path, MAX_BYTES), ""
    except Unreadable as trouble:
        return None, trouble.message
    except OSError as error:
        return None, f"The file cannot be read: {error.strerror}."


def _attribution(root: Path, found: FileChange | None, contents: dict[str, Blob]) -> TextChange | None:
    if found is None:
        return None
    old, _ = _in_history(contents, found.before)
    new = b""
    if found.state is not State.DELETED:
        try:
            new = read_bytes(root / found.path, ATTRIBUTION_LIMIT)
        except Unreadable as trouble:
            new = trouble.message.encode()
    return change(_text(old or b""), _text(new)) if old != new else None


def _text(data: bytes) -> str:
    return data[:ATTRIBUTION_LIMIT].decode("utf-8", "backslashreplace").replace("\r\n", "\n").replace("\r", "\n")
