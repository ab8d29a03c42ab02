"""Files of contributed leaves: free places, moving aside, folders that became empty, one edit of a qna.yaml."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from labtui.contribute.drafts.draft_folder import FILES, DraftFolder
from labtui.contribute.records import ContributedLeaf, Draft
from labtui.errors import LabError, UsageError
from labtui.taxonomy.editing import LeafEditor
from labtui.taxonomy.editing.saving import save
from labtui.taxonomy.layout import KNOWLEDGE, SKILLS
from labtui.taxonomy.leaf import FREEFORM, GROUNDED
from labtui.taxonomy.source import Unreadable, read_bytes

KINDS = (KNOWLEDGE, GROUNDED, FREEFORM)
UNTITLED = {
    KNOWLEDGE: f"{KNOWLEDGE}/untitled",
    GROUNDED: f"{SKILLS}/grounded/untitled",
    FREEFORM: f"{SKILLS}/untitled",
}
"""Where a leaf stands that is not placed yet; a second one gets a number."""

T = TypeVar("T")


def known_kind(kind: str) -> str:
    """Raises UsageError for a kind there is none of."""
    if kind not in KINDS:
        raise UsageError(f"There is no kind of leaf '{kind}'.", hint=f"There are: {', '.join(KINDS)}.")
    return kind


def top_of(kind: str) -> str:
    """The top folder leaves of a kind stand in."""
    return KNOWLEDGE if kind == KNOWLEDGE else SKILLS


def untitled(folder: DraftFolder, draft: Draft, kind: str) -> str:
    """A free place for a leaf that is not placed yet."""
    taken = {leaf.id for leaf in draft.leaves}
    name, number = UNTITLED[kind], 1
    while name in taken or os.path.lexists(folder.taxonomy / name):
        number += 1
        name = f"{UNTITLED[kind]}_{number}"
    return name


def leaf_in(draft: Draft, leaf: ContributedLeaf | str) -> ContributedLeaf:
    """The leaf as it stands in `draft`. Raises UsageError that names those there are."""
    leaf_id = leaf if isinstance(leaf, str) else leaf.id
    for other in draft.leaves:
        if other.id == leaf_id:
            return other
    named = ", ".join(other.id for other in draft.leaves[:5])
    raise UsageError(
        f"The contribution holds no leaf '{leaf_id}'.",
        where=draft.id,
        hint=f"It holds: {named}." if named else "It holds no leaf yet.",
    )


def put_aside(folder: DraftFolder, leaf_id: str, *, copy: bool = False) -> None:
    """Moves (or copies) the files of a leaf below `.removed/`, where nothing is ever overwritten."""
    number, place = 1, folder.path / ".removed" / leaf_id
    while os.path.lexists(place):
        number += 1
        place = folder.path / ".removed" / f"{leaf_id}.{number}"
    for name in FILES:
        path = folder.taxonomy / leaf_id / name
        if path.is_symlink():
            path.unlink()
        elif path.exists():
            place.mkdir(parents=True, exist_ok=True)
            if copy:
                (place / name).write_bytes(path.read_bytes())
            else:
                os.rename(path, place / name)
    if not copy:
        tidy(folder.taxonomy, folder.taxonomy / leaf_id)


def tidy(top: Path, path: Path) -> None:
    """Removes `path` and the folders above it that are empty now, up to `top`."""
    while path != top and path.is_relative_to(top):
        try:
            path.rmdir()
        except FileNotFoundError:
            pass
        except OSError:
            return
        path = path.parent


def read_file(path: Path) -> bytes:
    """Raises LabError where it is no readable file."""
    try:
        return read_bytes(path)
    except Unreadable as trouble:
        raise LabError(trouble.message, where=str(path), hint=trouble.hint) from trouble


def edit(folder: DraftFolder, leaf: ContributedLeaf | str, function: Callable[[LeafEditor], T]) -> T:
    """Opens the leaf's qna.yaml, lets `function` edit it, and saves it where that changed anything.

    Raises LabError (CannotEdit among them) where it cannot be read, edited or written; then it is as it was.
    """
    with folder.locked():
        path = folder.leaf_file(leaf)
        data = read_file(path)
        leaf_id = leaf if isinstance(leaf, str) else leaf.id
        editor = LeafEditor.open(data, leaf_id.partition("/")[0])
        result = function(editor)
        if editor.unsaved:
            save(path, editor, hashlib.sha256(data).hexdigest())
        return result
