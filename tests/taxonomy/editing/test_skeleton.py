"""A new leaf is clean, and all that is wrong with it is that nobody wrote it yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtui.errors import LabError, UsageError
from labtui.taxonomy.check import check_leaf
from labtui.taxonomy.demo import commit_all
from labtui.taxonomy.editing import LeafEditor, skeleton
from labtui.taxonomy.findings import Level
from labtui.taxonomy.layout import KNOWLEDGE, SKILLS
from labtui.taxonomy.leaf import FREEFORM, GROUNDED, read_leaf
from labtui.taxonomy.lint import lint
from labtui.taxonomy.profiles import Profile
from tests.taxonomy.leaves import SKILL, write

KINDS = [KNOWLEDGE, GROUNDED, FREEFORM]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("by", ["ann", "", "Ann O'Hara: #1", "四十雀"])
def test_only_unfinished(kind: str, by: str) -> None:
    made = skeleton.new_leaf(kind, created_by=by)
    assert not list(lint(made.qna.decode(), "qna.yaml"))
    top = KNOWLEDGE if kind == KNOWLEDGE else SKILLS
    findings = check_leaf(made.qna, made.attribution, "qna.yaml", top, name=f"{top}/a", profile=Profile.DRAFT)
    assert findings
    assert {finding.level for finding in findings} <= {Level.WARNING, Level.INFO}
    unfinished = {"schema.minItems", "schema.minLength", "legal.attribution-field", "legal.licence-missing"}
    assert {finding.rule for finding in findings} <= unfinished
    assert LeafEditor.open(made.qna).text_at(("created_by",)) == by


@pytest.mark.parametrize("kind", KINDS)
def test_filled_in_it_is_in_order(kind: str) -> None:
    made = skeleton.new_leaf(kind, created_by="ann")
    editor = LeafEditor.open(made.qna, KNOWLEDGE if kind == KNOWLEDGE else SKILLS)
    while len(editor.value["seed_examples"]) < 5:
        editor.add_seed()
    for number in range(5):
        if kind != FREEFORM:
            text = f"Number {number} of five islands lies {number} miles off the shore of the sea."
            editor.typed(("seed_examples", number, "context"), text)
        if kind == KNOWLEDGE:
            editor.add_pair(number)
            editor.add_pair(number)
        for pair in range(3 if kind == KNOWLEDGE else 1):
            at = ("seed_examples", number) + (("questions_and_answers", pair) if kind == KNOWLEDGE else ())
            editor.typed((*at, "question"), f"What is island {number} known for, {pair}?")
            editor.typed((*at, "answer"), f"For its lighthouse,\nits {number} cats and {pair} dogs.")
    if kind == KNOWLEDGE:
        editor.set(("domain",), "geography")
        editor.set(("document_outline",), "Five islands")
        editor.set(("document", "repo"), "https://example.org/islands.git")
        editor.set(("document", "commit"), "0123456789012345678901234567890123456789")
        editor.set_list(("document", "patterns"), ["islands.md"])
    else:
        editor.set(("task_description",), "Say what an island is known for.")
    attribution = (
        "Title of work: Islands\nLink to work: https://example.org\nRevision: 1\n"
        "License of the work: MIT\nCreator names: ann\n"
    )
    top = KNOWLEDGE if kind == KNOWLEDGE else SKILLS
    findings = check_leaf(editor.data(), attribution.encode(), "qna.yaml", top, name=f"{top}/islands")
    assert [finding for finding in findings if finding.level == Level.ERROR] == []
    assert not list(lint(editor.text, "qna.yaml"))


def test_made_on_disk(tmp_path: Path) -> None:
    (tmp_path / "knowledge").mkdir()
    made = skeleton.make_leaf(tmp_path, "science/birds", KNOWLEDGE, created_by="ann")
    assert made.id == "knowledge/science/birds"
    assert read_leaf(tmp_path, made.id).created_by == "ann"
    assert (made.path.parent / "attribution.txt").read_text().startswith("Title of work:\n")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = write(tmp_path, "compositional_skills/a")
    with pytest.raises(UsageError, match="already"):
        skeleton.make_leaf(tmp_path, "compositional_skills/a", FREEFORM)
    assert path.read_text() == SKILL
    (tmp_path / "compositional_skills/b").mkdir()
    (tmp_path / "compositional_skills/b/attribution.txt").write_text("mine")
    skeleton.make_leaf(tmp_path, "compositional_skills/b", FREEFORM)
    assert (tmp_path / "compositional_skills/b/attribution.txt").read_text() == "mine"


def test_places_that_are_no_place(tmp_path: Path) -> None:
    (tmp_path / "compositional_skills").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "compositional_skills/link").symlink_to(tmp_path / "out")
    (tmp_path / "compositional_skills/file").write_text("")
    for name, words in [("link/x", "link"), ("file/x", "file where a folder")]:
        with pytest.raises(UsageError, match=words):
            skeleton.make_leaf(tmp_path, f"compositional_skills/{name}", FREEFORM)
    with pytest.raises(UsageError, match="no place for"):
        skeleton.make_leaf(tmp_path, "knowledge/x", FREEFORM)
    assert not list((tmp_path / "out").iterdir())


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "compositional_skills").write_text("")
    with pytest.raises(LabError):
        skeleton.make_leaf(tmp_path, "x/y", FREEFORM)


def test_who_contributes(tmp_path: Path) -> None:
    write(tmp_path, "compositional_skills/a")
    commit_all(tmp_path, "begin")
    assert skeleton.author(tmp_path) == ""
    (tmp_path / ".git" / "config").open("a").write("[user]\n\tname = Ann  Example\n")
    assert skeleton.author(tmp_path) == "Ann Example"
    (tmp_path / ".git" / "config").open("a").write("[github]\n\tuser = ann\n")
    assert skeleton.author(tmp_path) == "ann"
