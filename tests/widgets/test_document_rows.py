"""A document broken into rows: nothing is lost, nothing is wider than the room, and prose flows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.text import width
from labtui.widgets.document_drawing import Laid, draw
from labtui.widgets.document_marking import Mark, begin, by_paragraph, by_rows, by_word, swapped
from labtui.widgets.document_rows import TAB, Rows, word_after, word_before


def shown(text: str, room: int) -> list[str]:
    rows = Rows(text, room)
    return [text[start:end] for start, end in zip(rows.starts, rows.ends, strict=True)]


@given(st.text(st.sampled_from("ab c\n\t-#|`*日é\u0301"), max_size=300), st.integers(2, 40))
def test_rows_hold_every_character_but_white_space_and_fit(text: str, room: int) -> None:
    rows = Rows(text, room)
    pieces = shown(text, room)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert list(rows.starts) == sorted(rows.starts)
    for row in range(len(rows)):
        start, end = rows.line(row)
        assert start <= rows.starts[row] <= rows.ends[row] <= end
        content = draw(text, rows.line(row), (rows.starts[row], rows.ends[row]), [Laid(0, len(text), "bold")])
        assert content.cell_length <= max(room, TAB)
        assert "\n" not in content.plain and "\t" not in content.plain


def test_prose_broken_by_hand_flows_and_the_rest_stays_as_it_is() -> None:
    long = "This line of prose was broken by hand by its author, somewhere here"
    assert shown(f"{long}\nand goes on.", 200) == [f"{long}\nand goes on."]
    for other in ("- an item", "# Heading", "| cell |", "    code", "", "```", "> quote", "1. one"):
        assert shown(f"{long}\n{other}\n\n", 200)[:2] == [long, other]
    assert shown(f"{long}  \na hard break", 200) == [f"{long}  ", "a hard break"]
    assert shown(f"```\n{long}\ncode\n```\n", 200) == ["```", long, "code", "```"]
    assert shown("A short line\nof verse", 200) == ["A short line", "of verse"]


def test_scripts_without_spaces_break_anywhere_and_wide_letters_count_twice() -> None:
    assert shown("東京は日本の首都", 6) == ["東京は", "日本の", "首都"]
    assert shown("a\tb\tc", 7) == ["a\tb", "c"]
    assert all(width(piece) <= 5 for piece in shown("cafe\u0301 " * 10, 5))


@pytest.mark.parametrize(("text", "room"), [("", 10), ("\n", 10), ("\n\n\n", 1), (" " * 50, 10), ("x" * 50, 1)])
def test_texts_without_words_have_rows_too(text: str, room: int) -> None:
    assert len(Rows(text, room)) >= 1


TEXT = "one two three\nfour five six\n\nseven eight"


@given(
    st.lists(st.sampled_from(["row", "back", "page", "word", "less", "swap", "all"]), max_size=12), st.integers(0, 3)
)
def test_whatever_is_pressed_something_within_the_text_is_marked(moves: list[str], row: int) -> None:
    rows = Rows(TEXT, 20)
    mark = begin(rows, row)
    steps = {
        "row": lambda mark: by_rows(rows, mark, 1),
        "back": lambda mark: by_rows(rows, mark, -1),
        "page": lambda mark: by_rows(rows, mark, 30),
        "word": lambda mark: by_word(rows, mark, 1),
        "less": lambda mark: by_word(rows, mark, -1),
        "swap": swapped,
        "all": lambda mark: by_paragraph(rows, mark),
    }
    for move in moves:
        before = mark
        mark = steps[move](mark)
        assert 0 <= mark.start <= mark.end <= len(TEXT), (move, before, mark)
        assert TEXT[mark.start : mark.end].strip(), (move, before, mark)
        if move == "swap":
            assert (mark.start, mark.end) == (before.start, before.end)


def test_words_are_stepped_over_in_both_directions() -> None:
    assert word_after("one, two", 4) == (5, 8)
    assert word_before("one, two", 5) == (0, 4)
    assert word_after("日本 x", 0) == (0, 1)
    assert word_after("x  ", 1) == (3, 3) and word_before("  x", 2) == (0, 0)
    rows = Rows(TEXT, 20)
    assert by_word(rows, Mark(0, 13, 13), -1) == Mark(0, 7, 7)
