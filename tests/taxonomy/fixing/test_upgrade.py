"""Old leaves in the newest version."""

from __future__ import annotations

import pytest
import yaml

from labtui.errors import LabError
from labtui.taxonomy.check import check_leaf
from labtui.taxonomy.fixing.upgrade import summed_up, upgrade
from tests.taxonomy.leaves import SKILL

OLD = """\
# About a bird
created_by: ann
domain: birds
task_description: Teach about the chickadee.
seed_examples:
  # from the first paragraph
  - question: What is it?
    answer: |
      A bird.

      A small one.
    source: a book
  - answer: 'Seven.'
    question: How many?
    context: It lays seven eggs.
  - context: |
      It hides
      its food.
    question: Where?  # in winter
    answer: Everywhere.
license: CC0
document:
  repo: https://example.org/birds.git
  pattern:
    - bird.md
"""

NEW = """\
# About a bird
version: 3
created_by: ann
domain: birds
document_outline: Teach about the chickadee.
seed_examples:
  # from the first paragraph
  - context:  # add: the passage of the document that this is about
    questions_and_answers:  # add: three pairs or more
      - question: What is it?
        answer: |
          A bird.

          A small one.
        source: a book
  - context: It lays seven eggs.
    questions_and_answers:  # add: three pairs or more
      - answer: 'Seven.'
        question: How many?
  - context: |
      It hides
      its food.
    questions_and_answers:  # add: three pairs or more
      - question: Where?  # in winter
        answer: Everywhere.
# license: CC0
document:
  commit:  # add: the commit of that repository, all 40 characters
  patterns:  # add: the Markdown files in it, as a list
  repo: https://example.org/birds.git
  # pattern:
  #   - bird.md
"""


def test_old_knowledge_is_rearranged_and_asks_for_what_is_missing() -> None:
    upgraded = upgrade(OLD.encode(), "knowledge")
    assert upgraded.data.decode() == NEW
    assert upgraded.version == 3
    assert "Line 8: Seed 1, 'context' is empty, not text." in upgraded.missing
    assert any("'commit' is empty" in sentence for sentence in upgraded.missing)
    assert any("'seed_examples' has 3 of the 5" in sentence for sentence in upgraded.missing)


def test_what_many_seeds_lack_is_said_once() -> None:
    missing = [
        "Line 1: 'seed_examples' has 4 of the 5 entries it needs.",
        *(f"Line {number}: Seed {number}, 'context' is empty." for number in (1, 2, 3, 5)),
        "Line 9: Seed 2, pair 1, 'answer' is empty.",
    ]
    assert summed_up(missing) == [
        "Line 1: 'seed_examples' has 4 of the 5 entries it needs.",
        "Seeds 1 to 3, 5: 'context' is empty.",
        "Line 9: Seed 2, pair 1, 'answer' is empty.",
    ]


def test_it_is_never_called_clean_when_it_is_not() -> None:
    upgraded = upgrade(OLD.encode(), "knowledge")
    errors = [finding for finding in check_leaf(upgraded.data, None, "x", "knowledge") if finding.level == "error"]
    assert len(errors) == len(upgraded.missing) == len(set(upgraded.missing))


def test_what_is_missing_altogether_is_asked_for_at_the_end() -> None:
    old = "created_by: ann\nseed_examples:\n- question: a\n  answer: b"
    lines = upgrade(old.encode(), "knowledge").data.decode().splitlines()
    assert lines[:3] == ["version: 3", "created_by: ann", "seed_examples:"]
    assert lines[3:7] == [
        "- context:  # add: the passage of the document that this is about",
        "  questions_and_answers:  # add: three pairs or more",
        "  - question: a",
        "    answer: b",
    ]
    assert [line.partition(":")[0] for line in lines[7:]] == [
        "domain", "document_outline", "document", "  repo", "  commit", "  patterns",
    ]  # fmt: skip


def test_knowledge_that_has_the_new_shape_only_gets_the_version() -> None:
    text = (
        NEW.replace("version: 3", "version: 2")
        .replace("# license: CC0\n", "")
        .replace("  # pattern:\n  #   - bird.md\n", "")
    )
    assert upgrade(text.encode(), "knowledge").data.decode() == text.replace("version: 2", "version: 3")


@pytest.mark.parametrize("old", ["version: 1\n", "version: 2\n", "version: '2'\n", "version: 0\n", ""])
def test_a_skill_loses_nothing(old: str) -> None:
    upgraded = upgrade(SKILL.replace("version: 3\n", old).encode(), "compositional_skills")
    assert (upgraded.data, upgraded.missing) == (SKILL.encode(), ())


def test_a_skill_with_too_few_seeds_says_so() -> None:
    few = "\n".join(SKILL.replace("version: 3", "version: 1").splitlines()[:8]) + "\n"
    upgraded = upgrade(few.encode(), "compositional_skills")
    assert upgraded.missing == ("Line 5: 'seed_examples' has 2 of the 5 entries it needs.",)


def test_line_ends_mark_and_remarks_stay() -> None:
    old = "\ufeff" + OLD.replace("\n", "\r\n")
    assert upgrade(old.encode(), "knowledge").data.decode() == "\ufeff" + NEW.replace("\n", "\r\n")


def test_what_the_newest_version_lints_is_tidied_along_with_it() -> None:
    old = SKILL.replace("version: 3", "version: 1").replace("uno", "uno  ").rstrip("\n")
    assert upgrade(old.encode(), "compositional_skills").data == SKILL.encode()


def test_the_newest_version_stays_byte_for_byte() -> None:
    text = SKILL.replace("uno", "uno  ").encode()
    upgraded = upgrade(text, "compositional_skills")
    assert upgraded.data == text
    assert upgraded.missing == ("Line 6: Trailing spaces.",)


def test_the_content_tells_where_the_path_does_not() -> None:
    assert b"questions_and_answers" in upgrade(OLD.encode()).data
    assert b"questions_and_answers" not in upgrade(OLD.partition("document:")[0].encode()).data


@pytest.mark.parametrize("text", ["", "just words\n", "- a\n", "a: [\n"])
def test_what_is_no_leaf_is_refused(text: str) -> None:
    with pytest.raises(LabError):
        upgrade(text.encode(), "knowledge")


@pytest.mark.parametrize(
    "text",
    [
        "{created_by: ann, seed_examples: [{question: a, answer: b}]}\n",
        "created_by: ann\nseed_examples:\n- {question: a, answer: b, context: c}\n",
        "seed_examples:\n- &a\n  question: a\n  answer: b\n- *a\n",
        "created_by: ann\n? seed_examples\n: - question: a\n    answer: b\n",
        "created_by: ann\nseed_examples: [question: a]\n",
    ],
)
def test_what_cannot_be_rearranged_is_refused_and_not_spoilt(text: str) -> None:
    """Either it says the same in the new shape, or it is left alone with a reason."""
    try:
        upgraded = upgrade(text.encode(), "knowledge")
    except LabError as error:
        assert "without a loss" in error.what
        return
    value = yaml.safe_load(upgraded.data)
    pairs = [pair for seed in value["seed_examples"] for pair in seed["questions_and_answers"]]
    assert pairs
    assert all(pair["question"] == "a" for pair in pairs)
