"""legal.*: attribution.txt as people write it."""

from __future__ import annotations

import pytest

from labtui.taxonomy.profiles import Profile
from labtui.taxonomy.rules.attribution import works
from tests.taxonomy.rules.look import KNOWLEDGE, SOUND, found, one, rules

LEAF = "version: 3\ncreated_by: ann\n"
PAGE = (
    "Title of work: Tide\nLink to work: https://en.wikipedia.org/wiki/Tide\n"
    "Revision: https://en.wikipedia.org/w/index.php?title=Tide&oldid=1\n"
    "License of the work: CC-BY-SA-4.0\nCreator names: Wikipedia Authors\n"
)


def legal(attribution: str | bytes | None, kind: str = "compositional_skills", text: str = LEAF) -> set[str]:
    return {rule for rule in rules(text, kind, attribution=attribution) if rule.startswith("legal.")}


def test_what_is_complete_is_in_order() -> None:
    assert legal(SOUND) == set()
    assert legal(PAGE, KNOWLEDGE) == set()
    assert legal(PAGE.replace("\n", "\r\n"), KNOWLEDGE) == set()
    assert legal("\ufeff" + SOUND) == set()
    assert legal("created_by: ann\n\n" + SOUND + "\n\n" + SOUND) == set()


@pytest.mark.parametrize(
    "attribution",
    [
        SOUND.lower().replace("cc-by-sa-4.0", "CC-BY-SA-4.0"),
        SOUND.replace("License of the work", "Licence"),
        SOUND.replace("Creator names", "Creator Name"),
        SOUND.replace("Creator names", "Authors"),
        "- **Title of work:** Tides\n- **License of the work:** CC0-1.0\n- **Creator names:** Ann\n",
    ],
)
def test_people_write_labels_in_many_ways(attribution: str) -> None:
    assert legal(attribution) == set()


def test_no_file_is_told_of_at_the_leaf() -> None:
    finding = one("legal.attribution-missing", LEAF, attribution=None)
    assert (finding.path, finding.line, finding.column, finding.level) == ("a/qna.yaml", 1, 1, "warning")


@pytest.mark.parametrize(
    ("version", "profile", "level"),
    [
        (3, Profile.STRICT, "warning"),
        (3, Profile.UPSTREAM, "error"),
        (3, Profile.DRAFT, "warning"),
        (1, Profile.STRICT, "info"),
        (1, Profile.UPSTREAM, "info"),
        (1, Profile.DRAFT, "info"),
    ],
)
def test_how_grave_it_is_that_there_is_none(version: int, profile: Profile, level: str) -> None:
    text = LEAF.replace("3", str(version))
    assert one("legal.attribution-missing", text, attribution=None, profile=profile).level == level


def test_a_changed_leaf_is_held_to_the_newest_version_and_needs_it() -> None:
    text = LEAF.replace("3", "1")
    finding = one("legal.attribution-missing", text, attribution=None, profile=Profile.UPSTREAM, highest=True)
    assert finding.level == "error"


@pytest.mark.parametrize("attribution", ["", " \n\n", "\ufeff\n"])
def test_an_empty_file(attribution: str) -> None:
    assert legal(attribution) == {"legal.attribution-empty"}


@pytest.mark.parametrize(
    "attribution", ["Ann Tide", "Self-created\nGithub username: ann\n", "Tides\nhttps://a.example\n"]
)
def test_prose_is_not_understood(attribution: str) -> None:
    assert legal(attribution) == {"legal.attribution-unparsable"}


def test_bytes_that_are_no_text() -> None:
    assert legal(b"Title of work: caf\xe9\n") == {"legal.attribution-unparsable"}


def test_each_work_is_looked_at_by_itself_and_found_where_it_stands() -> None:
    text = SOUND + "\n" + SOUND.replace("CC-BY-SA-4.0", "GPL-3.0-only")
    finding = one("legal.licence-not-accepted", LEAF, attribution=text)
    assert (finding.path, finding.line, finding.column) == ("a/attribution.txt", 6, 22)
    assert [work.fields["licence"].value for work in works(text)] == ["CC-BY-SA-4.0", "GPL-3.0-only"]


@pytest.mark.parametrize("licence", ["", "-", "N/A", "NaN", "none", "unknown", "<license>"])
def test_a_licence_that_says_nothing(licence: str) -> None:
    finding = one("legal.licence-missing", LEAF, attribution=SOUND.replace("CC-BY-SA-4.0", licence))
    assert finding.line == 2


def test_fields_that_are_missing_are_named_together() -> None:
    finding = one("legal.attribution-field", LEAF, KNOWLEDGE, attribution=SOUND)
    assert finding.message == "'Link to work' and 'Revision' are not given."
    assert (finding.line, finding.column) == (1, 1)
    empty = one("legal.attribution-field", LEAF, attribution=SOUND.replace("Ann", "-"))
    assert (empty.message, empty.line, empty.column) == ("'Creator names' is not given.", 3, 16)


def test_a_skill_somebody_made_up_needs_no_link() -> None:
    assert legal(SOUND + "Link to work: -\nRevision: -\n") == set()


def test_what_hides_there_is_found_as_well() -> None:
    finding = one("safety.direction", LEAF, attribution=SOUND.replace("Ann", "A\u202enn"))
    assert (finding.path, finding.line, finding.column) == ("a/attribution.txt", 3, 17)


def test_creators_may_give_their_address() -> None:
    assert found(LEAF, attribution=SOUND.replace("Ann", "Ann <ann.tide@ostrevane-post.net>")) == []
