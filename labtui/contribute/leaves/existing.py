"""A leaf of the taxonomy taken into a contribution, to be extended there."""

from __future__ import annotations

from pathlib import Path

from labtui.contribute.drafts.base_files import commit_for, files_at
from labtui.contribute.drafts.draft_folder import FILES, DraftFolder
from labtui.contribute.leaves.leaf_files import put_aside
from labtui.contribute.records import Change, ContributedLeaf, Draft
from labtui.errors import LabError, UsageError
from labtui.journal import atomic_write
from labtui.taxonomy.find import find_leaf
from labtui.taxonomy.find import leaf_id as id_of
from labtui.taxonomy.layout import FOUNDATIONAL, LEAF_FILE
from labtui.taxonomy.leaf import read_leaf_file
from labtui.taxonomy.source import Unreadable, read_bytes
from labtui.workspace import Workspace


def add_existing(folder: DraftFolder, workspace: Workspace, leaf_id: str) -> ContributedLeaf:
    """Copies a leaf of the workspace's taxonomy into the contribution; one that is there already is returned.

    Taken is the leaf as it is in the base, so that nothing of what lies uncommitted in the clone comes along; one that
    is in no commit is taken as it lies there. Raises UsageError where there is no such leaf or it cannot be
    contributed to, LabError where it cannot be read.
    """
    root = workspace.taxonomy
    for leaf in folder.load().leaves:
        if leaf_id in (leaf.id, leaf.was) and leaf.change != "deleted":
            return leaf
    commit = commit_for(root, workspace, folder.load().base)
    before = files_at(root, commit, leaf_id)
    if not before:
        leaf_id = id_of(root, find_leaf(root, leaf_id))
        before = files_at(root, commit, leaf_id)
    if leaf_id.startswith(f"{FOUNDATIONAL}/"):
        raise UsageError(
            "Foundational skills are not contributed to.",
            where=leaf_id,
            hint="Make a compositional skill instead: labtui contribute new --kind freeform",
        )
    files = before or _on_disk(root / leaf_id)
    with folder.locked():
        return take_in(folder, leaf_id, files, before, commit, "changed" if before else "new")


def take_in(
    folder: DraftFolder,
    leaf_id: str,
    files: dict[str, bytes],
    before: dict[str, bytes],
    commit: str,
    change: Change,
    was: str = "",
) -> ContributedLeaf:
    """Adds a leaf with these files by name; `before` are those in `commit`, where `was` is its id there.

    Raises UsageError where the contribution has a leaf of that id.
    """
    with folder.locked():
        draft = folder.load()
        if any(other.id == leaf_id for other in draft.leaves):
            raise UsageError("The contribution holds a leaf of that name already.", where=leaf_id)
        former = (was or leaf_id) if before else ""
        put_aside(folder, leaf_id)
        try:
            for name, data in files.items():
                _write(folder.taxonomy / leaf_id / name, data)
            for name, data in before.items():
                _write(folder.base / former / name, data)
        except OSError as error:
            raise LabError(
                f"The leaf cannot be copied: {error.strerror or error}.",
                where=str(folder.path),
                hint="Make room first.",
            ) from error
        path = folder.taxonomy / leaf_id if files else folder.base / former
        kind = read_leaf_file(path / LEAF_FILE, leaf_id).kind
        leaf = ContributedLeaf(id=leaf_id, kind=kind, change=change, placed=True, was=former)

        def add(draft: Draft) -> None:
            draft.leaves.append(leaf)
            if before:
                draft.base = commit

        folder.change(add)
    return leaf


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(path, data)


def _on_disk(place: Path) -> dict[str, bytes]:
    """The leaf's files as they lie there. Raises LabError where qna.yaml cannot be read."""
    found = {}
    for name in FILES:
        path = place / name
        if path.is_symlink() or (name != LEAF_FILE and not path.exists()):
            continue
        try:
            found[name] = read_bytes(path)
        except Unreadable as trouble:
            raise LabError(trouble.message, where=str(path), hint=trouble.hint) from trouble
    return found
