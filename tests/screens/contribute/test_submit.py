"""Submitting by keyboard alone, against real git over a real transport: the certificate, the steps, and what fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui import git
from labtui.contribute.records import Request, Step
from labtui.contribute.submitting.documents import suggested_repository
from labtui.screens.contribute.introducing import IntroduceWindow
from labtui.screens.contribute.submit import SubmitPane
from labtui.widgets.prompt_line import LineWindow
from tests.contribute.submitting.lab import BIRDS, Lab, cloned, make, served, snapshot
from tests.contribute.submitting.test_documents import draft as documented
from tests.contribute.submitting.test_documents import keep
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
        assert "enter read on" in opened.text
        assert "By making a contribution to this project, I certify that:" in "\n".join(pane.sheet.shown)
        assert "I understand and agree" not in opened.text
        while "the open source license(s) involved." not in opened.text:
            assert pane.phase == "certificate" and "enter read on" in opened.text
            await opened.press("enter")
        await opened.until(lambda: "enter agree, and sign it off" in opened.text)
        assert pane.phase == "certificate"
        # What was read stays read, wherever one looks now.
        await opened.press("home")
        await opened.until(lambda: "Signed-off-by: Ann Example <ann@example.org>" in opened.text)
        assert "enter agree, and sign it off" in opened.text
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
        await opened.until(lambda: isinstance(opened.app.screen, IntroduceWindow) and opened.focused == "called")
        assert "Your name" in opened.text and "Your mail address" in opened.text
        assert "git config --global" in opened.text
        assert "✖" not in opened.text
        await opened.press("enter")
        await opened.until(lambda: "A name is needed." in opened.text)
        await opened.type("四郎")
        await opened.until(lambda: "A name is needed." not in opened.text)
        await opened.press("enter")
        await opened.until(lambda: opened.focused == "address")
        await opened.type("not an address")
        await opened.press("enter")
        await opened.until(lambda: "is no mail address" in opened.text)
        assert opened.focused == "address"
        await opened.press("escape")
        await at(opened, "blocked")
        assert "user" not in settings.read_text()
        await opened.press("enter")
        # Both stand there as they were typed.
        await opened.until(lambda: isinstance(opened.app.screen, IntroduceWindow) and opened.focused == "address")
        assert "四郎" in opened.text and "not an address" in opened.text
        await opened.press("ctrl+u")
        await opened.type("shiro@example.org")
        settings.with_suffix(".lock").write_text("")
        await opened.press("enter")
        await opened.until(lambda: "git could not write its settings" in opened.text)
        assert isinstance(opened.app.screen, IntroduceWindow)
        settings.with_suffix(".lock").unlink()
        await opened.press("enter")
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


async def test_a_changed_address_makes_it_ready_again(lab: Lab, server: GitServer) -> None:
    folder = lab.draft()
    request = Request(forge="github", number=7, url="https://example.org/7")
    async with contribution(folder, lab.workspace, Step.SUBMIT) as opened:
        await at(opened, "ready")
        await opened.press("enter")
        await at(opened, "done")
    first = folder.load()
    folder.change(lambda draft: setattr(draft, "request", request))
    async with contribution(folder, lab.workspace, Step.SUBMIT) as opened:
        await at(opened, "in")
    git.run(None, "config", "--file", str(Path.home() / ".gitconfig"), "user.email", "ann@example.com")
    async with contribution(folder, lab.workspace, Step.SUBMIT, size=(120, 40)) as opened:
        await at(opened, "ready")
        assert "it is committed anew" in opened.text and "ann@example.com" in opened.text
        await opened.press("enter")
        await at(opened, "done")
    second = folder.load()
    assert second.branch == first.branch and second.commit != first.commit
    assert lab.branches(lab.fork)[second.branch] == second.commit
    assert lab.git(lab.fork, "log", "-1", "--format=%ae", second.commit) == "ann@example.com"


async def test_a_document_of_this_machine_is_not_sent_but_can_be_written(lab: Lab, server: GitServer) -> None:
    folder = documented(lab)
    keep(lab, folder, suggested_repository(lab.workspace))
    folder.change(lambda draft: setattr(draft, "signed_off_at", None))
    async with contribution(folder, lab.workspace, Step.SUBMIT, size=(120, 40)) as opened:
        await at(opened, "certificate")
        await opened.press("end")
        await opened.until(lambda: "enter agree, and sign it off" in opened.text)
        await opened.press("enter")
        await at(opened, "blocked")
        assert "where nobody else can read it" in opened.text and "enter go to the document" in opened.text
        await opened.press("b")
        await opened.until(lambda: isinstance(opened.app.screen, LineWindow))
        await opened.press("enter")
        await at(opened, "offline")
        await opened.press("enter")
        await at(opened, "blocked")
        await opened.until(lambda: "enter go to the document" in opened.text)
        await opened.app.workers.wait_for_complete()
        await opened.press("enter")
        await opened.until(lambda: opened.wizard.step == Step.DOCUMENT)
        await opened.until(lambda: "kept on this machine only" in opened.text)
        await opened.until(lambda: "make a repository on the forge" in opened.text)
    assert lab.branches(lab.fork) == lab.branches(lab.upstream)
    assert list(lab.workspace.root.glob("contribution-*-documents.bundle"))


async def test_whether_a_token_is_there_is_said_before_anything_is_sent(
    lab: Lab, server: GitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lab.draft()
    lab.git(lab.clone, "remote", "set-url", "upstream", "https://codeberg.org/lab/taxonomy.git")
    async with contribution(folder, lab.workspace, Step.SUBMIT, size=(120, 40)) as opened:
        await at(opened, "ready")
        assert "There is no access token for codeberg.org." in opened.text
        assert "codeberg.org/user/settings/applications" in opened.text
    monkeypatch.setenv("CODEBERG_TOKEN", "secret-of-ann")
    async with contribution(folder, lab.workspace, Step.SUBMIT, size=(120, 40)) as opened:
        pane = await at(opened, "ready")
        assert "your token: CODEBERG_TOKEN" in " ".join(" ".join(pane.sheet.shown).split())
        assert "no access token" not in opened.text and "secret-of-ann" not in opened.text
