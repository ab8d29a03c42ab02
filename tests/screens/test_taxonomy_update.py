"""The key that takes over what others did, on the taxonomy screen."""

from __future__ import annotations

from pathlib import Path

from labtui import workspace
from labtui.widgets.update_window import UpdateWindow
from tests.lab_app import lab_app, notices, screen_text, wait_until
from tests.taxonomy.leaves import SKILL
from tests.taxonomy.repos import WORDS, clone, commit, make, put


def a_lab(tmp_path: Path) -> tuple[workspace.Workspace, Path]:
    theirs = make(tmp_path / "theirs")
    made = workspace.create(tmp_path / "lab")
    made.taxonomy.rmdir()
    clone(theirs, made.taxonomy)
    return made, theirs


async def test_u_shows_what_came_and_y_brings_it_into_the_tree(tmp_path: Path) -> None:
    lab, theirs = a_lab(tmp_path)
    put(lab.taxonomy, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "mine")})
    commit(theirs, {"compositional_skills/numbers/qna.yaml": SKILL.replace("uno", "ein")}, "Numbers", "Bob")
    async with lab_app(lab, size=(120, 40)) as (app, pilot):
        app.open("taxonomy")
        await wait_until(pilot, lambda: "words" in screen_text(app))
        assert "numbers" not in screen_text(app)
        await pilot.press("u")
        await wait_until(pilot, lambda: isinstance(app.screen, UpdateWindow) and "Bob: Numbers" in screen_text(app))
        await pilot.press("y")
        await wait_until(pilot, lambda: not isinstance(app.screen, UpdateWindow) and "numbers" in screen_text(app))
        assert any("Moved forward to" in notice and "1 leaf came" in notice for notice in notices(app))
    assert "mine" in (lab.taxonomy / WORDS / "qna.yaml").read_text()


async def test_escape_comes_back_to_the_tree(tmp_path: Path) -> None:
    lab, theirs = a_lab(tmp_path)
    commit(theirs, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "ein")})
    async with lab_app(lab, size=(80, 24)) as (app, pilot):
        app.open("taxonomy")
        await wait_until(pilot, lambda: "words" in screen_text(app))
        await pilot.press("u")
        await wait_until(pilot, lambda: "take it over" in screen_text(app))
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.here == "taxonomy" and not isinstance(app.screen, UpdateWindow))
        assert not notices(app)
    assert (lab.taxonomy / WORDS / "qna.yaml").read_text() == SKILL
