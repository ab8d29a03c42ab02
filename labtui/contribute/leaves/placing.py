"""Where a contributed leaf is to stand in the taxonomy."""

from __future__ import annotations

import contextlib
from pathlib import Path

from labtui.contribute.drafts.base_files import commit_for, has_leaf
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.leaf_files import UNTITLED, leaf_in, top_of
from labtui.contribute.leaves.relocating import relocate
from labtui.contribute.records import ContributedLeaf, Draft
from labtui.errors import LabError, UsageError
from labtui.taxonomy.layout import FOUNDATIONAL, LEAF_FILE
from labtui.taxonomy.leaf_names import checked
from labtui.workspace import Workspace


def place(folder: DraftFolder, leaf: ContributedLeaf | str, new_id: str) -> ContributedLeaf:
    """Puts the leaf at `new_id` (its top folder may be left out) and returns it as it stands then.

    Raises UsageError, and changes nothing, where the name is odd (a better one is proposed), where a leaf stands there
    in the taxonomy or in another contribution.
    """
    with folder.locked():
        draft = folder.load()
        found = leaf_in(draft, leaf)
        name = checked_place(folder, draft, found, new_id)
        if name == found.id and found.placed:
            return found
        return relocate(folder, found, name, placed=True)


def checked_place(folder: DraftFolder, draft: Draft, leaf: ContributedLeaf, new_id: str) -> str:
    """`new_id` as the name of a place the leaf may have. Raises UsageError as `place`. Reads, changes nothing."""
    if leaf.change == "deleted":
        raise UsageError("A leaf that is deleted has no other place.", where=leaf.id)
    name = checked(new_id, top_of(leaf.kind) if leaf.kind else "")
    if name.startswith(f"{FOUNDATIONAL}/"):
        raise UsageError("Foundational skills are not contributed to.", where=name, hint="Begin: compositional_skills/")
    if name.rpartition("/")[2] == "untitled" or name in UNTITLED.values():
        raise UsageError("The last folder is the leaf's name.", where=name, hint="Name it after what it teaches.")
    if name in (leaf.was, leaf.id if leaf.placed else ""):
        return name
    if any(other.id == name for other in draft.leaves if other.id != leaf.id):
        raise UsageError("This contribution has a leaf of that name already.", where=name, hint="Choose another name.")
    clone = Path(draft.taxonomy)
    if _in_taxonomy(folder, draft, clone, name):
        raise UsageError(
            "There is a leaf of that name in the taxonomy already.",
            where=name,
            hint="Extend that one instead, or choose another name.",
        )
    if other_id := in_another(folder, name):
        raise UsageError(
            "Another contribution has a leaf of that name.",
            where=f"{name}, in {other_id}",
            hint=f"Go on with that one (labtui contribute resume {other_id}), or choose another name.",
        )
    return name


def _in_taxonomy(folder: DraftFolder, draft: Draft, clone: Path, name: str) -> bool:
    if (clone / name / LEAF_FILE).exists():
        return True
    with contextlib.suppress(LabError):
        # The clone's folder may have lost it, or stand on a branch that never had it.
        return has_leaf(clone, commit_for(clone, Workspace(folder.path.parent.parent), draft.base), name)
    return False


_Held = tuple[tuple[int, int, int], frozenset[str]]
_held: dict[str, _Held] = {}
"""What each contribution's file said when it was read last: its stamp, and the places it holds."""


def in_another(folder: DraftFolder, name: str) -> str:
    """The id of another contribution that puts a leaf there and is not merged. Only files that changed are read."""
    from labtui.contribute.drafts.store import list_in

    return next((other.id for other in list_in(folder.path.parent) if other != folder and name in _places(other)), "")


def _places(folder: DraftFolder) -> frozenset[str]:
    """Where its leaves are placed; nowhere for what is merged or cannot be read."""
    try:
        stat = folder.draft_file.stat()
    except OSError:
        return frozenset()
    stamp, key = (stat.st_ino, stat.st_mtime_ns, stat.st_size), str(folder.path)
    known = _held.get(key)
    if known is None or known[0] != stamp:
        known = _held[key] = (stamp, _read_places(folder))
    return known[1]


def _read_places(folder: DraftFolder) -> frozenset[str]:
    try:
        draft = folder.load()
    except LabError:
        return frozenset()
    if draft.request is not None and draft.request.state == "merged":
        return frozenset()
    return frozenset(leaf.id for leaf in draft.leaves if leaf.placed and leaf.change != "deleted")
