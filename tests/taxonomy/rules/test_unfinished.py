"""quality.*: templates, blanks, open merges, and the form of the file."""

from __future__ import annotations

import pytest

from labtui.taxonomy.profiles import Profile
from tests.taxonomy.rules.look import KNOWLEDGE, found, one, rules, skill

HEAD = "version: 3\ncreated_by: ann\ntask_description: Say it.\n"


@pytest.mark.parametrize(
    "text",
    [
        "TODO",
        "tbd",
        "Your question here",
        "<question>",
        "<your question here>",
        "'[Insert question]'",
        "Enter a question",
        "Question 3",
        "question",
        "test",
        "test test",
        "testtest",
        "'...'",
        "Lorem ipsum dolor sit amet",
        "asdf",
        "blah blah",
        "coming soon",
    ],
)
def test_texts_of_a_template(text: str) -> None:
    finding = one("quality.placeholder", skill((text, "It is so.")))
    assert (finding.line, finding.column, finding.level) == (5, 15, "warning")


@pytest.mark.parametrize("text", ["yourusername", "<github-username>", "your name", "GitHub username"])
def test_nobody_s_name(text: str) -> None:
    assert one("quality.placeholder", HEAD.replace("ann", f"'{text}'")).line == 2


@pytest.mark.parametrize(
    "text",
    [
        "None",
        "Yes",
        "42",
        "'[]'",
        "'{}'",
        "bar",
        "foo",
        "An example of a haiku",
        "The test was passed.",
        "Dear [Your Name], thank you.",
        "<html>",
        "x",
        "Ask <name> for it",
        "To do or not to do",
        "A to-do list",
        "Context matters",
        "The name of the rose",
        "Answer with 1 or 2",
        "Question 3 is the hardest",
        "desk",
        "'?'",
        "'-'",
    ],
)
def test_honest_answers(text: str) -> None:
    assert "quality.placeholder" not in rules(skill(("What now?", text)))


def test_blank_texts() -> None:
    finding = one("quality.blank", skill(("' '", "It is so.")))
    assert (finding.line, finding.column) == (5, 15)
    old = "created_by: ann\ntask_description: ''\n"
    assert one("quality.blank", old).line == 2
    assert "quality.blank" not in rules("version: 3\ntask_description: ''\n")  # the schema says it
    assert "quality.blank" not in rules("created_by: ann\ntask_description:\n")


def test_an_answer_that_echoes() -> None:
    assert one("quality.answer-repeats-question", skill(("It is cold.", "It  is cold."))).line == 6
    assert "quality.answer-repeats-question" not in rules(skill(("it is cold", "It is cold.")))


def test_a_merge_left_open() -> None:
    text = f"{HEAD}<<<<<<< HEAD\ndomain: a\n=======\ndomain: b\n>>>>>>> theirs\n"
    finding = one("quality.conflict", text)
    assert (finding.line, finding.column, finding.level) == (4, 1, "error")
    lesson = HEAD + "seed_examples:\n  - question: |\n      <<<<<<< HEAD\n      =======\n      >>>>>>> theirs\n"
    assert "quality.conflict" not in rules(lesson)


def test_keys_that_stand_twice_where_the_linter_does_not_look() -> None:
    text = "created_by: ann\nseed_examples:\n  - question: a?\n    question: b?\n    answer: c\n"
    finding = one("quality.key-duplicates", text)
    assert (finding.line, finding.column) == (4, 5)
    assert "first in line 3" in finding.message
    assert "quality.key-duplicates" not in rules("version: 3\n" + text)
    merged = "a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a\n"
    assert "quality.key-duplicates" not in rules(merged)


def test_the_version_at_the_end() -> None:
    text = "created_by: ann\nseed_examples:\n  - question: a?\n    answer: c\nversion: 3\n"
    assert (one("quality.field-order", text).line, one("quality.field-order", text).level) == (5, "info")
    assert "quality.field-order" not in rules("created_by: ann\nversion: 3\nseed_examples: []\n")


@pytest.mark.parametrize("version", [1, 2])
def test_an_old_skill(version: int) -> None:
    text = f"created_by: ann\nversion: {version}\n"
    finding = one("quality.old-version", text)
    assert (finding.line, finding.column, finding.level) == (2, 10, "info")
    assert "quality.old-version" not in rules(text, KNOWLEDGE)


def test_a_changed_leaf_is_not_told_twice_that_its_version_is_old() -> None:
    assert "quality.old-version" not in {
        finding.rule for finding in found("version: 2\n", profile=Profile.UPSTREAM, highest=True)
    }


def test_a_byte_order_mark_and_mixed_line_ends() -> None:
    assert rules(b"\xef\xbb\xbf" + HEAD.encode()) == {"quality.byte-order-mark"}
    assert rules(HEAD.replace("\n", "\r\n").encode()) == set()
    finding = one("quality.line-ends", b"version: 3\ncreated_by: ann\r\ntask_description: a\n")
    assert (finding.line, finding.column) == (2, 16)
    mostly = one("quality.line-ends", b"version: 3\r\ncreated_by: ann\r\ntask_description: a\n")
    assert (mostly.line, mostly.column) == (3, 20)
    assert "quality.line-ends" in rules(b"version: 3\ncreated_by: ann\rtask_description: a\n")


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("knowledge/Ocean Tides", "knowledge/ocean_tides"),
        ("compositional_skills/walk-into-a-bar", "compositional_skills/walk_into_a_bar"),
        ("knowledge/capacityPlanning", "knowledge/capacity_planning"),
        ("knowledge/STEM/jokes ", "knowledge/stem/jokes"),
        ("knowledge/a__b", "knowledge/a_b"),
        ("knowledge/---", "knowledge/miscellaneous_unknown"),
    ],
)
def test_folders_with_odd_names(name: str, better: str) -> None:
    finding = one("quality.folder-name", HEAD, name=name)
    assert (finding.level, finding.hint) == ("info", f"Name it {better}")


@pytest.mark.parametrize(
    "name", ["knowledge/miscellaneous_unknown", "knowledge/a1/b_2", "compositional_skills/日本語", "", "knowledge/élan"]
)
def test_folders_with_good_names(name: str) -> None:
    assert rules(HEAD, name=name) == set()


def test_what_stands_behind_an_alias_is_told_of_once() -> None:
    text = "version: 3\nseed_examples:\n  - {question: &a TODO, answer: b}\n  - {question: *a, answer: c}\n"
    assert one("quality.placeholder", text).line == 3
