"""The last door: no control character, link or click leaves it, widths stay, and ASCII signs keep theirs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from labtui.signs import ASCII, in_ascii
from labtui.text import width
from labtui.widgets.guard import ControlGuard

BLACK = Color(0, 0, 0)


@pytest.mark.parametrize("text", ["\x1b[2Jx", "a\x07b", "\x9b31mx", "\u202ex\u2066", "x\udcff", "\x7f\x00"])
def test_what_a_terminal_obeys_is_removed(text: str) -> None:
    [segment] = ControlGuard().apply([Segment(text)], BLACK)
    assert segment.text == "".join(c for c in text if c.isprintable() and c not in "\x1b\x9b\u202e\u2066\udcff")


def test_links_and_clicks_are_removed_and_the_look_stays() -> None:
    style = Style(bold=True, link="http://example.org") + Style.from_meta({"@click": "app.leave", "offset": 3})
    [segment] = ControlGuard().apply([Segment("x", style)], BLACK)
    assert segment.style is not None
    assert segment.style.link is None
    assert segment.style.meta == {"offset": 3}
    assert segment.style.bold


def test_what_is_harmless_is_not_copied() -> None:
    segments = [Segment("plain 日本語", Style(bold=True)), Segment("─", None)]
    assert ControlGuard().apply(segments, BLACK) is segments


def test_every_sign_has_a_twin_of_one_ascii_cell() -> None:
    for code, twin in ASCII.items():
        assert twin.isascii()
        assert cell_len(chr(code)) == len(twin) == 1


@given(st.text())
def test_ascii_keeps_widths_and_other_peoples_words(text: str) -> None:
    drawn = in_ascii(text)
    assert width(drawn) == width(text)
    assert [c for c in drawn if not c.isascii()] == [c for c in text if not c.isascii() and ord(c) not in ASCII]


def test_textuals_borders_become_ascii() -> None:
    from textual._border import BORDER_CHARS

    for name in ("round", "heavy", "solid", "thick", "double", "ascii", "dashed", "tall", "wide", "inner", "outer"):
        assert in_ascii("".join("".join(row) for row in BORDER_CHARS[name])).isascii()  # type: ignore[index]
