"""A leaf's difference as lines: signs and underlines, widths of every script, long texts folded, foreign text tamed."""

from __future__ import annotations

import msgspec
import pytest
from textual.content import Content

from labtui.taxonomy.comparing.compare import compare
from labtui.taxonomy.comparing.file_changes import State
from labtui.taxonomy.comparing.leaf_change import LeafChange, OtherFile
from labtui.taxonomy.comparing.word_spans import change
from labtui.text import width
from labtui.widgets.diff_lines import leaf_change_lines
from tests.taxonomy.leaves import ATTRIBUTION, SKILL
from tests.taxonomy.repos import KNOWLEDGE

JAPANESE = KNOWLEDGE.replace(
    "The nuthatch walks down trees head first.", "四十雀は小さな鳥です。森に住んでいます。冬でも元気に飛び回ります。"
)


def drawn(before: str | None, after: str | None, room: int = 60, *, unfolded: bool = False) -> list[Content]:
    data = [None if text is None else text.encode() for text in (before, after)]
    return leaf_change_lines(compare(*data, name="knowledge/x"), room, since="main (abc)", unfolded=unfolded)


def text(lines: list[Content]) -> list[str]:
    return [line.plain.rstrip() for line in lines]


def marked(lines: list[Content]) -> list[str]:
    """The words that are underlined."""
    return [
        line.plain[span.start : span.end] for line in lines for span in line.spans if "underline" in str(span.style)
    ]


def test_an_edited_seed_is_a_card_with_both_sides() -> None:
    lines = drawn(SKILL, SKILL.replace("created_by: ann", "created_by: ann b").replace("tre", "tre or three"), 40)
    assert text(lines) == [
        "Changed since main (abc).",
        "1 seed edited",
        "",
        "~ created_by",
        "  - ann",
        "  + ann b",
        "",
        "┌─ ~ seed 3 of 5 ───────────── edited ─┐",
        "│   Q  Three?                          │",
        "│ - A  tre                             │",
        "│ + A  tre or three                    │",
        "└──────────────────────────────────────┘",
    ]
    assert marked(lines) == [" b", " or three"]


def test_a_new_leaf_and_a_deleted_one() -> None:
    new = text(drawn(None, SKILL, 40))
    assert new[:6] == [
        "New since main (abc).",
        "5 seeds",
        "",
        "+ version  3",
        "+ created_by  ann",
        "+ task_description  Name three synonyms.",
    ]
    assert "│ + A  uno                             │" in new
    gone = text(drawn(SKILL, None, 44))
    assert gone[0] == "Deleted since main (abc)."
    assert "┌─ - former seed 1 of 5 ───────── removed ─┐" in gone
    assert not marked(drawn(SKILL, None))


def test_moved_seeds_are_told_by_their_question() -> None:
    head, _, seeds = SKILL.partition("  - ")
    blocks = ["  - " + block for block in seeds.split("  - ")]
    lines = text(drawn(SKILL, head + "".join([blocks[-1], *blocks[:-1]]), 40))
    assert "┌─ > seed 1 of 5 ─────── moved, was 5 ─┐" in lines
    assert "│   Q  Five?                           │" in lines


def test_nothing_differs_and_only_the_layout_does() -> None:
    assert text(drawn(SKILL, SKILL)) == ["It is as it was in main (abc)."]
    assert "Only its layout differs" in " ".join(text(drawn(SKILL, SKILL.replace("uno", "'uno'"))))


def test_what_cannot_be_read_is_shown_by_lines() -> None:
    lines = text(drawn(SKILL, SKILL.replace("uno", "'uno"), 50))
    assert any("Not valid YAML" in line for line in lines)
    assert "6  -     answer: uno" in lines or "6 -     answer: uno" in lines
    assert "6 +     answer: 'uno" in lines


WORKS = """\
Title of work: A history of the tides of the northern sea and of its harbours
Link to work: https://example.org/a/rather/long/address/of/a/page/about/tides
Revision: 3rd edition
License of the work: CC-BY-SA-4.0
Creator names: Ann

Title of work: Self-authored
License of the work: CC-BY-SA-4.0
Creator names: Ben
"""


def attributed(before: str, after: str, *, unfolded: bool = False) -> list[str]:
    """The lines of attribution.txt in the difference of a leaf."""
    found = LeafChange(id="a", state=State.CHANGED, attribution=change(before, after))
    shown = text(leaf_change_lines(found, 100, unfolded=unfolded))
    start = next(number for number, line in enumerate(shown) if line.endswith("attribution.txt"))
    return [line.strip() for line in shown[start + 1 :]]


def test_an_attribution_is_shown_line_by_line() -> None:
    assert attributed("", WORKS, unfolded=True) == [f"+ {line}".rstrip() for line in WORKS.splitlines()]
    assert attributed(WORKS, "", unfolded=True) == [f"- {line}".rstrip() for line in WORKS.splitlines()]
    lines = WORKS.splitlines()
    changed = WORKS.replace("3rd edition", "4th edition").replace("Creator names: Ben\n", "")
    assert attributed(WORKS, changed, unfolded=True) == [
        *lines[:2],
        "- Revision: 3rd edition",
        "+ Revision: 4th edition",
        *lines[3:8],
        "- Creator names: Ben",
    ]
    assert attributed(WORKS, changed) == [
        "… 1 more line (space shows all)",
        lines[1],
        "- Revision: 3rd edition",
        "+ Revision: 4th edition",
        lines[3],
        "… 3 more lines (space shows all)",
        lines[7],
        "- Creator names: Ben",
    ]


def test_only_the_words_that_differ_are_marked_in_a_line_of_an_attribution() -> None:
    found = LeafChange(id="a", state=State.CHANGED, attribution=change(WORKS, WORKS.replace("3rd", "4th")))
    assert marked(leaf_change_lines(found, 100)) == ["3rd", "4th"]


def test_an_attribution_of_endless_lines_that_are_alike_is_shown_in_time() -> None:
    before = "a\nb\n" * 8_000
    shown = attributed(before, before.replace("a\nb\na", "a\na\nb"), unfolded=True)
    assert {line[0] for line in shown if line} == {"-", "+"}


def test_files_beside_it_and_its_attribution() -> None:
    found = LeafChange(
        id="a",
        state=State.CHANGED,
        attribution=change(ATTRIBUTION, ATTRIBUTION.replace("4.0", "3.0")),
        files=(OtherFile("a.png", State.UNTRACKED), OtherFile("b.png", State.DELETED), OtherFile("c", State.CHANGED)),
    )
    lines = leaf_change_lines(found, 60)
    assert {"~ attribution.txt", "+ a.png  untracked", "- b.png  deleted", "~ c  changed"} <= set(text(lines))
    assert marked(lines) == ["4", "3"]
    new = LeafChange(id="a", state=State.UNTRACKED, attribution=change("", ATTRIBUTION))
    assert "+ attribution.txt" in text(leaf_change_lines(new, 60))


def test_an_empty_field_is_said_to_be_empty() -> None:
    new = KNOWLEDGE.replace("domain: birds", "domain: ''")
    assert new != KNOWLEDGE
    assert "+ domain  empty" in text(drawn(None, new))


def test_a_renamed_leaf_says_where_it_was() -> None:
    found = LeafChange(id="knowledge/new", old_id="knowledge/old", state=State.RENAMED)
    assert text(leaf_change_lines(found, 60)) == ["Renamed: it was knowledge/old."]


def test_a_long_context_is_folded_around_what_differs() -> None:
    rows = [f"      Line number {number} says something of its own." for number in range(60)]
    before = KNOWLEDGE.replace("      The nuthatch walks down trees head first.", "\n".join(rows))
    lines = drawn(before, before.replace("number 30 says", "number 30 sings"), 50)
    assert any("29 more lines (space shows all)" in line for line in text(lines))
    assert len(lines) < 25
    assert marked(lines) == ["says", "sings"]
    assert len(drawn(before, before.replace("number 30 says", "number 30 sings"), 50, unfolded=True)) > 120


def test_prose_broken_by_hand_flows_on_both_sides_alike() -> None:
    row = "The quick brown fox jumps over the lazy dog and runs away from"
    answer = f"      - question: Q?\n        answer: |\n          {row}\n          {row}\n          the field.\n"
    after = answer.replace("quick brown", "slow", 1)
    lines = text(drawn(f"{KNOWLEDGE}{answer}", f"{KNOWLEDGE}{after}", 200))
    assert any(line.count("lazy dog") == 2 and "- A" in line for line in lines)
    assert any(line.count("lazy dog") == 2 and "+ A" in line for line in lines)


@pytest.mark.parametrize("room", [5, 20, 21, 37, 44, 80, 200])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (KNOWLEDGE, JAPANESE),
        (JAPANESE, JAPANESE.replace("小さな", "大きな").replace("森", "林")),
        (None, JAPANESE),
        (JAPANESE, None),
        (SKILL, SKILL.replace("uno", '"a\\tb\\e[2Jc\\u202ed\\u200b' + "x" * 300 + '"')),
        (SKILL, "👩‍👩‍👧" * 30),
        (SKILL, SKILL.replace("created_by", "四十雀" * 20)),
    ],
    ids=["to Japanese", "Japanese", "new", "gone", "hostile", "joined signs", "a long key"],
)
def test_every_line_fits_and_nothing_foreign_is_obeyed(before: str | None, after: str | None, room: int) -> None:
    lines = drawn(before, after, room)
    assert lines
    for line in lines:
        assert width(line.plain) <= max(20, room)
        assert not set(line.plain) & {"\x1b", "\u202e", "\u200b", "\t", "\r", "\n"}


def test_cards_are_square_whatever_the_script() -> None:
    lines = drawn(JAPANESE, JAPANESE.replace("小さな", "大きな"), 44)
    framed = [line.plain for line in lines if line.plain.startswith(("┌", "│", "└"))]
    assert framed
    assert {width(line) for line in framed} == {44}
    assert marked(lines) == ["小さ", "大き"]


def test_a_pair_is_named_where_there_are_several() -> None:
    lines = text(drawn(KNOWLEDGE, KNOWLEDGE.replace("All winter.", "All summer.")))
    assert any("pair 2" in line for line in lines)


def test_brackets_in_a_file_are_no_markup() -> None:
    lines = drawn(SKILL, SKILL.replace("uno", "'[/] [red]x[/red] [@click=app.quit]y[/]'"))
    assert any("[/] [red]x[/red] [@click=app.quit]y[/]" in line.plain for line in lines)


def test_a_change_of_thousands_of_lines_is_drawn() -> None:
    found = compare(b"'" + b"a\n" * 20_000, b"'" + b"b\n" * 20_000, name="x")
    msgspec.json.encode(found)
    assert len(leaf_change_lines(found, 60)) < 12_000
