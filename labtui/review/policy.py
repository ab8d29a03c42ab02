"""Which samples a training takes, by what people decided of them. Pure."""

from __future__ import annotations

from labtui.review.records import Policy, State
from labtui.review.standing import Standing

ABOUT: dict[Policy, str] = {
    "everything": "all that was generated, whatever reviewers say",
    "not_rejected": "all but what a reviewer rejected or reviewers disagree about",
    "accepted": "only what a reviewer accepted and none rejected",
}
GOOD: tuple[State, ...] = ("accepted", "edited")


def takes(policy: Policy, standing: Standing, *, machine_accepted: bool = True) -> bool:
    """Whether a sample is trained on.

    What the machine had rejected is taken where a reviewer accepted it and none rejected it, except by `everything`,
    which is the data set as it was generated. What reviewers disagree about is left out: nothing doubtful is learned.
    """
    if policy == "everything":
        return machine_accepted
    if not machine_accepted or policy == "accepted":
        return standing.state in GOOD
    return standing.state in (*GOOD, "unseen")
