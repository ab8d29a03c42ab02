"""Submitting by keyboard alone, against real git over a real transport: the certificate, the steps, and what fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui.contribute.records import Step
from labtui.screens.contribute.submit import SubmitPane
from labtui.widgets.prompt_line import LineWindow
from tests.contribute.submitting.lab import BIRDS, Lab, cloned, make, served, snapshot
from tests.git_server import GitServer, available
from tests.lab_app import notices
from tests.screens.contribute.opened import Opened, contribution

pytestmark = pytest.mark.skipif(not available(), reason="git has no http-backend here")


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return make(tmp_path, Path.home())


@pytest.fixture
def server(lab: Lab) -> Iterator[GitServer]:
    with served(lab) as server:
        cloned(lab, f"{server.address}/upstream.git", f"{server.address}/fork.git")
        yield server


async def at(opened: Opened, phase: str) -> SubmitPane:
    pane = opened.pane(SubmitPane)
    await opened.until(lambda: pane.phase == phase and opened.app.focused is pane.sheet)
    return pane


async def test_signed_off_and_pushed_by_keyboard_alone(lab: Lab, server: GitServer) -> None:
    folder = lab.draft(certified=False)
    before = snapshot(lab.clone)
    async with contribution(folder, lab.workspace, Step.SUBMIT) as opened:
        pane = await at(opened, "certificate")
        assert "Signed-off-by: Ann Example <ann@example.org>" in opened.text
        assert "enter agree, and sign it off" in opened.text
        assert "By making a contribution to this project, I certify that:" in "\n".join(pane.sheet.shown)
        await opened.press("enter")
        await at(opened, "ready")
        assert folder.load().signed_off_at is not None
        assert lab.branches(lab.fork) == lab.branches(lab.upstream)
        assert "enter submit it now" in opened.text
        await opened.press("enter")
        await at(opened, "done")
        draft = folder.load()
        assert lab.branches(lab.fork)[draft.branch] == draft.commit
        assert "The branch is pushed." in opened.text
        await opened.press("enter")
        await opened.until(lambda: opened.wizard.step == "after")
        await opened.until(lambda: "no request was opened" in opened.text)
        await opened.until(lambda: f"{server.address}/fork.git" in opened.text)
        await opened.press("r")
        await opened.until(lambda: "on no forge that is known here" in "".join(notices(opened.app)))
    message = lab.git(lab.fork, "log", "-1", "--format=%B", draft.commit)
    assert message.rstrip().endswith("Signed-off-by: Ann Example <ann@example.org>")
    after = snapshot(lab.clone)
    assert {name: data for name, data in after.items() if name in before} == before


async def test_what_failed_is_told_and_tried_again_without_a_second_branch(lab: Lab, server: GitServer) -> None:
    folder = lab.draft()
    async with contribution(folder, lab.workspace, Step.SUBMIT) as opened:
        await at(opened, "ready")
        server.answer(500, b"<html>Sorry</html>", when="service=git-receive-pack")
        await opened.press("enter")
        pane = await at(opened, "failed")
        shown = "\n".join(pane.sheet.shown)
        assert "✖ Push the branch" in shown
        assert "✔ Commit, signed off by you" in shown
        assert "enter try again" in opened.text
        await opened.press("enter")
        await at(opened, "done")
    assert len(lab.branches(lab.fork)) == len(lab.branches(lab.upstream)) + 1


async def test_what_is_missing_is_one_key_away(lab: Lab, server: GitServer) -> None:
    folder = lab.draft()
    folder.attribution_file(BIRDS).write_text("")
    async with contribution(folder, lab.workspace, Step.SUBMIT) as opened:
        await at(opened, "blocked")
        assert "attribution" in opened.text
        assert "enter go to what is missing" in opened.text
        await opened.press("enter")
        await opened.until(lambda: opened.wizard.step == Step.ATTRIBUTION)


async def test_who_git_does_not_know_says_it_here_and_goes_on(lab: Lab, server: GitServer) -> None:
    folder = lab.draft()
    settings = Path.home() / ".gitconfig"
    settings.write_text("[core]\n\tautocrlf = false\n")
    async with contribution(folder, lab.workspace, Step.SUBMIT) as opened:
        await at(opened, "blocked")
        assert "git config --global user.name" in opened.text
        assert "enter say who you are" in opened.text
        await opened.press("enter")
        for words in ("四郎", "not an address"):
            await opened.until(lambda: isinstance(opened.app.screen, LineWindow))
            window = opened.app.screen
            await opened.type(words)
            await opened.press("enter")
            await opened.until(lambda window=window: opened.app.screen is not window)  # type: ignore[misc]
        await opened.until(lambda: "is no mail address" in opened.text)
        await opened.press("escape")
        assert "user" not in settings.read_text()
        await at(opened, "blocked")
        await opened.press("enter")
        for words in ("", "shiro@example.org"):  # the name stands there already
            await opened.until(lambda: isinstance(opened.app.screen, LineWindow))
            window = opened.app.screen
            await opened.type(words)
            await opened.press("enter")
            await opened.until(lambda window=window: opened.app.screen is not window)  # type: ignore[misc]
        await at(opened, "ready")
    assert lab.git(lab.top, "config", "--global", "user.name") == "四郎"
    assert lab.git(lab.top, "config", "--global", "user.email") == "shiro@example.org"
    assert "autocrlf" in settings.read_text()


async def test_a_bundle_instead_of_a_network(lab: Lab, server: GitServer) -> None:
    folder = lab.draft()
    async with contribution(folder, lab.workspace, Step.SUBMIT) as opened:
        await at(opened, "ready")
        await opened.press("b")
        await opened.until(lambda: isinstance(opened.app.screen, LineWindow))
        await opened.press("enter")
        pane = await at(opened, "offline")
        name = lab.workspace.root / f"contribution-{folder.short_id}.bundle"
        assert "Whoever receives it types:" in "\n".join(pane.sheet.shown)
        assert "refs/heads/" in lab.git(lab.clone, "bundle", "list-heads", str(name))
        await opened.press("escape")
        await opened.until(lambda: pane.phase != "offline")
    assert lab.branches(lab.fork) == lab.branches(lab.upstream)
