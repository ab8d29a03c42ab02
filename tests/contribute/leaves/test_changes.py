"""A contribution from what was changed in the clone, which stays as it is to the last byte."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from labtui import git, workspace
from labtui.contribute.drafts import store
from labtui.contribute.leaves.changes import changed_leaves, from_changes, take_changes
from labtui.errors import AnswerNo, LabError, UsageError
from labtui.workspace import Workspace
from tests.contribute.drafting import ATTRIBUTION, BIRDS, WORDS, contexts, lab
from tests.taxonomy import repos
from tests.taxonomy.leaves import SKILL

NEW = "compositional_skills/counting"


@pytest.fixture
def made(tmp_path: Path) -> Workspace:
    return lab(tmp_path, remote=True)


def everything(folder: Path) -> dict[str, str]:
    """Each file of a clone, its .git included, with the hash of what it holds."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def change(made: Workspace) -> None:
    """One leaf changed, one renamed and one new, one of them staged."""
    repos.put(made.taxonomy, {f"{NEW}/qna.yaml": SKILL.replace("Name three", "Count to"), "notes.md": "mine"})
    repos.put(made.taxonomy, {f"{BIRDS}/qna.yaml": contexts(seeds=6)})
    (made.taxonomy / "compositional_skills/terms").parent.mkdir(exist_ok=True)
    (made.taxonomy / WORDS).rename(made.taxonomy / "compositional_skills/terms")
    git.run(made.taxonomy, "add", "--", BIRDS)


def test_all_that_differs_is_taken_and_the_clone_stays(made: Workspace) -> None:
    change(made)
    before = everything(made.taxonomy)
    taken = take_changes(made, title="Owls")
    assert everything(made.taxonomy) == before
    draft = taken.folder.load()
    assert [(leaf.id, leaf.change, leaf.was, leaf.placed) for leaf in draft.leaves] == [
        (NEW, "new", "", True),
        ("compositional_skills/terms", "renamed", WORDS, True),
        (BIRDS, "changed", BIRDS, True),
    ]
    assert (draft.title, draft.base, taken.left_out) == ("Owls", taken.base.commit, ())
    new, renamed, changed = draft.leaves
    assert taken.folder.leaf_file(changed).read_text() == contexts(seeds=6)
    for leaf, text in ((changed, contexts()), (renamed, SKILL)):
        base = taken.folder.base_file(leaf)
        assert base is not None and base.read_text() == text
        assert base.with_name("attribution.txt").read_text() == ATTRIBUTION
    assert taken.folder.attribution_file(renamed).read_text() == ATTRIBUTION
    assert not taken.folder.attribution_file(new).exists()
    # What happens in the clone afterwards does not reach it.
    shutil.rmtree(made.taxonomy / BIRDS)
    assert taken.folder.leaf_file(changed).read_text() == contexts(seeds=6)


def test_a_deleted_leaf_has_no_file_and_its_base(made: Workspace) -> None:
    shutil.rmtree(made.taxonomy / WORDS)
    folder = from_changes(made)
    (leaf,) = folder.load().leaves
    assert (leaf.id, leaf.change, leaf.was, leaf.kind) == (WORDS, "deleted", WORDS, "freeform skill")
    assert folder.files(leaf) == {}
    assert not folder.leaf_file(leaf).exists()
    base = folder.base_file(leaf)
    assert base is not None and base.read_text() == SKILL


def test_only_an_attribution_is_a_change_too(made: Workspace) -> None:
    repos.put(made.taxonomy, {f"{WORDS}/attribution.txt": ATTRIBUTION + "Title of work: Other\n"})
    (leaf,) = from_changes(made).load().leaves
    assert (leaf.id, leaf.change) == (WORDS, "changed")


@pytest.mark.parametrize("name", ["compositional_skills", f"{NEW}/", f"{NEW}/qna.yaml"])
def test_leaves_are_named_as_people_name_them(made: Workspace, name: str) -> None:
    change(made)
    ids = [leaf.id for leaf in from_changes(made, [name]).load().leaves]
    assert ids == ([NEW] if NEW in name else [NEW, "compositional_skills/terms"])


def test_a_path_from_here_and_a_former_name_are_understood(made: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    change(made)
    monkeypatch.chdir(made.taxonomy / "compositional_skills")
    assert [leaf.id for leaf in from_changes(made, ["counting"]).load().leaves] == [NEW]
    assert [leaf.was for leaf in from_changes(made, [WORDS]).load().leaves] == [WORDS]
    assert len(from_changes(made, ["."]).load().leaves) == 2
    monkeypatch.chdir(made.taxonomy)
    assert len(from_changes(made, ["."]).load().leaves) == 3


def test_commits_of_one_s_own_branch_are_changes_and_others_work_is_none(made: Workspace, tmp_path: Path) -> None:
    repos.commit(made.taxonomy, {f"{NEW}/qna.yaml": SKILL})
    repos.commit(tmp_path / "theirs", {f"{BIRDS}/qna.yaml": contexts(seeds=7)})
    git.run(made.taxonomy, "fetch", "--quiet", "origin")
    assert [leaf.id for leaf in changed_leaves(made)] == [NEW]
    assert [leaf.change for leaf in from_changes(made).load().leaves] == ["new"]


def test_what_does_not_differ_is_said(made: Workspace) -> None:
    with pytest.raises(AnswerNo, match="No leaf differs from origin/main"):
        from_changes(made)
    repos.put(made.taxonomy, {f"{NEW}/qna.yaml": SKILL})
    with pytest.raises(UsageError, match="Nothing in it differs") as refused:
        from_changes(made, [NEW, BIRDS])
    assert refused.value.where == BIRDS
    with pytest.raises(UsageError, match="no leaf 'knowledge/bird'") as refused:
        from_changes(made, ["knowledge/bird"])
    assert BIRDS in refused.value.hint
    assert store.list_drafts(made) == []


def test_a_file_that_was_touched_only_is_no_change(made: Workspace) -> None:
    (made.taxonomy / BIRDS / "qna.yaml").chmod(0o755)
    with pytest.raises(AnswerNo):
        from_changes(made)


def test_a_conflict_is_left_out_and_refused_by_name(made: Workspace, tmp_path: Path) -> None:
    repos.commit(made.taxonomy, {f"{BIRDS}/qna.yaml": contexts(seeds=6)})
    repos.commit(tmp_path / "theirs", {f"{BIRDS}/qna.yaml": contexts(seeds=7)})
    git.run(made.taxonomy, "fetch", "--quiet", "origin")
    git.run(made.taxonomy, "merge", "origin/main", check=False, environment=repos.person())
    repos.put(made.taxonomy, {f"{NEW}/qna.yaml": SKILL})
    taken = take_changes(made)
    assert [leaf.id for leaf in taken.folder.load().leaves] == [NEW]
    assert [(leaf.id, leaf.refused) for leaf in taken.left_out] == [(BIRDS, "A merge left this leaf in conflict.")]
    with pytest.raises(UsageError, match="in conflict"):
        from_changes(made, [BIRDS])


def test_foundational_skills_are_not_contributed(made: Workspace) -> None:
    repos.put(made.taxonomy, {"foundational_skills/logic/qna.yaml": SKILL})
    with pytest.raises(UsageError, match="not contributed"):
        from_changes(made)
    assert store.list_drafts(made) == []


def test_a_link_is_not_taken(made: Workspace, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("my key")
    file = made.taxonomy / WORDS / "qna.yaml"
    file.unlink()
    file.symlink_to(tmp_path / "secret")
    with pytest.raises(LabError, match="A link stands"):
        from_changes(made)
    assert store.list_drafts(made) == []


def test_without_history_it_is_said_what_to_do(tmp_path: Path) -> None:
    made = workspace.create(tmp_path / "lab")
    with pytest.raises(LabError, match="not under git"):
        from_changes(made)
    git.run(made.taxonomy, "init", "--quiet", "--initial-branch=main")
    repos.put(made.taxonomy, {f"{NEW}/qna.yaml": SKILL})
    with pytest.raises(LabError, match="Nothing is committed") as refused:
        from_changes(made)
    assert "commit" in refused.value.hint
    made.taxonomy.rename(tmp_path / "gone")
    with pytest.raises(LabError, match="has no taxonomy"):
        from_changes(made)


def test_the_setting_that_makes_all_new_does_not_count_here(made: Workspace) -> None:
    made.settings_file.write_text("version: 1\ntaxonomy:\n  base: empty\n")
    repos.put(made.taxonomy, {f"{NEW}/qna.yaml": SKILL})
    assert [leaf.id for leaf in changed_leaves(made)] == [NEW]


def test_a_partial_clone_says_how_to_get_what_it_lacks(made: Workspace, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    git.run(theirs, "config", "uploadpack.allowFilter", "true")
    shutil.rmtree(made.taxonomy)
    git.run(None, "clone", "--quiet", "--filter=blob:none", "--no-checkout", "--", theirs.as_uri(), str(made.taxonomy))
    git.run(made.taxonomy, "read-tree", "HEAD")
    with pytest.raises(LabError, match="only a part of the history") as refused:
        from_changes(made, [BIRDS])
    assert "git -C" in refused.value.hint
