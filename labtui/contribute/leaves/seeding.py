"""Seeds put into a contributed leaf from elsewhere: an answer that was corrected, a marked passage."""

from __future__ import annotations

from typing import Any

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.leaf_files import edit
from labtui.contribute.records import ContributedLeaf
from labtui.errors import UsageError
from labtui.taxonomy.editing import LeafEditor
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, as_text
from labtui.taxonomy.lengths import USED_PAIRS
from labtui.taxonomy.rules.seeds import same_text

Path = tuple[str | int, ...]
SEEDS = "seed_examples"
PAIRS = "questions_and_answers"


def add_seed(folder: DraftFolder, leaf: ContributedLeaf | str, question: str, answer: str, context: str = "") -> Path:
    """Puts a question with its answer into a leaf and returns the path of the question in qna.yaml.

    A seed that is still empty is filled, a knowledge seed of the same context gets one pair more (three at most), else
    a seed is added. Raises UsageError for a question that is there already in the same context, and for a context in
    a freeform skill that has seeds; CannotEdit where the file cannot be read.
    """
    if not question.strip():
        raise UsageError("A seed needs a question.")
    from labtui.contribute.leaves.kinds import finish

    with folder.locked():
        found = finish(folder, leaf)
        if found.kind == FREEFORM and context.strip():
            found = _grounded(folder, found)
        knowledge = found.kind == KNOWLEDGE

        def add(editor: LeafEditor) -> Path:
            seeds = _seeds(editor)
            _refuse_twice(seeds, question, context)
            return (
                _into_knowledge(editor, seeds, question, answer, context)
                if knowledge
                else _into_skill(editor, seeds, question, answer, context, grounded=found.kind != FREEFORM)
            )

        return edit(folder, found, add)


def _grounded(folder: DraftFolder, leaf: ContributedLeaf) -> ContributedLeaf:
    """A freeform skill without any seed becomes a grounded one when its first seed has a context."""
    from labtui.contribute.leaves.kinds import set_kind
    from labtui.taxonomy.leaf import GROUNDED

    blank = edit(folder, leaf, lambda editor: all(map(_is_blank, _seeds(editor))))
    if not blank or leaf.was:
        raise UsageError(
            "The seeds of a freeform skill have no context.",
            where=leaf.id,
            hint="Leave the context away, or put it into a grounded skill: there every seed has one.",
        )
    return set_kind(folder, leaf, GROUNDED)


def _seeds(editor: LeafEditor) -> list[Any]:
    value = editor.value
    found = value.get(SEEDS) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _pairs(seed: Any) -> list[Any]:
    if not isinstance(seed, dict):
        return []
    pairs = seed.get(PAIRS)
    return pairs if isinstance(pairs, list) else [seed]


def _said(item: Any, key: str) -> str:
    return as_text(item.get(key)) if isinstance(item, dict) else ""


def _is_blank(seed: Any) -> bool:
    if not isinstance(seed, dict) or _said(seed, "context").strip():
        return False
    return not any(_said(pair, key).strip() for pair in _pairs(seed) for key in ("question", "answer"))


def _is_blank_pair(pair: Any) -> bool:
    return isinstance(pair, dict) and not _said(pair, "question").strip() and not _said(pair, "answer").strip()


def _refuse_twice(seeds: list[Any], question: str, context: str) -> None:
    wanted = same_text(question), same_text(context)
    for number, seed in enumerate(seeds, 1):
        for pair in _pairs(seed):
            if (same_text(_said(pair, "question")), same_text(_said(seed, "context"))) == wanted:
                raise UsageError(
                    f"Seed {number} asks this question already.",
                    hint="Change its answer there, or ask it in other words: what differs is what is learnt from.",
                )


def _into_knowledge(editor: LeafEditor, seeds: list[Any], question: str, answer: str, context: str) -> Path:
    same = [
        number
        for number, seed in enumerate(seeds)
        if isinstance(seed, dict) and not _is_blank(seed) and same_text(_said(seed, "context")) == same_text(context)
    ]
    for number in same:
        pairs = _pairs(seeds[number])
        blank = next((index for index, pair in enumerate(pairs) if _is_blank_pair(pair)), None)
        if blank is None and len(pairs) < USED_PAIRS:
            blank = editor.add_pair(number)
        if blank is not None:
            return _fill(editor, (SEEDS, number, PAIRS, blank), question, answer)
    number = next((index for index, seed in enumerate(seeds) if _is_blank(seed)), -1)
    if number < 0 or not _pairs(seeds[number]):
        number = editor.add_seed(context=context)
    elif context:
        editor.typed((SEEDS, number, "context"), context)
    return _fill(editor, (SEEDS, number, PAIRS, 0), question, answer)


def _into_skill(
    editor: LeafEditor, seeds: list[Any], question: str, answer: str, context: str, *, grounded: bool
) -> Path:
    number = next((index for index, seed in enumerate(seeds) if _is_blank(seed)), -1)
    if number < 0:
        number = editor.add_seed(context=context if grounded else None)
    elif grounded and context:
        editor.typed((SEEDS, number, "context"), context)
    return _fill(editor, (SEEDS, number), question, answer)


def _fill(editor: LeafEditor, pair: Path, question: str, answer: str) -> Path:
    editor.typed((*pair, "question"), question)
    editor.typed((*pair, "answer"), answer)
    return (*pair, "question")
