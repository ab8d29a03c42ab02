"""From corrected answers to seeds of a contribution, with the evidence of what the model answered before.

    written = write(workspace, basket.lessons(), Destination(kind=FREEFORM))
    written.draft                                   # the contribution; the wizard goes on with it

Done again after a crash it goes on where it ended: a seed or a piece of evidence that stands there already is not
written a second time, and a contribution that was made is used.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves import adding as leaves
from labtui.contribute.records import ContributedLeaf, Evidence
from labtui.contribute.teaching.lessons import Basket, Destination, Lesson, typed
from labtui.contribute.teaching.opening import TITLE_LENGTH, open_leaf
from labtui.errors import UsageError
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import Leaf, read_leaf_file
from labtui.taxonomy.rules.seeds import same_text
from labtui.workspace import Workspace


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the lessons."""

    draft: str
    """The contribution's id."""
    leaf: str
    seeds: int
    """Seeds or pairs that were added."""
    left: tuple[str, ...] = ()
    """Sentences on lessons that were not written; they stay in the basket."""


def trouble(lesson: Lesson, others: Sequence[Lesson] = ()) -> str:
    """Why this cannot be a seed yet, as one sentence; empty where it can."""
    if not typed(lesson.question):
        return "There is no question: write what was asked."
    if not typed(lesson.corrected):
        return "There is no answer: write what the model should say."
    key = _key(lesson.context, lesson.question)
    if any(_key(other.context, other.question) == key for other in others if other.id != lesson.id):
        return "The same question is collected already, in the same context."
    return ""


def remark(lesson: Lesson) -> str:
    """What is worth saying though it is no trouble; empty where there is nothing."""
    if typed(lesson.corrected) and not lesson.is_changed:
        return "This is what the model says. Correct it, or keep it if it is good."
    return ""


def write(workspace: Workspace, lessons: Sequence[Lesson], destination: Destination) -> Written:
    """Makes seeds of `lessons` in one leaf and takes them out of the basket.

    What cannot be a seed stays in the basket, with the reason. Raises UsageError where there is nothing to write or
    the destination is gone, and LabError where something cannot be written; what was written by then stays written.
    """
    basket = Basket(workspace)
    ready = [lesson for lesson in lessons if not trouble(lesson)]
    left = [f"{_named(lesson)}: {trouble(lesson)}" for lesson in lessons if trouble(lesson)]
    if not ready:
        raise UsageError("There is nothing to write.", hint=left[0] if left else "Teach an answer in the chat first.")
    folder, leaf = open_leaf(workspace, ready, destination)
    # A crash from here on leaves lessons that know their contribution.
    for lesson in ready:
        lesson.destination = Destination(where="draft", draft=folder.id, leaf=leaf.id)
        basket.keep(lesson)
    added = 0
    with folder.locked():
        for lesson in ready:
            try:
                before = {found.id for found in folder.load().leaves}
                added += _seed(folder, leaf, lesson)
                # An empty freeform skill moves when its first seed has a context.
                leaf = next((found for found in folder.load().leaves if found.id not in before), leaf)
            except UsageError as error:
                left.append(f"{_named(lesson)}: {error.what} {error.hint}".rstrip())
                continue
            _evidence(folder, leaf, lesson)
            basket.forget(lesson)
    return Written(draft=folder.id, leaf=leaf.id, seeds=added, left=tuple(left))


def _named(lesson: Lesson) -> str:
    words = " ".join(typed(lesson.question).split())
    return f"“{words[:TITLE_LENGTH].rstrip()}{'…' if len(words) > TITLE_LENGTH else ''}”" if words else "A lesson"


def _seed(folder: DraftFolder, leaf: ContributedLeaf, lesson: Lesson) -> int:
    """Adds the lesson's seed; 0 where it stands there already. Raises UsageError where it has another answer there."""
    question, answer, context = (typed(text) for text in (lesson.question, lesson.corrected, lesson.context))
    there = _answer_there(read_leaf_file(folder.leaf_file(leaf), leaf.id), question, context)
    if there is None:
        leaves.add_seed(folder, leaf, question, answer, context)
        return 1
    if same_text(there) != same_text(answer):
        raise UsageError(
            "The leaf asks this already, with another answer.", hint="Change the answer there, or ask something else."
        )
    return 0


def _answer_there(leaf: Leaf, question: str, context: str) -> str | None:
    key = _key(context, question)
    for seed in leaf.seeds:
        for pair in seed.pairs:
            # Knowledge is asked without its context in the chat: there the question alone decides.
            same = _key(seed.context, pair.question) == key
            if same or (leaf.kind == KNOWLEDGE and not context and _key("", pair.question) == key):
                return pair.answer
    return None


def _key(context: str, question: str) -> tuple[str, str]:
    return same_text(typed(context)), same_text(typed(question))


def _evidence(folder: DraftFolder, leaf: ContributedLeaf, lesson: Lesson) -> None:
    if any(_is_of(known, lesson) for known in folder.evidence()):
        return
    folder.add_evidence(
        Evidence(
            at=lesson.at,
            leaf=leaf.id,
            question=typed(lesson.question),
            answer=lesson.answer,
            corrected=typed(lesson.corrected),
            context=typed(lesson.context),
            made=lesson.made,
            conversation=lesson.conversation,
            turn=lesson.turn,
        )
    )


def _is_of(known: Evidence, lesson: Lesson) -> bool:
    if known.turn or lesson.turn:
        return (known.conversation, known.turn) == (lesson.conversation, lesson.turn) and same_text(
            known.question
        ) == same_text(typed(lesson.question))
    return known.at == lesson.at and same_text(known.question) == same_text(typed(lesson.question))
