"""Foreign text in Markdown stays text, whatever it holds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.contribute.requests.markdown import code, fenced, plain

STIRRING = st.text(alphabet="`@#/!~-\n .1aZ<>*_[]()\\|:$%é\x1b", max_size=80)


def blocks(markdown: str) -> list[str]:
    """What stands outside of blocks of code, by the rules for fences of backticks."""
    outside, fence = [], ""
    for line in markdown.split("\n"):
        run = re.match(r"`*", line)
        ticks = run[0] if run else ""
        if not fence and len(ticks) >= 3 and "`" not in line[len(ticks) :]:
            fence = ticks
        elif fence and len(ticks) >= len(fence) and not line[len(ticks) :].strip():
            fence = ""
        elif not fence:
            outside.append(line)
    assert fence == "", "a block is left open"
    return outside


@given(STIRRING)
def test_a_block_cannot_be_left(text: str) -> None:
    assert blocks(fenced(text)) == []
    assert blocks(f"before\n\n{fenced(text)}\n\nafter") == ["before", "", "", "after"]


def test_a_block_says_what_it_leaves_out() -> None:
    block = fenced("x" * 2500)
    assert block.count("x") - 1 == 2000, "one more stands in the word text"
    assert "500 more characters" in block


@given(STIRRING)
def test_a_piece_of_code_cannot_be_left(text: str) -> None:
    piece = code(text)
    assert "\n" not in piece
    if piece:
        ticks = re.match(r"`+", piece)
        assert ticks is not None
        # No run of exactly as many backticks stands inside.
        assert re.findall(rf"(?<!`){ticks[0]}(?!`)", piece[len(ticks[0]) : -len(ticks[0])]) == []
        assert piece.endswith(ticks[0])


@given(STIRRING)
def test_nothing_stirs_in_a_sentence(text: str) -> None:
    line = plain(text)
    assert "\n" not in line
    rest = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
    assert not re.search(r"(?<!\\)[@#]\w", rest), line
    assert not re.match(r"[/>+-]|#", rest.strip()), line
    assert not re.search(r"(?<!\\)[<*_\[|]", rest), line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Thanks @rita, closes #5", "Thanks `@rita,` closes `#5`"),
        ("see https://example.org/issues/5", "see `https://example.org/issues/5`"),
        ("fixes GH-12 and !7 ~bug", "fixes `GH-12` and `!7` `~bug`"),
        ("/close", "\\/close"),
        ("1. first", "1\\. first"),
        ("**bold** <img src=x>", "\\*\\*bold\\*\\* \\<img src=x\\>"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("plain words, with: signs; (and) more?", "plain words, with: signs; \\(and\\) more?"),
        ("", ""),
    ],
)
def test_what_people_write_stays_readable(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_a_long_sentence_ends_between_words() -> None:
    line = plain("`x` " * 400, limit=100)
    assert len(line) <= 100
    assert line.endswith(" …")
    assert len(plain("@" * 4000, limit=100)) <= 100
