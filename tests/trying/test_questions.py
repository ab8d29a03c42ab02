"""Which check questions may be asked: none that a seed asks, none twice, at least three."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtui.contribute.evidence.check_questions import MOST, CheckQuestion
from labtui.errors import UsageError
from labtui.taxonomy.leaf import Leaf, Pair, Seed
from labtui.trying import questions as checking

SAME = [
    ("What is the opposite of hot?", "what's the  opposite of 'hot'"),
    ("What do robins eat?", "What does a robin eat?"),
    ("ロビンは何を食べますか", "ロビンは何を食べますか？"),
    ("Where do the robin and the wren build their nests?", "Where do the robin and wren build their nests?"),
    ("Ｗｈａｔ do robins eat?", "What do robins eat?"),
]
OTHERS = [
    ("What is the opposite of hot?", "What is the opposite of cold?"),
    (
        "Where does the small grey robin of the garden build its nest?",
        "Where does the small grey wren of the garden nest?",
    ),
    ("How old is a robin?", "How large is a robin?"),
    ("Where is the robin?", "When is the robin?"),
    ("ロビンは何を食べますか", "ロビンはどこに住んでいますか"),
    ("Is 7 a prime number?", "Is 8 a prime number?"),
]


def question(text: str, **others: object) -> CheckQuestion:
    return CheckQuestion(question=text, **others)


def leaf(kind: str, *pairs: tuple[str, str], name: str = "a/b") -> Leaf:
    """A leaf of one seed a pair: (context, question)."""
    seeds = tuple(
        Seed(number=number, context=context, pairs=(Pair(asked, "An answer."),))
        for number, (context, asked) in enumerate(pairs, 1)
    )
    return Leaf(id=name, path=Path("qna.yaml"), kind=kind, seeds=seeds)


SKILL = leaf("freeform skill", ("", "What is the opposite of hot?"), ("", "What is the opposite of day?"))
GOOD = [question(f"What is the opposite of {word}?") for word in ("big", "loud", "early")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_question_is_known_again(one: str, other: str) -> None:
    assert checking.near(question(one), [other])
    assert checking.near(question(other), [one])


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_a_question_about_something_else_is_another_one(one: str, other: str) -> None:
    assert not checking.near(question(one), [other])
    assert not checking.near(question(other), [one])


def test_good_ones_have_no_problem() -> None:
    assert checking.problems(GOOD, [SKILL]) == []
    checking.require(GOOD, [SKILL])


def test_one_that_a_seed_asks_is_refused_with_the_seeds_number() -> None:
    (found,) = checking.problems([*GOOD, question("The opposite of 'day' is?")], [SKILL])
    assert (found.number, found.message) == (4, "It asks the same as seed 2.")


def test_one_that_was_asked_before_is_refused() -> None:
    (found,) = checking.problems([*GOOD, question("what is the opposite of loud")], [SKILL])
    assert (found.number, found.message) == (4, "It asks the same as check question 2.")


def test_a_context_makes_another_question_for_a_skill_and_none_for_knowledge() -> None:
    grounded = leaf("grounded skill", ("The cat sat on the mat.", "Shorten it."))
    asked = question("Shorten it.", context="The dog ran over the bridge.")
    assert [found.number for found in checking.problems([asked], [grounded])] == [0]
    same = question("Shorten it.", context="The cat sat on the mat.")
    assert [found.number for found in checking.problems([same], [grounded])] == [1, 0]
    knowledge = leaf("knowledge", ("A long text about robins.", "What do robins eat?"))
    assert [found.number for found in checking.problems([question("What do robins eat?")], [knowledge])] == [1, 0]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (question("  "), "It is empty."),
        (question("?!"), "It holds no word."),
        (question("long " * 2000), "characters"),
        (question("What is big?", leaf="x/y"), "holds no leaf 'x/y'"),
    ],
)
def test_what_cannot_be_asked_is_said(asked: CheckQuestion, says: str) -> None:
    (found,) = checking.problems([*GOOD, asked], [SKILL])
    assert found.number == 4
    assert says in found.message


def test_too_few_and_too_many_are_said_about_all_of_them() -> None:
    unconfirmed = question("What is the opposite of late?", origin="generated", confirmed=False)
    (few,) = checking.problems([*GOOD[:2], unconfirmed], [SKILL])
    assert (few.number, few.message) == (0, "At least 3 check questions are needed: 1 more to go.")
    many = [question(f"Is {number} a number of things?") for number in range(MOST + 1)]
    (found,) = checking.problems(many, [SKILL])
    assert "At most" in found.message


def test_an_empty_proposal_is_nobodys_fault() -> None:
    assert checking.problems([*GOOD, question("", confirmed=False)], [SKILL]) == []


def test_the_first_problem_is_raised_and_the_others_told() -> None:
    with pytest.raises(UsageError) as raised:
        checking.require([question("What is the opposite of hot?"), question("??")], [SKILL])
    assert raised.value.where == "question 1"
    assert "seed 1" in raised.value.what
    assert "Question 2: It holds no word." in raised.value.hint
    assert "At least 3" in raised.value.hint
