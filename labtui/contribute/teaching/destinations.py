"""Where corrected answers may go: new leaves, leaves of open contributions, leaves of the taxonomy like them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from labtui.contribute.drafts import store
from labtui.contribute.similar.wanted import Wanted
from labtui.contribute.teaching.lessons import Destination, Lesson, typed
from labtui.contribute.teaching.opening import fitting_kind
from labtui.contribute.teaching.taught import taught
from labtui.errors import LabError
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, GROUNDED
from labtui.workspace import Workspace

KINDS = {
    FREEFORM: "a manner of answering, without any text: give three synonyms for glad",
    GROUNDED: "what to do with a text that comes along: which train is the first?",
    KNOWLEDGE: "facts that stand in a document you can name",
}
CONTRIBUTIONS = 20
"""So many leaves of open contributions are offered, the last changed first."""
NEAR = 0.45
"""A leaf so similar is named unasked: better to extend it than to write it again."""
LEAVES = 12
"""So many leaves of the taxonomy."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One place to choose. Foreign text: clean it before showing."""

    destination: Destination
    name: str
    about: str = ""


def says(workspace: Workspace, destination: Destination) -> str:
    """The destination in words."""
    match destination.where:
        case "new":
            return f"a new contribution, a {destination.kind}" if destination.kind else "a new contribution"
        case "draft":
            return f"{destination.leaf} in {_title(workspace, destination.draft)}"
    where = _title(workspace, destination.draft) if destination.draft else "a new contribution"
    return f"{destination.leaf} of the taxonomy, in {where}"


def _title(workspace: Workspace, draft_id: str) -> str:
    name = f"contribution {draft_id.rpartition('-')[2]}"
    try:
        title = store.find(workspace, draft_id).load().title
    except LabError:
        return name
    return f"{name} “{title}”" if title else name


def usual(workspace: Workspace, lessons: Sequence[Lesson]) -> Destination:
    """Where these go unless another place is chosen: where one of them was to go, else where earlier answers of
    their conversation went, else into a new contribution."""
    for lesson in reversed(lessons):
        if lesson.destination is not None and _is_there(workspace, lesson.destination):
            return lesson.destination
    for lesson in reversed(lessons):
        for earlier in taught(workspace, lesson.conversation):
            destination = Destination(where="draft", draft=earlier.draft, leaf=earlier.leaf)
            if _is_there(workspace, destination):
                return destination
    return Destination(kind=fitting_kind(lessons[-1])) if lessons else Destination()


def _is_there(workspace: Workspace, destination: Destination) -> bool:
    if not destination.draft:
        return True
    try:
        draft = store.find(workspace, destination.draft).load()
    except LabError:
        return False
    ended = draft.request is not None and draft.request.state != "open"
    return not ended and (destination.where == "leaf" or bool(draft.leaves))


def offers(
    workspace: Workspace,
    lessons: Sequence[Lesson],
    words: str = "",
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Offer]:
    """The places that fit `words` (all of them, without any), in the order to show them. Blocks; raises LabError."""
    wanted = words.casefold().split()

    def fits(offer: Offer) -> bool:
        text = f"{offer.name} {offer.about}".casefold()
        return all(word in text for word in wanted)

    kinds = [
        Offer(destination=Destination(kind=kind), name=f"new: {kind}", about=about) for kind, about in KINDS.items()
    ]
    opened = _opened(workspace)
    there = {offer.destination.leaf for offer in opened}
    return [offer for offer in (*kinds, *opened) if fits(offer)] + _leaves(workspace, lessons, words, there, cancelled)


def nearest_leaf(
    workspace: Workspace, lessons: Sequence[Lesson], cancelled: Callable[[], bool] = lambda: False
) -> Offer | None:
    """The leaf of the taxonomy that these most likely belong to; None where none is near enough. Blocks."""
    from labtui.contribute.similar.finding import similar_leaves

    found = similar_leaves(workspace.taxonomy, _wanted(lessons), limit=1, cancelled=cancelled)
    if not found or found[0].score < NEAR:
        return None
    destination = Destination(where="leaf", leaf=found[0].id)
    return Offer(destination=destination, name=found[0].id, about=found[0].why)


def _wanted(lessons: Sequence[Lesson]) -> Wanted:
    return Wanted(seeds=tuple(typed(f"{one.context} {one.question} {one.corrected}") for one in lessons))


def _opened(workspace: Workspace) -> list[Offer]:
    found = []
    for summary in store.summaries(workspace):
        draft = summary.draft
        if draft is None or (draft.request is not None and draft.request.state != "open"):
            continue
        about = _title(workspace, summary.id)
        found += [
            Offer(destination=Destination(where="draft", draft=summary.id, leaf=leaf.id), name=leaf.id, about=about)
            for leaf in draft.leaves
            if leaf.change != "deleted"
        ]
    return found[:CONTRIBUTIONS]


def _leaves(
    workspace: Workspace,
    lessons: Sequence[Lesson],
    words: str,
    there: set[str],
    cancelled: Callable[[], bool],
) -> list[Offer]:
    from labtui.contribute.similar.finding import similar_leaves

    wanted = Wanted(words=words) if words.strip() else _wanted(lessons)
    found = similar_leaves(workspace.taxonomy, wanted, limit=LEAVES, skip=there, cancelled=cancelled)
    return [
        Offer(destination=Destination(where="leaf", leaf=leaf.id), name=f"extend: {leaf.id}", about=leaf.why)
        for leaf in found
    ]
