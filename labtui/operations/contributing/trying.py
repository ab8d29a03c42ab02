"""Everything the wizard shows of trying a contribution, gathered. Reads files; asks no model but in `propose`."""

from __future__ import annotations

import msgspec

from labtui.config import Config
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence import check_questions, tries
from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.contribute.evidence.tries import TryResult, Verdict
from labtui.errors import LabError
from labtui.operations import trying
from labtui.operations.training_plan import span
from labtui.trying.questions import QuestionProblem
from labtui.workspace import Workspace


class TryStanding(msgspec.Struct, frozen=True, kw_only=True):
    questions: tuple[CheckQuestion, ...] = ()
    problems: tuple[QuestionProblem, ...] = ()
    """What keeps these questions from being asked."""
    hindrance: LabError | None = None
    """What else keeps it from being tried: no seeds yet, no model, packages that are missing."""
    plan_words: str = ""
    """What a try would do, and how long that takes."""
    job: str = ""
    """The newest try's job, under way or ended."""
    result: TryResult | None = None
    stale: tuple[str, ...] = ()
    """Leaves that changed since that result."""
    verdicts: dict[int, Verdict] = {}


def standing_of_try(folder: DraftFolder, workspace: Workspace, config: Config) -> TryStanding:
    """How trying stands. Raises LabError where what was kept cannot be read."""
    questions = check_questions.read(folder)
    problems: tuple[QuestionProblem, ...] = ()
    hindrance: LabError | None = None
    words = ""
    try:
        problems = tuple(trying.question_problems(folder, questions))
        if not problems:
            plan = trying.plan_try(workspace, config, folder, questions)
            words = (
                f"About {span(plan.seconds_in_all)} on {'this CPU' if plan.device == 'cpu' else 'the GPU'}, with "
                f"{plan.model}: {plan.samples} samples from your seeds, {plan.steps} steps."
            )
    except LabError as error:
        hindrance = error
    job = trying.job_of(workspace, folder)
    result = tries.latest(folder)
    return TryStanding(
        questions=questions,
        problems=problems,
        hindrance=hindrance,
        plan_words=words,
        job=job.id if job is not None else "",
        result=result,
        stale=tuple(tries.stale(folder, result)) if result is not None else (),
        verdicts=tries.verdicts(folder, result.job) if result is not None else {},
    )
