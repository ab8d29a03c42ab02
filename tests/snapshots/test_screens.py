"""Every screen at both sizes, as it looks: the pictures in `snapshots/`, three of which the README shows."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from labtui import config
from labtui.app import Context, LabApp
from tests.lab_app import screen_text, wait_until
from tests.snapshots.pictured import Pictured, train_under_way

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the pictures were taken on Linux")

SIZES = ((80, 24), (120, 40))
WIDE = SIZES[1]
SKILL = "compositional_skills/linguistics/synonyms"
KNOWLEDGE = "knowledge/arts/music/tide_organ"
ENDLESS = {"job-detail", "teach", "destination"}
"""Groups of workers that go on as long as the screen or the window is there."""

Compare = Callable[..., bool]
Settle = Callable[[Pilot[Any]], Awaitable[None]]


def sized(name: str) -> Any:
    return pytest.mark.parametrize("size", SIZES, ids=[f"{name}_{width}x{height}" for width, height in SIZES])


def shows(*texts: str) -> Settle:
    """Waits until the screen shows all of these and rests."""

    async def settle(pilot: Pilot[Any]) -> None:
        await wait_until(pilot, lambda: all(text in screen_text(pilot.app) for text in texts))
        await rest(pilot)

    return settle


def opened(screen: str, *texts: str, **arguments: Any) -> Settle:
    """Opens a screen once the workspace has been read, and waits until it shows all of the texts."""

    async def settle(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, LabApp)
        await wait_until(pilot, lambda: app.meters and app.overview.tree and app.overview.counts and app.overview.jobs)
        app.open(screen, **arguments)
        await wait_until(pilot, lambda: app.here == screen)
        await shows(*texts)(pilot)

    return settle


async def read(pilot: Pilot[Any], leaf: str) -> None:
    """Opens a leaf's form."""
    await opened("taxonomy", "7 seeds", leaf=leaf)(pilot)
    await pilot.press("enter")
    await shows("seed 1 of ")(pilot)


async def rest(pilot: Pilot[Any]) -> None:
    """Waits until no worker runs and three looks in a row see the same; then no cursor blinks any more."""
    app = pilot.app
    seen: list[str] = []

    def resting() -> bool:
        seen.append(screen_text(app))
        quiet = all(worker.is_finished or worker.group in ENDLESS for worker in app.workers)
        return quiet and len(seen) > 2 and seen[-1] == seen[-2] == seen[-3]

    await wait_until(pilot, resting)
    for field in app.screen.query(Input):
        field.cursor_blink = False
    for area in app.screen.query(TextArea):
        area.cursor_blink = False
    await pilot.pause()


@sized("home")
def test_home(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    with train_under_way(lab):
        assert snap_compare(lab.app(), terminal_size=size, run_before=opened("home", "words-v2", "6.6/16 GB"))


@pytest.mark.parametrize("theme", ["labtui-light"], ids=["home_light_120x40"])
def test_home_in_light(lab: Pictured, snap_compare: Compare, theme: str) -> None:
    app = lab.app(f"interface.theme={theme}")
    with train_under_way(lab):
        assert snap_compare(app, terminal_size=WIDE, run_before=opened("home", "words-v2", "6.6/16 GB"))


@pytest.mark.parametrize("value", ["1"], ids=["home_no_color_120x40"])
def test_home_without_colour(lab: Pictured, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NO_COLOR", value)
    with train_under_way(lab):
        assert snap_compare(lab.app(), terminal_size=WIDE, run_before=opened("home", "words-v2", "6.6/16 GB"))


@sized("welcome")
def test_welcome(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    app = LabApp(Context(config=config.load(None), workspace=None))
    assert snap_compare(app, terminal_size=size, run_before=shows("~/labtui-demo"))


@sized("chat")
def test_chat(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    settle = opened("chat", "glad, cheerful, joyful", conversation=lab.conversation)
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@sized("taxonomy")
def test_taxonomy(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def settle(pilot: Pilot[Any]) -> None:
        await read(pilot, SKILL)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", [WIDE], ids=["taxonomy_writing_120x40"])
def test_taxonomy_writing(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def settle(pilot: Pilot[Any]) -> None:
        await read(pilot, SKILL)
        await pilot.press("down", "down", "down", "down", "enter", "space", "m", "e", "r", "r", "y")
        await shows("unsaved", "merry", "seed 1 of 7")(pilot)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", [WIDE], ids=["taxonomy_diff_120x40"])
def test_taxonomy_diff(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    file = lab.workspace.taxonomy / SKILL / "qna.yaml"
    text = file.read_text(encoding="utf-8").replace("fast, rapid", "fast, speedy").replace("happy", "sad")
    file.write_text(text[: text.rindex("  - question")], encoding="utf-8")

    async def settle(pilot: Pilot[Any]) -> None:
        await read(pilot, SKILL)
        await pilot.press("x")
        await shows("edited", "removed")(pilot)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", [SIZES[0]], ids=["taxonomy_document_80x24"])
def test_taxonomy_document(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def settle(pilot: Pilot[Any]) -> None:
        await read(pilot, KNOWLEDGE)
        await pilot.press("o")
        await shows("seeds 1 2 3 4 5 found")(pilot)
        await pilot.press("n", "v", "down")
        await shows("28/500 words")(pilot)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@sized("generate_form")
def test_generate_form(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    settle = opened("generate", "labtui generate", leaf=SKILL)
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@sized("generate_finished")
def test_generate_finished(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    settle = opened("generate", "24/24", job=lab.generated)
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@sized("train_form")
def test_train_form(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    settle = opened("train", "labtui train", new=True)
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@sized("train_finished")
def test_train_finished(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(lab.app(), terminal_size=size, run_before=opened("train", "60/60", job=lab.trained))


@sized("models")
def test_models(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(lab.app(), terminal_size=size, run_before=opened("models", "smollm2-135m", "words"))


@sized("jobs")
def test_jobs(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    with train_under_way(lab):
        assert snap_compare(lab.app(), terminal_size=size, run_before=opened("jobs", "words-v2", "failed"))


@sized("job_log")
def test_job_log(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(lab.app(), terminal_size=size, run_before=opened("jobs", job=lab.failed, tab="log"))
