"""Another kind for a leaf that is being written: what fits is carried over, what does not fit is kept for coming back.

A knowledge seed is a passage with up to three pairs; a skill's seed is one pair, with a passage where it is grounded.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.leaf_files import known_kind, leaf_in, put_aside, read_file, top_of, untitled
from labtui.contribute.leaves.relocating import relocate
from labtui.contribute.records import Aside, ContributedLeaf, Draft
from labtui.errors import LabError, UsageError
from labtui.taxonomy.editing.habits import Habits
from labtui.taxonomy.editing.saving import MISSING, save_bytes
from labtui.taxonomy.editing.skeleton import VERSION, new_leaf
from labtui.taxonomy.editing.writing import Value, source
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, GROUNDED, Leaf, Pair, Seed, read_leaf_file
from labtui.taxonomy.lengths import USED_PAIRS


def set_kind(folder: DraftFolder, leaf: ContributedLeaf | str, kind: str) -> ContributedLeaf:
    """Makes a new leaf one of another kind and returns it as it stands then; its place may be another one.

    What the new kind has no field for (passages, a domain, a document) is kept in draft.json and comes back with the
    former kind; the file as it was is kept below `.removed/` besides. Raises UsageError for a leaf that exists in the
    taxonomy, and LabError for a file that cannot be read.
    """
    known_kind(kind)
    with folder.locked():
        found = leaf_in(folder.load(), leaf)
        if found.kind == kind and not found.becoming:
            return found
        if found.was:
            raise UsageError(
                "The kind of a leaf that exists in the taxonomy cannot be changed here.",
                where=found.id,
                hint="Begin a new leaf of the other kind, and delete this one where nobody needs it.",
            )
        aside = found.aside or Aside()
        if found.kind != kind or found.becoming != kind:
            aside = _rewrite(folder, found, kind)
        moved = _in_its_place(folder, found, kind, aside)
        return leaf_in(folder.change(lambda draft: setattr(leaf_in(draft, moved), "becoming", "")), moved)


def finish(folder: DraftFolder, leaf: ContributedLeaf | str) -> ContributedLeaf:
    """The leaf as it stands, once a change of its kind that was interrupted (a kill, a full disk) is carried out."""
    found = leaf_in(folder.load(), leaf)
    return set_kind(folder, found, found.becoming) if found.becoming else found


def finish_all(folder: DraftFolder) -> None:
    """As `finish`, for every leaf of a contribution that is opened."""
    for leaf in folder.load().leaves:
        if leaf.becoming:
            finish(folder, leaf)


def _rewrite(folder: DraftFolder, found: ContributedLeaf, kind: str) -> Aside:
    """Writes the file anew as one of that kind, what does not fit put aside."""
    path = folder.leaf_file(found)
    read = read_leaf_file(path, found.id)
    if read.problem:
        raise LabError(
            f"The leaf cannot become another kind before its file can be read. {read.problem}",
            where=str(path),
            hint="Put it right in the YAML view first.",
        )
    aside = _kept(found.aside, read, found)

    def begin(draft: Draft) -> None:
        leaf = leaf_in(draft, found)
        leaf.aside, leaf.becoming = aside, kind

    # First of all what does not fit is kept: killed in between, nothing is lost and it can be done again.
    folder.change(begin)
    put_aside(folder, found.id, copy=True)
    data = f"{source(_values(read, aside, kind), 0, Habits(), last=True)}\n".encode("utf-8", "replace")
    save_bytes(path, data, hashlib.sha256(read_file(path)).hexdigest())
    _fresh_attribution(folder, found, kind)
    folder.change(lambda draft: setattr(leaf_in(draft, found), "kind", kind))
    return aside


def _in_its_place(folder: DraftFolder, leaf: ContributedLeaf, kind: str, aside: Aside) -> ContributedLeaf:
    """A leaf not placed yet moves to where its kind waits; a placed one stays where it may, else comes back later."""
    if leaf.placed and leaf.id.partition("/")[0] == top_of(kind):
        return leaf_in(folder.load(), leaf)
    draft = folder.load()
    former = aside.places.get(top_of(kind), "")
    if former and former not in {other.id for other in draft.leaves} and not (folder.taxonomy / former).exists():
        return relocate(folder, leaf, former, placed=True)
    return relocate(folder, leaf, untitled(folder, draft, kind), placed=False)


def _kept(before: Aside | None, leaf: Leaf, found: ContributedLeaf) -> Aside:
    """What was put aside earlier, with what the leaf says now written over it."""
    aside = before or Aside()
    fields = dict(aside.fields)
    for key, text in (
        ("domain", leaf.domain),
        ("document_outline", leaf.outline),
        ("task_description", leaf.description),
    ):
        if text.strip():
            fields[key] = text
    document = aside.document
    if leaf.document is not None and (leaf.document.repo or leaf.document.commit or leaf.document.patterns):
        document = {
            "repo": leaf.document.repo,
            "commit": leaf.document.commit,
            "patterns": list(leaf.document.patterns),
        }
    contexts = dict(aside.contexts)
    for seed in leaf.seeds:
        for pair in seed.pairs:
            if seed.context.strip():
                contexts[pair.question] = seed.context
            elif leaf.kind != FREEFORM:
                contexts.pop(pair.question, None)
    lone = [seed.context for seed in leaf.seeds if seed.context.strip() and not _said(seed)]
    places = dict(aside.places)
    if found.placed:
        places[found.id.partition("/")[0]] = found.id
    return Aside(
        fields=fields,
        document=document,
        contexts=contexts,
        passages=list(dict.fromkeys([*aside.passages, *lone])),
        places=places,
    )


def _said(seed: Seed) -> list[Pair]:
    return [pair for pair in seed.pairs if pair.question.strip() or pair.answer.strip()]


def _values(leaf: Leaf, aside: Aside, kind: str) -> dict[str, Value]:
    """The qna.yaml of the other kind."""
    asked = [
        (seed.context or aside.contexts.get(pair.question, ""), pair) for seed in leaf.seeds for pair in _said(seed)
    ]
    version = max(VERSION, leaf.version)
    if kind != KNOWLEDGE:
        seeds: list[dict[str, Value]] = [
            ({"context": context} if kind == GROUNDED else {}) | _pair(pair) for context, pair in asked
        ]
        if kind == GROUNDED:
            seeds += [{"context": context, "question": "", "answer": ""} for context in _unused(aside, asked)]
        empty: dict[str, Value] = {"context": "", "question": "", "answer": ""}
        if kind == FREEFORM:
            del empty["context"]
        return {
            "version": version,
            "task_description": aside.fields.get("task_description", ""),
            "created_by": leaf.created_by,
            "seed_examples": seeds or [empty],
        }
    return {
        "version": version,
        "domain": aside.fields.get("domain", ""),
        "created_by": leaf.created_by,
        "seed_examples": _knowledge_seeds(aside, asked),
        "document_outline": aside.fields.get("document_outline", ""),
        "document": _as_value(aside.document) or {"repo": "", "commit": "", "patterns": []},
    }


def _knowledge_seeds(aside: Aside, asked: list[tuple[str, Pair]]) -> list[dict[str, Value]]:
    """Questions on the same passage come together, three at most."""
    seeds: list[tuple[str, list[Value]]] = []
    for context, pair in asked:
        group = next((pairs for other, pairs in seeds if other == context != "" and len(pairs) < USED_PAIRS), None)
        if group is None:
            group = []
            seeds.append((context, group))
        group.append(_pair(pair))
    made: list[dict[str, Value]] = [{"context": context, "questions_and_answers": pairs} for context, pairs in seeds]
    made += [{"context": context, "questions_and_answers": [_blank()]} for context in _unused(aside, asked)]
    return made or [{"context": "", "questions_and_answers": [_blank()]}]


def _unused(aside: Aside, asked: list[tuple[str, Pair]]) -> list[str]:
    """Passages that were marked before anything was asked about them."""
    used = {context for context, _ in asked}
    return [passage for passage in aside.passages if passage not in used]


def _pair(pair: Pair) -> dict[str, Value]:
    return {"question": pair.question, "answer": pair.answer}


def _blank() -> dict[str, Value]:
    return {"question": "", "answer": ""}


def _as_value(document: dict[str, Any]) -> dict[str, Value]:
    return msgspec.convert(document, dict[str, Any]) if document else {}


def _fresh_attribution(folder: DraftFolder, leaf: ContributedLeaf, kind: str) -> None:
    """An attribution nobody wrote into yet gets the labels of the other kind."""
    from labtui.contribute.attribution.attributing import read_attribution

    works = read_attribution(folder, leaf)
    if any(work.title or work.link or work.revision or work.licence for work in works):
        return
    path = folder.attribution_file(leaf)
    expected = hashlib.sha256(read_file(path)).hexdigest() if path.exists() else MISSING
    creators = next((work.creators for work in works if work.creators), "")
    save_bytes(path, new_leaf(kind, created_by=creators).attribution, expected)
