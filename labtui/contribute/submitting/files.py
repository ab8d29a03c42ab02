"""What of a contribution goes into the commit, and how it stands to the base as it is now."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from labtui import git
from labtui.contribute.drafts.draft_folder import FILES, DraftFolder
from labtui.contribute.records import ContributedLeaf, Draft
from labtui.contribute.submitting.records import PlannedFile
from labtui.errors import LabError
from labtui.git_worktrees import LOCAL
from labtui.taxonomy.source import Unreadable, read_bytes


class LeafStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A leaf of the contribution beside the base as it is now."""

    leaf: str
    moved: bool
    """Whether the base has something else there than what the contribution began from."""
    same: bool
    """Whether the base has it exactly as the contribution would make it."""


def planned_files(folder: DraftFolder, draft: Draft, top: Path, inside: str, commit: str) -> tuple[PlannedFile, ...]:
    """The files the commit adds, changes and removes, by path from the repository's root; what the base has already as
    it is here is left out. Raises LabError where a file cannot be read."""
    there = in_commit(top, commit, [f"{inside}{path}" for path in _paths(draft)])
    planned: dict[str, PlannedFile] = {}
    for leaf in draft.leaves:
        for name in _gone(folder, leaf):
            path = f"{inside}{name}"
            if path in there:
                planned.setdefault(path, PlannedFile(path=path, change="removed", leaf=leaf.id))
    for leaf in draft.leaves:
        for name, source in folder.files(leaf).items():
            path = f"{inside}{name}"
            before = there.get(path)
            if before == blob_name(content(source), len(commit)):
                planned.pop(path, None)
                continue
            change = PlannedFile(
                path=path, change="changed" if before else "added", leaf=leaf.id, data_path=str(source)
            )
            planned[path] = change
    return tuple(planned[path] for path in sorted(planned))


def standings(folder: DraftFolder, draft: Draft, top: Path, inside: str, commit: str) -> list[LeafStanding]:
    """How each leaf stands to the base at `commit`."""
    there = in_commit(top, commit, [f"{inside}{path}" for path in _paths(draft)])
    found = []
    for leaf in draft.leaves:
        began = {f"{leaf.was}/{name}": _if_any(folder.base / leaf.was / name) for name in FILES} if leaf.was else {}
        if leaf.id != leaf.was:
            began |= {f"{leaf.id}/{name}": None for name in FILES}
        mine = {name: content(source) for name, source in folder.files(leaf).items()}
        length = len(commit)
        moved = any(there.get(inside + path) != _name(data, length) for path, data in began.items())
        after = {path: mine.get(path) for path in began}
        same = all(there.get(inside + path) == _name(data, length) for path, data in after.items())
        found.append(LeafStanding(leaf=leaf.id, moved=moved and not same, same=same))
    return found


def in_commit(top: Path, commit: str, paths: list[str]) -> dict[str, str]:
    """Path -> blob of those of these files that are in the commit."""
    if not commit or not paths:
        return {}
    listing = git.run(top, "ls-tree", "-z", "--full-tree", commit, "--", *paths, environment=LOCAL).out
    found = {}
    for entry in listing.split(b"\0"):
        kind, _, path = entry.decode("utf-8", "surrogateescape").partition("\t")
        if " blob " in kind:
            found[path] = kind.split()[2]
    return found


def content(path: Path) -> bytes:
    """Raises LabError where it cannot be read."""
    try:
        return read_bytes(path)
    except Unreadable as trouble:
        raise LabError(trouble.message, where=str(path), hint=trouble.hint) from trouble


def blob_name(data: bytes, length: int = 40) -> str:
    """What git calls this content; names of 64 digits are SHA-256."""
    digest = hashlib.sha256() if length == 64 else hashlib.sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % len(data) + data)
    return digest.hexdigest()


def _name(data: bytes | None, length: int) -> str | None:
    return None if data is None else blob_name(data, length)


def _if_any(path: Path) -> bytes | None:
    return content(path) if path.exists() else None


def _paths(draft: Draft) -> list[str]:
    names = dict.fromkeys(name for leaf in draft.leaves for name in (leaf.id, leaf.was) if name)
    return [f"{name}/{file}" for name in names for file in FILES]


def _gone(folder: DraftFolder, leaf: ContributedLeaf) -> list[str]:
    """Files that are not to be there any more: of a deleted or renamed leaf, or an attribution taken away."""
    if leaf.change == "new":
        return []
    kept = folder.files(leaf)
    return [f"{leaf.was or leaf.id}/{name}" for name in FILES if f"{leaf.was or leaf.id}/{name}" not in kept]
