"""Check questions a model proposes: in the manner of the seeds, none that a seed asks. The contributor decides."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from labtui.config import Config
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.errors import LabError, UsageError
from labtui.generate import pipeline, teacher
from labtui.generate.engine import LeafRun, Run
from labtui.generate.journal import Request, Sample
from labtui.generate.pipeline import Pipeline
from labtui.generate.plan import LeafPlan
from labtui.operations import generating, serving
from labtui.operations.trying_asked import tried_leaves
from labtui.serve.client import Client
from labtui.serve.target import Target
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import Leaf
from labtui.trying import questions as checking
from labtui.workspace import Workspace

Say = Callable[[str], None]
Found = Callable[[CheckQuestion], object]
OTHER_DRAWS = 7_919
"""Added to the setting's seed: other questions than the samples that are learnt."""
MORE = 2
"""So many times as many are asked for, since some ask the same as a seed."""
TRIES = 4.0


def propose_questions(
    workspace: Workspace,
    config: Config,
    folder: DraftFolder,
    *,
    leaf: str = "",
    count: int = 3,
    known: Sequence[CheckQuestion] = (),
    model: str = "",
    say: Say = lambda words: None,
    found: Found = lambda question: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[CheckQuestion]:
    """Up to `count` questions a model writes in the manner of the seeds, not confirmed yet; blocks for seconds.

    `known` are the check questions there are: none of them is proposed again, and another number of them draws
    other proposals. `found` hears of each as it comes. Serves the model first where it is not served. Raises LabError
    where nothing can be proposed.
    """
    if count < 1:
        raise UsageError("At least one question is needed.", where="--propose")
    leaves = tried_leaves(folder)
    chosen = next((one for one in leaves if one.id == leaf), None) if leaf else leaves[len(known) % len(leaves)]
    if chosen is None:
        raise UsageError(f"'{leaf}' cannot be asked about.", hint=f"There are: {', '.join(one.id for one in leaves)}")
    name = model or config.settings.generate.teacher or config.settings.train.model
    target = serving.ensure_served(workspace, config, name, say=say)
    asked = generating.arguments_for(workspace, config, [chosen], count * MORE, teacher=target.label)
    asked = msgspec.structs.replace(asked, seed=asked.seed + OTHER_DRAWS + len(known), tries=TRIES)
    plan = LeafPlan(chosen, _asking(pipeline.load(asked.pipeline, chosen.kind)), asked, target.context)
    notes = _Notes(chosen, leaves, known, count, found)
    asyncio.run(_ask(LeafRun(plan, count * MORE, TRIES), target, notes, cancelled))
    if not notes.proposed and not cancelled():
        raise LabError(
            f"'{target.label}' wrote no question that the seeds do not ask already.",
            where=chosen.id,
            hint="Write the check questions yourself, or let another model propose some: --teacher MODEL",
        )
    return notes.proposed


def _asking(whole: Pipeline) -> Pipeline:
    """The steps that make what is asked, without those that answer it."""
    made: set[str] = set()
    steps = []
    for step in whole.steps:
        steps.append(step)
        made |= set(step.makes)
        if made >= set(whole.unlike):
            break
    return msgspec.structs.replace(whole, steps=tuple(steps))


async def _ask(leaf: LeafRun, target: Target, notes: _Notes, cancelled: Callable[[], bool]) -> None:
    async with Client(target) as client:
        patient = teacher.Patient(client, target, lambda words: None)
        run = Run(
            [leaf],
            patient,
            notes,
            concurrency=teacher.takes(target),
            stopping=lambda: notes.enough or cancelled(),
        )
        await run.go()


class _Notes:
    """Takes what a run accepts for check questions; nobody has answered them."""

    def __init__(
        self, leaf: Leaf, leaves: Sequence[Leaf], known: Sequence[CheckQuestion], count: int, found: Found
    ) -> None:
        self._leaf = leaf
        self._seeds = [text for one in leaves for _, text in checking.seed_texts(one)]
        self._known = [question.text for question in known]
        self._count = count
        self._found = found
        self.proposed: list[CheckQuestion] = []

    @property
    def enough(self) -> bool:
        return len(self.proposed) >= self._count

    def request(self, request: Request) -> None:
        return

    def sample(self, sample: Sample) -> None:
        if not sample.accepted or self.enough:
            return
        # Knowledge is asked for what the model itself knows afterwards, not for what a text before it says.
        context = "" if self._leaf.kind == KNOWLEDGE else sample.parts.get("context", "")
        question = CheckQuestion(
            question=sample.question, context=context, leaf=self._leaf.id, origin="generated", confirmed=False
        )
        if not checking.near(question, [*self._seeds, *self._known]):
            self._known.append(question.text)
            self.proposed.append(question)
            self._found(question)

    def dried(self, leaf: LeafRun) -> None:
        return

    def progress(self, run: Run) -> None:
        return
