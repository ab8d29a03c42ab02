"""What is shown of a log line: colours and text, cut to a width, and nothing that moves a cursor."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labtui import text
from labtui.widgets.log_index import RawLine
from labtui.widgets.log_lines import CELLS, decode, size_words


def test_colours_are_kept_and_nothing_else_of_what_the_bytes_say() -> None:
    line = decode(RawLine(b"\x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07\x1b[2Jplain"))
    assert line.spans[0] == ("red", "red")
    assert "red" in line.text
    assert "plain" in line.text
    assert "\x1b" not in line.text
    assert "aGk" not in line.text


def test_a_long_line_is_cut_by_cells_and_says_how_much_is_missing() -> None:
    line = decode(RawLine(("日" * 5000).encode()))
    assert line.cells == CELLS
    assert line.text == "日" * (CELLS // 2)
    assert line.cut == "12.0 kB more"


def test_what_the_index_cut_off_is_counted_too() -> None:
    assert decode(RawLine(b"abc", hidden=1_500_000)).cut == "1.5 MB more"


def test_a_character_cut_in_two_by_an_unfinished_line_is_left_out() -> None:
    assert decode(RawLine("進捗".encode()[:-1], finished=False)).text == "進"


def test_bytes_that_are_not_utf8_become_a_mark() -> None:
    assert decode(RawLine(b"caf\xe9 ok")).text == "caf� ok"


def test_tabs_keep_columns() -> None:
    assert decode(RawLine(b"a\tb")).text == "a       b"


@given(st.binary(max_size=400))
def test_no_bytes_give_a_control_character_or_a_wrong_width(data: bytes) -> None:
    line = decode(RawLine(data.replace(b"\n", b"")))
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in line.text)
    assert line.cells == text.width(line.text) <= CELLS
    assert "".join(piece for piece, _ in line.spans) == line.text


def test_sizes_in_words() -> None:
    assert [size_words(count) for count in (0, 834, 1200, 158_000_000)] == ["0 B", "834 B", "1.2 kB", "158 MB"]
