"""The searchable list of licences."""

from __future__ import annotations

import pytest

from labtui.contribute.attribution.licence_list import Licence, accepted, search
from labtui.taxonomy import licences


def names(typed: str) -> list[str]:
    return [licence.name for licence in search(typed)]


def test_without_a_word_the_accepted_ones_stand_there() -> None:
    assert names("") == names("   ")
    assert set(names("")) == set(licences.accepted())
    assert all(licence.accepted and licence.means for licence in search(""))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("cc by sa", "CC-BY-SA-4.0"),
        ("wikipedia", "CC-BY-SA-4.0"),
        ("Creative Commons Attribution-ShareAlike 4.0", "CC-BY-SA-4.0"),
        ("cc0", "CC0-1.0"),
        ("apache", "Apache-2.0"),
        ("mit", "MIT"),
        ("gutenberg", "Public domain"),
        ("public domain", "Public domain"),
        ("cdla", "CDLA-Permissive-2.0"),
        ("gpl-3.0-only", "GPL-3.0-only"),
    ],
)
def test_the_first_is_what_was_meant(typed: str, first: str) -> None:
    assert names(typed)[0] == first


def test_accepted_ones_stand_before_the_others() -> None:
    found = search("cc-by")
    accepted_ones = [licence.accepted for licence in found]
    assert accepted_ones == sorted(accepted_ones, reverse=True)
    assert {"CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-3.0", "CC-BY-NC-4.0"} <= {licence.name for licence in found}


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("CC-BY-3.0", "CC-BY-4.0"),
        ("CC-BY-SA-3.0", "CC-BY-SA-4.0"),
        ("CC-BY-NC-4.0", "commercial"),
        ("CC-BY-ND-4.0", "changed"),
        ("GPL-3.0-only", "same licence"),
        ("Apache-1.1", "Apache-2.0"),
        ("BSD-3-Clause", "not on the list"),
    ],
)
def test_of_the_others_it_is_said_why_not(name: str, word: str) -> None:
    found = next(licence for licence in search(name) if licence.name == name)
    assert not found.accepted
    assert word in found.means


def test_the_list_agrees_with_the_rules() -> None:
    """What the list calls accepted the check accepts, and the other way round."""
    for licence in [*accepted(), *search("bsd"), *search("gpl"), *search("cc")]:
        assert (not licences.assess(licence.name).rule) == licence.accepted, licence


def test_an_expression_is_judged_as_a_whole() -> None:
    assert search("MIT OR GPL-2.0-only")[0] == Licence("MIT OR GPL-2.0-only", True, "accepted as it is written")
    refused = search("MIT AND GPL-2.0-only")[0]
    assert not refused.accepted
    assert "GPL-2.0-only" in refused.means


def test_nonsense_finds_nothing() -> None:
    assert search("no such licence 日本語") == []
    assert search("(((") == search("")
