"""One leaf of a contribution put on a newer base."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

import msgspec

from labtui import git
from labtui.contribute.drafts.draft_folder import FILES, DraftFolder
from labtui.contribute.leaves.leaf_files import put_aside
from labtui.contribute.records import Change, ContributedLeaf, Draft
from labtui.contribute.submitting.basing import leaf_at
from labtui.contribute.submitting.connecting import Logins
from labtui.contribute.submitting.files import content
from labtui.contribute.submitting.leaf_merge import Resolution, merge_file, whole_leaf
from labtui.contribute.submitting.records import SeedConflict
from labtui.contribute.submitting.where import BaseBranch, Clone
from labtui.errors import UsageError
from labtui.git_objects import commits
from labtui.git_remote import is_ancestor
from labtui.journal import atomic_write
from labtui.taxonomy.layout import LEAF_FILE


class RebasedLeaf(msgspec.Struct, kw_only=True):
    leaf: str
    moved: bool
    """Whether the base has something else there than before."""
    change: Change = "new"
    was: str = ""
    """What the leaf is in the contribution afterwards."""
    before: str = ""
    """The id of its files in `base/` until now."""
    files: dict[str, bytes] = {}
    """As they will be in the draft."""
    theirs: dict[str, bytes] = {}
    """As they are in the base now."""
    conflicts: tuple[SeedConflict, ...] = ()
    gone: bool = False
    """It leaves the contribution: the base's side was taken."""
    notes: tuple[str, ...] = ()


def rebased_leaf(
    folder: DraftFolder,
    draft: Draft,
    leaf: ContributedLeaf,
    clone: Clone,
    base: BaseBranch,
    chosen: Mapping[str, Resolution],
    logins: Logins,
    stop: threading.Event | None,
) -> RebasedLeaf:
    """What becomes of it. Nothing is written. Raises LabError."""
    was = {name: content(folder.base / leaf.was / name) for name in FILES
           if leaf.was and (folder.base / leaf.was / name).exists()}  # fmt: skip
    mine = {path.rpartition("/")[2]: content(source) for path, source in folder.files(leaf).items()}
    theirs = leaf_at(clone, base, leaf.was or leaf.id, logins, stop)
    if leaf.was and leaf.was != leaf.id and leaf_at(clone, base, leaf.id, logins, stop):
        raise UsageError(
            f"There is a leaf {leaf.id} in {base.name} by now, where you want to move {leaf.was} to.",
            hint="Give yours another place first.",
        )
    if theirs and not leaf.was and _taken_in(clone, draft, base):
        # What was submitted then is what both sides began from.
        was = leaf_at(clone, msgspec.structs.replace(base, commit=draft.commit), leaf.id, logins, stop)
    found = RebasedLeaf(
        leaf=leaf.id,
        moved=theirs != was or bool(theirs and not leaf.was),
        change=leaf.change,
        was=leaf.was,
        before=leaf.was,
        files=mine,
        theirs=theirs,
    )
    if not found.moved:
        return found
    by = _who(clone, draft.base, base.commit, f"{clone.inside}{leaf.was or leaf.id}")
    if LEAF_FILE not in theirs:
        return _removed_there(found, leaf, was, mine, chosen, by)
    if leaf.change == "deleted":
        return _removed_here(found, leaf, was, theirs, chosen, by)
    found.change, found.was = ("renamed" if leaf.was and leaf.was != leaf.id else "changed"), leaf.was or leaf.id
    conflicts: list[SeedConflict] = []
    for name in FILES:
        if name not in theirs:
            continue
        if name not in mine or theirs[name] == was.get(name):
            found.files.setdefault(name, theirs[name])
            continue
        merged = merge_file(leaf.id, name, was.get(name), mine[name], theirs[name], chosen, by)
        found.files[name] = merged.data
        conflicts += merged.conflicts
        found.notes += tuple(f"A remark of yours found no place: {line}" for line in merged.left_out)
    found.conflicts = tuple(conflicts)
    if found.files == theirs and not conflicts and leaf.id == found.was:
        found.notes += (f"{leaf.id} is in {base.name} as it is here.",)
    return found


def _taken_in(clone: Clone, draft: Draft, base: BaseBranch) -> bool:
    """Whether the base has an earlier version of this very contribution, not somebody else's leaf of the same name."""
    if not draft.commit or not commits(clone.top, [draft.commit])[0]:
        return False
    merged = draft.request is not None and draft.request.state == "merged"
    return merged or is_ancestor(clone.top, draft.commit, base.commit)


def _removed_there(
    found: RebasedLeaf,
    leaf: ContributedLeaf,
    was: dict[str, bytes],
    mine: dict[str, bytes],
    chosen: Mapping[str, Resolution],
    by: str,
) -> RebasedLeaf:
    if leaf.change == "deleted":
        found.gone = True
        found.notes = (f"{leaf.id} was removed there as well.",)
        return found
    if mine == was and leaf.id == leaf.was:
        found.gone = True
        return found
    what = "The leaf was removed there, and you changed it."
    conflict = whole_leaf(leaf.id, what, _said(was), _said(mine), None, by)
    way = chosen[conflict.id].way if conflict.id in chosen else ""
    found.conflicts = (msgspec.structs.replace(conflict, chosen=way),)
    found.gone = way == "theirs"
    found.change, found.was = "new", ""
    return found


def _removed_here(
    found: RebasedLeaf,
    leaf: ContributedLeaf,
    was: dict[str, bytes],
    theirs: dict[str, bytes],
    chosen: Mapping[str, Resolution],
    by: str,
) -> RebasedLeaf:
    what = "You remove the leaf, and it was changed there."
    conflict = whole_leaf(leaf.id, what, _said(was), None, _said(theirs), by)
    way = chosen[conflict.id].way if conflict.id in chosen else ""
    found.conflicts = (msgspec.structs.replace(conflict, chosen=way),)
    found.gone = way == "theirs"
    return found


def apply(folder: DraftFolder, leaf: RebasedLeaf) -> None:
    """Writes what became of a leaf into the draft. Doing it again changes nothing."""
    if leaf.gone:
        put_aside(folder, leaf.leaf)
        return
    if not leaf.moved:
        return
    if leaf.change != "deleted":
        for name, data in leaf.files.items():
            _replace(folder.taxonomy / leaf.leaf / name, data)
    if leaf.was:
        for name in FILES:
            path = folder.base / leaf.was / name
            if name in leaf.theirs:
                _replace(path, leaf.theirs[name])
            elif os.path.lexists(path):
                path.unlink()


def _replace(path: os.PathLike[str], data: bytes) -> None:
    from pathlib import Path

    place = Path(path)
    if not place.exists() or place.read_bytes() != data:
        atomic_write(place, data)


def _said(files: dict[str, bytes]) -> str:
    return files.get(LEAF_FILE, b"").decode("utf-8", "backslashreplace")


def _who(clone: Clone, began: str, now: str, path: str) -> str:
    """Who changed it there last, and when; empty where the history does not say."""
    which = f"{began}..{now}" if began else now
    done = git.run(clone.top, "log", "-1", "--format=%an, %cr", "--end-of-options", which, "--", path, check=False)
    return done.text.strip() if done.code == 0 else ""
