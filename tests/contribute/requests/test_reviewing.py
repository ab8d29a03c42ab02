"""A contribution against what it began from: what is new, changed, moved and deleted, without git."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtui import workspace as workspaces
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Change, ContributedLeaf
from labtui.contribute.requests.reviewing import leaf_changes
from labtui.taxonomy.comparing.file_changes import State
from tests.taxonomy.leaves import ATTRIBUTION, SKILL

NAME = "compositional_skills/words/synonyms"


def write(folder: Path, text: str, attribution: str = ATTRIBUTION) -> None:
    folder.mkdir(parents=True)
    (folder / "qna.yaml").write_text(text)
    (folder / "attribution.txt").write_text(attribution)


@pytest.fixture
def draft(tmp_path: Path) -> DraftFolder:
    return store.new(workspaces.create(tmp_path / "lab"))


def hold(draft: DraftFolder, name: str, change: Change, was: str = "") -> None:
    leaf = ContributedLeaf(id=name, change=change, was=was, placed=True)
    draft.change(lambda held: held.leaves.append(leaf))


def test_a_changed_leaf_is_told_seed_by_seed_with_its_attribution(draft: DraftFolder) -> None:
    write(draft.base / NAME, SKILL)
    write(draft.taxonomy / NAME, SKILL.replace("due", "a pair"), ATTRIBUTION.replace("Ann", "Bea"))
    hold(draft, NAME, "changed", NAME)
    (change,) = leaf_changes(draft)
    assert (change.state, change.old_id) == (State.CHANGED, "")
    assert [(seed.number, seed.change.value) for seed in change.seeds] == [(2, "edited")]
    assert change.attribution is not None
    assert ("Ann" in change.attribution.before, "Bea" in change.attribution.after) == (True, True)


def test_a_new_a_moved_and_a_deleted_leaf(draft: DraftFolder) -> None:
    write(draft.taxonomy / "a/new", SKILL)
    write(draft.base / "b/old", SKILL)
    write(draft.taxonomy / "b/new", SKILL)
    write(draft.base / "c/gone", SKILL)
    hold(draft, "a/new", "new")
    hold(draft, "b/new", "renamed", "b/old")
    hold(draft, "c/gone", "deleted", "c/gone")
    changes = leaf_changes(draft)
    told = [(change.id, change.state, change.old_id) for change in changes]
    assert told == [
        ("a/new", State.ADDED, ""),
        ("b/new", State.RENAMED, "b/old"),
        ("c/gone", State.DELETED, ""),
    ]
    assert (changes[0].seeds_after, changes[2].seeds_before, changes[2].seeds_after) == (5, 5, 0)


def test_a_leaf_that_is_no_yaml_is_told_line_by_line(draft: DraftFolder) -> None:
    write(draft.taxonomy / NAME, "version: [\n")
    hold(draft, NAME, "new")
    (change,) = leaf_changes(draft)
    assert change.problem
    assert [line.text for line in change.lines] == ["version: ["]
