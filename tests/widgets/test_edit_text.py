"""Text to write in: exact whatever it holds, changed by what differs only, cleaned when pasted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from labtui.widgets.edit_text import EditText, line_change
from labtui.widgets.exact_document import ExactDocument
from labtui.widgets.yaml_text import YamlText
from tests.widgets.editor_host import Host

LINES = st.text(st.sampled_from("ab\n \t\x0b\x0c\x85\u2028\u2029四\x1c"), max_size=12)


@given(LINES, LINES)
def test_one_replacement_leads_from_any_text_to_any_other(before: str, after: str) -> None:
    document = ExactDocument(before)
    change = line_change(document.lines, after.split("\n"))
    if change is not None:
        document.replace_range(*change)
    assert document.text == after


@given(LINES)
def test_a_text_is_kept_as_it_is(text: str) -> None:
    assert ExactDocument(text).text == text


def test_a_range_spans_lines() -> None:
    document = ExactDocument("one\ntwo\nthree")
    assert document.get_text_range((0, 2), (2, 1)) == "e\ntwo\nt"
    assert document.replace_range((2, 1), (0, 2), "-").replaced_text == "e\ntwo\nt"
    assert document.text == "on-hree"


async def test_what_is_pasted_holds_no_control_characters() -> None:
    app = Host(EditText())
    async with app.run_test() as pilot:
        text = app.query_one(EditText)
        text.focus()
        app.post_message(events.Paste("a\x1b]52;c;eA==\x07b\r\nc\x00\td\u200f\x9b2Je"))
        await pilot.pause()
        assert text.text == "ab\nc\td\u200fe"


async def test_renewing_keeps_the_cursor_at_its_words() -> None:
    app = Host(EditText("one\ntwo\nthree"))
    async with app.run_test() as pilot:
        text = app.query_one(EditText)
        text.move_cursor((2, 3))
        text.become("zero\none\ntwo\nthree")
        await pilot.pause()
        assert text.text == "zero\none\ntwo\nthree"
        assert text.cursor_location == (3, 3)
        text.become("zero\none\n2\nthree", follow=True)
        assert text.cursor_location == (2, 1)


@pytest.mark.parametrize(
    ("text", "cursor", "expected"),
    [
        ("seed_examples:", (0, 14), "seed_examples:\n  "),
        ("  - question: |", (0, 15), "  - question: |\n      "),
        ("    answer: yes", (0, 15), "    answer: yes\n    "),
        ("answer: |\n  a colon:", (1, 10), "answer: |\n  a colon:\n  "),
        ("abc", (0, 0), "\nabc"),
    ],
)
async def test_a_new_line_is_indented(text: str, cursor: tuple[int, int], expected: str) -> None:
    app = Host(YamlText())
    async with app.run_test() as pilot:
        yaml = app.query_one(YamlText)
        yaml.load_text(text)
        yaml.focus()
        yaml.move_cursor(cursor)
        await pilot.press("enter")
        assert yaml.text == expected


async def test_tab_is_spaces_and_moves_whole_lines() -> None:
    app = Host(YamlText())
    async with app.run_test() as pilot:
        yaml = app.query_one(YamlText)
        yaml.load_text("a\nb\n\nc")
        yaml.focus()
        await pilot.press("tab")
        assert yaml.text == "  a\nb\n\nc"
        yaml.select_all()
        await pilot.press("tab")
        assert yaml.text == "    a\n  b\n\n  c"
        await pilot.press("shift+tab", "shift+tab")
        assert yaml.text == "a\nb\n\nc"
