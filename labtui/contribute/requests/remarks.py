"""What reviewers and checks say of a contribution, each at the step and the field it speaks of, as the files are now.

What the forge said is kept with the places it spoke of then. Seeds were moved and edited since, perhaps because of it:
the places are looked for anew each time. Reads files, and asks git for the version that was pushed: not for the UI's
loop.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import CheckRun, Comment, Draft, Problem, Since, Step
from labtui.contribute.requests.commented import Places
from labtui.contribute.requests.spoken import spoken_of
from labtui.records import Moment
from labtui.taxonomy.leaf import ATTRIBUTION

Field = tuple[str | int, ...]
SINCE: dict[Since, str] = {
    "": "",
    "edited": "of an earlier version",
    "gone": "of what is gone since",
    "unknown": "of a version not here",
}
"""How it is said that a place is not any more what was spoken of."""


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was said of a place. Author and text are foreign: clean them before showing."""

    step: Step
    leaf: str
    field: Field = ()
    """The path of the value in qna.yaml, or a field of attribution.txt; empty where it is about the step as a whole."""
    author: str
    """Who said it; of a check its name."""
    text: str
    at: Moment | None = None
    check: bool = False
    """Whether a check found it, as opposed to a person."""
    resolved: bool = False
    since: Since = ""

    @property
    def waits(self) -> bool:
        """Whether it wants an answer: it is not settled, and what it speaks of still stands there."""
        return not self.resolved and self.since in ("", "unknown")


def remarks(folder: DraftFolder, draft: Draft) -> tuple[Remark, ...]:
    """What failed checks found and what people wrote, in that order; nothing once the request is not open any more."""
    request = draft.request
    if request is None or request.state != "open":
        return ()
    places = Places(folder, draft)
    there = {leaf.id for leaf in draft.leaves}
    found = [remark for check in request.checks for remark in _of_check(check, places)]
    found += [_of_comment(anew(comment, places), places) for comment in request.comments if comment.leaf in there]
    return tuple(remark for remark in found if remark.leaf in there)


def comments_now(folder: DraftFolder, draft: Draft) -> tuple[Comment, ...]:
    """The comments of the request, each with the place it speaks of as the files are now."""
    places = Places(folder, draft)
    return tuple(anew(comment, places) for comment in draft.request.comments) if draft.request is not None else ()


def anew(comment: Comment, places: Places) -> Comment:
    """The comment with its place as it is now. Where the version it speaks of is not here, the place that was found
    when the forge was asked stays."""
    if not comment.path or comment.line < 1 or not places.holds(comment.path, comment.commit):
        return comment
    spot = places.spot(comment.path, comment.line, comment.commit)
    return msgspec.structs.replace(comment, leaf=spot.leaf, seed=spot.seed, field=spot.field, since=spot.since)


def place(comment: Comment) -> tuple[Step, Field]:
    """The step and field a comment speaks of."""
    from labtui.contribute.standing import judging

    field: Field = comment.field
    if not field and comment.seed:
        field = ("seed_examples", comment.seed - 1)
    if not field and comment.path.endswith(ATTRIBUTION):
        field = (ATTRIBUTION,)
    return (judging.step_of("", field) if field else Step.DESCRIPTION), field


def step_of(problem: Problem) -> Step:
    """The step in which a problem is put right."""
    from labtui.contribute.attribution import works as attribution
    from labtui.contribute.standing import judging

    # What the rules find in attribution.txt is led to one of its keys already.
    if problem.rule.startswith("legal.") or problem.field[:1] in [(name,) for name in attribution.FIELDS]:
        return Step.ATTRIBUTION
    return judging.step_of(problem.rule, problem.field)


def _of_comment(comment: Comment, places: Places) -> Remark:
    step, field = place(comment)
    if step is Step.ATTRIBUTION:
        field = places.work_field(comment.path, comment.line, comment.commit)
    return Remark(
        step=step,
        leaf=comment.leaf,
        field=() if field == ("seed_examples",) else field,
        author=comment.author,
        text=comment.text,
        at=comment.at,
        resolved=comment.resolved,
        since=comment.since,
    )


def _of_check(check: CheckRun, places: Places) -> Iterator[Remark]:
    if check.state != "failed":
        return
    named: list[tuple[Problem, Since]] = [(one.problem, one.since) for one in spoken_of(check, places)]
    # What our own rules find stands beside its field anyhow.
    for problem, since in named or [(one, "") for one in check.problems if one.leaf and not one.rule]:
        yield Remark(
            step=step_of(problem),
            leaf=problem.leaf,
            field=() if problem.field[:1] == (ATTRIBUTION,) else problem.field,
            author=check.name,
            text=" ".join(part for part in (problem.message, problem.hint) if part),
            check=True,
            since=since,
        )
