"""Edits by position, in files with any line ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.taxonomy.fixing.text import Edit, FileText, Overlap, in_order, origin


def test_line_ends_stay_and_new_ones_are_the_file_s_own() -> None:
    file = FileText("a: 1\r\nb: 2\r\nc: 3\n")
    assert file.text == "a: 1\nb: 2\nc: 3\n"
    edited = file.edited([Edit(5, 10, ""), Edit(10, 10, "x: 9\n")])
    assert edited.raw == "a: 1\r\nx: 9\r\nc: 3\n"


def test_a_place_is_a_line_and_a_column() -> None:
    file = FileText("one\r\ntwo\n\nfour")
    assert [file.line(number) for number in range(1, 5)] == ["one", "two", "", "four"]
    assert file.offset(2, 2) == 5
    assert file.offset(2, 99) == file.line_end(2) == 7
    assert [file.line_of(offset) for offset in (0, 3, 4, 8, 9)] == [1, 1, 2, 3, 4]


def test_edits_that_touch_each_other_are_refused() -> None:
    with pytest.raises(Overlap):
        in_order([Edit(0, 3, "x"), Edit(2, 4, "y")])
    with pytest.raises(Overlap):
        in_order([Edit(2, 2, "x"), Edit(2, 2, "y")])


@given(st.text("ab\r\n", max_size=30), st.data())
def test_what_is_not_edited_stays_byte_for_byte(raw: str, data: st.DataObject) -> None:
    file = FileText(raw)
    start = data.draw(st.integers(0, len(file.text)))
    end = data.draw(st.integers(start, len(file.text)))
    edited = file.edited([Edit(start, end, "X")])
    assert edited.text == file.text[:start] + "X" + file.text[end:]
    before, _, after = edited.raw.partition("X")
    assert raw.startswith(before)
    assert raw.endswith(after)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5), st.text("xy", max_size=4)), max_size=5))
def test_a_position_is_found_again(spans: list[tuple[int, int, str]]) -> None:
    text = "".join(chr(0x4E00 + number) for number in range(46))
    try:
        edits = in_order(Edit(start, start + length, new) for start, length, new in spans)
    except Overlap:
        return
    edited = FileText(text).edited(edits).text
    for position, character in enumerate(edited):
        if character in text:
            assert text[origin(edits, position)] == character


def test_what_moved_is_found_where_it_was() -> None:
    edits = in_order([Edit(0, 0, "cd", moved_from=2), Edit(2, 4, "")])
    assert FileText("abcdef").edited(edits).text == "cdabef"
    assert [origin(edits, position) for position in range(6)] == [2, 3, 0, 1, 4, 5]
