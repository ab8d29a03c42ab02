"""Markdown of models: everything is shown, nothing can be followed, and growing text ends as whole text would."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtui.text import clean
from labtui.widgets.answer_lines import AnswerLines
from labtui.widgets.markdown_blocks import Growing, parse
from labtui.widgets.markdown_lines import lay

DOCUMENT = """\
# Birds

The **black-capped** *chickadee* is `small`.
It stays.

- seeds
- insects
  - beetles
1. first
2. second

> quoted
> - inside

```python
for bird in birds:
    print(bird)  # each
```

| bird | length |
|:-----|-------:|
| chickadee | 13 cm |
| 四十雀 | 14 cm |

---
The end.
"""


def page(text: str, width: int = 60) -> list[str]:
    lines: list[str] = []
    for place, block in enumerate(parse(clean(text))):
        if place and block.gap:
            lines.append("")
        lines += [line.plain.rstrip() for line in lay(block, width)]
    return lines


def test_a_document_is_laid_out() -> None:
    assert page(DOCUMENT) == [
        "Birds",
        "",
        "The black-capped chickadee is small. It stays.",
        "",
        "• seeds",
        "• insects",
        "  ▪ beetles",
        "",
        "1. first",
        "2. second",
        "",
        "▌ quoted",
        "",
        "▌ • inside",
        "",
        " for bird in birds:",
        "     print(bird)  # each",
        "",
        "bird      │ length",
        "──────────┼───────",
        "chickadee │  13 cm",
        "四十雀    │  14 cm",
        "",
        "─" * 60,
        "",
        "The end.",
    ]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("[here](https://a.example/x)", "here (https://a.example/x)"),
        ("<https://a.example>", "https://a.example"),
        ("[https://bank.example](https://thief.example)", "https://bank.example (https://thief.example)"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("![a picture](https://a.example/p.png)", "[a picture] (https://a.example/p.png)"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("a <b>bold</b> word", "a <b>bold</b> word"),
        ("[name]: https://a.example", "[name]: https://a.example"),
        ("[red]not markup[/red] [@click=app.bell]no[/]", "[red]not markup[/red] [@click=app.bell]no[/]"),
    ],
)
def test_addresses_and_tags_are_shown_as_text(source: str, shown: str) -> None:
    assert page(source, 100) == [shown]


@pytest.mark.parametrize(
    "source", ["&#x202e;x", "&#27;[2J", "&#x9b;x", "<http://a.example/%1b%5b2J>", "[a](<http://a/%E2%80%AE>)"]
)
def test_what_an_entity_or_an_escape_hides_is_cleaned_too(source: str) -> None:
    text = "\n".join(page(source, 100))
    assert not set(text) & set("\x1b\x9b\u202e\x00")


def test_no_style_carries_a_link_or_an_action() -> None:
    for block in parse(clean("[a](http://x.example) <http://y.example> ![i](z)\n\n" + DOCUMENT)):
        for line in lay(block, 60):
            assert all(isinstance(span.style, str) and span.style.startswith(".md-") for span in line.spans)


@pytest.mark.parametrize("width", [1, 2, 5, 9, 20])
def test_the_narrowest_page_still_shows_something_and_never_more_than_its_width(width: int) -> None:
    for block in parse(DOCUMENT):
        for line in lay(block, width):
            assert line.cell_length <= max(width, 12), line.plain


def test_a_wide_table_gives_way_column_by_column_and_then_is_stacked() -> None:
    table = "| name | what it says |\n|---|---|\n| chickadee | " + "a long story " * 10 + "|\n"
    lines = page(table, 40)
    assert all(len(line) <= 40 for line in lines) and "│" in lines[0]
    many = "|" + "|".join(f"column{n}" for n in range(9)) + "|\n" + "|---" * 9 + "|\n" + "|x" * 9 + "|\n"
    assert page(many, 40)[0] == "column0: x"


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60), st.integers(10, 80))
@settings(max_examples=60, deadline=None)
def test_growing_text_ends_as_the_whole(cuts: list[int], width: int) -> None:
    text = DOCUMENT * 2
    growing = AnswerLines()
    place = number = 0
    while place < len(text):
        place += cuts[number % len(cuts)]
        number += 1
        growing.follow(text[:place])
        lines, same = growing.lines(width)
        assert same <= len(lines)
    grown = [line.plain for line in growing.lines(width)[0]]
    growing.settle(text)
    assert [line.plain for line in growing.lines(width)[0]] == grown


@given(st.text(alphabet="ab*_`#-> |\n[]()!<1.~\\", max_size=200), st.lists(st.integers(1, 9), min_size=1, max_size=20))
@settings(max_examples=200, deadline=None)
def test_any_text_in_any_pieces_is_taken_and_settles(text: str, cuts: list[int]) -> None:
    growing = AnswerLines()
    place = number = 0
    while place < len(text):
        place += cuts[number % len(cuts)]
        number += 1
        growing.follow(text[:place])
        before = [line.plain for line in growing.lines(30)[0]]
        # What is said to be the same really is.
        growing.follow(text[: place + 1])
        after, same = growing.lines(30)
        assert [line.plain for line in after[:same]] == before[:same]
    growing.settle(text)
    assert [line.plain for line in growing.lines(30)[0]] == [line.plain for line in AnswerLinesOf(text).lines(30)[0]]


def AnswerLinesOf(text: str) -> AnswerLines:  # noqa: N802 - reads as the class it makes
    made = AnswerLines()
    made.settle(text)
    return made


def test_only_the_end_of_a_long_text_is_parsed_again() -> None:
    growing = Growing()
    for number in range(50):
        growing.feed(f"paragraph {number}\n\n")
    assert growing.feed("more") >= 47
    assert len(growing.blocks) == 51


def test_text_that_turns_out_to_be_reasoning_is_taken_back() -> None:
    lines = AnswerLines()
    lines.follow("let me think about it")
    lines.follow("")
    lines.follow("Blue.")
    assert [line.plain for line in lines.lines(40)[0]] == ["Blue."]
