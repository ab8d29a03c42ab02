"""attribution.txt as fields: edits of lines that leave everything else as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.contribute.attribution.works import (
    FIELDS,
    Missing,
    WorkFields,
    missing,
    place_of,
    read,
    text_of,
    with_another,
    without,
    written,
)
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM

TWO = """\
Made for the county's archive.

Title of work: 四十雀の研究
Link to work: https://example.org/tits
Revision: 3rd edition
License of the work: CC-BY-4.0
Creator names: 山田花子

- **Title of work:** A second one
- **License of the work:** MIT
Changed: spelling only.
- **Creator names:** Bob
"""


def test_works_are_read() -> None:
    first, second = read(TWO)
    assert first == WorkFields(
        title="四十雀の研究",
        link="https://example.org/tits",
        revision="3rd edition",
        licence="CC-BY-4.0",
        creators="山田花子",
    )
    assert (second.title, second.licence, second.creators, second.link) == ("A second one", "MIT", "Bob", "")


def test_a_field_is_changed_in_its_line() -> None:
    changed = written(TWO, 0, "revision", "4th\nedition")
    assert changed == TWO.replace("Revision: 3rd edition", "Revision: 4th edition")
    assert written(TWO, 1, "licence", "CC0-1.0") == TWO.replace("work:** MIT", "work:** CC0-1.0")


def test_a_field_without_a_line_gets_one_where_it_belongs() -> None:
    changed = written(TWO, 1, "link", "https://example.org/2")
    lines = changed.splitlines()
    assert lines[lines.index("- **Title of work:** A second one") + 1] == "Link to work: https://example.org/2"
    assert read(changed)[1].link == "https://example.org/2"
    assert read(changed)[0] == read(TWO)[0]
    assert "Changed: spelling only." in changed


def test_emptying_leaves_the_label() -> None:
    changed = written(TWO, 0, "link", "")
    assert "Link to work:\n" in changed
    assert written(changed, 0, "link", "https://example.org/tits") == TWO
    assert written(TWO, 1, "revision", "") == TWO


def test_works_come_and_go() -> None:
    three = with_another(TWO)
    assert len(read(three)) == 3
    assert three.startswith(TWO)
    assert read(three)[2] == WorkFields()
    assert written(TWO, 2, "title", "Third") == with_another(TWO, "title", "Third")
    left = without(TWO, 0)
    assert [work.title for work in read(left)] == ["A second one"]
    assert "Made for the county's archive." in left
    assert without(without(TWO, 1), 0) == "Made for the county's archive.\n"
    assert without(TWO, 7) == TWO


def test_the_first_field_begins_a_file() -> None:
    text = written("", 0, "title", "本")
    assert read(text) == [WorkFields(title="本")]
    assert [line.partition(":")[0] for line in text.splitlines()] == [
        "Title of work",
        "Link to work",
        "Revision",
        "License of the work",
        "Creator names",
    ]


def test_what_is_missing_depends_on_the_kind() -> None:
    text = "Title of work: A\nLicense of the work: N/A\nCreator names: Bob\n"
    assert missing(text, FREEFORM) == [Missing(0, "licence")]
    assert missing(text, KNOWLEDGE) == [Missing(0, "link"), Missing(0, "revision"), Missing(0, "licence")]
    assert missing("", FREEFORM) == [Missing(0, "title"), Missing(0, "licence"), Missing(0, "creators")]


def test_a_line_says_which_field_it_is() -> None:
    assert place_of(TWO, 3) == Missing(0, "title")
    assert place_of(TWO, 10) == Missing(1, "licence")
    assert place_of(TWO, 1) is None


ONE_LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="*"), max_size=30).map(
    lambda text: " ".join(text.split())
)


@given(st.integers(0, 2), st.sampled_from(FIELDS), ONE_LINE)
def test_what_is_written_is_what_is_read(work: int, name: str, value: str) -> None:
    changed = written(TWO, work, name, value)
    found = read(changed)
    assert (found[work].says(name) if work < len(found) else "") == value
    for number, before in enumerate(read(TWO)):
        for other in FIELDS:
            if (number, other) != (work, name):
                assert found[number].says(other) == before.says(other)


@given(st.lists(st.builds(WorkFields, **dict.fromkeys(FIELDS, ONE_LINE)), min_size=1, max_size=3))
def test_a_whole_file_is_read_as_it_was_meant(named: list[WorkFields]) -> None:
    assert read(text_of(named)) == named


@pytest.mark.parametrize("text", ["", "nonsense", "\n\n", "Title of work"])
def test_what_names_nothing_names_nothing(text: str) -> None:
    assert read(text) == []
