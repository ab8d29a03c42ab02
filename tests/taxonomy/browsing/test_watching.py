"""What changes on disk is noticed, a little at a time."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from labtui.taxonomy.browsing.forest import Forest
from labtui.taxonomy.browsing.git_states import git_states
from labtui.taxonomy.browsing.recent import note, recent_leaves, renamed
from labtui.taxonomy.browsing.watching import Moved, Watcher, git_stamps
from labtui.taxonomy.checking.survey import Surveyed, stamp_of
from tests.taxonomy.leaves import SKILL, write


def known(root: Path, *names: str) -> Forest:
    return Forest.of(
        Surveyed(id=name, path=path, kind="freeform skill", stamp=stamp_of(path))
        for name in names
        if (path := root / name / "qna.yaml")
    )


def ids(leaves: list[Surveyed]) -> list[str]:
    return [leaf.id for leaf in leaves]


def whole(watcher: Watcher, forest: Forest) -> Moved:
    """One complete look, whatever it costs."""
    watcher._rests_until = 0.0
    return watcher.step(forest, (), 60)


def test_new_changed_and_gone(tmp_path: Path) -> None:
    for name in ("knowledge/a", "knowledge/b", "knowledge/c"):
        write(tmp_path, name)
    forest = known(tmp_path, "knowledge/a", "knowledge/b", "knowledge/c")
    watcher = Watcher(tmp_path)
    assert not whole(watcher, forest)
    write(tmp_path, "knowledge/a", SKILL + "x: 1\n")
    write(tmp_path, "knowledge/deep/new")
    (tmp_path / "knowledge/b/qna.yaml").unlink()
    (tmp_path / "knowledge/c/attribution.txt").write_text("Title of work: x\n")
    moved = whole(watcher, forest)
    assert ids(moved.changed) == ["knowledge/a", "knowledge/c"]
    assert (ids(moved.new), moved.gone) == (["knowledge/deep/new"], ["knowledge/b"])


def test_what_is_in_sight_is_seen_at_once(tmp_path: Path) -> None:
    for number in range(50):
        write(tmp_path, f"knowledge/{number:02}")
    forest = known(tmp_path, *(f"knowledge/{number:02}" for number in range(50)))
    watcher = Watcher(tmp_path)
    write(tmp_path, "knowledge/40", SKILL + "x: 1\n")
    (tmp_path / "knowledge/41/qna.yaml").unlink()
    moved = watcher.step(forest, ["knowledge/40", "knowledge/41", "no such leaf"], 0.0)
    assert (ids(moved.changed), moved.gone) == (["knowledge/40"], ["knowledge/41"])


def test_little_time_takes_many_steps_and_finds_the_same(tmp_path: Path) -> None:
    for number in range(30):
        write(tmp_path, f"knowledge/{number:02}")
    forest = known(tmp_path, *(f"knowledge/{number:02}" for number in range(29)))
    (tmp_path / "knowledge/07/qna.yaml").unlink()
    watcher = Watcher(tmp_path)
    new: list[str] = []
    gone: list[str] = []
    for _ in range(31):
        moved = watcher.step(forest, (), 0.0)
        new += ids(moved.new)
        gone += moved.gone
    assert (new, gone) == (["knowledge/29"], ["knowledge/07"])


def test_a_leaf_that_came_while_it_looked_is_not_gone(tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path, f"knowledge/{number}")
    forest = known(tmp_path, *(f"knowledge/{number}" for number in range(5)))
    watcher = Watcher(tmp_path)
    watcher.step(forest, (), 0.0)
    write(tmp_path, "knowledge/0a")
    forest.put(Surveyed(id="knowledge/0a", path=tmp_path / "knowledge/0a/qna.yaml"))
    gone = [name for _ in range(10) for name in watcher.step(forest, (), 0.0).gone]
    assert gone == []


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def test_a_commit_is_noticed_and_states_are_read(tmp_path: Path) -> None:
    write(tmp_path, "knowledge/a")
    assert git_states(tmp_path).trouble == "no git repository: changes are not marked"
    assert git_stamps(tmp_path) == ()
    git(tmp_path, "init", "-q")
    watcher = Watcher(tmp_path)
    forest = known(tmp_path, "knowledge/a")
    assert not watcher.step(forest, (), 60).git
    assert git_states(tmp_path).changed == {"knowledge/a": "new"}
    git(tmp_path, "add", "-A")
    assert watcher.step(forest, (), 60).git
    git(tmp_path, "commit", "-q", "-m", "one")
    assert watcher.step(forest, (), 60).git
    assert not watcher.step(forest, (), 60).git
    assert git_states(tmp_path).changed == {}


def test_a_work_tree_beside_its_repository(tmp_path: Path) -> None:
    main = tmp_path / "main"
    write(main, "knowledge/a")
    git(main, "init", "-q")
    git(main, "add", "-A")
    git(main, "commit", "-q", "-m", "one")
    git(main, "worktree", "add", "-q", os.fspath(tmp_path / "beside"))
    before = git_stamps(tmp_path / "beside")
    assert any(before)
    git(tmp_path / "beside", "commit", "-q", "--allow-empty", "-m", "two")
    assert git_stamps(tmp_path / "beside") != before


def test_recent_leaves(tmp_path: Path) -> None:
    assert recent_leaves(tmp_path) == []
    for number in range(30):
        note(tmp_path, f"k/{number}", float(number), edited=number == 29)
    note(tmp_path, "k/15", 40.0)
    note(tmp_path, "k/29", 50.0)
    found = recent_leaves(tmp_path)
    assert [leaf.id for leaf in found[:3]] == ["k/29", "k/15", "k/28"]
    assert found[0].edited and not found[1].edited and len(found) == 20
    renamed(tmp_path, "k/15", "k/other")
    assert recent_leaves(tmp_path)[1].id == "k/other"
    assert recent_leaves(tmp_path / "elsewhere") == []
