"""What the seeds step shows of a leaf, gathered in a thread: its seeds, how alike they are, what the model says now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence.asking_model import SeedAnswer, Verdict, verdict, with_answers
from labtui.contribute.records import Evidence, Problem
from labtui.contribute.similar.variety import Variety, variety
from labtui.errors import LabError
from labtui.operations.leaf_editing import LeafSession, LeafState
from labtui.taxonomy.editing.saving import ChangedOnDisk
from labtui.taxonomy.fields import PAIRS, SEEDS, Path
from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.rules.seeds import same_text

TRIES = 3
"""How often a change from elsewhere is taken in before saving gives up."""

COUNTED = ("schema.minItems", "quality.few-seeds")


class SeedsFacts(msgspec.Struct, frozen=True):
    state: LeafState
    variety: Variety = Variety()
    answers: tuple[SeedAnswer, ...] = ()
    verdict: Verdict = Verdict()
    evidence: tuple[Evidence, ...] = ()
    """What was taught in the chat and asks the same as a seed of this leaf."""

    @property
    def knowledge(self) -> bool:
        return self.state.fields.kind == KNOWLEDGE

    def answer_at(self, question: Path) -> SeedAnswer | None:
        """What is known of the model's answer to the question at a path."""
        seed, pair = numbers(question)
        return next((one for one in self.answers if (one.seed, one.pair) == (seed, pair)), None)

    def evidence_at(self, question: Path) -> Evidence | None:
        """What the model answered when it was taught, to the question at a path."""
        field = self.state.fields.find(question)
        asked = same_text(field.text) if field is not None else ""
        return next((one for one in reversed(self.evidence) if asked and same_text(one.question) == asked), None)


def gather(folder: DraftFolder, session: LeafSession) -> SeedsFacts:
    """The facts of a leaf under edit. What came on disk meanwhile is taken in first. Raises LabError."""
    meet(session)
    state = session.state()
    if state.problem:
        return SeedsFacts(state)
    leaf = session.editor.leaf(session.id, session.path)
    answers = with_answers(leaf, folder.answers())
    asked = {same_text(one.question) for one in answers}
    evidence = tuple(one for one in folder.evidence() if same_text(one.question) in asked)
    return SeedsFacts(
        state, variety(leaf.seeds, passages=leaf.kind == KNOWLEDGE), tuple(answers), verdict(answers), evidence
    )


def meet(session: LeafSession) -> None:
    """Takes in what somebody else wrote into the file; where both wrote the same field, what is typed here counts."""
    theirs = session.on_disk()
    if theirs is not None and session.meet(theirs).both:
        session.decide(theirs, mine=True)


def save(folder: DraftFolder, session: LeafSession) -> None:
    """Writes what is typed. Raises LabError where it cannot be written."""
    for left in reversed(range(TRIES)):
        try:
            with folder.locked():
                session.save()
            return
        except ChangedOnDisk as change:
            if change.theirs is None:
                raise LabError(
                    "The leaf was moved or taken out elsewhere.",
                    where=str(session.path),
                    hint="Choose the leaf again (f3); what you typed last is not in it.",
                ) from change
            if not left:
                raise
            meet(session)


def numbers(path: Path) -> tuple[int, int]:
    """(seed, pair), both from 1, of a path into the seeds; zeros outside of them."""
    if len(path) < 2 or path[0] != SEEDS:
        return (0, 0)
    pair = int(path[3]) + 1 if len(path) > 3 and path[2] == PAIRS else 1
    return int(path[1]) + 1, pair


def short_of_pairs(state: LeafState, pairs: int) -> Path:
    """The first knowledge seed that has fewer pairs than it needs; empty where there is none."""
    if state.fields.kind != KNOWLEDGE:
        return ()
    return next((seed.path for seed in state.fields.seeds if len(seed.pairs) < pairs), ())


def first_empty(state: LeafState) -> Path:
    """The first field of the seeds that says nothing; empty where all say something."""
    fields = (field for seed in state.fields.seeds for field in seed.fields)
    return next((field.path for field in fields if not field.text.strip() and not field.fixed), ())


def as_findings(problems: Iterable[Problem], leaf: str) -> dict[Path, list[Finding]]:
    """Problems of a leaf's seeds by field, in the shape the form shows them in."""
    found: dict[Path, list[Finding]] = {}
    for one in problems:
        # How many seeds there are stands above them.
        if one.leaf in ("", leaf) and one.field and not (one.field == (SEEDS,) and one.rule in COUNTED):
            finding = Finding(path=one.leaf, level=Level(one.level), rule=one.rule, message=one.message, hint=one.hint)
            found.setdefault(one.field, []).append(finding)
    return found


def repeated(facts: SeedsFacts, path: Path) -> str:
    """Which seed says the same as the field at `path` already, as a sentence; empty where none does."""
    seed, pair = numbers(path)
    for one in facts.variety.duplicates:
        here = one.second == seed and (one.what == "context" or one.second_pair == pair)
        if here and path[-1:] == (one.what,):
            return f"{one.says[:1].upper()}{one.says[1:]}: say it in another way, or take it out."
    return ""


def blank_context(state: LeafState) -> Path:
    """The context of the first seed that says nothing at all; empty where there is none."""
    for seed in state.fields.seeds:
        if seed.context is not None and not any(field.text.strip() for field in seed.fields):
            return seed.context.path
    return ()


def contexts(state: LeafState) -> Sequence[str]:
    return [seed.context.text if seed.context is not None else "" for seed in state.fields.seeds]
