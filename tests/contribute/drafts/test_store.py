"""Contributions of a workspace: made, listed, found, put aside and brought back."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from labtui import workspace
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.errors import LabError, UsageError
from labtui.taxonomy.leaf import FREEFORM
from labtui.workspace import Workspace


@pytest.fixture
def made(tmp_path: Path) -> Workspace:
    return workspace.create(tmp_path / "lab")


def test_a_new_one_is_there_and_private(made: Workspace) -> None:
    folder = store.new(made, title="Birds")
    draft = folder.load()
    assert (draft.title, draft.leaves, draft.taxonomy) == ("Birds", [], str(made.taxonomy))
    assert store.list_drafts(made) == [folder]
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert store.ID.fullmatch(folder.id)


def test_one_with_a_kind_has_a_leaf(made: Workspace) -> None:
    folder = store.new(made, FREEFORM)
    (leaf,) = folder.load().leaves
    assert (leaf.id, leaf.kind, leaf.placed, leaf.change) == ("compositional_skills/untitled", FREEFORM, False, "new")
    assert folder.leaf_file(leaf).is_file()
    assert folder.attribution_file(leaf).is_file()


def test_what_fails_while_it_is_filled_leaves_nothing(made: Workspace) -> None:
    def fill(folder: DraftFolder) -> None:
        raise UsageError("not this")

    with pytest.raises(UsageError, match="not this"):
        store.new(made, fill=fill)
    with pytest.raises(UsageError, match="no kind of leaf"):
        store.new(made, "poem")
    assert list(made.drafts.iterdir()) == []


def test_a_workspace_without_the_folder_gets_it(made: Workspace) -> None:
    made.drafts.rmdir()
    assert store.list_drafts(made) == []
    store.new(made)
    assert len(store.list_drafts(made)) == 1


def test_a_file_in_the_way_is_said(made: Workspace) -> None:
    made.drafts.rmdir()
    made.drafts.write_text("in the way")
    with pytest.raises(LabError, match="cannot be made"):
        store.new(made)
    with pytest.raises(LabError, match="cannot be listed"):
        store.list_drafts(made)


def test_a_broken_one_is_listed_as_one(made: Workspace) -> None:
    good, bad = store.new(made, title="good"), store.new(made)
    bad.draft_file.write_text("{")
    (made.drafts / "notes").mkdir()
    (made.drafts / ".new-half").mkdir()
    (made.drafts / "file").write_text("x")
    found = {summary.id: summary for summary in store.summaries(made)}
    assert set(found) == {good.id, bad.id}
    assert found[good.id].draft is not None and not found[good.id].problem
    assert found[bad.id].draft is None
    assert "is not a contribution" in found[bad.id].problem


def test_the_last_written_stands_first(made: Workspace) -> None:
    first, second = store.new(made, FREEFORM), store.new(made)
    os.utime(first.leaf_file(first.load().leaves[0]), (2e9, 2e9))
    assert [summary.id for summary in store.summaries(made)] == [first.id, second.id]
    assert store.find(made, "last") == second


def name(made: Workspace, name: str, *, later: int = 0) -> DraftFolder:
    folder = store.new(made)
    folder.change(lambda draft: setattr(draft, "made", draft.made + timedelta(seconds=later)))
    os.rename(folder.path, made.drafts / name)
    return DraftFolder(made.drafts / name)


def test_it_is_found_by_what_people_type(made: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    old = name(made, "20260101T000000Z-abcde")
    new = name(made, "20260102T000000Z-abxyz")
    twin = name(made, "20260102T000000Z-qqqqq", later=5)
    assert store.find(made, old.id) == old
    assert store.find(made, " abcde ") == old
    assert store.find(made, "20260101") == old
    assert store.find(made, "abx") == new
    assert store.find(made, "last") == twin
    monkeypatch.chdir(made.root)
    assert store.find(made, f"drafts/{old.id}").id == old.id
    with pytest.raises(UsageError, match="any of 2") as refused:
        store.find(made, "ab")
    assert old.id in refused.value.hint and new.id in refused.value.hint
    with pytest.raises(UsageError) as refused:
        store.find(made, "abcdf")
    assert old.id in refused.value.hint
    with pytest.raises(UsageError, match="no contribution ''"):
        store.find(made, "")


def test_without_any_it_is_said_how_to_begin(made: Workspace) -> None:
    with pytest.raises(UsageError) as refused:
        store.find(made, "last")
    assert "labtui contribute new" in refused.value.hint


def test_one_put_aside_is_whole_and_comes_back(made: Workspace) -> None:
    folder = store.new(made, FREEFORM, "Words")
    before = folder.fingerprint()
    place = store.abandon(folder)
    assert place == made.drafts / ".abandoned" / folder.id
    assert store.list_drafts(made) == []
    with pytest.raises(UsageError, match="no such contribution"):
        store.abandon(folder)
    back = store.restore(made, folder.id)
    assert back.fingerprint() == before
    with pytest.raises(UsageError):
        store.restore(made, folder.id)
    for odd in ("..", "", "../lab", ".abandoned"):
        with pytest.raises(UsageError):
            store.restore(made, odd)


def test_two_of_one_name_are_put_aside_side_by_side(made: Workspace) -> None:
    first = name(made, "one")
    store.abandon(first)
    second = store.abandon(name(made, "one"))
    assert second.name == "one.2"
    assert (made.drafts / ".abandoned" / "one" / "draft.json").is_file()


def test_a_broken_one_can_be_put_aside(made: Workspace) -> None:
    folder = store.new(made)
    folder.draft_file.write_text("{")
    assert (store.abandon(folder) / "draft.json").read_text() == "{"


def test_one_that_is_being_submitted_stays(made: Workspace) -> None:
    folder = store.new(made)
    refused: list[str] = []

    def abandon() -> None:
        try:
            store.abandon(folder)
        except LabError as error:
            refused.append(error.what)

    with folder.submission():
        thread = threading.Thread(target=abandon)
        thread.start()
        thread.join()
    assert refused == ["This contribution is being submitted right now."]
    assert folder.path.is_dir()


def test_only_one_nobody_put_anything_into_is_discarded(made: Workspace) -> None:
    from labtui.contribute.drafts.unfinished import keep_typed
    from labtui.contribute.leaves.adding import add_leaf, remove_leaf
    from labtui.contribute.records import Evidence

    assert store.discard_blank(store.new(made))
    assert store.list_drafts(made) == []
    titled, leafed, taught, emptied, half = (store.new(made) for _ in range(5))
    keep_typed(half, "place", "knowledge/ow")
    titled.change(lambda draft: setattr(draft, "title", "t"))
    add_leaf(leafed, FREEFORM)
    taught.add_evidence(Evidence(question="q", answer="a", corrected="b"))
    remove_leaf(emptied, add_leaf(emptied, FREEFORM))
    broken = store.new(made)
    broken.draft_file.write_text("{")
    for folder in (titled, leafed, taught, emptied, half, broken):
        assert not store.discard_blank(folder)
        assert folder.path.is_dir()
