"""The window that takes over what others did: fetching, what came, moving forward, and every way it cannot."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from labtui import git, workspace
from labtui.operations.taxonomy_updating import Standing, Update, look
from labtui.text import width
from labtui.widgets.sheet import Sheet
from labtui.widgets.update_lines import standing_words, update_lines
from labtui.widgets.update_window import UpdateWindow
from tests.lab_app import lab_app, screen_text, wait_until
from tests.taxonomy.leaves import SKILL
from tests.taxonomy.repos import WORDS, clone, commit, make, put


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    return make(tmp_path / "theirs")


@pytest.fixture
def lab(theirs: Path, tmp_path: Path) -> workspace.Workspace:
    made = workspace.create(tmp_path / "lab")
    made.taxonomy.rmdir()
    clone(theirs, made.taxonomy)
    return made


def head(repo: Path) -> str:
    return git.run(repo, "rev-parse", "HEAD").text.strip()


async def test_what_came_is_shown_and_y_moves_forward(lab: workspace.Workspace, theirs: Path) -> None:
    commit(theirs, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "ein")}, "Ein [red]too[/]", "四十雀")
    answers: list[Update | None] = []
    async with lab_app(lab) as (app, pilot):
        app.push_screen(UpdateWindow(lab.taxonomy), answers.append)
        await wait_until(pilot, lambda: "1 commit came from origin/main" in screen_text(app))
        text = screen_text(app)
        assert f"~ {WORDS}" in text and "1 seed edited" in text
        assert "四十雀: Ein [red]too[/]" in text
        assert "take it over" in text
        assert head(lab.taxonomy) != head(theirs)
        await pilot.press("y")
        await wait_until(pilot, lambda: bool(answers))
    assert answers[0] is not None and answers[0].done
    assert head(lab.taxonomy) == head(theirs)


@pytest.mark.parametrize("key", ["escape", "n"])
async def test_closing_leaves_the_taxonomy_as_it_is(key: str, lab: workspace.Workspace, theirs: Path) -> None:
    before = head(lab.taxonomy)
    commit(theirs, {"x": "1"})
    answers: list[Update | None] = []
    async with lab_app(lab) as (app, pilot):
        app.push_screen(UpdateWindow(lab.taxonomy), answers.append)
        await wait_until(pilot, lambda: "came from origin/main" in screen_text(app))
        await pilot.press(key)
        await wait_until(pilot, lambda: answers == [None])
    assert head(lab.taxonomy) == before


async def test_a_server_that_never_answers_can_be_left(lab: workspace.Workspace) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        git.run(lab.taxonomy, "remote", "set-url", "origin", f"http://127.0.0.1:{silent.getsockname()[1]}/t.git")
        answers: list[Update | None] = []
        async with lab_app(lab) as (app, pilot):
            app.push_screen(UpdateWindow(lab.taxonomy), answers.append)
            await wait_until(pilot, lambda: "Fetching" in screen_text(app))
            await pilot.press("y", "escape")
            await wait_until(pilot, lambda: answers == [None])


@pytest.mark.parametrize("how", ["blocked", "diverged", "offline", "current"])
async def test_where_it_cannot_be_done_y_does_nothing(how: str, lab: workspace.Workspace, theirs: Path) -> None:
    commit(theirs, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "ein")})
    if how == "blocked":
        put(lab.taxonomy, {f"{WORDS}/qna.yaml": "mine\n"})
    elif how == "diverged":
        commit(lab.taxonomy, {"x": "1"})
    elif how == "offline":
        shutil.move(theirs, theirs.with_name("gone"))
    else:
        git.run(lab.taxonomy, "pull", "--quiet", "--ff-only")
    before = head(lab.taxonomy)
    said = {
        "blocked": "cannot be taken over yet",
        "diverged": "have gone apart",
        "offline": "cannot be fetched",
        "current": "has everything of origin/main",
    }
    async with lab_app(lab) as (app, pilot):
        app.push_screen(UpdateWindow(lab.taxonomy))
        await wait_until(pilot, lambda: said[how] in screen_text(app).replace("\n", " "))
        assert "take it over" not in screen_text(app)
        await pilot.press("y")
        await pilot.pause()
        assert isinstance(app.screen, UpdateWindow)
        if how in ("blocked", "diverged"):
            assert app.screen.query_one(Sheet).display
    assert head(lab.taxonomy) == before


async def test_work_done_while_the_window_is_open_is_kept(lab: workspace.Workspace, theirs: Path) -> None:
    commit(theirs, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "ein")})
    async with lab_app(lab) as (app, pilot):
        app.push_screen(UpdateWindow(lab.taxonomy))
        await wait_until(pilot, lambda: "take it over" in screen_text(app))
        put(lab.taxonomy, {f"{WORDS}/qna.yaml": "mine\n"})
        await pilot.press("y")
        await wait_until(pilot, lambda: "uncommitted work" in screen_text(app))
    assert (lab.taxonomy / WORDS / "qna.yaml").read_text() == "mine\n"


@pytest.mark.parametrize("room", [20, 40, 90])
def test_lines_fit_whatever_came(room: int, theirs: Path, tmp_path: Path) -> None:
    mine = clone(theirs, tmp_path / "mine")
    name = "knowledge/" + "/".join(["四十雀の生活"] * 8)
    commit(theirs, {f"{name}/qna.yaml": SKILL.replace("uno", "\u200b")}, "x" * 300, "\x1b[2J名前")
    found = look(mine)
    lines = update_lines(found, room)
    assert all(width(line.plain) <= room for line in lines)
    assert "\x1b" not in "".join(line.plain for line in lines)
    assert found.standing is Standing.BEHIND
    assert "1 commit came" in standing_words(found)
