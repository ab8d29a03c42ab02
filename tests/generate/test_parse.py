from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.generate.parse import EMPTY, NOT_PARSED, parse
from labtui.generate.pipeline import Step, Turn

TEXT = Step(makes=("question",), example=Turn(user="", assistant=""), ask="")
PAIR = Step(makes=("question", "answer"), answers="json", example=Turn(user="", assistant=""), ask="")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("What is it?", "What is it?"),
        ("  What is it?\n\n", "What is it?"),
        ("Question: What is it?", "What is it?"),
        ("**Question:** What is it?", "What is it?"),
        ('"What is it?"', "What is it?"),
        ("“What is it?”", "What is it?"),
        ('"One" and "two"?', '"One" and "two"?'),
        ("```\nWhat is it?\n```", "What is it?"),
        ("```text\nWhat\nis it?\n```", "What\nis it?"),
        ("「なにですか」", "なにですか"),
    ],
)
def test_what_is_wrapped_around_a_text_comes_off(said: str, meant: str) -> None:
    assert parse(TEXT, said).parts == {"question": meant}


@pytest.mark.parametrize(
    "said",
    [
        '{"question": "Why?", "answer": "So."}',
        'Sure! Here it is:\n```json\n{"question": "Why?", "answer": "So."}\n```',
        '```json\n{"question": "Why?", "answer": "So."}\n```',
        'Here: {"Question": " Why? ", "ANSWER": "So."} I hope this helps.',
        '{"question": "Why?", "answer": "So.", "more": 1}',
        '{"question": "Why?", "answer": "So."',
        '{"question": "Why?", "answer": "So.",}',
        '{"question": "Why?" "answer": "So."}',
    ],
)
def test_an_object_is_found_in_what_surrounds_or_breaks_it(said: str) -> None:
    parsed = parse(PAIR, said)
    assert (parsed.parts, parsed.reason) == ({"question": "Why?", "answer": "So."}, "")


def test_raw_newlines_inside_strings_are_kept() -> None:
    assert parse(PAIR, '{"question": "Why?", "answer": "One\nTwo"}').parts["answer"] == "One\nTwo"


def test_a_list_of_lines_and_a_number_are_read_as_text() -> None:
    assert parse(PAIR, '{"question": ["a", "b"], "answer": 4}').parts == {"question": "a\nb", "answer": "4"}


@pytest.mark.parametrize(
    ("said", "reason", "detail"),
    [
        ("I cannot do that.", NOT_PARSED, "the answer has no JSON"),
        ('{"question": "Why?"}', NOT_PARSED, "the JSON has no answer"),
        ('{"question": "Why?", "answer": "So', NOT_PARSED, "the JSON is broken"),
        ('{"question": "Why?", "answer": {"deep": 1}}', NOT_PARSED, "the JSON has no answer"),
        ('{"question": "Why?", "answer": "  "}', EMPTY, "no answer"),
        ("{" * 5000, NOT_PARSED, "the JSON is broken"),
        ('{"a":' * 3000, NOT_PARSED, "the JSON is broken"),
        ("", NOT_PARSED, "the answer has no JSON"),
    ],
    ids=range(8),
)
def test_what_cannot_be_read_says_why(said: str, reason: str, detail: str) -> None:
    parsed = parse(PAIR, said)
    assert (parsed.reason, parsed.detail) == (reason, detail)


def test_nothing_at_all_is_empty() -> None:
    assert parse(TEXT, " \n ").reason == EMPTY


@given(st.text())
def test_nothing_a_teacher_says_raises(said: str) -> None:
    parse(TEXT, said)
    parsed = parse(PAIR, said)
    assert parsed.reason or set(parsed.parts) == {"question", "answer"}


@given(st.text(min_size=1).map(str.strip).filter(bool), st.text(min_size=1).map(str.strip).filter(bool))
def test_a_valid_object_is_read_exactly(question: str, answer: str) -> None:
    said = msgspec.json.encode({"question": question, "answer": answer}).decode()
    assert parse(PAIR, said).parts == {"question": question, "answer": answer}
