"""The leaf that corrected answers are written into: found where it is there, made where it is not.

A crash may leave a contribution behind that was made and got nothing. It is taken when the same is written again, so
that the list never fills with empty ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves import adding as leaves
from labtui.contribute.records import ContributedLeaf, Draft
from labtui.contribute.teaching.lessons import Destination, Lesson, typed
from labtui.errors import LabError, UsageError
from labtui.taxonomy.leaf import FREEFORM, GROUNDED, read_leaf_file
from labtui.workspace import Workspace

TITLE_LENGTH = 60


def fitting_kind(lesson: Lesson) -> str:
    """The kind a new leaf for this would have: with a context grounded, else freeform. Facts are told by people."""
    return GROUNDED if typed(lesson.context) else FREEFORM


def open_leaf(
    workspace: Workspace, lessons: Sequence[Lesson], destination: Destination
) -> tuple[DraftFolder, ContributedLeaf]:
    """The contribution and the leaf in it. Raises UsageError where the destination is gone, LabError where it cannot
    be made; then there is nothing new."""
    match destination.where:
        case "new":
            folder, leaf = _new(workspace, lessons, destination.kind)
        case "draft":
            folder = store.find(workspace, destination.draft)
            leaf = _leaf_in(folder, destination.leaf)
        case _:
            folder, leaf = _extended(workspace, lessons, destination)
    if leaf.change == "deleted":
        raise UsageError("That leaf is deleted in this contribution.", where=leaf.id, hint="Choose another leaf.")
    return folder, leaf


def _new(workspace: Workspace, lessons: Sequence[Lesson], kind: str) -> tuple[DraftFolder, ContributedLeaf]:
    kind = kind or fitting_kind(lessons[0])
    if kind == FREEFORM and any(typed(lesson.context) for lesson in lessons):
        # What has a context is no freeform skill; the wizard can still make it one.
        kind = GROUNDED
    title = _title(lessons)

    def is_empty(folder: DraftFolder, draft: Draft) -> bool:
        return [leaf.kind for leaf in draft.leaves] == [kind] and not draft.leaves[0].placed and _is_blank(folder)

    folder = _left_behind(workspace, title, is_empty) or store.new(workspace, kind, title=title)
    return folder, folder.load().leaves[0]


def _extended(
    workspace: Workspace, lessons: Sequence[Lesson], destination: Destination
) -> tuple[DraftFolder, ContributedLeaf]:
    title = _title(lessons)
    made = None
    if destination.draft:
        folder = store.find(workspace, destination.draft)
    else:
        made = _left_behind(workspace, title, lambda _, draft: all(one.id == destination.leaf for one in draft.leaves))
        folder = made = made or store.new(workspace, title=title)
    there = next((leaf for leaf in folder.load().leaves if leaf.id == destination.leaf), None)
    try:
        return folder, there or leaves.add_existing(folder, workspace, destination.leaf)
    except LabError:
        if made is not None:
            store.abandon(made)
        raise


def _leaf_in(folder: DraftFolder, name: str) -> ContributedLeaf:
    found = folder.load().leaves
    leaf = next((leaf for leaf in found if leaf.id == name), None)
    if leaf is None and len(found) == 1:
        # The leaf was placed elsewhere since; where there is only one there is no doubt.
        return found[0]
    return leaf or folder.leaf(name)


def _title(lessons: Sequence[Lesson]) -> str:
    return " ".join(typed(lessons[0].question).split())[:TITLE_LENGTH]


def _left_behind(workspace: Workspace, title: str, fits: Callable[[DraftFolder, Draft], bool]) -> DraftFolder | None:
    """A contribution of that title that nothing was written into."""
    for folder in store.list_drafts(workspace):
        try:
            draft = folder.load()
            if draft.title == title and not draft.commit and not folder.evidence() and fits(folder, draft):
                return folder
        except LabError:
            continue
    return None


def _is_blank(folder: DraftFolder) -> bool:
    [leaf] = folder.load().leaves
    seeds = read_leaf_file(folder.leaf_file(leaf), leaf.id).seeds
    return not any(pair.question.strip() or pair.answer.strip() for seed in seeds for pair in seed.pairs)
