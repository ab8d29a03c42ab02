"""Words marked in two texts: exact places, for every script, in bounded steps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.taxonomy.comparing import word_spans
from labtui.taxonomy.comparing.word_spans import TextChange, change, differing, words


def marked(before: str, after: str) -> tuple[str, str]:
    """Both texts with what is marked in brackets."""

    def brackets(text: str, spans: tuple[tuple[int, int], ...]) -> str:
        for start, end in reversed(spans):
            text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
        return text

    found = change(before, after)
    return brackets(before, found.removed), brackets(after, found.added)


@pytest.mark.parametrize(
    ("before", "after", "marks"),
    [
        ("Little or tiny.", "Little or minute.", ("Little or [tiny].", "Little or [minute].")),
        ("It is so.", "It is not so.", ("It is so.", "It is [not ]so.")),
        ("It is not so.", "It is so.", ("It is [not ]so.", "It is so.")),
        ("cat", "dog", ("[cat]", "[dog]")),
        ("", "new", ("", "[new]")),
        ("old", "", ("[old]", "")),
        ("same", "same", ("same", "same")),
        ("四十雀は小さな鳥です。", "四十雀は大きな鳥です。", ("四十雀は[小さ]な鳥です。", "四十雀は[大き]な鳥です。")),
        ("tail\n", "tail", ("tail[\n]", "tail")),
        ("naïve café", "naïve cafés", ("naïve [café]", "naïve [cafés]")),
        ("a 👩‍👩‍👧 b", "a 👩‍👩‍👦 b", ("a 👩‍👩‍[👧] b", "a 👩‍👩‍[👦] b")),
    ],
)
def test_what_differs_is_marked(before: str, after: str, marks: tuple[str, str]) -> None:
    assert marked(before, after) == marks


def test_texts_with_next_to_nothing_in_common_are_marked_whole() -> None:
    assert marked("What is the capital of France?", "How many legs does a spider have?") == (
        "[What is the capital of France?]",
        "[How many legs does a spider have?]",
    )


def test_marks_with_only_a_space_between_them_are_one() -> None:
    assert marked("one two three four five six", "one TWO THREE four five six") == (
        "one [two three] four five six",
        "one [TWO THREE] four five six",
    )


texts = st.text(alphabet=st.sampled_from("ab c.四雀\n\u200d?"), max_size=60)


@given(texts, texts)
def test_what_is_not_marked_is_the_same_on_both_sides(before: str, after: str) -> None:
    found = change(before, after)
    for text, spans in ((before, found.removed), (after, found.added)):
        edges = [edge for span in spans for edge in span]
        assert edges == sorted(edges)
        assert all(0 <= start < end <= len(text) for start, end in spans)
    assert rest(found.before, found.removed) == rest(found.after, found.added)
    assert before == after or found.removed or found.added


def rest(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    for start, end in reversed(spans):
        text = text[:start] + text[end:]
    return text


@given(texts)
def test_words_joined_are_the_text(text: str) -> None:
    assert "".join(words(text)) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x " * 200_000, "y " * 200_000),
        ("the word and that. " * 20_000, "the word and this. " * 20_000),
        ("a" * 500_000, "a" * 499_999 + "b"),
        ("\n" * 100_000, "\n" * 99_999 + "x"),
        ("四" * 100_000, "十四" * 50_000),
        ("a b " * 50_000, "b a " * 50_000),
    ],
    ids=["letters", "sentences", "one word", "line breaks", "no spaces", "swapped"],
)
def test_huge_texts_stay_within_the_steps_allowed(before: str, after: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []
    real = word_spans.SequenceMatcher

    def counted(junk: None, left: list[str], right: list[str], *, autojunk: bool) -> object:
        compared.append(word_spans._steps(left, right))
        return real(junk, left, right, autojunk=autojunk)

    monkeypatch.setattr(word_spans, "SequenceMatcher", counted)
    found = change(before, after)
    assert all(steps <= word_spans.MOST_STEPS for steps in compared)
    assert rest(before, found.removed) == rest(after, found.added)
    assert isinstance(found, TextChange)


def test_beyond_the_bound_nothing_is_compared() -> None:
    assert differing(["x"] * 3_000 + ["a"], ["y"] + ["x"] * 3_000, 5_000) is None
    assert differing(["x"] * 3_000, ["x"] * 3_000 + ["a"], 10) == [(3_000, 3_000, 3_000, 3_001)]
