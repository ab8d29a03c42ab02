"""From the last step to merged and tidied, by keyboard alone, with a forge and real git behind it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from labtui import paths
from labtui import workspace as workspaces
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves import placing
from labtui.contribute.records import Step
from labtui.contribute.submitting.dco import confirm
from labtui.screens.contribute.after import AfterPane
from labtui.screens.contribute.after_lines import Said
from labtui.screens.contribute.panes import AFTER
from labtui.screens.contribute.submit import SubmitPane
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, read_leaf_file
from labtui.widgets.confirm import ConfirmWindow
from labtui.widgets.error import ErrorWindow
from labtui.widgets.prompt_line import LineWindow
from labtui.workspace import Workspace
from tests.contribute.submitting.lab import ANN, BIRDS, FEEDING
from tests.forge import making
from tests.forge.server import Server
from tests.forge.state import Repository, commit_of
from tests.git_server import GitServer, available
from tests.lab_app import notices
from tests.screens.contribute.opened import Opened, contribution
from tests.screens.contribute.test_document import take
from tests.taxonomy.leaves import ATTRIBUTION

pytestmark = pytest.mark.skipif(not available(), reason="git has no http-backend here")


class World:
    """A forge with the taxonomy of `lab`, and ann's workspace with a clone of it."""

    def __init__(self, top: Path, forge: Server, git: GitServer, kind: str = "github") -> None:
        self.forge = forge
        self.upstream: Repository = making.peopled(forge.state)
        forge.git_address = git.address
        self.workspace: Workspace = workspaces.create(top / "lab")
        self.clone = self.workspace.taxonomy
        self.clone.rmdir()
        self.git(top, "clone", "--quiet", f"{git.address}/lab/taxonomy.git", str(self.clone))
        for key, value in ANN.items():
            self.git(self.clone, "config", key, value)
        host = git.address.removeprefix("http://")
        named = {"kind": kind, "web": forge.web, "api": forge.api, "token_env": "THE_TOKEN"}
        file = paths.config_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.encode({"contribute": {"forges": {host: named}}}))

    def git(self, place: Path, *words: str) -> str:
        return subprocess.run(["git", *words], cwd=place, capture_output=True, text=True, check=True).stdout.strip()

    def draft(self) -> DraftFolder:
        folder = store.new(self.workspace, FREEFORM, "What birds eat")
        leaf = placing.place(folder, folder.load().leaves[0], BIRDS)
        folder.leaf_file(leaf).write_text(FEEDING)
        folder.attribution_file(leaf).write_text(ATTRIBUTION)
        confirm(folder)
        return folder


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("THE_TOKEN", "token-of-ann")
    folder = tmp_path / "forge"
    folder.mkdir()
    with making.make("github", folder) as forge, GitServer(folder) as git:
        yield World(tmp_path, forge, git)


@pytest.fixture(params=making.KINDS)
def any_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[World]:
    monkeypatch.setenv("THE_TOKEN", "token-of-ann")
    folder = tmp_path / "forge"
    folder.mkdir()
    with making.make(request.param, folder) as forge, GitServer(folder) as git:
        yield World(tmp_path, forge, git, request.param)


async def submitted(opened: Opened) -> None:
    pane = opened.pane(SubmitPane)
    await opened.until(lambda: pane.phase == "ready" and opened.app.focused is pane.sheet)
    await opened.press("enter")
    await opened.until(lambda: pane.phase == "done")


async def afterwards(opened: Opened) -> AfterPane:
    await opened.press("enter")
    await opened.until(lambda: opened.wizard.step == AFTER)
    pane = opened.pane(AfterPane)
    await opened.until(lambda: opened.app.focused is pane.sheet)
    return pane


async def test_opened_reviewed_answered_merged_and_tidied(world: World) -> None:
    folder = world.draft()
    state = world.forge.state
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        await submitted(opened)
        assert "It is handed in." in opened.text
        (request,) = state.requests
        assert request.head_repository.owner == "ann"
        assert f"/pull/{request.number}" in opened.text
        pane = await afterwards(opened)
        assert "It is open and waits for a reviewer." in opened.text

        note = state.note("rita", "Which birds?", f"{BIRDS}/qna.yaml", 9)
        state.review(request, "rita", "changes", "Nearly.", (note,))
        await opened.press("r")
        await opened.until(lambda: "A reviewer asks for changes." in opened.text and "Which birds?" in opened.text)
        item = pane.sheet.item
        assert isinstance(item, Said)
        seed = item.comment.seed
        assert seed
        await opened.press("enter")
        await opened.until(lambda: opened.wizard.step == Step.SEEDS)

        folder.leaf_file(BIRDS).write_text(FEEDING.replace("One?", "One of the tits?"))
        await opened.wizard.go(AFTER)
        await opened.until(lambda: "You changed it since" in opened.text)
        before = request.head_repository
        await opened.press("u")
        await opened.until(lambda: opened.wizard.step == Step.SUBMIT)
        await submitted(opened)
        assert [one.number for one in state.requests] == [request.number]
        assert state.head(request) == folder.load().commit == commit_of(before, folder.load().branch)

        pane = await afterwards(opened)
        state.merge(request)
        await opened.press("r")
        await opened.until(lambda: "It is merged" in opened.text)
        await opened.press("t")
        await opened.until(lambda: isinstance(opened.app.screen, ConfirmWindow))
        await opened.press("y")
        await opened.until(lambda: not commit_of(before, folder.load().branch))
        await opened.until(lambda: "is removed" in "".join(notices(opened.app)))
    assert folder.load().branch not in world.git(world.clone, "branch", "--list")


async def test_on_every_forge_it_is_opened_spoken_of_and_merged(any_world: World) -> None:
    world = any_world
    folder = world.draft()
    state = world.forge.state
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        await submitted(opened)
        (request,) = state.requests
        known = folder.load().request
        assert known is not None and known.url in "".join(opened.pane(SubmitPane).sheet.shown)
        assert f"/{request.number}" in known.url and "It is handed in." in opened.text
        pane = await afterwards(opened)
        note = state.note("rita", "Which birds?", f"{BIRDS}/qna.yaml", 9)
        state.review(request, "rita", "comment", "A word.", (note,))
        await opened.press("r")
        await opened.until(lambda: "Which birds?" in opened.text)
        item = pane.sheet.item
        assert isinstance(item, Said) and item.comment.seed
        # Submitted once more it is the same request.
        await opened.wizard.go(Step.SUBMIT)
        await opened.until(lambda: "It is submitted as it is now." in opened.text)
        assert [one.number for one in state.requests] == [request.number]
        await opened.wizard.go(AFTER)
        state.merge(request)
        await opened.until(lambda: opened.app.focused is pane.sheet)
        await opened.press("r")
        await opened.until(lambda: "It is merged" in opened.text)


async def test_a_repository_for_the_document_is_made_on_the_forge(any_world: World, tmp_path: Path) -> None:
    world = any_world
    (tmp_path / "tits.md").write_text("# Tits\n\nA tit is a small bird.\n", encoding="utf-8")
    folder = store.new(world.workspace, KNOWLEDGE)
    async with contribution(folder, world.workspace, Step.DOCUMENT) as opened:
        await opened.until(lambda: opened.focused == "local")
        await take(opened, tmp_path / "tits.md")
        await opened.until(lambda: opened.focused == "licence")
        await opened.type("cc0")
        await opened.press("enter")
        await opened.until(lambda: opened.focused == "goes_to" and "committed as" in opened.text)
        while opened.focused != "forge":
            await opened.press("tab")
        await opened.until(lambda: "enter make one" in opened.text)
        await opened.press("enter")
        await opened.until(lambda: isinstance(opened.app.screen, LineWindow))
        assert "made under your account" in " ".join(opened.text.split())
        await opened.press("enter")
        await opened.until(lambda: world.forge.state.repository("ann", "documents") is not None)
        await opened.until(lambda: folder.load().documents[0].repository.startswith("http"))
        await opened.until(lambda: opened.step(Step.DOCUMENT).state != "problem")
    (document,) = folder.load().documents
    made = world.forge.state.repository("ann", "documents")
    assert made is not None and document.repository.endswith("/ann/documents.git") and not document.pushed
    leaf = read_leaf_file(folder.leaf_file(folder.load().leaves[0]), "knowledge/untitled")
    assert leaf.document is not None
    assert (leaf.document.repo, leaf.document.commit) == (document.repository, document.commit)
    assert not world.git(made.path, "branch", "--list"), "nothing is sent before it is submitted"


async def test_what_was_written_for_the_request_alone_is_sent_too(world: World) -> None:
    folder = world.draft()
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        await submitted(opened)
        (request,) = world.forge.state.requests
        commit = folder.load().commit
        await afterwards(opened)
        await opened.wizard.go(Step.SUBMIT)
        pane = opened.pane(SubmitPane)
        await opened.until(lambda: pane.phase == "in" and "It is submitted as it is now." in opened.text)
        folder.change(lambda draft: setattr(draft, "teaches", "That tits eat nuts"))
        await opened.wizard.go(AFTER)
        await opened.until(lambda: "You changed it since" in opened.text and "u " in opened.text)
        await opened.press("u")
        await opened.until(lambda: opened.wizard.step == Step.SUBMIT)
        await submitted(opened)
        assert "It is handed in." in opened.text
        assert "That tits eat nuts" in request.body
        assert world.forge.state.requests == [request]
        assert folder.load().commit == commit
        pane = opened.pane(SubmitPane)
        await afterwards(opened)
        await opened.until(lambda: "It is open and waits" in opened.text)
        assert "You changed it since" not in opened.text


async def test_withdrawn_only_when_asked_twice(world: World) -> None:
    folder = world.draft()
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        await submitted(opened)
        await afterwards(opened)
        (request,) = world.forge.state.requests
        await opened.press("x")
        await opened.until(lambda: isinstance(opened.app.screen, ConfirmWindow))
        await opened.press("n")
        await opened.until(lambda: not isinstance(opened.app.screen, ConfirmWindow))
        assert request.state == "open"
        await opened.press("x")
        await opened.until(lambda: isinstance(opened.app.screen, ConfirmWindow))
        await opened.press("y")
        await opened.until(lambda: "closed without being taken in" in opened.text)
        assert request.state == "closed"


async def test_a_forge_that_fails_loses_nothing_and_a_second_try_opens_one_request(world: World) -> None:
    folder = world.draft()
    world.forge.fail("POST", "/pulls", times=9)
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        pane = opened.pane(SubmitPane)
        await opened.until(lambda: pane.phase == "ready" and opened.app.focused is pane.sheet)
        await opened.press("enter")
        await opened.until(lambda: pane.phase == "failed")
        assert "✖ Open the pull request" in "\n".join(pane.sheet.shown)
        world.forge.faults.clear()
        await opened.press("enter")
        await opened.until(lambda: pane.phase == "done")
    assert len(world.forge.state.requests) == 1


async def test_an_expired_token_is_said_where_one_asks_and_what_was_known_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = world.draft()
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        await submitted(opened)
        await afterwards(opened)
        monkeypatch.setenv("THE_TOKEN", "no-longer-good")
        await opened.press("r")
        await opened.until(lambda: isinstance(opened.app.screen, ErrorWindow))
        assert "token" in opened.text
        assert "no-longer-good" not in opened.text
        await opened.press("escape")
        await opened.until(lambda: "It is open and waits for a reviewer." in opened.text)


async def test_without_a_token_the_branch_is_pushed_and_why_no_request_was_opened_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("THE_TOKEN")
    folder = world.draft()
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        await submitted(opened)
        shown = " ".join("\n".join(opened.pane(SubmitPane).sheet.shown).split())
    assert "The branch is pushed." in shown
    assert "No request was opened." in shown
    assert "THE_TOKEN" in shown
    assert f"compare/main...{folder.load().branch}" in shown.replace(" ", "")
    assert world.forge.state.requests == []
    monkeypatch.setenv("THE_TOKEN", "token-of-ann")
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        await opened.until(lambda: "enter submit it again" in opened.text)
        await submitted(opened)
        assert "It is handed in." in opened.text
    assert len(world.forge.state.requests) == 1


async def test_a_request_opened_by_hand_is_found_without_a_token(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THE_TOKEN")
    state = world.forge.state
    fork = state.fork(world.upstream, "ann")
    world.git(world.clone, "remote", "add", "fork", f"{world.forge.git_address}/ann/taxonomy.git")
    world.git(world.clone, "config", "remote.pushDefault", "fork")
    folder = world.draft()
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        await submitted(opened)
        await afterwards(opened)
        await opened.press("r")
        await opened.until(lambda: isinstance(opened.app.screen, ErrorWindow))
        assert "No request was opened for the branch" in opened.text
        await opened.press("escape")
        branch = folder.load().branch
        state.open_request(world.upstream, "ann", fork, branch, "main", "Birds", "by hand, on the web page")
        await opened.press("r")
        await opened.until(lambda: "It is open and waits for a reviewer." in opened.text)
    request = folder.load().request
    assert request is not None and request.number == state.requests[-1].number
    assert not any("on no forge" in said for said in notices(opened.app))


async def test_what_others_put_on_the_branch_is_replaced_only_when_asked_for(world: World) -> None:
    folder = world.draft()
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        pane = opened.pane(SubmitPane)
        await submitted(opened)
        (request,) = world.forge.state.requests
        fork, branch = request.head_repository, folder.load().branch
        theirs = making.commit(fork, branch, {"README.md": "Theirs\n"}, start=branch)
        folder.leaf_file(BIRDS).write_text(FEEDING.replace("One?", "One of the tits?"))
        await opened.wizard.go(Step.SUBMIT)
        await opened.until(lambda: pane.phase == "ready")
        await opened.press("enter")
        await opened.until(lambda: pane.phase == "failed" and "o replace" in opened.text)
        assert commit_of(fork, branch) == theirs
        await opened.press("o")
        await opened.until(lambda: isinstance(opened.app.screen, ConfirmWindow))
        await opened.press("y")
        await opened.until(lambda: pane.phase == "done")
        assert commit_of(fork, branch) == folder.load().commit
