"""How near an answer is: what is counted is counted right, and no more is claimed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.contribute.similar.nearness import nearness

WANTED = "A chickadee eats seeds, suet and insects, about 10 grams a day."


@pytest.mark.parametrize(
    ("answer", "level"),
    [
        ("a chickadee eats seeds, suet and insects, about 10 grams a day", "same"),
        ("About 10 grams a day: the seeds, insects and suet that chickadees eat.", "near"),
        ("A chickadee eats seeds, suet and insects, about 12 grams a day.", "partly"),
        ("Chickadees eat bread and seeds every day.", "partly"),
        ("It depends on the weather.", "far"),
        (" \n…", "empty"),
    ],
)
def test_levels(answer: str, level: str) -> None:
    assert nearness(answer, WANTED).level == level


def test_a_missing_number_is_named_first() -> None:
    found = nearness("Chickadees eat.", WANTED)
    assert found.missing[0] == "seed" and found.says.startswith("far: 2 of 8 telling words; not: 10, ")
    assert not nearness("It is so.", "About 10.").is_near


def test_short_answers_without_telling_words_are_compared_by_all_of_them() -> None:
    assert nearness("Yes, it is.", "It is.").is_near
    assert not nearness("No.", "It is.").is_near


def test_what_is_near_only_by_length_says_so() -> None:
    assert "times as long" in nearness("Seeds. " + "And other things of many kinds. " * 20, "Seeds.").says
    assert "times as long" not in nearness("Seeds, mostly.", "Seeds.").says


def test_scripts_without_spaces() -> None:
    assert nearness("シジュウカラは種と虫を食べます", "種と虫を食べます").is_near
    assert not nearness("わかりません", "種と虫を食べます").is_near


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_gives_a_share_and_a_sentence(answer: str, wanted: str) -> None:
    found = nearness(answer, wanted)
    assert 0 <= found.share <= 1 and found.says
    assert nearness(wanted, wanted).level in ("same", "empty")
