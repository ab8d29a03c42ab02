from __future__ import annotations

from labtui.generate.dice import Dice


def test_draws_are_fixed_for_ever() -> None:
    """The numbers stand here: another algorithm would change what every old job asks when it is resumed."""
    dice = Dice(0, "knowledge/birds", "hash", 7)
    assert [dice.number() for _ in range(3)] == [107867419, 60008120, 171613742]


def test_the_key_alone_decides() -> None:
    assert [Dice("a", 1).below(1000) for _ in range(2)] == [Dice("a", 1).below(1000)] * 2
    assert Dice("a", 1).number(53) != Dice("a", 2).number(53)
    # Two keys that only look alike when joined.
    assert Dice("a", "1b").number(53) != Dice("a1", "b").number(53)


def test_a_sample_holds_each_item_once() -> None:
    found = Dice("x").sample("abcdef", 4)
    assert len(found) == len(set(found)) == 4
    assert sorted(Dice("x").sample("abc", 9)) == ["a", "b", "c"]


def test_every_item_is_drawn_sometime() -> None:
    assert {Dice("x", number).pick("abc") for number in range(60)} == set("abc")
