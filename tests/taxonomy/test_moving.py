"""Another name for a leaf: everything of it goes along, nothing is overwritten, nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtui import git
from labtui.errors import LabError, UsageError
from labtui.taxonomy.demo import commit_all
from labtui.taxonomy.editing import LeafEditor, drafts
from labtui.taxonomy.leaf_names import checked, is_good, tidy
from labtui.taxonomy.moving import move_leaf
from tests.taxonomy.leaves import SKILL, write

OLD, NEW = "compositional_skills/words/synonyms", "compositional_skills/language/words/alike"


@pytest.fixture(params=["tracked", "untracked", "no git"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    root = tmp_path / "taxonomy"
    write(root, "compositional_skills/other")
    if request.param == "untracked":
        commit_all(root, "begin")
    write(root, OLD)
    (root / OLD / "attribution.txt").write_text("Title of work: x\n")
    if request.param == "tracked":
        commit_all(root, "begin")
    return root


def files(root: Path) -> list[str]:
    found = (path.relative_to(root) for path in root.rglob("*") if ".git" not in path.parts)
    return sorted(f"{path}{'/' if (root / path).is_dir() else ''}" for path in found)


def test_moved_with_what_lies_beside_it(root: Path) -> None:
    (root / OLD / "notes").mkdir()
    (root / OLD / "notes" / "a.txt").write_text("note")
    moved = move_leaf(root, OLD, NEW)
    assert (moved.old, moved.new, moved.path) == (OLD, NEW, root / NEW / "qna.yaml")
    assert moved.files == ("attribution.txt", "notes", "qna.yaml")
    assert moved.path.read_text() == SKILL
    assert files(root) == [
        "compositional_skills/",
        "compositional_skills/language/",
        "compositional_skills/language/words/",
        "compositional_skills/language/words/alike/",
        "compositional_skills/language/words/alike/attribution.txt",
        "compositional_skills/language/words/alike/notes/",
        "compositional_skills/language/words/alike/notes/a.txt",
        "compositional_skills/language/words/alike/qna.yaml",
        "compositional_skills/other/",
        "compositional_skills/other/qna.yaml",
    ]
    if moved.tracked:
        listed = git.run(root, "status", "--porcelain", "--", ".").text.splitlines()
        assert listed[0] == f"R  {OLD}/attribution.txt -> {NEW}/attribution.txt"
    move_leaf(root, NEW, OLD)
    assert (root / OLD / "qna.yaml").read_text() == SKILL


def test_below_itself_and_back(root: Path) -> None:
    below = f"{OLD}/more"
    move_leaf(root, OLD, below)
    assert (root / below / "qna.yaml").is_file()
    assert not (root / OLD / "qna.yaml").exists()
    move_leaf(root, below, OLD)
    assert files(root)[-1] == f"{OLD}/qna.yaml"
    assert f"{below}/" not in files(root)


def test_a_leaf_below_it_stays(root: Path) -> None:
    write(root, f"{OLD}/below")
    move_leaf(root, OLD, NEW)
    assert (root / OLD / "below" / "qna.yaml").is_file()
    assert not (root / OLD / "qna.yaml").exists()
    assert not (root / NEW / "below").exists()


def test_unsaved_edits_go_along(root: Path) -> None:
    editor = LeafEditor.open(SKILL.encode())
    editor.set(("created_by",), "bob")
    drafts.keep(root / OLD / "qna.yaml", editor, root=root)
    move_leaf(root, OLD, NEW)
    assert list(drafts.all_unsaved(root)) == [NEW]
    draft = drafts.offered(root / NEW / "qna.yaml", root=root)
    assert draft is not None
    assert draft.data == editor.data()


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("compositional_skills/other", "There is a leaf of that name already"),
        (OLD, "its name already"),
        ("compositional_skills/My Words", "compositional_skills/my_words"),
        ("knowledge/words", "Knowledge and skills are written differently"),
        ("words", "begins with knowledge"),
        ("../out", "place in the taxonomy"),
        ("compositional_skills", "folder of its own"),
        ("compositional_skills/other/qna.yaml/x", "lower case"),
    ],
)
def test_refused(root: Path, new: str, words: str) -> None:
    before = files(root)
    with pytest.raises(UsageError, match=words):
        move_leaf(root, OLD, new)
    assert files(root) == before


def test_a_file_in_the_way(root: Path) -> None:
    (root / "compositional_skills/language").write_text("a file")
    with pytest.raises(UsageError, match="in the way"):
        move_leaf(root, OLD, NEW)
    other = root / "compositional_skills/place"
    other.mkdir()
    (other / "attribution.txt").write_text("of somebody else")
    with pytest.raises(UsageError, match=r"another attribution\.txt"):
        move_leaf(root, OLD, "compositional_skills/place")
    assert (other / "attribution.txt").read_text() == "of somebody else"
    assert (root / OLD / "attribution.txt").exists()


def test_a_link_on_the_way(root: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (root / "compositional_skills/linked").symlink_to(tmp_path / "out")
    with pytest.raises(UsageError, match="in the way"):
        move_leaf(root, OLD, "compositional_skills/linked/x")
    assert not list((tmp_path / "out").iterdir())


def test_a_link_that_would_lead_nowhere(root: Path) -> None:
    (root / OLD / "attribution.txt").unlink()
    (root / OLD / "attribution.txt").symlink_to("../../other/qna.yaml")
    with pytest.raises(LabError, match="link"):
        move_leaf(root, OLD, NEW)
    assert (root / OLD / "qna.yaml").exists()


def test_git_refuses_and_nothing_was_moved(tmp_path: Path) -> None:
    root = tmp_path / "taxonomy"
    write(root, OLD)
    commit_all(root, "begin")
    (root / OLD / "notes.txt").write_text("not tracked")
    before = files(root)
    (root / ".git" / "index.lock").write_text("")
    with pytest.raises(LabError, match="git mv failed"):
        move_leaf(root, OLD, NEW)
    assert files(root) == before


def test_a_taxonomy_within_a_repository(tmp_path: Path) -> None:
    root = tmp_path / "repository" / "data" / "taxonomy"
    write(root, OLD)
    commit_all(tmp_path / "repository", "begin")
    assert move_leaf(root, OLD, NEW).tracked
    assert "R100" in git.run(tmp_path / "repository", "diff", "--cached", "--name-status", "-M", "HEAD").text


def test_a_name_that_git_could_take_for_a_pattern(tmp_path: Path) -> None:
    root = tmp_path / "taxonomy"
    write(root, OLD)
    (root / OLD / ":(glob)*").write_text("odd")
    (root / OLD / "-x").write_text("odd")
    commit_all(root, "begin")
    assert move_leaf(root, OLD, NEW).files == ("-x", ":(glob)*", "qna.yaml")
    assert (root / NEW / ":(glob)*").read_text() == "odd"


@pytest.mark.parametrize(
    ("name", "top", "good"),
    [
        ("science/birds", "knowledge", "knowledge/science/birds"),
        ("knowledge/science/birds/", "", "knowledge/science/birds"),
        ("knowledge/science/birds/qna.yaml", "", "knowledge/science/birds"),
        ("./knowledge//science/birds", "", "knowledge/science/birds"),
        ("foundational_skills/reasoning/odd", "compositional_skills", "foundational_skills/reasoning/odd"),
        ("言語/四字熟語", "compositional_skills", "compositional_skills/言語/四字熟語"),
    ],
)
def test_names(name: str, top: str, good: str) -> None:
    assert checked(name, top) == good


@pytest.mark.parametrize(
    ("name", "proposal"),
    [
        ("knowledge/Science/Black Birds", "knowledge/science/black_birds"),
        ("knowledge/black-birds", "knowledge/black_birds"),
        ("knowledge/BlackBirds", "knowledge/black_birds"),
        ("knowledge/.hidden", "knowledge/hidden"),
        ("knowledge/a\x1b[31mb", "knowledge/a_31mb"),
        ("knowledge/!!!", "knowledge/miscellaneous_unknown"),
        ("knowledge/__a__", "knowledge/a"),
        (f"knowledge/{'x' * 300}", f"knowledge/{'x' * 200}"),
    ],
)
def test_odd_names_get_a_proposal(name: str, proposal: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked(name)
    assert caught.value.hint == f"Take: {proposal}"
    assert checked(proposal) == proposal
    assert all(is_good(tidy(part)) for part in name.split("/"))
