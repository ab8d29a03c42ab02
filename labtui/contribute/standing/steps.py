"""How the steps of a contribution stand: derived from its files at the moment of asking, never remembered.

    for standing in standings(folder): ...                  # of the whole contribution, in the wizard's order
    for standing in standings(folder, leaf=leaf_id): ...    # of one of its leaves

`todo` is what only waits to be written, `problem` what is there and wrong. Nothing here asks the network or git.
"""

from __future__ import annotations

from collections.abc import Sequence

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import ContributedLeaf, Draft, Step, StepStanding, StepState
from labtui.contribute.standing.beside import with_neighbours
from labtui.contribute.standing.judging import Judged, judge, unfinished
from labtui.contribute.standing.leaf_steps import deleted, kind, of_leaf, place
from labtui.errors import LabError

LEAF_STEPS = (Step.KIND, Step.PLACE, Step.DESCRIPTION, Step.DOCUMENT, Step.SEEDS, Step.ATTRIBUTION)
"""The steps that are made leaf by leaf."""
_GRAVITY: dict[StepState, int] = {"problem": 4, "todo": 3, "done": 2, "optional": 1, "unneeded": 0}


def standings(folder: DraftFolder, leaf: str = "") -> list[StepStanding]:
    """One standing a step, in order; of the whole contribution, or of its leaf `leaf`.

    The steps from the check on are about all leaves; for one leaf the check speaks of that one alone. Raises LabError
    where the contribution cannot be read, and UsageError where it has no such leaf.
    """
    draft = folder.load()
    leaves = [folder.leaf(leaf)] if leaf else draft.leaves
    each = [_of_leaf(folder, draft, one) for one in leaves]
    found = [_together(step, [steps[number] for steps in each]) for number, step in enumerate(LEAF_STEPS)]
    found.append(_check(found, [one for steps in each for one in steps if one.step is Step.CHECK], draft))
    found.append(_try(folder, draft))
    found += _last_steps(folder, draft, found)
    return found


def ready(steps: Sequence[StepStanding]) -> bool:
    """Whether the contribution can be submitted, as far as its files tell."""
    return all(one.state in ("done", "optional", "unneeded") for one in steps if one.step not in _AFTER_CHECK)


def next_step(steps: Sequence[StepStanding]) -> StepStanding | None:
    """The first step that waits for something; None where all is done."""
    return next((one for one in steps if one.state in ("problem", "todo")), None)


_AFTER_CHECK = (Step.TRY, Step.REVIEW, Step.SUBMIT)


def _of_leaf(folder: DraftFolder, draft: Draft, leaf: ContributedLeaf) -> list[StepStanding]:
    """The standings of LEAF_STEPS, then that of the check, which holds what belongs to none of them."""
    if leaf.change == "deleted":
        return deleted(leaf)
    judged: Judged = with_neighbours(folder, judge(folder, draft, leaf))
    return [kind(leaf, judged), place(folder, draft, leaf, judged), *of_leaf(draft, leaf, judged)]


def _together(step: Step, each: Sequence[StepStanding]) -> StepStanding:
    """The standings of a step for several leaves as one."""
    if not each:
        says = "choose one" if step is Step.KIND else ""
        return StepStanding(step=step, state="todo", says=says)
    if len(each) == 1:
        return each[0]
    needed = [one for one in each if one.state != "unneeded"]
    if not needed:
        return each[0]
    state = max((one.state for one in needed), key=_GRAVITY.__getitem__)
    done = sum(one.state == "done" for one in needed)
    what = f"{len(needed)} {'leaf' if len(needed) == 1 else 'leaves'}"
    says = what if done == len(needed) else f"{done} of {what}"
    return StepStanding(step=step, state=state, says=says, problems=tuple(p for one in needed for p in one.problems))


def _check(before: Sequence[StepStanding], own: Sequence[StepStanding], draft: Draft) -> StepStanding:
    """All findings together."""
    problems = tuple(problem for one in (*before, *own) for problem in one.problems)
    errors = [problem for problem in problems if problem.level == "error"]
    wrong = sum(not unfinished(problem) for problem in errors)
    look = sum(problem.level == "warning" for problem in problems)
    if not draft.leaves:
        return StepStanding(step=Step.CHECK, state="todo", says="no leaf yet")
    waiting = any(one.state == "todo" for one in before)
    worst = max((one.state for one in (*before, *own)), key=_GRAVITY.__getitem__)
    state: StepState = worst if worst in ("problem", "todo") else "done"
    if wrong:
        says = f"{wrong} to put right"
    elif errors:
        says = f"{len(errors)} still to write"
    elif waiting:
        says = "not finished yet"
    else:
        says = f"{look} worth a look" if look else "nothing wrong"
    return StepStanding(step=Step.CHECK, state=state, says=says, problems=problems)


def _try(folder: DraftFolder, draft: Draft) -> StepStanding:
    from labtui.contribute.evidence.tries import latest, stale

    if draft.leaves and all(leaf.change == "deleted" for leaf in draft.leaves):
        return StepStanding(step=Step.TRY, state="unneeded", says="nothing to try")
    try:
        result = latest(folder)
    except LabError:
        result = None
    if result is None:
        return StepStanding(step=Step.TRY, state="optional", says="not tried")
    changed = sum(asked.changed for asked in result.asked)
    if stale(folder, result):
        return StepStanding(step=Step.TRY, state="optional", says="tried before the last change")
    return StepStanding(step=Step.TRY, state="done", says=f"{changed} of {len(result.asked)} answers changed")


def _last_steps(folder: DraftFolder, draft: Draft, before: Sequence[StepStanding]) -> list[StepStanding]:
    """Review and submit: done when what is submitted is what stands there now."""
    from labtui.contribute.requests.request_text import as_sent

    can = ready(before)
    request = draft.request
    if draft.commit and draft.submitted:
        where = f"#{request.number} {request.state}" if request is not None else f"branch {draft.branch}"
        try:
            same = as_sent(folder, draft, [problem for one in before for problem in one.problems])
        except LabError:
            same = False
        if same or (request is not None and request.state != "open"):
            return [
                StepStanding(step=Step.REVIEW, state="done", says="as submitted"),
                StepStanding(step=Step.SUBMIT, state="done", says=where),
            ]
        says = "changed since"
        return [
            StepStanding(step=Step.REVIEW, state="todo", says=says),
            StepStanding(step=Step.SUBMIT, state="todo", says=f"{where}, {says}"),
        ]
    return [
        StepStanding(step=Step.REVIEW, state="todo", says="ready" if can else "after the check"),
        StepStanding(step=Step.SUBMIT, state="todo", says="ready" if can else "after the check"),
    ]
