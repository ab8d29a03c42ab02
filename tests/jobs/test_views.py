"""What viewers are told: followed piece by piece, with an honest pace, and tolerant of what is broken."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui import jobs, records
from labtui.errors import LabError
from labtui.jobs.documents import document
from labtui.jobs.pace import Pace
from labtui.journal import JobFolder, Reporter, dump, read_events
from labtui.records import Progress, State, now
from labtui.workspace import Workspace
from tests.jobs.conftest import count, wait_for
from tests.jobs.test_state import made, status

START = now()


def at(seconds: float, done: float, unit: str = "steps") -> Progress:
    return Progress(t=START + timedelta(seconds=seconds), done=done, total=100, unit=unit)


def paced(*points: tuple[float, float]) -> Pace:
    pace = Pace()
    for seconds, done in points:
        pace.add(at(seconds, done))
    return pace


def test_the_rate_is_that_of_the_last_minute() -> None:
    slow = [(float(second), second / 10) for second in range(100)]
    fast = [(100.0 + second, 10.0 + 2 * second) for second in range(70)]
    pace = paced(*slow, *fast)
    moment = START + timedelta(seconds=169)
    assert pace.rate(moment) == pytest.approx(2.0, rel=0.05)


def test_slow_work_has_a_rate_as_well() -> None:
    pace = paced((0, 10), (180, 11), (360, 12))
    assert pace.rate(START + timedelta(seconds=400)) == pytest.approx(1 / 180)
    assert pace.eta(START + timedelta(seconds=360), 100) == pytest.approx(88 * 180)
    assert pace.eta(START + timedelta(seconds=400), 100) == pytest.approx(88 * 180 - 40)


def test_what_was_done_before_this_attempt_does_not_count() -> None:
    assert paced((0, 5000), (1, 5001), (2, 5002)).rate(START + timedelta(seconds=2)) == pytest.approx(1.0)


def test_silence_lowers_the_rate_and_raises_the_time_left() -> None:
    pace = paced(*((float(second), float(second)) for second in range(11)))
    prompt, late = (START + timedelta(seconds=after) for after in (10.5, 100))
    assert pace.rate(prompt) == pytest.approx(1.0)
    assert pace.rate(late) == pytest.approx(10 / 98)  # type: ignore[arg-type]
    assert pace.eta(late, 1000) > pace.eta(prompt, 1000)  # type: ignore[operator]


def test_nobody_can_know_too_early_without_a_total_or_after_the_end() -> None:
    moment = START + timedelta(seconds=3)
    assert Pace().rate(moment) is None
    assert paced((0, 1)).rate(moment) is None
    assert paced((0, 1)).eta(moment, 10) is None
    assert paced((0, 1), (1, 2)).eta(moment, 0) is None
    assert paced((0, 1), (1, 1)).eta(moment, 10) is None
    assert paced((0, 1), (1, 2)).eta(None, 10) is None
    assert paced((0, 1), (0, 2)).rate(None) is None, "two in one millisecond"


def test_another_unit_or_counting_down_begins_anew() -> None:
    pace = paced((0, 1), (1, 2), (2, 3))
    pace.add(at(3, 1))
    assert pace.rate(None) is None
    pace.add(at(4, 2))
    pace.add(at(5, 100, "tokens"))
    assert pace.rate(None) is None


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e9)), max_size=40), st.floats(0, 1e7), st.floats(0, 1e9))
def test_a_pace_is_never_negative_and_never_fails(
    points: list[tuple[float, float]], moment: float, total: float
) -> None:
    pace = paced(*sorted(points))
    present = START + timedelta(seconds=moment)
    for found in (pace.rate(present), pace.rate(None), pace.eta(present, total)):
        assert found is None or found >= 0


def test_a_watcher_tells_what_comes_piece_by_piece(lab: Workspace) -> None:
    folder = made(lab, status=status())
    report = Reporter(folder, 1)
    watcher = jobs.Watcher(folder)
    assert watcher.poll() == []
    report.stage("load")
    report.progress(3, 9, "files")
    assert len(watcher.poll()) == 2
    view = watcher.view
    assert (view.stage, view.done, view.total, view.unit) == ("load", 3, 9, "files")
    assert view.share == pytest.approx(1 / 3)
    report.stage("train")
    report.metric(1, loss=2.0, rate=0.1)
    report.metric(2, loss=1.5)
    report.warning("hot")
    report.send(records.Sample(id="a", leaf="x", accepted=True))
    report.send(records.Sample(id="b", leaf="x", accepted=False, reason="duplicate"))
    report.artifact("adapter", "models/x")
    report.error("broken", where="x.py:1", hint="mend it")
    watcher.poll()
    view = watcher.view
    assert (view.stage, view.done, view.total) == ("train", 0, 0)
    assert (view.step, view.metrics, view.warnings) == (2, {"loss": 1.5, "rate": 0.1}, 1)
    assert (view.accepted, view.rejected) == (1, 1)
    assert (view.error, view.hint) == ("x.py:1: broken", "mend it")
    assert [made.path for made in view.artifacts] == ["models/x"]
    assert watcher.poll() == []


def test_a_small_budget_reads_all_in_the_end(lab: Workspace) -> None:
    folder = made(lab, status=status())
    report = Reporter(folder, 1)
    for number in range(300):
        report.progress(number, 300, "steps")
    watcher = jobs.Watcher(folder)
    assert 0 < len(watcher.poll(2000)) < 100
    assert watcher.behind
    watcher.catch_up()
    assert not watcher.behind
    assert watcher.view.done == 299


def test_a_list_skims_a_long_journal(lab: Workspace) -> None:
    folder = made(lab, status=status(state=State.DONE, ended=now()))
    report = Reporter(folder, 1)
    report.artifact("first", "a")
    for number in range(8000):
        report.progress(number, 8000, "steps")
    report.artifact("last", "z")
    watcher = jobs.Watcher(folder)
    watcher.skim(budget=10_000)
    view = watcher.view
    assert [made.kind for made in view.artifacts] == ["first", "last"]
    assert view.done == 7999


def test_a_new_attempt_forgets_the_errors_of_the_old(lab: Workspace) -> None:
    folder = made(lab, status=status(attempt=2))
    first = Reporter(folder, 1)
    first.stage("train")
    first.progress(5, 10, "steps")
    first.error("out of luck")
    first.close()
    view = jobs.view(folder)
    assert (view.attempt, view.stage, view.error) == (
        2,
        "",
        "It ended without writing how: its processes were killed, the machine lost power, or the disk was full.",
    )
    assert view.done == 5, "counts are absolute, over all attempts"
    second = Reporter(folder, 2)
    second.stage("train")
    second.progress(6, 10, "steps", base=5)
    assert jobs.view(folder).rate is None, "the old attempt's pace is not this one's"


def test_a_watcher_says_once_that_a_job_ended(lab: Workspace) -> None:
    folder = count(lab, steps=10, seconds=0.02)
    watcher = jobs.Watcher(folder)
    assert not watcher.ended()
    jobs.wait(folder)
    assert watcher.ended()
    assert not watcher.ended()
    assert not jobs.Watcher(folder).ended(), "what had ended before is no news"


def test_the_board_follows_all_jobs_and_tells_of_ends(lab: Workspace) -> None:
    board = jobs.Board(lab)
    assert board.poll() == []
    folder = count(lab, steps=20, seconds=0.02)
    other = count(lab, steps=2000, seconds=0.02)
    assert {view.folder.id for view in board.poll()} == {folder.id, other.id}
    assert board.just_ended == []
    jobs.wait(folder)
    board.poll()
    assert [(view.folder.id, view.state, view.done) for view in board.just_ended] == [(folder.id, State.DONE, 20)]
    board.poll()
    assert board.just_ended == []
    assert jobs.Board(lab).poll()
    jobs.stop(other, wait=30)
    jobs.prune(lab, 0)
    assert board.poll() == []


def test_silence_is_shown_as_silence(lab: Workspace) -> None:
    folder = count(lab, steps=2, seconds=600)
    wait_for(lambda: jobs.current(folder) is State.RUNNING, "its running")
    view = jobs.view(folder)
    assert view.silence is not None and view.silence >= 0
    jobs.stop(folder, grace=0, wait=30)
    assert jobs.view(folder).silence is None


BROKEN = {
    "no spec": {"spec.json": None},
    "an empty spec": {"spec.json": b""},
    "a spec cut short": {"spec.json": b'{"v": 1, "id": "x"'},
    "a newer spec": {"spec.json": b"newer"},
    "a newer status": {"status.json": b"newer"},
    "a torn status": {"status.json": b'{"v": 1,'},
    "a status of zeros": {"status.json": b"\x00" * 400},
    "events that are none": {"events.jsonl": b"\xff\xfe\n{}\n[]\nnull\n"},
    "a folder in place of the events": {"events.jsonl": "folder"},
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_newer_and_foreign_folders_are_listed_as_that(lab: Workspace, name: str) -> None:
    whole = made(lab, status=status(state=State.DONE, ended=now()))
    folder = made(lab, status=status())
    for file, content in BROKEN[name].items():
        path = folder.path / file
        if content is None:
            path.unlink()
        elif content == "folder":
            path.mkdir()
        elif content == b"newer":
            path.write_bytes(path.read_bytes().replace(b'"v": 1', b'"v": 99'))
        else:
            path.write_bytes(content)  # type: ignore[arg-type]
    views = {view.folder.id: view for view in jobs.list_jobs(lab)}
    assert views[whole.id].state is State.DONE
    view = views[folder.id]
    json.loads(dump(document(view)))
    if "events" in name:
        assert view.state is State.LOST
    else:
        assert view.state is State.UNCONFIRMED
        assert str(folder.path) in view.problem
        assert "99" not in name or "newer labtui" in view.problem
        with pytest.raises(LabError):
            jobs.resume(folder)
    jobs.view(folder)
    assert jobs.prune(lab, 0) == sorted([whole.id, *([folder.id] if view.state.ended else [])], reverse=True)


def test_other_things_in_the_jobs_folder_are_left_alone(lab: Workspace) -> None:
    (lab.jobs / "notes.txt").write_text("mine")
    (lab.jobs / "my folder").mkdir()
    (lab.jobs / ".hidden").mkdir()
    assert jobs.list_jobs(lab) == []
    jobs.prune(lab, 0)
    assert sorted(path.name for path in lab.jobs.iterdir()) == [".hidden", "my folder", "notes.txt"]


def test_the_events_a_waiter_gets_are_all_there_are(lab: Workspace) -> None:
    folder = count(lab, steps=30, seconds=0.005)
    got: list[object] = []
    view = jobs.wait(folder, got.extend)
    assert got == read_events(folder)
    assert view.done == 30


def test_waiting_can_be_given_up(lab: Workspace) -> None:
    folder = count(lab, steps=6000, seconds=0.02)
    view = jobs.wait(folder, timeout=0.3)
    assert not view.state.ended
    assert jobs.current(JobFolder(folder.path)) is State.RUNNING
    jobs.stop(folder, wait=30)
