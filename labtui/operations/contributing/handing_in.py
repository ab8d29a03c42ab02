"""Where the end of a contribution stands: what is missing, what would be done, whether it was done already."""

from __future__ import annotations

import msgspec

from labtui.config import Config
from labtui.contribute.draft_folder import DraftFolder
from labtui.contribute.records import Draft, Step, StepStanding
from labtui.contribute.submitting.records import SubmitPlan
from labtui.errors import LabError
from labtui.workspace import Workspace

LAST = (Step.TRY, Step.REVIEW, Step.SUBMIT)
"""What does not have to be done before it can be submitted."""


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    draft: Draft
    missing: tuple[StepStanding, ...] = ()
    """Steps that must be done first."""
    plan: SubmitPlan | None = None
    problem: LabError | None = None
    """Why there is no plan."""
    handed_in: bool = False
    """It was submitted, and nothing was written since."""
    begun: bool = False
    """A submission of it as it is now was broken off."""
    busy: bool = False
    """A submission of it works right now, here or in another terminal."""


def readiness(folder: DraftFolder, workspace: Workspace, config: Config) -> Readiness:
    """How far a contribution is from being submitted. Reads only, without network. Raises LabError."""
    from labtui.contribute.steps import standings
    from labtui.contribute.submitting.plan import plan_of

    draft = folder.load()
    missing = tuple(one for one in standings(folder) if one.step not in LAST and one.state in ("todo", "problem"))
    plan: SubmitPlan | None = None
    problem: LabError | None = None
    try:
        plan = plan_of(folder, workspace, config)
    except LabError as error:
        problem = error
    return Readiness(
        draft=draft,
        missing=missing,
        plan=plan,
        problem=problem,
        handed_in=bool(draft.submitted) and folder.fingerprint() == draft.submitted,
        begun=_broken_off(folder),
        busy=folder.is_submitting,
    )


def _broken_off(folder: DraftFolder) -> bool:
    from labtui.contribute.submitting.runs import runs

    history = runs(folder)
    last = history[-1] if history else None
    return last is not None and not last.ended and last.facts.get("fingerprint") == folder.fingerprint()
