"""A leaf as lines: nothing is wider than the room there is, and every problem stands where it belongs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtui.taxonomy.check import check_bytes
from labtui.taxonomy.leaf import Leaf, read_leaf_file
from labtui.text import width
from labtui.widgets import leaf_views
from tests.taxonomy.leaves import SKILL, write

KNOWLEDGE = """\
version: 3
created_by: ann
domain: birds
document_outline: 12
seed_examples:
  - context: |
      A line that its author broke by hand, as one does in a file, at some
      width that has nothing to do with this terminal.

      - a list
      - stays one
    questions_and_answers:
      - question: What?
        answer: |
          First line,
          second line.
document:
  repo: https://example.org/birds.git
  commit: 5f7158a5ce83c4ff493bfe341fe31ecad64ff697
  patterns: [a.md]
"""


def leaf_of(tmp_path: Path, text: str, name: str = "knowledge/x") -> Leaf:
    return read_leaf_file(write(tmp_path, name, text), name)


def plain(lines: list[object]) -> list[str]:
    return [line.plain for line in lines]  # type: ignore[attr-defined]


def test_the_form(tmp_path: Path) -> None:
    leaf = leaf_of(tmp_path, KNOWLEDGE)
    findings = check_bytes(KNOWLEDGE.encode(), "knowledge/x/qna.yaml", "knowledge")
    text = "\n".join(plain(leaf_views.form(leaf, findings, 100)))
    assert "kind        knowledge, version 3" in text
    assert "document    birds @5f7158a · a.md" in text
    assert "outline     12\n            ✖ 'document_outline' is read as the number 12, not text." in text
    assert "attribution none: no attribution.txt beside it" in text
    assert "as one does in a file, at some width that has nothing" in text
    assert "│ - a list" in text and "│ - stays one" in text
    assert "A  First line," in text and "│    second line." in text
    assert "context 31/500 words" in text
    assert "✖ 'seed_examples' has 1 of the 5 entries it needs." in text


def test_a_problem_stands_in_its_seed(tmp_path: Path) -> None:
    text = SKILL.replace("answer: tre", "answer: yes")
    leaf = leaf_of(tmp_path, text, "compositional_skills/x")
    findings = check_bytes(text.encode(), "", "compositional_skills")
    lines = plain(leaf_views.form(leaf, findings, 100))
    problem = next(number for number, line in enumerate(lines) if "read as yes" in line)
    above = [line for line in lines[:problem] if "seed" in line]
    assert above[-1].startswith("┌─ seed 3 of 5")


def test_long_contexts_fold(tmp_path: Path) -> None:
    leaf = leaf_of(tmp_path, KNOWLEDGE.replace("- a list", "\n      ".join(f"- item {n}" for n in range(20))))
    folded, whole = ("\n".join(plain(leaf_views.form(leaf, [], 80, unfolded=unfolded))) for unfolded in (False, True))
    assert "more lines (space shows them)" in folded and "item 19" not in folded
    assert "item 19" in whole and "more lines" not in whole


def test_the_source_marks_lines_and_words(tmp_path: Path) -> None:
    text = SKILL.replace("answer: tre", "answer: yes")
    findings = check_bytes(text.encode(), "", "compositional_skills")
    lines, places = leaf_views.source(leaf_of(tmp_path, text), findings, 80)
    (place,) = places
    assert plain(lines)[place] == "✖ 10     answer: yes"
    assert "read as yes (true)" in plain(lines)[place + 1]
    underlined = [lines[place].plain[span.start : span.end] for span in lines[place].spans if "underline" in str(span)]
    assert underlined == ["yes"]


@pytest.mark.parametrize(("text", "count"), [("", 0), ("one two-three", 2), ("四十雀は", 4), ("the 鳥 sings", 3)])
def test_words_are_counted_in_any_script(text: str, count: int) -> None:
    assert leaf_views._words(text) == count


def test_nothing_wrong_is_said_too(tmp_path: Path) -> None:
    assert plain(leaf_views.problems([], 80))[0] == "✔ Nothing is wrong with it."


@pytest.mark.parametrize("room", [1, 20, 33, 71, 200])
def test_nothing_is_wider_than_the_room(tmp_path: Path, corpus: Path, room: int) -> None:
    room_there_is = max(20, room)
    for path in sorted((corpus / "qna").iterdir())[::16]:
        leaf = read_leaf_file(path, f"knowledge/{path.stem}")
        findings = check_bytes(path.read_bytes(), "", "knowledge")
        for lines in (
            leaf_views.form(leaf, findings, room),
            leaf_views.source(leaf, findings, room)[0],
            leaf_views.problems(findings, room),
        ):
            assert all(width(line) <= room_there_is for line in plain(lines)), path


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.sampled_from("ab: -\n\t\"'四\u202e\x1b[]/é#|>"), max_size=80),
    st.integers(20, 60),
)
def test_any_text_is_laid_out(text: str, room: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for content in (text, SKILL.replace("tre", repr(text)[1:-1] or "x")):
            path = write(Path(folder), "compositional_skills/x", content.encode("utf-8", "replace"))
            leaf = read_leaf_file(path, "compositional_skills/x")
            findings = check_bytes(path.read_bytes(), "", "compositional_skills")
            lines = [*leaf_views.form(leaf, findings, room), *leaf_views.source(leaf, findings, room)[0]]
            shown = "\n".join(plain(lines))
            assert "\x1b" not in shown and "\u202e" not in shown
            assert all(width(line) <= room for line in plain(lines))
