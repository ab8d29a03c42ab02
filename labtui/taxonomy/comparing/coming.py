"""What a remote branch would bring, leaf by leaf, with who did it and why: between two commits, nothing is changed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from labtui import git
from labtui.git_objects import blobs
from labtui.taxonomy.comparing.compare import compare
from labtui.taxonomy.comparing.diff_words import seeds_in_words
from labtui.taxonomy.comparing.file_changes import FileChange, State, changes_between
from labtui.taxonomy.comparing.leaf_renames import candidates, join_renamed
from labtui.taxonomy.comparing.leaf_sides import LeafSides, group, shown
from labtui.taxonomy.layout import LEAF_FILE

MOST_COMPARED = 200
"""Leaves whose seeds are counted; beyond that it is only said which leaves came."""
MOST_NAMED = 5
"""Authors and subjects given of one leaf."""


class ComingLeaf(msgspec.Struct, frozen=True, kw_only=True):
    """One leaf the remote branch changed."""

    id: str
    state: State
    """`added`, `changed`, `renamed` or `deleted`."""
    old_id: str = ""
    summary: str = ""
    """`2 seeds edited, 1 added`; empty where that was not looked at."""
    authors: list[str] = []
    """Of the newest commits first; at most MOST_NAMED."""
    subjects: list[str] = []


class Coming(msgspec.Struct, frozen=True):
    leaves: list[ComingLeaf]
    paths: list[str]
    """Every file that would be written or removed, from the taxonomy's root, as the system names it."""
    others: int
    """How many of them belong to no leaf."""


def coming(root: Path, before: str, after: str, commits_from: str) -> Coming:
    """What lies between two commits or trees (full object names). Raises LabError.

    `commits_from` is the commit that `before` is of; empty where that is only a tree.
    """
    changes = changes_between(root, before, after)
    leaf_folders = _leaf_folders(root, after)
    grouped = group(changes, leaf_folders.__contains__)
    leaves = _renamed(root, grouped.leaves)
    summaries = _summaries(root, leaves) if len(leaves) <= MOST_COMPARED else {}
    people = _people(root, commits_from, after, leaves)
    found = [
        ComingLeaf(
            id=leaf.id,
            state=leaf.state,
            old_id=shown(leaf.old_folder),
            summary=summaries.get(leaf.folder, ""),
            authors=people[leaf.folder][0],
            subjects=people[leaf.folder][1],
        )
        for leaf in leaves
    ]
    return Coming(found, [change.path for change in changes], len(grouped.others) + len(grouped.misnamed))


def _leaf_folders(root: Path, commit: str) -> set[str]:
    listing = git.run(root, "ls-tree", "-r", "-z", "--name-only", commit).out
    end = f"/{LEAF_FILE}"
    return {path[: -len(end)] for path in map(os.fsdecode, listing.split(b"\0")) if path.endswith(end)}


def _contents(root: Path, files: Iterable[FileChange | None], side: str) -> dict[str, bytes | None]:
    oids = {getattr(file, side) for file in files if file is not None}
    return {blob.oid: blob.data for blob in blobs(root, filter(None, oids))}


def _renamed(root: Path, leaves: list[LeafSides]) -> list[LeafSides]:
    gone, came = candidates(leaves)
    if not gone or not came:
        return leaves
    old = _contents(root, (leaf.main for leaf in gone), "before")
    new = _contents(root, (leaf.main for leaf in came), "after")
    joined = join_renamed(
        leaves,
        {leaf.folder: old.get(leaf.before) for leaf in gone},
        {leaf.folder: new.get(leaf.main.after) for leaf in came if leaf.main is not None},
    )
    return sorted(joined, key=lambda leaf: leaf.folder)


def _summaries(root: Path, leaves: list[LeafSides]) -> dict[str, str]:
    """Folder -> what happened to its seeds, or to what else."""
    mains = [leaf.main for leaf in leaves]
    old = {blob.oid: blob.data for blob in blobs(root, (leaf.before for leaf in leaves if leaf.before))}
    new = _contents(root, mains, "after")
    found: dict[str, str] = {}
    for leaf in leaves:
        if leaf.main is None:
            found[leaf.folder] = "attribution.txt" if leaf.attribution is not None else "files beside it"
            continue
        now = None if leaf.state is State.DELETED else new.get(leaf.main.after)
        change = compare(old.get(leaf.before), now, name=leaf.id, old_name=shown(leaf.old_folder), state=leaf.state)
        edited = ", ".join(field.key for field in change.fields[:4]) if leaf.before and now is not None else ""
        fields = f"{edited} changed" if edited else ""
        layout = "only its layout" if change.only_layout else ""
        found[leaf.folder] = "; ".join(filter(None, (seeds_in_words(change), fields, layout)))
    return found


_FIELDS = "%x01%H%x02%aN%x02%s"


def _people(root: Path, before: str, after: str, leaves: list[LeafSides]) -> dict[str, tuple[list[str], list[str]]]:
    """Folder -> (authors, subjects) of the commits that touched it, the newest first. One call of git."""
    names = [after, f"^{before}"] if before else [after]
    # Merges count only for what they themselves changed.
    arguments = ("-z", "-c", "--name-only", "--no-renames", "--relative", f"--format={_FIELDS}")
    log = git.run(root, "log", *arguments, *names, "--", ".").out
    owners = {folder: leaf.folder for leaf in leaves for folder in (leaf.folder, leaf.old_folder) if folder}
    found: dict[str, tuple[list[str], list[str]]] = {leaf.folder: ([], []) for leaf in leaves}
    for record in log.split(b"\x01")[1:]:
        header, *paths = record.split(b"\0")
        fields = header.decode("utf-8", "backslashreplace").split("\x02", 2)
        if len(fields) < 3:
            continue
        touched = {_owner(os.fsdecode(path.lstrip(b"\n")), owners) for path in paths}
        for folder in touched - {""}:
            for kept, text in zip(found[folder], fields[1:], strict=True):
                text = text.strip()
                if text and text not in kept and len(kept) < MOST_NAMED:
                    kept.append(text)
    return found


def _owner(path: str, owners: dict[str, str]) -> str:
    while "/" in path:
        path = path.rpartition("/")[0]
        if path in owners:
            return owners[path]
    return ""
