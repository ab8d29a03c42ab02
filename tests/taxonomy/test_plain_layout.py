"""Layouts in which the linter surely finds nothing: told rightly, and for the files people write."""

from __future__ import annotations

import pytest

from labtui.taxonomy.lint import lint
from labtui.taxonomy.parse import parse
from labtui.taxonomy.plain_layout import is_plain
from tests.taxonomy.leaves import SKILL


def plain(text: str) -> bool:
    return is_plain(text, parse(text).root)


@pytest.mark.parametrize(
    "text",
    [
        SKILL,
        f"---\n{SKILL}",
        f"# a remark\n\n{SKILL}",
        SKILL.replace("  - ", "- ").replace("    answer", "  answer"),
        SKILL.replace("answer: uno", "answer: |\n      uno\n\n\n      due"),
        SKILL.replace("answer: uno", 'answer: "uno\n      due"'),
        SKILL.replace("answer: uno", "answer:\n      uno"),
        SKILL.replace("answer: uno", "answer:  # nothing yet"),
        SKILL.replace("answer: uno", "answer: &not !an? *anchor".replace("&", "a&")),
    ],
)
def test_plain(text: str) -> None:
    assert plain(text)
    assert list(lint(text, "p")) == []


@pytest.mark.parametrize(
    "text",
    [
        SKILL.replace("uno", "uno "),
        SKILL.rstrip("\n"),
        SKILL + "\n",
        f"\n{SKILL}",
        SKILL.replace("answer: uno", "answer:  uno"),
        SKILL.replace("answer: uno", "answer : uno"),
        SKILL.replace("answer: uno\n", "answer: uno\n\n\n\n"),
        SKILL.replace("created_by: ann\n", "created_by: ann\ncreated_by: ann\n"),
        SKILL.replace("answer: uno", "answer:\n       uno"),
        SKILL.replace("seed_examples:", "document: [a,b]\nseed_examples:"),
        SKILL.replace("seed_examples:", "document:\n- a\nseed_examples:"),
        "a:\n  b: 1\nc:\n   d: 1\n",
        "a:\n  - b\nc:\n- d\n",
        "  a: 1\n  b: 2\n",
        "- a\n-  b\n",
    ],
)
def test_what_the_linter_has_a_word_on_is_never_plain(text: str) -> None:
    assert list(lint(text, "p")), "the example shows nothing"
    assert not plain(text)


@pytest.mark.parametrize("text", ["a: {b: 1}\n", "a: &x 1\n", "? a\n: b\n", "- a\n", "a: !!str 1\n", "a: b\x85"])
def test_what_is_not_sure_is_left_to_the_linter(text: str) -> None:
    assert not plain(text)


def test_a_file_may_switch_the_linter_off() -> None:
    text = SKILL.replace("uno", "uno ")
    assert list(lint(f"# yamllint disable-file\n{text}", "p")) == []
    assert len(list(lint(f"# yamllint disable-files\n{text}", "p"))) == 1
    assert list(lint(text.replace("uno ", "uno  # yamllint disable-line "), "p")) == []
