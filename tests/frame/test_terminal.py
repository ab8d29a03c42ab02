"""What a terminal sends, in pieces of any size: keys stay keys, and what is pasted is never obeyed."""

from __future__ import annotations

import pytest

from labtui.frame.terminal import BEGIN, END, Typed


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_paste_keeps_its_text_and_loses_its_escape_signs(size: int) -> None:
    data = f"a\x1b[A{BEGIN}red \x1b[31mé\x1b[20 四{END}b\x1b{BEGIN}x{END}\x1b".encode()
    typed = Typed()
    text = "".join(typed.take(data[at : at + size]) for at in range(0, len(data), size))
    assert text == f"a\x1b[A{BEGIN}red [31mé[20 四{END}b\x1b{BEGIN}x{END}\x1b"


def test_bytes_that_are_no_utf_8_are_shown_as_such() -> None:
    typed = Typed()
    assert typed.take(b"caf\xe9 au lait \x9b") == "caf\N{REPLACEMENT CHARACTER} au lait \N{REPLACEMENT CHARACTER}"
    assert typed.take("é".encode()[:1]) + typed.take("é".encode()[1:]) == "é"


def test_a_key_is_never_held_back() -> None:
    typed = Typed()
    assert typed.take(b"\x1b") == "\x1b"
    assert typed.take(b"[20") == "[20"
    assert typed.take(b"x") == "x"
