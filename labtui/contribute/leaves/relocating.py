"""A contributed leaf under another id: its files, what it began from, and every line that names it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from labtui.contribute.drafts.draft_folder import FILES, DraftFolder
from labtui.contribute.evidence import check_questions
from labtui.contribute.leaves.leaf_files import leaf_in, put_aside, read_file, tidy
from labtui.contribute.records import ContributedLeaf, Draft
from labtui.errors import LabError
from labtui.journal import atomic_write


def relocate(folder: DraftFolder, leaf: ContributedLeaf | str, new_id: str, *, placed: bool) -> ContributedLeaf:
    """Gives the leaf the id `new_id`, whose place must be free, and returns it as it stands then.

    Killed in between, the contribution holds the leaf at the old place or at the new one, whole. Raises LabError.
    """
    with folder.locked():
        found = leaf_in(folder.load(), leaf)
        if found.id == new_id:
            return leaf_in(folder.change(lambda draft: setattr(leaf_in(draft, new_id), "placed", placed)), new_id)
        _copy(folder, found.id, new_id)

        def change(draft: Draft) -> None:
            moved = leaf_in(draft, found)
            moved.id, moved.placed = new_id, placed
            if moved.was:
                moved.change = "changed" if moved.was == new_id else "renamed"
            for document in draft.documents:
                if document.leaf == found.id:
                    document.leaf = new_id

        draft = folder.change(change)
        _remove(folder.taxonomy, found.id)
        for journal in (folder.evidence_file, folder.answers_file):
            _rename_in(journal, found.id, new_id)
        _rename_questions(folder, found.id, new_id)
        return leaf_in(draft, new_id)


def _copy(folder: DraftFolder, old: str, new: str) -> None:
    # What a killed move left there belongs to no leaf.
    put_aside(folder, new)
    try:
        for name in FILES:
            source, target = folder.taxonomy / old / name, folder.taxonomy / new / name
            if source.is_symlink() or not source.exists():
                continue
            data = read_file(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(target, data)
    except OSError as error:
        raise LabError(
            f"The leaf cannot be moved: {error.strerror or error}.", where=str(folder.taxonomy / new)
        ) from error


def _remove(top: Path, leaf_id: str) -> None:
    for name in FILES:
        (top / leaf_id / name).unlink(missing_ok=True)
    tidy(top, top / leaf_id)


def _rename_in(journal: Path, old: str, new: str) -> None:
    """Lines that speak of the leaf go on doing so."""
    if not os.path.exists(journal):
        return
    kept = []
    for line in journal.read_bytes().splitlines():
        try:
            value = msgspec.json.decode(line)
        except msgspec.MsgspecError:
            value = None
        if isinstance(value, dict) and value.get("leaf") == old:
            line = msgspec.json.encode({**value, "leaf": new})
        kept.append(line + b"\n")
    atomic_write(journal, b"".join(kept), mode=0o600)


def _rename_questions(folder: DraftFolder, old: str, new: str) -> None:
    """The check questions about the leaf; a file that cannot be read is told of where they are asked."""
    with contextlib.suppress(LabError):
        questions = check_questions.read(folder)
        if any(one.leaf == old for one in questions):
            moved = (msgspec.structs.replace(one, leaf=new) if one.leaf == old else one for one in questions)
            check_questions.write(folder, moved)
