"""The first screen: from nothing to a workspace, and what goes wrong on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from labtui import workspace
from labtui.app import LabApp
from labtui.operations.init import init_workspace
from labtui.screens.welcome import WelcomeScreen
from labtui.taxonomy.demo import commit_all
from labtui.taxonomy.tree import scan
from labtui.widgets.check import Check
from tests.lab_app import lab_app, screen_text, wait_until
from tests.taxonomy.leaves import write


def welcome(app: LabApp) -> WelcomeScreen:
    assert isinstance(app.screen, WelcomeScreen)
    return app.screen


async def choose(app: LabApp, pilot: Pilot[int], name: str) -> None:
    """Moves to a choice by its key."""
    for _ in range(9):
        if welcome(app)._choice == name:
            return
        await pilot.press("down")
        await pilot.pause()
    raise AssertionError(f"no choice {name}\n{screen_text(app)}")


def fill(app: LabApp, **fields: str) -> None:
    for name, value in fields.items():
        app.screen.query_one(f"#{name}", Input).value = value


async def test_one_key_makes_the_demo(clean_environment: Path) -> None:
    async with lab_app(None, size=(80, 24)) as (app, pilot):
        await wait_until(pilot, lambda: "~/labtui-demo" in screen_text(app))
        app.screen.query_one(Check).value = False
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.here == "home")
        assert app.context.workspace is not None
        assert app.context.workspace.root == clean_environment / "labtui-demo"
        assert len(scan(app.context.workspace.taxonomy)) == 6
        assert workspace.remembered().workspace == str(clean_environment / "labtui-demo")


async def test_a_folder_that_is_taken_is_told_beside_the_field(clean_environment: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    async with lab_app(None, size=(200, 24)) as (app, pilot):
        await pilot.pause()
        app.screen.query_one(Check).value = False
        fill(app, folder=str(tmp_path / "file"))
        await pilot.press("enter")
        await wait_until(pilot, lambda: "is a file" in screen_text(app))
        assert app.screen.query_one("#folder", Input).has_focus
        await pilot.press("end", "2")
        assert "is a file" not in screen_text(app)


async def test_an_address_that_does_not_answer(clean_environment: Path) -> None:
    async with lab_app(None, size=(80, 24)) as (app, pilot):
        await choose(app, pilot, "taxonomy")
        await pilot.press("enter")
        assert app.screen.query_one("#taxonomy", Input).has_focus
        fill(app, taxonomy="https://127.0.0.1:9/x.git")
        await pilot.press("enter", "enter")
        await wait_until(pilot, lambda: "cannot be cloned" in screen_text(app))
        assert app.screen.query_one("#taxonomy", Input).has_focus
        assert not (clean_environment / "lab").exists()


async def test_nothing_typed_is_lost(clean_environment: Path) -> None:
    async with lab_app(None, size=(80, 24)) as (app, pilot):
        await choose(app, pilot, "taxonomy")
        fill(app, taxonomy="/some/where", folder="/else/where")
        await pilot.pause()
        await pilot.press("down", "up")
        assert app.screen.query_one("#taxonomy", Input).value == "/some/where"
        assert app.screen.query_one("#folder", Input).value == "/else/where"


async def test_an_empty_field_is_asked_for(clean_environment: Path) -> None:
    async with lab_app(None, size=(80, 24)) as (app, pilot):
        await choose(app, pilot, "open")
        await pilot.press("enter", "enter")
        await wait_until(pilot, lambda: "Name a folder." in screen_text(app))


async def test_open_a_workspace(tmp_path: Path) -> None:
    init_workspace(tmp_path / "lab")
    workspace.remember(workspace="", recent=[])
    async with lab_app(None, size=(80, 24)) as (app, pilot):
        await choose(app, pilot, "open")
        await pilot.press("enter")
        fill(app, folder=str(tmp_path))
        await pilot.press("enter")
        await wait_until(pilot, lambda: "holds no labtui.yaml" in screen_text(app))
        fill(app, folder=str(tmp_path / "lab"))
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.here == "home")


async def test_recent_workspaces_are_offered(tmp_path: Path) -> None:
    init_workspace(tmp_path / "lab")
    async with lab_app(None, size=(120, 40)) as (app, pilot):
        await wait_until(pilot, lambda: f"Open {tmp_path / 'lab'}"[:40] in screen_text(app))
        await choose(app, pilot, str(tmp_path / "lab"))
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.here == "home")


async def test_what_instructlab_left_is_offered(clean_environment: Path) -> None:
    theirs = clean_environment / "data" / "instructlab" / "taxonomy"
    write(theirs, "knowledge/a")
    commit_all(theirs, "Theirs")
    models = clean_environment / "cache" / "instructlab" / "models"
    models.mkdir(parents=True)
    (models / "granite.gguf").write_bytes(b"not a model")
    async with lab_app(None, size=(80, 24)) as (app, pilot):
        await wait_until(pilot, lambda: "Use InstructLab's taxonomy" in screen_text(app))
        await choose(app, pilot, "instructlab")
        await wait_until(pilot, lambda: "granite" in screen_text(app))
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.here == "home")
        assert app.context.workspace is not None
        assert app.context.workspace.taxonomy.resolve() == theirs.resolve()
        await wait_until(pilot, lambda: "could not be added" in screen_text(app))


async def test_esc_stops_a_clone(clean_environment: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        async with lab_app(None, size=(80, 24)) as (app, pilot):
            await choose(app, pilot, "taxonomy")
            fill(app, taxonomy=f"http://127.0.0.1:{server.getsockname()[1]}/x.git")
            await pilot.press("enter")
            await wait_until(pilot, lambda: "Cloning" in screen_text(app))
            await pilot.press("escape")
            await wait_until(pilot, lambda: "Stopped. Nothing was left behind." in screen_text(app))
            assert not (clean_environment / "lab").exists()
            assert app.here == "welcome"


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_everything_is_in_sight(clean_environment: Path, size: tuple[int, int]) -> None:
    async with lab_app(None, size=size) as (app, pilot):
        await wait_until(pilot, lambda: "Try the demo" in screen_text(app))
        await choose(app, pilot, "taxonomy")
        text = screen_text(app)
        for words in ("Taxonomy", "Workspace", "enter"):
            assert words in text, text


async def test_with_a_workspace_open_esc_goes_back(tmp_path: Path) -> None:
    made = init_workspace(tmp_path / "lab")
    async with lab_app(made, size=(80, 24)) as (app, pilot):
        app.open("welcome")
        await wait_until(pilot, lambda: app.here == "welcome")
        assert f"Open {made.root}" not in screen_text(app)
        await pilot.press("tab", "escape", "escape")
        assert app.here == "home"
