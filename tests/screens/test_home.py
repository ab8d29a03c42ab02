"""Home: the loop drawn wide and folded, the arrows along it, jobs and meters below it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from labtui import workspace
from labtui.app import LabApp
from labtui.jobs import JobView
from labtui.journal import JobFolder
from labtui.operations.meters import Meter
from labtui.operations.overview import Counts, Overview, Served, Tree
from labtui.operations.stages import TITLES
from labtui.records import Endpoint, JobSpec, State, now
from labtui.screens.home import HomeScreen
from labtui.widgets.home_jobs import HomeJobs
from labtui.widgets.loop_map import LoopMap
from labtui.widgets.meter import Meters
from tests.lab_app import lab_app, screen_text, wait_until

HOSTILE = "\x1b]52;c;QQ==\x07[red]x[/]日本語"
COUNTS = Counts(chats=3, drafts=2, data_sets=2, samples=1204, models=2, adapters=1, newest_adapter="birds", leaves=12)


def view(number: int, kind: str, state: State, **fields: Any) -> JobView:
    moment = now() - timedelta(minutes=number)
    name = f"{moment:%Y%m%dT%H%M%SZ}-{kind}-j{number:03d}"
    title = fields.pop("title", f"{kind} title")
    spec = JobSpec(id=name, kind=kind, title=title, created=moment, workspace="", arguments={})
    return JobView(folder=JobFolder(Path(name)), spec=spec, status=None, state=state, **fields)


JOBS = [
    view(1, "evaluate", State.DONE, elapsed=65.0),
    view(2, "generate", State.RUNNING, done=1204, total=1880, unit="samples", rate=0.52, eta=1300.0, elapsed=60.0),
    view(3, "train", State.WAITING, title=f"quick {HOSTILE}"),
    view(4, "serve", State.RUNNING, endpoint=Endpoint(url="http://127.0.0.1:1/v1", model="smol", engine="x")),
    view(5, "train", State.FAILED, error="no memory"),
]
OVERVIEW = Overview(
    jobs=JOBS, counts=COUNTS, tree=Tree(git=True, branch="main", changed=3), served=(Served("smol", "", 2**28, "j"),)
)
METERS = (
    Meter("CPU", 0.74, "74 %", "74%"),
    Meter("MEM", 0.43, "9.8/23 GB", "43%"),
    Meter("GPU0", 0.98, "98 % 71/80 GB", "98%"),
)


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read from the disk: the tests say what is so."""
    monkeypatch.setattr(LabApp, "start_watching", lambda self: None)


def show(app: LabApp, overview: Overview = OVERVIEW, meters: tuple[Meter, ...] = METERS) -> None:
    app.overview = overview
    screen = app.screen
    assert isinstance(screen, HomeScreen)
    app.describe_header(screen)
    screen.overview_changed(overview)
    screen.meters_changed(meters)


async def test_wide_the_stages_stand_side_by_side(tmp_path: Path) -> None:
    async with lab_app(tmp_path, size=(120, 40)) as (app, pilot):
        show(app)
        await pilot.pause()
        lines = screen_text(app).splitlines()
        [titles] = [line for line in lines if "1 Experiment" in line]
        for number, title in enumerate(TITLES.values(), 1):
            assert f"{number} {title}" in titles
        [first] = [line for line in lines if "2 models" in line]
        for text in ("12 leaves", "1,204 samples", "64 %", "waits", "base and tuned", "1 adapter"):
            assert text in first
        assert "served smol 256 MB" in lines[0]
        assert "taxonomy main +3" in lines[0]
        assert "2 jobs" in lines[0]


async def test_narrow_nothing_is_lost_only_stacked(tmp_path: Path) -> None:
    async with lab_app(tmp_path, size=(80, 24)) as (app, pilot):
        show(app)
        await pilot.pause()
        text = screen_text(app)
        for number, title in enumerate(TITLES.values(), 1):
            assert f"{number} {title}" in text
        for said in ("2 models · 3 chats", "12 leaves, 2 drafts · 3 changed", "1,204/1,880", "CPU", "GPU0"):
            assert said in text
        assert "98" in next(line for line in text.splitlines() if "GPU0" in line)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (96, 30), (120, 40), (200, 60)])
async def test_no_line_is_wider_than_the_terminal_and_none_wraps(tmp_path: Path, size: tuple[int, int]) -> None:
    from labtui.text import width

    async with lab_app(tmp_path, size=size) as (app, pilot):
        show(app)
        await pilot.pause()
        lines = screen_text(app).splitlines()
        assert len(lines) == size[1]
        assert {width(line) for line in lines} == {size[0]}
        assert sum("quick" in line for line in lines) == 1
        assert "\x1b" not in screen_text(app)


async def test_arrows_move_along_the_loop_and_stop_at_its_ends(tmp_path: Path) -> None:
    async with lab_app(tmp_path, size=(120, 40)) as (app, pilot):
        loop = app.screen.query_one(LoopMap)
        await pilot.press("left")
        assert loop.stage.screen == "chat"
        await pilot.press("right", "right", "down")
        assert loop.stage.screen == "generate"
        await pilot.press("end", "right")
        assert loop.stage.screen == "release"
        await pilot.press("home")
        assert loop.stage.screen == "chat"


@pytest.mark.parametrize(
    ("presses", "screen"), [(["enter"], "chat"), (["right", "enter"], "contribute"), (["t"], "train")]
)
async def test_keys_open_the_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, presses: list[str], screen: str
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(LabApp, "open", lambda self, name, **arguments: opened.append(name))
    async with lab_app(tmp_path) as (_, pilot):
        await pilot.press(*presses)
        assert opened == [screen]


async def test_a_click_opens_the_stage_under_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(LabApp, "open", lambda self, name, **arguments: opened.append(name))
    async with lab_app(tmp_path) as (_, pilot):
        await pilot.click(LoopMap, offset=(8, 4))
        await wait_until(pilot, lambda: opened == ["generate"])


async def test_jobs_under_way_stand_first_and_enter_opens_the_chosen_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[dict[str, Any]] = []
    monkeypatch.setattr(LabApp, "open", lambda self, name, **arguments: opened.append({"name": name, **arguments}))
    async with lab_app(tmp_path, size=(120, 40)) as (app, pilot):
        show(app)
        await pilot.press("tab")
        lines = [line for line in screen_text(app).splitlines() if "│" in line or "┃" in line]
        order = [
            kind for line in lines for kind in ("generate ", "train ", "serve ", "evaluate ") if f" {kind}" in line
        ]
        assert order[-5:] == ["generate ", "train ", "serve ", "evaluate ", "train "]
        await pilot.press("down", "down", "enter")
        assert opened == [{"name": "jobs", "job": JOBS[3].folder.id}]


async def test_a_job_line_says_how_far_and_how_fast(tmp_path: Path) -> None:
    async with lab_app(tmp_path, size=(120, 40)) as (app, pilot):
        show(app)
        await pilot.pause()
        [line] = [line for line in screen_text(app).splitlines() if "generate title" in line]
        for said in ("64 %", "ETA 22 m", "31"):
            assert said in line
        assert "serves" in screen_text(app)
        assert "failed" in screen_text(app)


async def test_the_chosen_job_stays_chosen_when_others_come(tmp_path: Path) -> None:
    async with lab_app(tmp_path, size=(120, 40)) as (app, pilot):
        show(app)
        await pilot.press("tab", "down")
        jobs = app.screen.query_one(HomeJobs)
        chosen = jobs.view
        jobs.show([view(0, "generate", State.RUNNING), *JOBS])
        assert jobs.view is not None
        assert chosen is not None
        assert jobs.view.folder.id == chosen.folder.id


async def test_more_jobs_than_lines_say_so_and_scroll_with_the_arrows(tmp_path: Path) -> None:
    many = [view(number, "train", State.DONE, title=f"number {number:03d}") for number in range(40)]
    async with lab_app(tmp_path) as (app, pilot):
        show(app, Overview(jobs=many))
        await pilot.pause()
        assert "number 000" in screen_text(app)
        assert "more, j shows all" in screen_text(app)
        await pilot.press("tab", "end")
        await pilot.pause()
        assert "number 039" in screen_text(app)


async def test_no_jobs_say_what_would_stand_there(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        show(app, Overview(jobs=[]))
        await pilot.pause()
        assert "Nothing has run yet" in screen_text(app)
        await pilot.press("tab", "down", "end", "enter")
        assert app.here == "home"


async def test_nothing_moves_when_the_rest_fills_in(tmp_path: Path) -> None:
    async with lab_app(tmp_path, size=(120, 40)) as (app, pilot):
        before = {widget: widget.region for widget in app.screen.query("*")}
        show(app)
        await pilot.pause()
        assert {widget: widget.region for widget in app.screen.query("*")} == before


async def test_a_machine_without_a_card_shows_none(tmp_path: Path) -> None:
    async with lab_app(tmp_path, size=(120, 40)) as (app, pilot):
        show(app, meters=METERS[:2])
        await pilot.pause()
        assert "GPU" not in screen_text(app)
        assert "9.8/23 GB" in screen_text(app)


async def test_many_cards_fit_one_line(tmp_path: Path) -> None:
    cards = tuple(Meter(f"GPU{number}", 0.5, "50 % 40/80 GB", "50%") for number in range(8))
    async with lab_app(tmp_path) as (app, pilot):
        show(app, meters=(*METERS[:2], *cards))
        await pilot.pause()
        assert app.screen.query_one(Meters).size.height == 1


async def test_home_says_nothing_of_another_workspace(tmp_path: Path) -> None:
    async with lab_app(tmp_path / "one", size=(120, 40)) as (app, pilot):
        show(app)
        await pilot.pause()
        assert "1,204 samples" in screen_text(app)
        app.enter(workspace.create(tmp_path / "two"))
        await pilot.pause()
        assert "1,204 samples" not in screen_text(app)
        assert "generate title" not in screen_text(app)
