"""Long lists are told apart as the reference's library does, without comparing each with each."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema._utils import uniq  # type: ignore[import-untyped]

from labtui.taxonomy.check import check_bytes
from labtui.taxonomy.schema import _all_different
from tests.taxonomy.leaves import SKILL

plain = st.none() | st.booleans() | st.integers(-1, 1) | st.sampled_from([0.0, 1.0, -1.0, "", "a", "1", b"a"])
keys = st.sampled_from(["a", "b", 1, True, None])
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=2), max_leaves=4
)


@given(st.lists(st.dictionaries(keys, values, max_size=2), max_size=4) | st.lists(values, max_size=4))
def test_what_is_the_same_for_the_reference_is_so_here(items: list[Any]) -> None:
    assert _all_different(items) == uniq(items)


def test_yes_is_not_one_but_one_is_one() -> None:
    assert _all_different([{"a": True}, {"a": 1}])
    assert not _all_different([{"a": 1.0}, {"a": 1}])
    assert not _all_different([{"a": 1, "b": [{"c": 2}]}, {"b": [{"c": 2}], "a": 1}])


def test_many_seeds_are_not_compared_all_with_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(items: list[Any]) -> bool:
        raise AssertionError(f"{len(items)} items compared each with each")

    monkeypatch.setattr("jsonschema._utils.uniq", refuse)
    monkeypatch.setattr("jsonschema._keywords.uniq", refuse)
    text = SKILL + "".join(f"  - question: Number {number}?\n    answer: a{number}\n" for number in range(15_000))
    assert check_bytes(text.encode(), "x", "compositional_skills") == []
    assert [one.rule for one in check_bytes((text + "  - question: One?\n    answer: uno\n").encode(), "x")] == [
        "schema.uniqueItems"
    ]
