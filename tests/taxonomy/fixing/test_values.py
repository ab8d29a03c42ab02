"""When two readings of a file count as the same."""

from __future__ import annotations

import pytest

from labtui.taxonomy.fixing.values import alike_but_line_ends, same


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (1, 1.0), ("1", 1), ([1], [1, 2]), ({"a": 1}, {"b": 1}), (None, ""), ({1: 2}, {"1": 2}), (1.0, 2.0)],
)
def test_values_that_differ(one: object, other: object) -> None:
    assert not same(one, other)
    assert not same(one, other, alike_but_line_ends)


def test_values_that_are_the_same() -> None:
    assert same({"a": [1, "x"], "b": None}, {"b": None, "a": [1, "x"]})
    assert same([float("nan")], [float("nan")])
    loop: list[object] = []
    loop.append(loop)
    assert same(loop, loop)


@pytest.mark.parametrize(
    ("one", "other"),
    [("a  \nb", "a\nb"), ("a\n", "a"), ("a \n \n", "a\n"), ("folded  line", "folded line"), ("a\t\nb", "a\nb")],
)
def test_texts_that_differ_by_blanks_at_line_ends(one: str, other: str) -> None:
    assert same({"x": one}, {"x": other}, alike_but_line_ends)
    assert not same({"x": one}, {"x": other})


@pytest.mark.parametrize(("one", "other"), [("a\nb", "a b"), ("a\n\nb", "a\nb"), ("  a", "a"), ("ab", "a b")])
def test_texts_that_say_something_else(one: str, other: str) -> None:
    assert not same(one, other, alike_but_line_ends)
