"""What several reviewers together say, in whatever order their decisions are read."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.records import now
from labtui.review.policy import takes
from labtui.review.records import Decision, Policy, State, Verdict
from labtui.review.standing import Standing, Standings

BEGIN = now()
SAMPLE, CONTENT = "5a" * 16, "c0" * 32


def decision(verdict: Verdict, at: int = 0, who: str = "Ann <ann@example.org>", **others: Any) -> Decision:
    return Decision(
        t=BEGIN + timedelta(seconds=at),
        reviewer=who,
        verdict=verdict,
        **{"sample": SAMPLE, "content": CONTENT, **others},
    )


def state(*decisions: Decision) -> State:
    return Standings(decisions).of(SAMPLE, CONTENT).state


def test_the_latest_of_each_reviewer_counts() -> None:
    assert state() == "unseen"
    assert state(decision("accept")) == "accepted"
    assert state(decision("accept", 1), decision("reject", 2)) == "rejected"
    assert state(decision("reject", 2), decision("accept", 1)) == "rejected", "in the order of time, not of reading"
    assert state(decision("reject", 1), decision("undo", 2)) == "unseen"
    assert state(decision("accept", parts={"answer": "x"})) == "edited"


def test_who_disagrees_leaves_it_disputed_until_one_gives_in() -> None:
    both = [decision("accept", 1), decision("reject", 2, "Bo <bo@example.org>", reason="wrong")]
    assert state(*both) == "disputed"
    assert state(*both, decision("undo", 3, "Bo <bo@example.org>")) == "accepted"
    assert state(*both, decision("reject", 3)) == "rejected"
    assert Standings(both).of(SAMPLE, CONTENT).reason == "wrong"


def test_a_sample_that_says_something_else_is_not_decided() -> None:
    found = Standings([decision("reject")]).of(SAMPLE, "d1" * 32)
    assert (found.state, found.earlier) == ("unseen", 1)
    assert Standings([decision("reject", 1), decision("undo", 2)]).of(SAMPLE, "d1" * 32).earlier == 0


@given(st.lists(st.tuples(st.sampled_from(["accept", "reject", "undo"]), st.integers(0, 9), st.sampled_from("abc"))))
def test_the_order_of_reading_never_counts(made: list[tuple[Verdict, int, str]]) -> None:
    decisions = [decision(verdict, at, who) for verdict, at, who in made]
    shuffled = [*decisions, *decisions]
    random.Random(len(made)).shuffle(shuffled)
    assert Standings(shuffled).of(SAMPLE, CONTENT).state == state(*decisions)


@pytest.mark.parametrize(
    ("policy", "taken", "taken_against_the_machine"),
    [
        ("everything", {"unseen", "accepted", "edited", "rejected", "disputed"}, set()),
        ("not_rejected", {"unseen", "accepted", "edited"}, {"accepted", "edited"}),
        ("accepted", {"accepted", "edited"}, {"accepted", "edited"}),
    ],
)
def test_what_a_training_takes(policy: Policy, taken: set[State], taken_against_the_machine: set[State]) -> None:
    every: tuple[State, ...] = ("unseen", "accepted", "edited", "rejected", "disputed")
    assert {one for one in every if takes(policy, Standing(state=one))} == taken
    against = {one for one in every if takes(policy, Standing(state=one), machine_accepted=False)}
    assert against == taken_against_the_machine
