from __future__ import annotations

import pytest

from labtui.generate.filters import COPY, DUPLICATE, Seen, normal, repeats, share_from


def test_texts_that_differ_in_case_spacing_and_signs_are_the_same() -> None:
    assert normal("What's  up,\nDoc?") == normal("what s up doc")
    assert normal("Ｗｈａｔ?") == normal("what")
    assert normal("四十雀") != normal("雀")


def test_seeds_and_accepted_samples_are_not_new() -> None:
    seen = Seen(["What is up?"])
    assert seen.reason("WHAT IS UP") == (COPY, "")
    assert seen.reason("What is down?") == ("", "")
    seen.add("What is down?", 4)
    assert seen.reason("what is down") == (DUPLICATE, "as try 4")


@pytest.mark.parametrize(
    ("text", "circles"),
    [
        ("The sea of the sea of the sea of the sea of the sea of the sea of the sea.", True),
        ("one\ntwo\none\ntwo\none\ntwo\n", True),
        ("A good answer says what it means once, in words that a reader has not met before on the same page.", False),
        ("- milk\n- bread\n- butter\n- jam", False),
        ("ha ha ha", False),
        ("", False),
    ],
)
def test_going_round_in_circles_is_seen(text: str, circles: bool) -> None:
    assert repeats(text) is circles


def test_the_share_of_an_answer_that_stands_in_its_text() -> None:
    text = "The bell heron nests on the western cliffs and calls twice before a storm."
    assert share_from("The bell heron nests on western cliffs.", text) == 1.0
    # Other endings of the same word count as that word.
    assert share_from("Herons nesting: bells, cliffs, storms.", text, frozenset()) >= 0.8
    assert share_from("A luncheon is a large dinner party on a Sunday.", text) < 0.3
    # Too short, or without spaces between words: nothing can be said.
    assert share_from("Yes.", text) == 1.0
    assert (
        share_from("鐘鷺は西の断崖に巣を作り嵐の前に二度鳴くと言われている鳥である。二度、嵐の前に鳴く。", text) == 1.0
    )
