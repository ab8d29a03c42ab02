"""A leaf as lines: nothing is wider than the room there is, and every problem stands where it belongs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.content import Content

from labtui.taxonomy.check import check_leaf
from labtui.taxonomy.fields import fields_of
from labtui.taxonomy.finding_places import BESIDE, by_place, field_at
from labtui.taxonomy.parse import parse
from labtui.taxonomy.source import Unreadable
from labtui.text import width
from labtui.widgets.leaf_form_lines import FormPage, form_page, opened
from labtui.widgets.leaf_problems import problem_page
from labtui.widgets.leaf_source import source_page
from tests.taxonomy.leaves import SKILL
from tests.widgets.editor_host import KNOWLEDGE, fields, page


def plain(lines: list[Content]) -> list[str]:
    return [line.plain for line in lines]


def found(text: str, kind: str = "compositional_skills") -> list[object]:
    return list(check_leaf(text.encode(), b"", f"{kind}/x/qna.yaml", kind))


def test_the_form() -> None:
    text = "\n".join(plain(page(KNOWLEDGE, 100).lines))
    assert "kind        knowledge, version 3" in text
    assert "repository  https://example.org/birds.git" in text
    assert "patterns    a.md" in text
    assert "outline     12\n            ✖ 'document_outline' is read as the number 12, not text." in text
    assert "attribution none: no attribution.txt beside it" in text
    assert "as one does in a file, at some width that has nothing" in text
    assert "│ - a list" in text
    assert "│ - stays one" in text
    assert "A  First line," in text
    assert "│    second line." in text
    assert "context 31/500 words" in text
    assert "✖ 'seed_examples' has 1 of the 5 entries it needs." in text
    # What was read as yes is shown as it is written.
    assert "A  yes" in text


def test_a_problem_stands_at_its_field() -> None:
    lines = plain(page(KNOWLEDGE, 100).lines)
    problem = next(number for number, line in enumerate(lines) if "read as yes" in line)
    assert lines[problem - 1].startswith("│ A  yes")


def test_every_spot_is_where_its_text_is() -> None:
    shown = page(KNOWLEDGE, 80)
    lines = plain(shown.lines)
    for spot in shown.spots:
        if spot.field is None:
            assert "seed 1 of 1" in lines[spot.row]
        elif spot.path == ("domain",):
            assert lines[spot.row][spot.column :] == "birds"
        elif spot.path[-1] == "question" and spot.path[3] == 1:
            assert lines[spot.row][spot.column :].startswith("And then?")
    assert [spot.path[-1] for spot in shown.spots][:6] == [
        "domain", "document_outline", "repo", "commit", "patterns", "created_by",
    ]  # fmt: skip


def test_an_open_field_keeps_the_frame() -> None:
    shown = page(KNOWLEDGE, 80)
    spot = next(spot for spot in shown.spots if spot.path[-1] == "question")
    rows = plain(opened(spot, 3, 251, shown.room))
    assert len(rows) == 3
    assert {width(row) for row in rows} == {80}
    assert rows[0].startswith("│ Q ")
    assert rows[0].endswith("251/250 │")


def test_what_is_missing_is_a_field_too() -> None:
    shown = page("version: 3\nseed_examples: []\n", 80)
    text = "\n".join(plain(shown.lines))
    assert "domain      ✖ missing" in text
    assert "commit      missing" in text  # the document is missing as a whole
    assert shown.spot(("domain",)) is not None
    assert "It has no seeds." in text


def test_long_contexts_fold() -> None:
    long = KNOWLEDGE.replace("- a list", "\n      ".join(f"- item {n}" for n in range(20)))
    folded, whole = ("\n".join(plain(page(long, 80, unfolded=unfolded).lines)) for unfolded in (False, True))
    assert "more lines (space shows them)" in folded
    assert "item 19" not in folded
    assert "item 19" in whole
    assert "more lines" not in whole


def test_the_source_marks_lines_and_words() -> None:
    text = SKILL.replace("answer: tre", "answer: yes")
    findings = [finding for finding in found(text) if finding.rule == "schema.type"]  # type: ignore[attr-defined]
    shown = source_page(text, findings, 80)  # type: ignore[arg-type]
    (place,) = shown.places
    assert shown.lines[place].plain == "✖ 10     answer: yes"
    assert "read as yes (true)" in shown.lines[place + 1].plain
    line = shown.lines[place]
    underlined = [line.plain[span.start : span.end] for span in line.spans if "underline" in str(span)]
    assert underlined == ["yes"]
    assert shown.line_at(place) == shown.line_at(place + 1) == 10


def test_what_looks_like_a_key_in_a_block_is_text() -> None:
    text = "answer: |\n  Note: a colon\n\n  more: text\nnext: 1\n"
    shown = source_page(text, [], 60)
    coloured = [bool([span for span in line.spans if "secondary" in str(span)]) for line in shown.lines]
    assert coloured == [True, False, False, False, True]


def test_nothing_wrong_is_said_too() -> None:
    assert plain(problem_page([], 80).lines)[0] == "✔ Nothing is wrong with it."


def test_positions_find_their_fields() -> None:
    read = fields(KNOWLEDGE)
    assert field_at(read, (3, 9)) == ("domain",)
    assert field_at(read, (10, 3)) == ("seed_examples", 0, "context")
    assert field_at(read, (16, 11)) == ("seed_examples", 0, "questions_and_answers", 0, "answer")
    assert field_at(read, (21, 20)) == ("document", "commit")
    assert field_at(read, (22, 40)) == ("document", "patterns")
    assert field_at(read, (1, 1)) == ()
    flow = fields("seed_examples: [{question: a, answer: b}, {question: c, answer: d}]\n", "compositional_skills")
    assert field_at(flow, (1, 63)) == ("seed_examples", 1, "answer")


def test_the_file_beside_has_its_place() -> None:
    findings = check_leaf(SKILL.encode(), None, "compositional_skills/x/qna.yaml", "compositional_skills")
    placed = by_place(fields(SKILL, "compositional_skills"), findings)
    assert BESIDE in placed


@pytest.mark.parametrize("room", [1, 20, 33, 71, 200])
def test_nothing_is_wider_than_the_room(corpus: Path, room: int) -> None:
    room_there_is = max(20, room)
    for path in sorted((corpus / "qna").iterdir())[::16]:
        data = path.read_bytes()
        findings = check_leaf(data, None, "knowledge/x/qna.yaml", "knowledge")
        text = data.decode("utf-8", "replace")
        pages = [source_page(text, findings, room).lines, problem_page(findings, room).lines]
        try:
            parsed = parse(text)
        except Unreadable:
            parsed = None
        if parsed is not None:
            read = fields_of(parsed.value, parsed.root, "knowledge")
            shown = form_page(read, by_place(read, findings), room, about="x", beside="")
            pages.append(shown.lines)
            assert all(0 <= spot.row < len(shown.lines) for spot in shown.spots), path
        for lines in pages:
            assert all(width(line) <= room_there_is for line in plain(lines)), path


@settings(max_examples=150)
@given(st.text(st.sampled_from("ab: -\n\t\"'四\u202e\x1b[]/é#|>"), max_size=80), st.integers(20, 60))
def test_any_text_is_laid_out(text: str, room: int) -> None:
    for content in (text, SKILL.replace("tre", repr(text)[1:-1] or "x")):
        data = content.encode("utf-8", "replace")
        findings = check_leaf(data, b"x", "compositional_skills/x/qna.yaml", "compositional_skills")
        lines = [*source_page(content, findings, room).lines, *problem_page(findings, room).lines]
        try:
            parsed = parse(content)
        except Unreadable:
            shown: FormPage | None = None
        else:
            read = fields_of(parsed.value, parsed.root, "compositional_skills")
            shown = form_page(read, by_place(read, findings), room, about="", beside=text)
            lines += shown.lines
        joined = "\n".join(plain(lines))
        assert "\x1b" not in joined
        assert "\u202e" not in joined
        assert all(width(line) <= room for line in plain(lines))
