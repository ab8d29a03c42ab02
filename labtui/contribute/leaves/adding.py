"""The leaves of a contribution: added, taken from the taxonomy, placed, changed in kind, removed, and written into.

    leaf = add_leaf(folder, KNOWLEDGE)                     # knowledge/untitled, until it is placed
    field = add_seed(folder, leaf, "Which bird …?", "…", context="A chickadee …")
    place(folder, leaf, "knowledge/science/birds/chickadee")

Leaves are passed as ContributedLeaf or by their id; what changes a leaf's id returns the leaf as it is then. All of
it is under the folder's lock, and raises LabError (UsageError among them) where something cannot be done; then
nothing was changed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from labtui.contribute.attribution.attributing import read_attribution, write_attribution
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.existing import add_existing
from labtui.contribute.leaves.kinds import set_kind
from labtui.contribute.leaves.leaf_files import KINDS, UNTITLED, known_kind, leaf_in, put_aside, untitled
from labtui.contribute.leaves.placing import place
from labtui.contribute.leaves.seeding import add_seed
from labtui.contribute.records import ContributedLeaf, Draft

__all__ = [
    "KINDS",
    "UNTITLED",
    "add_existing",
    "add_leaf",
    "add_seed",
    "place",
    "read_attribution",
    "remove_leaf",
    "set_kind",
    "write_attribution",
]


def add_leaf(folder: DraftFolder, kind: str) -> ContributedLeaf:
    """Adds a new leaf with one empty seed, not placed yet. `kind` is KNOWLEDGE, GROUNDED or FREEFORM."""
    from labtui.taxonomy.editing.saving import MISSING, save_bytes
    from labtui.taxonomy.editing.skeleton import author, new_leaf

    known_kind(kind)
    clone = Path(folder.load().taxonomy)
    files = new_leaf(kind, created_by=author(clone) if clone.is_dir() else "")
    with folder.locked():
        leaf = ContributedLeaf(id=untitled(folder, folder.load(), kind), kind=kind)
        save_bytes(folder.leaf_file(leaf), files.qna, MISSING)
        save_bytes(folder.attribution_file(leaf), files.attribution, MISSING)
        folder.change(lambda draft: draft.leaves.append(leaf))
    return leaf


def remove_leaf(folder: DraftFolder, leaf: ContributedLeaf | str) -> None:
    """Takes a leaf out of the contribution. Its files are kept below `.removed/`; the clone is not touched."""
    with folder.locked():
        found = leaf_in(folder.load(), leaf)

        def remove(draft: Draft) -> None:
            draft.leaves = [other for other in draft.leaves if other.id != found.id]
            draft.documents = [document for document in draft.documents if document.leaf != found.id]

        # In this order: killed in between, a file is left over and no leaf is without one.
        folder.change(remove)
        put_aside(folder, found.id)
        if found.was:
            shutil.rmtree(folder.base / found.was, ignore_errors=True)
