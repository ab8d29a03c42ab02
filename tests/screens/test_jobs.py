"""The jobs screen on real jobs: list, one from near, stop, resume, and what cannot be confirmed."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import TabPane

from labtui import jobs, paths
from labtui.app import LabApp
from labtui.contribute.drafts import store
from labtui.jobs import machine
from labtui.journal import JobFolder, Reporter, atomic_write, dump
from labtui.records import JobSpec, JobStatus, Sample, State, now
from labtui.screens.contribute import ContributeScreen
from labtui.screens.job_asked import page, wrapped
from labtui.screens.job_detail import JobDetail
from labtui.screens.jobs import JobsScreen
from labtui.widgets.job_table import JobTable
from labtui.widgets.tab_pages import TabPages
from labtui.workspace import Workspace
from tests.jobs.conftest import count, lab, units, wait_for_units
from tests.lab_app import lab_app, notices, screen_text, wait_until
from tests.terminal import Terminal

__all__ = ["lab"]


async def opened(app: LabApp, pilot: Pilot[int], **arguments: str) -> JobsScreen:
    app.open("jobs", **arguments)
    await wait_until(pilot, lambda: isinstance(app.screen, JobsScreen))
    screen = app.screen
    assert isinstance(screen, JobsScreen)
    if not arguments:
        await wait_until(pilot, lambda: screen.query_one(JobTable).counts[1] > 0)
    return screen


async def sees(pilot: Pilot[int], *texts: str) -> None:
    await wait_until(pilot, lambda: all(text in screen_text(pilot.app) for text in texts))


def written(
    lab: Workspace, kind: str, title: str, state: State, *, host: str = "", minutes_ago: float = 5, short: str = "abcde"
) -> JobFolder:
    """A job folder as its processes left it, at rest."""
    then = now() - timedelta(minutes=minutes_ago)
    folder = JobFolder(lab.jobs / f"{then:%Y%m%dT%H%M%SZ}-{kind}-{short}")
    folder.path.mkdir()
    spec = JobSpec(
        id=folder.id,
        kind=kind,
        title=title,
        created=then,
        workspace=str(lab.root),
        arguments={"model": "base", "name": "tuned", "nested": {"leaf": "knowledge/鳥"}},
        inputs={"leaf": "ab" * 32},
        commit="5f7158a",
        command=("labtui", kind, "a leaf", "--samples", "3"),
    )
    status = JobStatus(
        state=state,
        attempt=1,
        host=host or machine.host(),
        boot=machine.boot(),
        supervisor_pid=2**22 + 1,
        supervisor_started=1.0,
        submitted=then,
        started=then,
        ended=then + timedelta(minutes=1) if state.ended else None,
    )
    atomic_write(folder.spec_file, dump(spec))
    atomic_write(folder.status_file, dump(status))
    Reporter(folder, 1).stage("load")
    return folder


async def test_without_jobs_it_says_what_would_be_here(tmp_path: Path) -> None:
    async with lab_app(tmp_path / "lab") as (_, pilot):
        await pilot.press("j")
        await sees(pilot, "No job yet")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_is_under_way_stands_on_top_and_states_are_words(lab: Workspace, size: tuple[int, int]) -> None:
    written(lab, "train", "birds", State.FAILED, short="aaaaa")
    written(lab, "generate", "synonyms 類義語", State.DONE, short="bbbbb")
    written(lab, "train", "far away", State.RUNNING, host="elsewhere", short="ccccc")
    written(lab, "train", "vanished", State.RUNNING, minutes_ago=9, short="ddddd")
    count(lab, "counting [/] up", steps=2000, seconds=0.05)
    async with lab_app(lab, size=size) as (app, pilot):
        await opened(app, pilot)
        await sees(pilot, "counting [/] up", "running", "failed", "done", "unconfirmed", "on elsewhere", "lost")
        text = screen_text(app)
        assert text.index("counting") < text.index("birds")
        assert text.index("far away") < text.index("birds")
        assert all(strip.cell_length == size[0] for strip in app.screen._compositor.render_strips())


async def test_a_running_job_from_near_and_back(lab: Workspace) -> None:
    folder = count(lab, "counting", steps=2000, seconds=0.05, output_bytes=7)
    wait_for_units(folder, 3)
    async with lab_app(lab) as (app, pilot):
        await opened(app, pilot)
        await pilot.press("enter")
        await sees(pilot, "/2,000 steps", "counting · count", "loss")
        await pilot.press("l")
        await sees(pilot, "xxxxxxx", "following")
        await pilot.press("right_square_bracket")
        await sees(pilot, folder.id, "seconds", "0.05")
        # What Textual says late of the page before does not turn back to it.
        before = app.screen.query_one("#log", TabPane)
        before.post_message(before.Focused(before))
        await pilot.pause()
        assert app.screen.query_one(TabPages).active == "asked"
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.focused, JobTable))
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.here == "home")


async def test_stop_says_what_is_kept_and_resume_goes_on(lab: Workspace) -> None:
    folder = count(lab, "counting", steps=300, seconds=0.05)
    wait_for_units(folder, 3)
    async with lab_app(lab) as (app, pilot):
        await opened(app, pilot, job=folder.id)
        await sees(pilot, "running")
        await pilot.press("x")
        await sees(pilot, "Stop steps 'counting'?", "kept")
        await pilot.press("n")
        assert jobs.current(folder) is State.RUNNING
        await pilot.press("x")
        await sees(pilot, "Stop steps 'counting'?")
        await pilot.press("y")
        await wait_until(pilot, lambda: jobs.current(folder) is State.STOPPED)
        await sees(pilot, "■ stopped")
        await pilot.press("r")
        await wait_until(pilot, lambda: jobs.current(folder) is State.RUNNING)
        await sees(pilot, "▶ running", "attempt 2")


async def test_stop_is_not_offered_for_what_has_ended(lab: Workspace) -> None:
    folder = written(lab, "train", "birds", State.DONE)
    async with lab_app(lab) as (app, pilot):
        screen = await opened(app, pilot, job=folder.id)
        await sees(pilot, "✔ done")
        assert screen.check_action("stop", ()) is None
        assert screen.check_action("resume", ()) is None
        await pilot.press("x", "r")
        await pilot.pause()
        assert app.screen is screen


async def test_a_job_of_another_host_asks_before_it_is_resumed(lab: Workspace) -> None:
    folder = written(lab, "steps", "far away", State.RUNNING, host="elsewhere")
    async with lab_app(lab) as (app, pilot):
        await opened(app, pilot, job=folder.id)
        await sees(pilot, "on elsewhere")
        await pilot.press("r")
        await sees(pilot, "does not run on elsewhere any more")
        await pilot.press("escape")
        await sees(pilot, "on elsewhere")


async def test_the_filter_finds_by_words_and_escape_shows_all(lab: Workspace) -> None:
    written(lab, "train", "birds", State.FAILED, short="aaaaa")
    written(lab, "generate", "synonyms", State.DONE, short="bbbbb")
    async with lab_app(lab) as (app, pilot):
        screen = await opened(app, pilot)
        await pilot.press("slash", *"gen done")
        await wait_until(pilot, lambda: screen.query_one(JobTable).counts == (1, 2))
        await pilot.press("enter")
        assert screen.view is not None and screen.view.spec.title == "synonyms"
        await pilot.press("escape")
        await wait_until(pilot, lambda: screen.query_one(JobTable).counts == (2, 2))
        assert app.here == "jobs"


async def test_a_broken_folder_is_listed_and_opens_to_its_reason(lab: Workspace) -> None:
    broken = lab.jobs / "20260101T000000Z-train-zzzzz"
    broken.mkdir()
    (broken / "spec.json").write_text("{not json")
    async with lab_app(lab) as (app, pilot):
        await opened(app, pilot)
        await sees(pilot, "unreadable")
        await pilot.press("enter")
        # The folder's path may be long: the reason is told whole, over several rows.
        await wait_until(
            pilot, lambda: "is not a labtui job file" in " ".join(screen_text(app).split()).replace("┃ ┃ ", "")
        )


async def test_what_it_made_is_listed_and_its_path_copied(lab: Workspace) -> None:
    folder = written(lab, "generate", "synonyms", State.DONE)
    report = Reporter(folder, 1)
    report.send(Sample(id="1", leaf="knowledge/a/leaf", accepted=True, question="何ですか [red]"))
    report.artifact("data", "/somewhere/set", "cd" * 32, "24 samples")
    async with lab_app(lab) as (app, pilot):
        screen = await opened(app, pilot, job=folder.id)
        await sees(pilot, "何ですか [red]")
        screen.query_one(JobDetail).turn_to("made")
        await sees(pilot, "/somewhere/set", "24 samples", "enter: train on it")
        await pilot.press("y")
        await wait_until(pilot, lambda: notices(app))
        assert (paths.state_dir() / "copied.txt").read_text() == "/somewhere/set"


async def test_a_try_leads_to_its_contribution(lab: Workspace) -> None:
    draft = store.new(lab, title="Opposites")
    folder = written(lab, "trying", "Opposites", State.DONE)
    spec = msgspec.structs.replace(folder.spec(), arguments={"draft": str(draft.path)})
    atomic_write(folder.spec_file, dump(spec))
    Reporter(folder, 1).artifact("try", draft.trying / "tries.jsonl", note="3 of 3 answers changed")
    async with lab_app(lab) as (app, pilot):
        screen = await opened(app, pilot, job=folder.id)
        await sees(pilot, "Opposites")
        screen.query_one(JobDetail).turn_to("made")
        await sees(pilot, "3 of 3 answers changed", "enter: see the answers")
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, ContributeScreen))
        # The wizard and not the list: its steps stand there.
        await sees(pilot, "try it")


async def test_prune_asks_with_the_number_and_removes_only_old_ended_jobs(lab: Workspace) -> None:
    old = written(lab, "train", "old", State.DONE, minutes_ago=60 * 24 * 40, short="aaaaa")
    young = written(lab, "train", "young", State.DONE, short="bbbbb")
    async with lab_app(lab) as (app, pilot):
        await opened(app, pilot)
        await pilot.press("p")
        await sees(pilot, "Remove one job that ended more than 30 days ago?")
        await pilot.press("y")
        await wait_until(pilot, lambda: not old.path.exists())
        assert young.path.exists()


async def test_two_applications_watch_one_job(lab: Workspace) -> None:
    folder = count(lab, "counting", steps=2000, seconds=0.05, output_bytes=3)
    command = [sys.executable, "-m", "labtui", "--workspace", str(lab.root)]
    with Terminal(command, columns=80, rows=24) as other:
        async with lab_app(lab) as (app, pilot):
            await opened(app, pilot, job=folder.id, tab="log")
            await sees(pilot, "xxx", "following")
            other.wait_for("counting")
            other.press("j")
            other.wait_for("progress")
            other.press("l")
            other.wait_for("following")
            before = len(units(folder))
            await wait_until(pilot, lambda: len(units(folder)) > before + 5)
            await sees(pilot, "xxx", "following")
            assert jobs.current(folder) is State.RUNNING


async def test_nothing_is_read_while_the_screen_is_not_in_front(lab: Workspace) -> None:
    folder = count(lab, "counting", steps=2000, seconds=0.05, output_bytes=3)
    async with lab_app(lab) as (app, pilot):
        screen = await opened(app, pilot, job=folder.id, tab="log")
        await sees(pilot, "xxx")
        detail = screen.query_one(JobDetail)
        await pilot.press("0")
        await wait_until(pilot, lambda: app.here == "home")
        assert detail._follower is None
        seen = detail.view
        wait_for_units(folder, 30)
        await pilot.pause()
        assert detail.view is seen
        await pilot.press("j")
        await wait_until(pilot, lambda: detail.view is not seen)


def test_asked_shows_command_arguments_inputs_and_fits_the_room(lab: Workspace) -> None:
    folder = written(lab, "generate", "synonyms", State.DONE)
    text = page(jobs.view(folder), 60).plain
    assert "labtui generate 'a leaf' --samples 3" in text
    assert "nested.leaf    knowledge/鳥" in text
    assert "ab" * 20 in text.replace("\n", "").replace(" ", "")
    assert "5f7158a" in text
    assert max(len(line) for line in text.splitlines()) <= 60


def test_values_are_broken_at_spaces_or_anywhere() -> None:
    assert wrapped("one two three four", 10) == ["one two", "three four"]
    assert wrapped("日本語" * 4, 10) == ["日本語日本", "語日本語日", "本語"]
    assert wrapped("", 10) == [""]
