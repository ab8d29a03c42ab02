"""How jobs are named on a command line, listed and pruned."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from labtui import jobs
from labtui.errors import UsageError
from labtui.jobs import locks
from labtui.journal import JobFolder, atomic_write, dump
from labtui.records import JobSpec, State, now
from labtui.workspace import Workspace
from tests.jobs.conftest import count, wait_for_units
from tests.jobs.test_state import made, status

NAMES = (
    "20261122T205128Z-train-k3f9x",
    "20261122T205128Z-generate-k3abc",
    "20261123T090000Z-serve-zz234",
)


@pytest.fixture
def three(lab: Workspace) -> Workspace:
    for number, name in enumerate(NAMES):
        folder = JobFolder(lab.jobs / name)
        folder.path.mkdir()
        created = now() - timedelta(days=3 - number)
        spec = JobSpec(id=name, kind="steps", title=name, created=created, workspace=str(lab.root), arguments={})
        atomic_write(folder.spec_file, dump(spec))
    return lab


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (NAMES[0], 0),
        ("k3f9x", 0),
        ("k3f", 0),
        ("20261122T205128Z-t", 0),
        ("zz", 2),
        ("20261123", 2),
        (" last ", 2),
    ],
)
def test_a_job_is_found_by_what_one_would_type(three: Workspace, text: str, number: int) -> None:
    assert jobs.find(three, text).id == NAMES[number]


def test_a_path_names_a_job_as_well(three: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(three.jobs)
    for text in (f"./{NAMES[1]}", f"{NAMES[1]}/", str(three.jobs / NAMES[1])):
        assert jobs.find(three, text).id == NAMES[1]


def test_what_could_be_several_is_asked_about(three: Workspace) -> None:
    for text in ("k3", "2026"):
        with pytest.raises(UsageError, match="could be any of") as caught:
            jobs.find(three, text)
        assert NAMES[0] in caught.value.hint


def test_what_is_none_gets_the_nearest(three: Workspace) -> None:
    with pytest.raises(UsageError, match="no job 'k3f9y'") as caught:
        jobs.find(three, "k3f9y")
    assert NAMES[0] in caught.value.hint
    with pytest.raises(UsageError) as caught:
        jobs.find(three, "")
    assert "labtui jobs list" in caught.value.hint


def test_without_jobs_there_is_none_to_find(lab: Workspace) -> None:
    with pytest.raises(UsageError, match="no jobs in this workspace yet"):
        jobs.find(lab, "last")
    lab.jobs.rmdir()
    assert jobs.list_jobs(lab) == []


def test_the_newest_comes_first_even_within_a_second(lab: Workspace) -> None:
    folders = [count(lab, steps=0) for _ in range(4)]
    wanted = [folder.id for folder in reversed(folders)]
    assert [view.folder.id for view in jobs.list_jobs(lab)] == wanted
    assert jobs.find(lab, "last").id == wanted[0]
    for folder in folders:
        jobs.wait(folder)


def old(lab: Workspace, state: State, days: float) -> JobFolder:
    moment = now() - timedelta(days=days)
    ended = moment if state.ended and state is not State.LOST else None
    written = State.RUNNING if state is State.LOST else state
    return made(lab, status=status(state=written, submitted=moment, started=moment, ended=ended))


def test_only_old_ended_jobs_are_pruned(lab: Workspace) -> None:
    gone = [old(lab, state, 40) for state in (State.DONE, State.FAILED, State.STOPPED, State.LOST)]
    young = old(lab, State.DONE, 20)
    elsewhere = made(lab, status=status(host="elsewhere", submitted=now() - timedelta(days=40)))
    running = count(lab, steps=6000, seconds=0.02)
    wait_for_units(running, 1)
    assert {folder.id for folder in jobs.old_jobs(lab, 30)} == {folder.id for folder in gone}
    assert set(jobs.prune(lab, 30)) == {folder.id for folder in gone}
    assert {view.folder.id for view in jobs.list_jobs(lab)} == {young.id, elsewhere.id, running.id}
    assert jobs.current(running) is State.RUNNING
    jobs.stop(running, wait=30)


def test_only_the_chosen_states_are_pruned(lab: Workspace) -> None:
    failed, done = old(lab, State.FAILED, 2), old(lab, State.DONE, 2)
    assert jobs.prune(lab, 1, [State.FAILED]) == [failed.id]
    assert done.path.exists()


def test_a_job_somebody_is_just_resuming_is_not_pruned(lab: Workspace) -> None:
    folder = old(lab, State.STOPPED, 40)
    lock = locks.take(folder.lock_file)
    assert lock is not None
    assert jobs.prune(lab, 30) == []
    os.close(lock)
    assert jobs.prune(lab, 30) == [folder.id]


def test_pruning_follows_no_link_out_of_the_workspace(lab: Workspace, tmp_path: Path) -> None:
    outside = old(lab, State.DONE, 40)
    outside.path.rename(tmp_path / outside.id)
    (lab.jobs / outside.id).symlink_to(tmp_path / outside.id)
    inside = old(lab, State.DONE, 40)
    (inside.path / "link").symlink_to(tmp_path / outside.id)
    assert jobs.prune(lab, 30) == [inside.id]
    assert (tmp_path / outside.id / "spec.json").exists()


def test_leftovers_of_a_killed_submission_are_swept(lab: Workspace) -> None:
    fresh, abandoned, half_gone = (lab.jobs / name for name in (".new-a", ".new-b", ".gone-c"))
    for path in (fresh, abandoned, half_gone):
        path.mkdir()
    os.utime(abandoned, (0, 0))
    jobs.prune(lab, 30)
    assert [path.name for path in lab.jobs.iterdir()] == [".new-a"]
