"""What the steps before the submission say is still missing or wrong."""

from __future__ import annotations

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft, Step
from labtui.contribute.standing.steps import LEAF_STEPS, standings
from labtui.contribute.submitting.records import Obstacle
from labtui.workspace import Workspace

MOST = 20
_WORDS = {
    Step.KIND: "the kind is not chosen",
    Step.PLACE: "it has no place in the taxonomy yet",
    Step.DESCRIPTION: "the description is not written",
    Step.DOCUMENT: "it names no document",
    Step.SEEDS: "there are too few seeds",
    Step.ATTRIBUTION: "the attribution is not filled in",
}


def problems(folder: DraftFolder, workspace: Workspace, draft: Draft) -> list[Obstacle]:
    """Errors stop a submission, warnings do not; what waits to be written stops it too."""
    found: list[Obstacle] = []
    for leaf in draft.leaves:
        for standing in standings(folder, leaf=leaf.id):
            wrong = [problem for problem in standing.problems if problem.level == "error"]
            if standing.step not in (*LEAF_STEPS, Step.CHECK):
                continue
            if standing.step is not Step.CHECK and standing.state == "todo" and not wrong:
                says = f" ({standing.says})" if standing.says else ""
                message = f"{leaf.id}: {_WORDS[standing.step]}{says}."
                found.append(Obstacle(about="leaves", message=message, hint=f"Go to the step {standing.step.title()}."))
            elif standing.step is Step.CHECK:
                found += [
                    Obstacle(about="leaves", message=f"{leaf.id}: {problem.message}", hint=problem.hint)
                    for problem in wrong
                ]
    if len(found) > MOST:
        more = Obstacle(about="leaves", message=f"And {len(found) - MOST:,} more problems.", hint="See the step Check.")
        found = [*found[:MOST], more]
    return found
