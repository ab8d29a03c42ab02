"""Foreign text: nothing a terminal obeys comes out, nothing is hidden, and pieces give the same as the whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labtui.text import Cleaner, clean, pad, sgr_spans, shorten, width

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")

PIECES = [
    *"ab \n\t[]0;?mhJ\\8日本",
    *"\x00\x07\x08\r\x18\x1a\x1b\x7f\x85\x90\x9b\x9c\x9d",
    *"\u00ad\u200b\u200c\u200d\u202e\u2028\u2066\ufeff\U000e0041\U000e0100\udc80👩",
    "\x1b[31m",
    "\x1b]52;c;QQ==\x07",
    "\x1b]8;;http://x\x1b\\",
    "\x1bP1;2|x\x1b\\",
]
hostile = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text()


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("plain text, 日本語, é\n\ttab", "plain text, 日本語, é\n\ttab"),
        ("a\x1b[2Jb", "a␛b"),
        ("a\x9b31mb", "a␛b"),
        ("a\x1b[38:2::1:2:3;?mb", "a␛b"),
        ("\x1b]52;c;c2VjcmV0\x07after", "␛after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "␛link␛"),
        ("\x9d0;title\x9cafter", "␛after"),
        ("\x1bP+q544e\x1b\\after", "␛after"),
        ("\x1b_apc\x1b\\\x1b^pm\x07\x1bXsos\x9c.", "␛␛␛."),
        ("\x1b(Bset\x1b7save\x1b c1", "␛set␛save␛1"),
        ("bell\x07 null\x00 del\x7f", "bell␇ null␀ del␡"),
        ("c1 \x85 \x84", "c1 � �"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("abc\u202edef\u2066", "abc‹U+202E›def‹U+2066›"),
        ("zero\u200bwidth \ufeffmark", "zero‹U+200B›width ‹U+FEFF›mark"),
        ("tag\U000e0041", "tag‹U+E0041›"),
        ("a\u200db", "a‹U+200D›b"),
        ("👩\u200d👩", "👩\u200d👩"),
        ("葛\U000e0100", "葛\U000e0100"),
        ("file\udcffname", "file�name"),
        ("", ""),
    ],
)
def test_clean_marks_what_it_takes_out(given_text: str, shown: str) -> None:
    assert clean(given_text) == shown


def test_an_unfinished_command_hides_nothing() -> None:
    assert clean("start \x1b]52;c;no end\nnext line") == "start ␛52;c;no end\nnext line"
    assert clean("start \x1b[12;") == "start ␛12;"


def test_one_line_has_no_line_ends() -> None:
    assert clean("a\nb\r\nc\td\u2029e", lines=False) == "a b c d e"


@given(hostile)
@example("\x1b\x1b[31m\x1b")
@example("\u200d")
def test_nothing_a_terminal_obeys_comes_out(text: str) -> None:
    assert not OBEYED.search(clean(text))
    assert not re.search(r"[\n\t]", clean(text, lines=False))


@given(hostile)
@example("日\u200c\u2028")
@example("日\u2029\u200d日")
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="\u115f\u1160\u3164\uffa0")))
def test_letters_numbers_and_punctuation_stay(text: str) -> None:
    assert clean(text) == text


@given(hostile, st.lists(st.integers(1, 5), min_size=1))
@example("a\u200d", [1])
@example("\x1b]8;;x\x1b\\y", [3])
def test_pieces_give_the_same_as_the_whole(text: str, sizes: list[int]) -> None:
    cleaner = Cleaner()
    shown, position, turn = "", 0, 0
    while position < len(text):
        size = sizes[turn % len(sizes)]
        piece = cleaner.feed(text[position : position + size])
        assert not OBEYED.search(piece)
        shown += piece
        position, turn = position + size, turn + 1
    assert shown + cleaner.flush() == clean(text)


def test_a_cleaner_does_not_hold_back_for_ever() -> None:
    cleaner = Cleaner()
    shown = cleaner.feed("\x1b]52;c;") + cleaner.feed("A" * 10_000)
    assert shown.count("A") == 10_000


def test_a_cleaner_can_be_used_again() -> None:
    cleaner = Cleaner()
    assert cleaner.feed("a\x1b") + cleaner.flush() == "a␛"
    assert cleaner.feed("[31m") + cleaner.flush() == "[31m"


@pytest.mark.parametrize(
    ("line", "spans"),
    [
        ("plain", [("plain", "")]),
        ("\x1b[1;31mred\x1b[0m end", [("red", "bold red"), (" end", "")]),
        ("\x1b[92;44mx\x1b[39my\x1b[49mz", [("x", "bright_green on blue"), ("y", "on blue"), ("z", "")]),
        ("\x1b[38;5;200mx\x1b[48;2;1;2;3my", [("x", "color(200)"), ("y", "color(200) on #010203")]),
        ("\x1b[3;4;7;9mx\x1b[23;24mz", [("x", "italic underline reverse strike"), ("z", "reverse strike")]),
        ("\x1b[5;8mhidden", [("hidden", "")]),
        ("\x1b[mx\x1b[2Jy", [("x␛y", "")]),
        ("", []),
    ],
)
def test_colours_of_a_log_line_are_kept(line: str, spans: list[tuple[str, str]]) -> None:
    assert sgr_spans(line) == spans


@given(hostile)
def test_log_lines_keep_nothing_but_colours(line: str) -> None:
    from rich.style import Style

    for text, style in sgr_spans(line):
        assert not OBEYED.search(text)
        Style.parse(style)


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [
        ("short", 10, "short"),
        ("rather long", 8, "rather…"),
        ("日本語テキスト", 7, "日本語…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("x", 0, ""),
        ("a\nb\x1b[31m", 10, "a b␛"),
    ],
)
def test_shorten_counts_terminal_cells(text: str, cells: int, shown: str) -> None:
    assert shorten(text, cells) == shown


@given(hostile, st.integers(0, 30))
def test_shortened_and_padded_text_fits(text: str, cells: int) -> None:
    assert width(shorten(text, cells)) <= cells
    assert width(pad(text, cells)) == cells
