"""Where the end of a contribution stands: what is missing, what would be done, whether it was done already."""

from __future__ import annotations

import msgspec

from labtui.config import Config
from labtui.contribute.drafts.draft_folder import DraftFolder
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
    otherwise: bool = False
    """It was submitted by another name or address, or before signing was switched: it would be committed anew."""
    begun: bool = False
    """A submission of it as it is now was broken off."""
    busy: bool = False
    """A submission of it works right now, here or in another terminal."""


def readiness(folder: DraftFolder, workspace: Workspace, config: Config) -> Readiness:
    """How far a contribution is from being submitted. Reads only, without network. Raises LabError."""
    from labtui.contribute.requests.request_text import as_sent
    from labtui.contribute.standing.steps import standings
    from labtui.contribute.submitting.connecting import with_token
    from labtui.contribute.submitting.plan import plan_of

    draft = folder.load()
    missing = tuple(one for one in standings(folder) if one.step not in LAST and one.state in ("todo", "problem"))
    plan: SubmitPlan | None = None
    problem: LabError | None = None
    try:
        plan = plan_of(folder, workspace, config)
    except LabError as error:
        problem = error
    submitted = as_sent(folder, draft)
    otherwise = submitted and plan is not None and _made_otherwise(folder, plan)
    stops = plan is not None and any(one.stops and one.about != "certificate" for one in plan.obstacles)
    if plan is not None and not (missing or stops or (submitted and not otherwise and draft.request is not None)):
        plan = with_token(plan, workspace, config)
    return Readiness(
        draft=draft,
        missing=missing,
        plan=plan,
        problem=problem,
        handed_in=submitted and not otherwise,
        otherwise=otherwise,
        begun=_broken_off(folder) and not (plan is not None and _made_otherwise(folder, plan)),
        busy=folder.is_submitting,
    )


def _made_otherwise(folder: DraftFolder, plan: SubmitPlan) -> bool:
    """Whether git's settings for name, address or signing are others than those of the last submission."""
    from labtui.contribute.submitting.runs import agrees, made_by, runs

    history = runs(folder)
    if not history or plan.identity is None:
        return False
    now = made_by(plan.identity, plan.signing)
    return not all(agrees(history[-1], name, now) for name in now)


def _broken_off(folder: DraftFolder) -> bool:
    from labtui.contribute.submitting.runs import runs

    history = runs(folder)
    last = history[-1] if history else None
    return last is not None and not last.ended and last.facts.get("fingerprint") == folder.fingerprint()
