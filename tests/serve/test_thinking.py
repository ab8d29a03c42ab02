from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.serve.thinking import Splitter


def split(*chunks: str) -> tuple[str, str]:
    """(answer, reasoning) of a stream that comes in these pieces."""
    splitter = Splitter()
    said: list[str] = []
    thought: list[str] = []
    for part in [part for chunk in chunks for part in splitter.feed(chunk)] + splitter.flush():
        if part.recast:
            thought, said = thought + said, []
        (thought if part.reasoning else said).append(part.text)
    return "".join(said), "".join(thought)


@pytest.mark.parametrize(
    ("text", "answer", "reasoning"),
    [
        ("Hello.", "Hello.", ""),
        ("<think>why</think>Because.", "Because.", "why"),
        ("\n <think>\nwhy\n</think>\n\nBecause.", "Because.", "\nwhy\n"),
        ("<think>a</think>\n<think>b</think>c", "c", "ab"),
        ("<think>never closed", "", "never closed"),
        ("The tag <think> opens and </think> closes.", "The tag <think> opens and </think> closes.", ""),
        ("opened by the template\n</think>\n\nYes.", "Yes.", "opened by the template\n"),
        ("<thinking about it", "<thinking about it", ""),
        ("a < b", "a < b", ""),
        ("", "", ""),
    ],
)
def test_answer_and_reasoning_are_told_apart(text: str, answer: str, reasoning: str) -> None:
    assert split(text) == (answer, reasoning)
    assert split(*text) == (answer, reasoning)


@given(
    st.lists(st.sampled_from(["<think>", "</think>", "<", "/", "think", ">", "\n", " ", "word"]), max_size=12),
    st.randoms(),
)
def test_how_a_stream_is_cut_changes_nothing(pieces: list[str], random) -> None:
    text = "".join(pieces)
    chunks = []
    left = text
    while left:
        size = random.randint(1, 5)
        chunks.append(left[:size])
        left = left[size:]
    whole, cut = split(text), split(*chunks)
    assert cut == whole


@given(st.text(alphabet="ab \n", max_size=30))
def test_an_answer_without_tags_comes_out_as_it_went_in(text: str) -> None:
    assert split(*text) == (text, "")
