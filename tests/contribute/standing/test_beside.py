"""What a contribution's leaves show beside those of the taxonomy."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.adding import add_existing, add_leaf, place
from labtui.contribute.records import Problem, Step
from labtui.contribute.standing.beside import look_beside
from labtui.contribute.standing.steps import ready, standings
from labtui.taxonomy.leaf import FREEFORM
from labtui.workspace import Workspace
from tests.contribute.drafting import ATTRIBUTION, BIRDS, WORDS, contexts, lab, whole
from tests.taxonomy.leaves import SKILL


@pytest.fixture
def made(tmp_path: Path) -> Workspace:
    return lab(tmp_path)


def told(folder: DraftFolder, leaf: str = "") -> list[Problem]:
    (seeds,) = [one for one in standings(folder, leaf) if one.step is Step.SEEDS]
    return list(seeds.problems)


def test_seeds_the_taxonomy_has_already_are_told_at_the_seed(made: Workspace) -> None:
    folder = whole(made)
    text = contexts().replace("owl 2", "cat 2").replace("The 2th owl of this valley", "A grey cat of that village")
    folder.leaf_file("knowledge/owls").write_text(text.replace("old barn and hunts mice at night", "sun", 2))
    assert told(folder) == []
    asked: list[tuple[int, int]] = []
    assert look_beside(folder, on_progress=lambda done, total: asked.append((done, total)))
    problems = told(folder)
    assert {problem.rule for problem in problems} == {"quality.near-duplicate"}
    assert all(problem.level == "warning" and problem.leaf == "knowledge/owls" for problem in problems)
    assert ("seed_examples", 4) in [problem.field for problem in problems]
    assert BIRDS in problems[0].message
    assert asked[-1] == (3, 3)
    assert ready(standings(folder))
    # Known now; and what is written since is not what was looked at.
    assert not look_beside(folder)
    folder.leaf_file("knowledge/owls").write_text(contexts(seeds=6))
    assert told(folder) == []


def test_another_answer_to_the_same_question(made: Workspace) -> None:
    folder = store.new(made)
    leaf = place(folder, add_leaf(folder, FREEFORM), "numbers")
    folder.leaf_file(leaf).write_text(SKILL.replace("uno", "eins").replace("due", "zwei").replace("synonyms", "words"))
    folder.attribution_file(leaf).write_text(ATTRIBUTION)
    look_beside(folder)
    assert {problem.rule for problem in told(folder)} >= {"quality.contradiction"}


def test_a_leaf_is_no_duplicate_of_what_it_was(made: Workspace) -> None:
    folder = store.new(made)
    place(folder, add_existing(folder, made, BIRDS), "knowledge/fowl")
    add_existing(folder, made, WORDS)
    look_beside(folder)
    assert told(folder) == []


def test_leaves_of_one_contribution_are_compared_too(made: Workspace) -> None:
    folder = whole(made, "knowledge/one")
    place(folder, add_leaf(folder, "knowledge"), "two")
    for name in ("one", "two"):
        text = contexts().replace("owl", "lynx").replace("barn", "cave").replace("valley", "mountain")
        folder.leaf_file(f"knowledge/{name}").write_text(text)
    look_beside(folder)
    assert "knowledge/two" in told(folder, "knowledge/one")[0].message
    assert "knowledge/one" in told(folder, "knowledge/two")[0].message


def test_cancelled_it_tells_nothing(made: Workspace) -> None:
    folder = whole(made)
    assert not look_beside(folder, lambda: True)
    assert told(folder) == []


def test_without_a_clone_there_is_nothing_beside(made: Workspace, tmp_path: Path) -> None:
    folder = whole(made)
    made.taxonomy.rename(tmp_path / "gone")
    assert not look_beside(folder)
    folder.leaf_file("knowledge/owls").unlink()
    assert not look_beside(folder)
