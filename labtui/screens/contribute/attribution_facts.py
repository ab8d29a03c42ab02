"""What the attribution step shows, read from disk: the works named, what else is known of them, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

import msgspec

from labtui.contribute.attribution.works import LABELS, WorkFields, missing
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import LocalDocument, Problem
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, Leaf

FIELD_RULES = ("legal.attribution-field", "legal.licence-missing")
"""Rules that speak of all empty fields of a work in one finding: here each field says it for itself."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    leaf: str = ""
    knowledge: bool = False
    text: str = ""
    """Of attribution.txt."""
    works: tuple[WorkFields, ...] = ()
    document: WorkFields = WorkFields()
    """What is known of the leaf's document."""
    author: str = ""
    """Who makes the contribution."""
    title: str = ""
    """What a skill made up by its author may be called."""


def facts(folder: DraftFolder, leaf: str) -> Facts:
    """In a thread. Raises LabError where it cannot be read."""
    from labtui.contribute.attribution.attributing import attribution_text
    from labtui.contribute.attribution.works import read
    from labtui.contribute.documents.local_documents import of_leaf
    from labtui.taxonomy.leaf import read_leaf_file

    draft = folder.load()
    found = read_leaf_file(folder.leaf_file(leaf), leaf)
    text = attribution_text(folder, leaf)
    return Facts(
        leaf=leaf,
        knowledge=leaf.startswith(f"{KNOWLEDGE}/"),
        text=text,
        works=tuple(read(text)),
        document=_of_document(found, of_leaf(draft, leaf)),
        author=found.created_by.strip(),
        title=_title(found),
    )


def _title(leaf: Leaf) -> str:
    """By its description, else by its place, where it has one."""
    name = PurePosixPath(leaf.id).name
    placed = "" if name.partition("_")[0] == "untitled" else name.replace("_", " ")
    return " ".join(leaf.description.split())[:80].strip() or placed


def _of_document(leaf: Leaf, local: LocalDocument | None) -> WorkFields:
    repo, commit = (leaf.document.repo, leaf.document.commit) if leaf.document is not None else ("", "")
    if local is not None:
        title = PurePosixPath(local.came_from).stem.replace("_", " ").replace("-", " ").strip()
        return WorkFields(title=title, link=local.repository, revision=local.commit, licence=local.licence)
    if repo.startswith("https://"):
        return WorkFields(link=repo, revision=commit)
    return WorkFields()


def problems_of(facts: Facts, problems: Iterable[Problem], leaf: str) -> list[Problem]:
    """What is wrong, each at its field: `(name,)`, or `(name, number)` for a later work than the first."""
    kind = KNOWLEDGE if facts.knowledge else FREEFORM
    found = [one for one in problems if one.leaf in ("", leaf) and one.rule not in FIELD_RULES and one.field]
    for work, name in missing(facts.text, kind):
        field: tuple[str | int, ...] = (name, work) if work else (name,)
        found.append(Problem(message=f"{LABELS[name]} is not given yet.", leaf=leaf, field=field, level="info"))
    return found
