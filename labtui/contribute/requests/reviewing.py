"""How a contribution differs from the base it began from, leaf by leaf and seed by seed. Reads files, runs no git."""

from __future__ import annotations

from pathlib import Path

import msgspec

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import ContributedLeaf
from labtui.errors import LabError
from labtui.taxonomy.comparing.compare import compare
from labtui.taxonomy.comparing.file_changes import State
from labtui.taxonomy.comparing.leaf_change import LeafChange
from labtui.taxonomy.comparing.word_spans import TextChange, change
from labtui.taxonomy.layout import LEAF_FILE
from labtui.taxonomy.leaf import ATTRIBUTION, ATTRIBUTION_LIMIT
from labtui.taxonomy.source import Unreadable, read_bytes

STATES = {"new": State.ADDED, "changed": State.CHANGED, "renamed": State.RENAMED, "deleted": State.DELETED}


def leaf_changes(folder: DraftFolder) -> list[LeafChange]:
    """Every leaf of the contribution as it would be committed, against the base. Raises LabError where the
    contribution itself cannot be read; of a leaf that cannot be read its `problem` says why."""
    draft = folder.load()
    return [_change(folder, leaf) for leaf in sorted(draft.leaves, key=lambda leaf: leaf.id)]


def _change(folder: DraftFolder, leaf: ContributedLeaf) -> LeafChange:
    deleted = leaf.change == "deleted"
    was = leaf.was or leaf.id
    try:
        new, after = _both(folder.taxonomy / leaf.id) if not deleted else (None, None)
        old, before = _both(folder.base / was) if leaf.change != "new" else (None, None)
    except LabError as error:
        return LeafChange(id=leaf.id, state=STATES[leaf.change], problem=error.what)
    found = compare(old, new, name=leaf.id, old_name=was, state=STATES[leaf.change])
    return msgspec.structs.replace(found, attribution=_attribution(before, after))


def _both(folder: Path) -> tuple[bytes | None, bytes | None]:
    return _read(folder / LEAF_FILE), _read(folder / ATTRIBUTION)


def _read(path: Path) -> bytes | None:
    if not path.is_file():
        return None
    try:
        return read_bytes(path)
    except Unreadable as trouble:
        raise LabError(trouble.message, where=str(path), hint=trouble.hint) from trouble


def _attribution(before: bytes | None, after: bytes | None) -> TextChange | None:
    return change(_text(before), _text(after)) if before != after else None


def _text(data: bytes | None) -> str:
    text = (data or b"")[:ATTRIBUTION_LIMIT].decode("utf-8", "backslashreplace")
    return text.replace("\r\n", "\n").replace("\r", "\n")
