"""New leaves: what a qna.yaml of each kind begins with, and the attribution.txt beside it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from labtui import git
from labtui.errors import LabError, UsageError
from labtui.taxonomy.editing.habits import Habits
from labtui.taxonomy.editing.saving import MISSING, ChangedOnDisk, save_bytes
from labtui.taxonomy.editing.writing import Value, source
from labtui.taxonomy.layout import KNOWLEDGE, LEAF_FILE, SKILLS
from labtui.taxonomy.leaf import ATTRIBUTION, FREEFORM, GROUNDED
from labtui.taxonomy.leaf_names import checked

KINDS = {KNOWLEDGE: KNOWLEDGE, "grounded": GROUNDED, "freeform": FREEFORM}
"""What a person types -> the kind of leaf."""
VERSION = 3


class NewLeaf(msgspec.Struct, frozen=True):
    qna: bytes
    attribution: bytes


class MadeLeaf(msgspec.Struct, frozen=True):
    """A leaf that was made. This is also the shape of `labtui taxonomy new --json`."""

    id: str
    path: Path
    """Of the qna.yaml."""
    kind: str


def new_leaf(kind: str, *, created_by: str = "", task_description: str = "") -> NewLeaf:
    """The files of a new leaf, with one seed; everything a person must write is empty.

    `kind` is KNOWLEDGE, GROUNDED or FREEFORM.
    """
    pair: dict[str, Value] = {"question": "", "answer": ""}
    leaf: dict[str, Value] = {"version": VERSION}
    if kind == KNOWLEDGE:
        leaf |= {
            "domain": "",
            "created_by": created_by,
            "seed_examples": [{"context": "", "questions_and_answers": [pair]}],
            "document_outline": "",
            "document": {"repo": "", "commit": "", "patterns": []},
        }
    else:
        seed = {"context": "", **pair} if kind == GROUNDED else pair
        leaf |= {"task_description": task_description, "created_by": created_by, "seed_examples": [seed]}
    return NewLeaf(f"{source(leaf, 0, Habits(), last=True)}\n".encode(), _attribution(kind, created_by))


def _attribution(kind: str, created_by: str) -> bytes:
    labels = ["Title of work", "Link to work", "Revision", "License of the work"]
    if kind != KNOWLEDGE:
        labels = ["Title of work", "License of the work"]
    # Whoever writes a skill is its author; a document was written by others.
    creators = f"Creator names: {created_by}".strip() if kind != KNOWLEDGE else "Creator names:"
    return "".join(f"{line}\n" for line in [*(f"{label}:" for label in labels), creators]).encode()


def make_leaf(root: Path, name: str, kind: str, *, created_by: str = "") -> MadeLeaf:
    """Writes a new leaf `name` into the taxonomy in `root`. Raises UsageError where one is there or the name is odd."""
    name = checked(name, KNOWLEDGE if kind == KNOWLEDGE else SKILLS)
    path = root / name / LEAF_FILE
    _refuse_links(root, path.parent)
    if os.path.lexists(path):
        raise UsageError("There is a leaf of that name already.", where=name, hint="Choose another name, or edit it.")
    files = new_leaf(kind, created_by=created_by)
    try:
        save_bytes(path, files.qna, MISSING)
        if not os.path.lexists(path.with_name(ATTRIBUTION)):
            save_bytes(path.with_name(ATTRIBUTION), files.attribution, MISSING)
    except ChangedOnDisk as change:
        raise UsageError("Somebody made a leaf of that name just now.", where=name) from change
    return MadeLeaf(name, path, kind)


def _refuse_links(root: Path, folder: Path) -> None:
    """A leaf behind a link would be written elsewhere, and never be found again."""
    for part in [folder, *folder.parents]:
        if part == root:
            return
        if part.is_symlink():
            raise UsageError("A folder on the way is a link.", where=str(part), hint="Choose another place.")
        if os.path.lexists(part) and not part.is_dir():
            raise UsageError("There is a file where a folder should be.", where=str(part), hint="Choose another name.")


def author(root: Path) -> str:
    """Who contributes here, as git knows them: `github.user`, else `user.name`; empty where it does not."""
    for key in ("github.user", "user.name"):
        try:
            found = git.run(root, "config", "--get", key, check=False)
        except LabError:
            return ""
        if found.code == 0 and found.text.strip():
            return " ".join(found.text.split())
    return ""
