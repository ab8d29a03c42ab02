"""A contribution from what was changed in the clone: leaves changed, new, renamed, deleted, copied as they lie there.

    for leaf in changed_leaves(workspace): ...            # what there is to take
    taken = take_changes(workspace, ["knowledge/birds"])  # a folder stands for the leaves below it
    taken.folder.load().leaves

The clone stays as it is, its index included; what is changed there later does not change the contribution.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from labtui.contribute.drafts.base_files import base_of, files_at
from labtui.contribute.drafts.draft_folder import FILES, DraftFolder
from labtui.contribute.leaves.existing import take_in
from labtui.contribute.records import Change
from labtui.errors import AnswerNo, LabError, UsageError
from labtui.taxonomy.comparing.base import Base
from labtui.taxonomy.comparing.diff import sides
from labtui.taxonomy.comparing.file_changes import State
from labtui.taxonomy.comparing.leaf_sides import LeafSides
from labtui.taxonomy.find import find_leaf
from labtui.taxonomy.layout import FOUNDATIONAL, LEAF_FILE
from labtui.taxonomy.source import Unreadable, read_bytes
from labtui.workspace import Workspace


class ChangedLeaf(msgspec.Struct, frozen=True, kw_only=True):
    """A leaf of the clone that differs from the base."""

    id: str
    change: Change
    was: str = ""
    """Its id in the base, where it is renamed."""
    refused: str = ""
    """Why it cannot be contributed; empty where it can."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What came of taking changes."""

    folder: DraftFolder
    base: Base
    left_out: tuple[ChangedLeaf, ...] = ()
    """Those that cannot be contributed, and why."""


def changed_leaves(workspace: Workspace) -> list[ChangedLeaf]:
    """Every leaf that differs from the base, by id. Raises LabError where that cannot be told."""
    return [_described(leaf) for leaf in _sides(workspace, _base(workspace))]


def from_changes(workspace: Workspace, leaf_ids: Sequence[str] | None = None) -> DraftFolder:
    """As `take_changes`, for whoever does not ask what was left out."""
    return take_changes(workspace, leaf_ids).folder


def take_changes(workspace: Workspace, names: Sequence[str] | None = None, title: str = "") -> Taken:
    """A new contribution of the leaves named (each may be a folder of leaves), or of all that differ.

    Raises AnswerNo where nothing differs, UsageError for a name there is none of, that does not differ or cannot be
    contributed, and LabError where something cannot be read. Then nothing was made.
    """
    root = workspace.taxonomy
    base = _base(workspace)
    found = [leaf for leaf in _sides(workspace, base) if not names or _asked_for(root, leaf, names)]
    if names:
        _refuse_unchanged(root, base, found, names)
    described = [_described(leaf) for leaf in found]
    refused = tuple(leaf for leaf in described if leaf.refused)
    good = [leaf for leaf in described if not leaf.refused]
    if refused and (names or not good):
        raise UsageError(refused[0].refused, where=refused[0].id, hint="Put that right first, or take other leaves.")

    def fill(folder: DraftFolder) -> None:
        for leaf in good:
            _take(folder, root, base.commit, leaf)
        if not folder.load().leaves:
            raise AnswerNo(
                f"No leaf differs from {base.name} ({base.short}).",
                where=str(root),
                hint="Edit one, or begin a new contribution: labtui contribute new",
            )

    from labtui.contribute.drafts import store

    return Taken(folder=store.new(workspace, title=title, fill=fill), base=base, left_out=refused)


def _base(workspace: Workspace) -> Base:
    root = workspace.taxonomy
    if not root.is_dir():
        raise LabError(
            "The workspace has no taxonomy.",
            where=str(root),
            hint="Give it one: labtui init . --taxonomy URL|DIR",
        )
    base = base_of(root, workspace)
    if not base.commit:
        raise LabError(
            "Nothing is committed in this taxonomy yet, so there is nothing a contribution could change.",
            where=str(root),
            hint=f"Commit what is there first: git -C '{root}' add . && git -C '{root}' commit -m 'The taxonomy'",
        )
    return base


def _sides(workspace: Workspace, base: Base) -> list[LeafSides]:
    return sides(workspace.taxonomy, base).leaves


def _described(leaf: LeafSides) -> ChangedLeaf:
    change: Change = "changed"
    if leaf.state in (State.ADDED, State.UNTRACKED):
        change = "new"
    elif leaf.state is State.RENAMED:
        change = "renamed"
    elif leaf.state is State.DELETED:
        change = "deleted"
    return ChangedLeaf(id=leaf.id, change=change, was=leaf.old_folder, refused=_why_not(leaf))


def _why_not(leaf: LeafSides) -> str:
    if leaf.state is State.CONFLICT:
        return "A merge left this leaf in conflict."
    if leaf.folder.partition("/")[0] == FOUNDATIONAL:
        return "Foundational skills are not contributed to."
    if leaf.id != leaf.folder or any(ord(character) < 32 for character in leaf.folder):
        return "Its folder has a name that no taxonomy takes."
    return ""


def _asked_for(root: Path, leaf: LeafSides, names: Sequence[str]) -> bool:
    folders = [leaf.folder, *([leaf.old_folder] if leaf.old_folder else [])]
    return any(_is_below(folder, place) for folder in folders for name in names for place in _places(root, name))


def _refuse_unchanged(root: Path, base: Base, found: Sequence[LeafSides], names: Sequence[str]) -> None:
    """Raises UsageError for a name below which nothing differs."""
    for name in names:
        if any(_asked_for(root, leaf, [name]) for leaf in found):
            continue
        place = next((place for place in _places(root, name) if (root / place).is_dir()), "")
        if not place:
            place = find_leaf(root, name).parent.relative_to(root).as_posix()
        raise UsageError(
            f"Nothing in it differs from {base.name} ({base.short}).",
            where=place,
            hint="See what does: labtui taxonomy diff --brief",
        )


def _places(root: Path, name: str) -> list[str]:
    """What `name` may mean, from the taxonomy's root: it is read from there, then as a path from here."""
    name = name.rstrip("/").removesuffix(f"/{LEAF_FILE}")
    places = [name] if name not in ("", ".", "..") else []
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        places.append(Path(name).resolve().relative_to(root.resolve()).as_posix())
    return list(dict.fromkeys(places))


def _is_below(path: str, folder: str) -> bool:
    return folder == "." or path == folder or path.startswith(f"{folder}/")


def _take(folder: DraftFolder, root: Path, commit: str, leaf: ChangedLeaf) -> None:
    """Copies one leaf; one whose files say the same as in the base after all is passed over."""
    before = {} if leaf.change == "new" else files_at(root, commit, leaf.was or leaf.id)
    files = {} if leaf.change == "deleted" else _on_disk(root / leaf.id)
    if leaf.change == "changed" and files == before:
        return
    change: Change = "new" if leaf.change == "changed" and not before else leaf.change
    take_in(folder, leaf.id, files, before, commit, change, was=leaf.was)


def _on_disk(place: Path) -> dict[str, bytes]:
    """The leaf's files by name. Raises LabError for a link and for what cannot be read."""
    found = {}
    for name in FILES:
        path = place / name
        if not os.path.lexists(path):
            continue
        if path.is_symlink():
            raise LabError(
                "A link stands where a file of the leaf should be.",
                where=str(path),
                hint="Put the file itself there: what a link leads to is never sent.",
            )
        try:
            found[name] = read_bytes(path)
        except Unreadable as trouble:
            raise LabError(trouble.message, where=str(path), hint=trouble.hint) from trouble
    return found
