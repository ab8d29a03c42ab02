"""How the steps stand for one leaf of a contribution."""

from __future__ import annotations

from collections.abc import Sequence

from labtui.contribute.attribution.works import read
from labtui.contribute.documents.local_documents import of_leaf as document_of
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.leaf_files import top_of
from labtui.contribute.records import ContributedLeaf, Draft, LocalDocument, Problem, Step, StepStanding, StepState
from labtui.contribute.standing.judging import Judged, unfinished
from labtui.taxonomy.documents.address import on_this_machine
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, GROUNDED, UNREADABLE, Leaf, Seed
from labtui.taxonomy.leaf_names import group_of
from labtui.taxonomy.lengths import SEEDS, USED_PAIRS
from labtui.taxonomy.licences import judge as judge_licence


def deleted(leaf: ContributedLeaf) -> list[StepStanding]:
    """A leaf that goes away: there is nothing to write."""
    says = "goes away"
    steps = (Step.DESCRIPTION, Step.DOCUMENT, Step.SEEDS, Step.ATTRIBUTION)
    return [
        StepStanding(step=Step.KIND, state="done", says=leaf.kind or says),
        StepStanding(step=Step.PLACE, state="done", says=says),
        *(StepStanding(step=step, state="unneeded", says=says) for step in steps),
        StepStanding(step=Step.CHECK, state="done"),
    ]


def kind(leaf: ContributedLeaf, judged: Judged) -> StepStanding:
    if not leaf.kind or leaf.kind == UNREADABLE:
        return StepStanding(step=Step.KIND, state="todo" if not leaf.kind else "problem", says="choose one")
    return StepStanding(step=Step.KIND, state="done", says=leaf.kind)


def place(folder: DraftFolder, draft: Draft, leaf: ContributedLeaf, judged: Judged) -> StepStanding:
    problems = list(judged.at(Step.PLACE))
    if not leaf.placed:
        problem = Problem(message="It has no place in the taxonomy yet.", leaf=leaf.id, rule="place.missing")
        return StepStanding(step=Step.PLACE, state="todo", says="no place yet", problems=(problem,))
    top = leaf.id.partition("/")[0]
    if leaf.kind and leaf.kind != UNREADABLE and group_of(top) != top_of(leaf.kind):
        problems.append(
            Problem(
                message=f"{top} is no place for {'knowledge' if leaf.kind == KNOWLEDGE else 'a skill'}.",
                hint=f"Choose a place below {top_of(leaf.kind)}.",
                leaf=leaf.id,
                rule="place.kind",
            )
        )
    if not leaf.was and (taken := _taken(folder, draft, leaf)) is not None:
        problems.append(taken)
    return _standing(Step.PLACE, leaf.id.partition("/")[2], problems)


def _taken(folder: DraftFolder, draft: Draft, leaf: ContributedLeaf) -> Problem | None:
    """Another contribution may have been given the same place since."""
    from labtui.contribute.leaves.placing import in_another

    other = in_another(folder, leaf.id)
    if not other:
        return None
    return Problem(
        message=f"The contribution {other} has a leaf of that name too.",
        hint="Choose another place, or put one of the two aside.",
        leaf=leaf.id,
        rule="place.taken",
    )


def of_leaf(draft: Draft, leaf: ContributedLeaf, judged: Judged) -> list[StepStanding]:
    """Description, document, seeds, attribution, and what the check finds beside them."""
    return [
        _standing(Step.DESCRIPTION, _described(judged.leaf), judged.at(Step.DESCRIPTION)),
        _document(draft, leaf, judged),
        _seeds(judged),
        _attribution(judged),
        _standing(Step.CHECK, "", judged.at(Step.CHECK)),
    ]


def _standing(step: Step, says: str, problems: Sequence[Problem], *, at_least: StepState = "done") -> StepStanding:
    errors = [problem for problem in problems if problem.level == "error"]
    wrong = [problem for problem in errors if not unfinished(problem)]
    state: StepState = "problem" if wrong else "todo" if errors else at_least
    if wrong:
        count = f"{len(wrong)} to put right"
        says = f"{says}, {count}" if step is Step.SEEDS and says else count
    return StepStanding(step=step, state=state, says=says, problems=tuple(problems))


def _described(leaf: Leaf) -> str:
    if leaf.kind == UNREADABLE:
        return ""
    texts = [leaf.domain, leaf.outline] if leaf.kind == KNOWLEDGE else [leaf.description]
    texts.append(leaf.created_by)
    written = sum(bool(text.strip()) for text in texts)
    return "written" if written == len(texts) else f"{written} of {len(texts)} written"


def _document(draft: Draft, leaf: ContributedLeaf, judged: Judged) -> StepStanding:
    if leaf.kind in (GROUNDED, FREEFORM):
        return StepStanding(step=Step.DOCUMENT, state="unneeded", says="not for a skill")
    problems = judged.at(Step.DOCUMENT)
    own = document_of(draft, leaf.id)
    if own is not None:
        return _own_document(own, problems)
    found = judged.leaf.document
    says = (
        "choose one" if found is None or not (found.repo or found.commit) else found.repo.rstrip("/").rpartition("/")[2]
    )
    return _standing(Step.DOCUMENT, says, problems)


def _own_document(document: LocalDocument, problems: Sequence[Problem]) -> StepStanding:
    """Files of this machine: they need a repository others can fetch them from, and a licence."""
    found = list(problems)
    if not document.repository:
        found.append(
            Problem(
                message="Your document is in no repository yet, from which others could fetch it.",
                hint="Go on from the document: it is put into one then.",
                leaf=document.leaf,
                field=("document", "repo"),
                rule="document.repository",
            )
        )
    if not document.licence.strip():
        found.append(
            Problem(
                message="The licence of your document is not named.",
                hint="Others may use it only under a licence, such as CC-BY-SA-4.0.",
                leaf=document.leaf,
                field=("document", "licence"),
                rule="document.licence",
            )
        )
    elif why := judge_licence(document.licence):
        found.append(
            Problem(
                message=why,
                hint="A document goes along only under a licence that is accepted.",
                leaf=document.leaf,
                field=("document", "licence"),
                rule="document.licence-refused",
            )
        )
    if on_this_machine(document.repository):
        found.append(
            Problem(
                message="Your document is in a repository of this machine, where nobody else can read it.",
                hint="Before it is sent: make one on the forge, or write the address of yours.",
                level="warning",
                leaf=document.leaf,
                field=("document", "repo"),
                rule="document.this-machine",
            )
        )
    return _standing(Step.DOCUMENT, document.name, found)


def _seeds(judged: Judged) -> StepStanding:
    leaf = judged.leaf
    whole = sum(_is_whole(seed, leaf.kind == KNOWLEDGE) for seed in leaf.seeds)
    says = f"{whole} seeds" if whole >= SEEDS else f"{whole} of {SEEDS} seeds"
    return _standing(Step.SEEDS, says, judged.at(Step.SEEDS))


def _is_whole(seed: Seed, knowledge: bool) -> bool:
    """Whether all of a seed is written: one pair, or of knowledge a context with three."""
    pairs = [pair for pair in seed.pairs if pair.question.strip() and pair.answer.strip()]
    if knowledge:
        return bool(seed.context.strip()) and len(pairs) >= USED_PAIRS
    return bool(pairs) and len(pairs) == len(seed.pairs)


def _attribution(judged: Judged) -> StepStanding:
    works = read(judged.leaf.attribution)
    licences = list(dict.fromkeys(work.licence for work in works if work.licence))
    says = " and ".join(licences[:2]) if licences else "licence missing"
    return _standing(Step.ATTRIBUTION, says, judged.at(Step.ATTRIBUTION))
