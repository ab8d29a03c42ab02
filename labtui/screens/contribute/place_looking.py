"""What there is for a place that is typed: judged, the folders one may go on into, the leaves about the same."""

from __future__ import annotations

from pathlib import Path

import msgspec

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.similar.wanted import SimilarLeaf
from labtui.errors import UsageError
from labtui.taxonomy.layout import LEAF_FILE
from labtui.widgets.place_window import completions, holds_leaves

FOLDERS_SHOWN = 300


class Looked(msgspec.Struct, frozen=True):
    """What there is for what is typed."""

    typed: str
    name: str = ""
    """The leaf's id it would be; empty where it cannot be."""
    wrong: str = ""
    hint: str = ""
    folders: tuple[tuple[str, bool], ...] = ()
    """Folders one may go on into, each with whether a leaf stands there."""
    similar: tuple[SimilarLeaf, ...] = ()


def look(folder: DraftFolder, leaf: str, typed: str, root: Path) -> Looked:
    """What is typed, judged, and the folders there are for it. In a thread. Raises LabError."""
    from labtui.contribute.leaves.leaf_files import leaf_in
    from labtui.contribute.leaves.placing import checked_place

    folders = tuple((name, (root / name / LEAF_FILE).is_file()) for name in completions(root, typed)[:FOLDERS_SHOWN])
    draft = folder.load()
    try:
        if typed.endswith("/"):
            raise UsageError("A folder, and no name yet.")
        one = leaf_in(draft, leaf)
        name = checked_place(folder, draft, one, typed)
        if holds_leaves(root / name, root / (one.was or name) / LEAF_FILE):
            raise UsageError("That folder holds other leaves.", hint=f"Give yours a name in it: {name}/…")
    except UsageError as error:
        return Looked(typed, wrong=error.what, hint=error.hint, folders=folders)
    return Looked(typed, name=name, folders=folders)


def alike(folder: DraftFolder, leaf: str, typed: str, root: Path) -> tuple[SimilarLeaf, ...]:
    """Leaves of the taxonomy about the same as what is written so far. In a thread."""
    from labtui.contribute.similar.finding import similar_leaves, wanted_of
    from labtui.taxonomy.leaf import read_leaf_file

    draft = folder.load()
    own = [name for one in draft.leaves for name in (one.id, one.was) if name]
    read = read_leaf_file(folder.leaf_file(leaf), leaf)
    # The name says what it is about; the folders it stands in, every neighbour shares.
    folders, _, name = typed.rpartition("/")
    words = (name or folders.partition("/")[2].replace("/", " ")).replace("_", " ")
    wanted = msgspec.structs.replace(wanted_of(read, words=words, title=draft.title), path="")
    return tuple(similar_leaves(root, wanted, skip=own))
