"""quality.*: what the seeds say taken together, and how long they are."""

from __future__ import annotations

import pytest

from labtui.taxonomy.lengths import words
from tests.taxonomy.rules.look import KNOWLEDGE, one, rules, skill

GROUNDED = "version: 3\nseed_examples:\n"


def passage(context: str, *pairs: tuple[str, str]) -> str:
    asked = "".join(f"      - question: {question}\n        answer: {answer}\n" for question, answer in pairs)
    return f"  - context: {context}\n    questions_and_answers:\n{asked}"


LONG_ENOUGH = "The tide comes in twice on each day of the year."


def test_mixed_seeds_are_told_of_at_the_first_that_differs() -> None:
    seeds = (
        "  - question: a?\n    answer: b\n    context: c\n"
        "  - question: d?\n    answer: e\n"
        "  - question: f?\n    answer: g\n    context: h\n"
        "  - question: i?\n    answer: j\n"
    )
    finding = one("quality.mixed-grounding", GROUNDED + seeds)
    assert (finding.line, finding.column) == (6, 5)
    assert finding.message.startswith("Seed 1 has a context, seeds 2 and 4 have none:")


def test_seeds_of_one_kind_are_not_mixed() -> None:
    assert "quality.mixed-grounding" not in rules(skill(("a?", "b"), ("c?", "d")))
    seeds = "".join(f"  - question: {name}?\n    answer: {name}\n    context: {name}\n" for name in "abc")
    assert "quality.mixed-grounding" not in rules(GROUNDED + seeds)


def test_a_question_asked_again_in_other_spacing_and_case() -> None:
    finding = one(
        "quality.question-repeated", skill(("Name a colour.", "Red"), ("b?", "c"), ("name  a Colour", "Red."))
    )
    assert (finding.line, finding.column, finding.level) == (9, 15, "warning")
    assert finding.message == "This question is asked in seed 1 already, first in line 5, with the same answer."


def test_a_number_behind_the_answer_makes_no_difference() -> None:
    finding = one("quality.question-repeated", skill(*(("a?", f"It is so. {number}") for number in range(1, 6))))
    assert finding.level == "warning"
    assert "asked again in seeds 2, 3, 4 and 5" in finding.message
    assert finding.message.endswith("with the same answer.")


def test_several_answers_to_one_question_are_only_mentioned_of_a_skill() -> None:
    assert one("quality.question-repeated", skill(("A joke?", "Ha"), ("A joke?", "Ho"))).level == "info"
    text = GROUNDED + passage(LONG_ENOUGH, ("When?", "Twice"), ("When?", "Thrice"))
    assert one("quality.question-repeated", text, KNOWLEDGE).level == "warning"


def test_what_the_schema_says_is_not_said_twice() -> None:
    text = skill(("a?", "b"), ("a?", "b"))
    assert "quality.question-repeated" not in rules(text)
    assert "quality.question-repeated" in rules(text.replace("version: 3", "version: 1"))


def test_the_same_question_about_another_context_is_another_question() -> None:
    seeds = "".join(f"  - question: Shorten it.\n    answer: {name}\n    context: {name}\n" for name in ("one", "two"))
    assert "quality.question-repeated" not in rules(GROUNDED + seeds)


@pytest.mark.parametrize("second", ["r-x---r-x", "rwx--x--x"])
def test_signs_inside_a_question_count(second: str) -> None:
    assert "quality.question-repeated" not in rules(skill(("r-x---r--", "a"), (second, "b")))


def test_a_context_that_comes_again_is_told_of_once_and_not_with_its_questions() -> None:
    text = GROUNDED + passage(LONG_ENOUGH, ("When?", "Now")) + passage(f" {LONG_ENOUGH}", ("When?", "Then"))
    finding = one("quality.context-repeated", text, KNOWLEDGE)
    assert finding.line == 7
    assert "quality.question-repeated" not in rules(text, KNOWLEDGE)


def test_pairs_that_are_never_read() -> None:
    pairs = [(f"What about {number}?", "Nothing") for number in range(5)]
    finding = one("quality.unused-pairs", GROUNDED + passage(LONG_ENOUGH, *pairs), KNOWLEDGE)
    assert (finding.line, finding.column, finding.level) == (11, 9, "info")
    assert "these 2 are never read" in finding.message
    assert "quality.unused-pairs" not in rules(GROUNDED + passage(LONG_ENOUGH, *pairs[:3]), KNOWLEDGE)


def test_old_skills_with_few_seeds() -> None:
    text = skill(("a?", "b"), ("c?", "d"), version=1)
    finding = one("quality.few-seeds", text)
    assert (finding.line, finding.column) == (4, 1)
    assert finding.message == "There are 2 of the 5 seeds a leaf needs."
    assert "quality.few-seeds" not in rules(text, name="foundational_skills/a")
    assert "quality.few-seeds" not in rules(text, KNOWLEDGE)


def test_a_text_that_a_remark_cuts_off() -> None:
    finding = one("quality.cut-off", skill(("What is C # like?", "A language")))
    assert (finding.line, finding.column) == (5, 25)
    assert "quality.cut-off" not in rules(skill(("'What is C # like?'", "C#")))
    assert "quality.cut-off" not in rules("version: 3 # the newest\ncreated_by: ann # me\n")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("one two  three\nfour", 4),
        ("潮が満ちる", 3),
        ("Die 潮 kommt", 3),
        ("ภาษาไทย", 4),
        ("안녕하세요 세계", 2),
        ("l’été à Noël", 3),
        ("١٢٣ شكرا", 2),
    ],
)
def test_words_are_counted_in_every_script(text: str, count: int) -> None:
    assert words(text) == count


@pytest.mark.parametrize(
    ("rule", "text", "line"),
    [
        ("quality.long-context", GROUNDED + passage("tide " * 501, ("a?", "b")), 3),
        ("quality.short-context", GROUNDED + passage("About tides", ("a?", "b")), 3),
        ("quality.long-pair", GROUNDED + passage(LONG_ENOUGH, ("a?", "b " * 251)), 6),
        ("quality.long-pair", GROUNDED + passage(LONG_ENOUGH, ("a " * 251, "b")), 5),
        ("quality.long-seed", GROUNDED + passage("tide " * 500, ("a?", "b " * 240), ("c?", "d " * 20)), 3),
    ],
)
def test_lengths_beyond_the_guides(rule: str, text: str, line: int) -> None:
    assert one(rule, text, KNOWLEDGE).line == line


def test_lengths_within_the_guides() -> None:
    pairs = [(f"{name} " * 20, f"{name} " * 60) for name in "abc"]
    assert not any("long" in rule for rule in rules(GROUNDED + passage("tide " * 500, *pairs), KNOWLEDGE))


def test_a_leaf_that_is_too_long_as_a_whole() -> None:
    finding = one("quality.long-leaf", skill(*((f"{name}?", f"{name} " * 500) for name in "abcde")))
    assert (finding.line, finding.column) == (4, 1)
    assert "2,505 words" in finding.message


def test_the_context_of_a_skill_counts_with_its_pair() -> None:
    seed = f"  - question: Shorten it.\n    answer: Rain.\n    context: {'rain ' * 750}\n"
    finding = one("quality.long-seed", GROUNDED + seed)
    assert (finding.line, finding.column) == (3, 5)
    assert "753 words" in finding.message
