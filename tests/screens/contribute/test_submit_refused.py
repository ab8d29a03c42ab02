"""What others refuse, on the screen: one sentence, the draft kept, and enter does it again once it is put right."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labtui.contribute.records import Step
from labtui.contribute.submitting.message import proposed
from labtui.contribute.submitting.names import branch_name
from labtui.screens.contribute.submit import SubmitPane
from tests.contribute.submitting import lab as labs
from tests.contribute.submitting.lab import LOGIN, Lab, snapshot
from tests.contribute.submitting.test_submit import keep_password
from tests.git_server import GitServer, available
from tests.screens.contribute.opened import Opened, contribution

pytestmark = pytest.mark.skipif(not available(), reason="git has no http-backend here")

SECRET = LOGIN[1]


class Refusing:
    """What one puts in the way on the server, and takes away again."""

    def __init__(self, lab: Lab, server: GitServer) -> None:
        self.lab = lab
        self.server = server

    def hook(self, words: str) -> Callable[[], None]:
        hook = self.lab.fork / "hooks/pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n")
        hook.chmod(0o755)
        return hook.unlink

    def answers(self, status: int, body: bytes, when: str) -> Callable[[], None]:
        for _ in range(9):
            self.server.answer(status, body, when=when)
        return self.server.forget_answers

    def away(self) -> Callable[[], None]:
        aside = self.lab.fork.with_name("away")
        self.lab.fork.rename(aside)
        return lambda: aside.rename(self.lab.fork)  # type: ignore[return-value]

    def password(self) -> Callable[[], None]:
        self.server.login = (LOGIN[0], "another-one-now")
        home = Path(os.environ["HOME"])

        def again() -> None:
            self.server.login = LOGIN
            keep_password(self.lab, home, self.server.address)

        return again


@pytest.fixture
def refusing(tmp_path: Path) -> Iterator[Refusing]:
    lab = labs.make(tmp_path, Path.home())
    with labs.served(lab, login=LOGIN) as server:
        keep_password(lab, Path.home(), server.address)
        labs.cloned(lab, f"{server.address}/upstream.git", f"{server.address}/fork.git")
        yield Refusing(lab, server)


async def at(opened: Opened, phase: str) -> SubmitPane:
    pane = opened.pane(SubmitPane)
    await opened.until(lambda: pane.phase == phase and opened.app.focused is pane.sheet)
    return pane


PUSHING = "fork.git/git-receive-pack"
ROWS: dict[str, tuple[Callable[[Refusing], Callable[[], None]], str]] = {
    "protected": (lambda to: to.hook("GH006: Protected branch update failed"), "refused by a rule of the repository"),
    "hook": (lambda to: to.hook("Sign our agreement first."), "refused the branch. It says: Sign our agreement first."),
    "hostile": (lambda to: to.hook("\\033]0;owned\\a[bold]@here[/bold]"), "refused the branch"),
    "expired": (lambda to: to.password(), "does not take your credentials"),
    "forbidden": (lambda to: to.answers(403, b"no", PUSHING), "You may not write to this repository."),
    "limit": (lambda to: to.answers(429, b"slow down", PUSHING), "Then submit again|cannot be reached"),
    "server": (lambda to: to.answers(500, b"", PUSHING), "cannot be reached"),
    "page": (lambda to: to.answers(200, b"<html>Log in</html>", "fork.git/info/refs"), "no git repository"),
    "halfway": (lambda to: to.answers(502, b"", f"{PUSHING}"), "cannot be reached"),
    "gone": (lambda to: to.away(), "There is no such repository"),
}


@pytest.mark.parametrize("row", ROWS)
async def test_one_sentence_and_once_more(refusing: Refusing, row: str) -> None:
    hinder, words = ROWS[row]
    lab = refusing.lab
    folder = lab.draft()
    before = snapshot(lab.clone)
    async with contribution(folder, lab.workspace, Step.SUBMIT) as opened:
        await at(opened, "ready")
        put_right = hinder(refusing)
        await opened.press("enter")
        pane = await at(opened, "failed")
        shown = " ".join(" ".join(pane.sheet.shown).split())
        assert re.search(words, shown), shown
        assert "✖ Push the branch" in shown and "Your contribution is kept" in shown
        for private in (SECRET, "another-one-now", "Traceback", "\x1b"):
            assert private not in shown
        assert "enter try again" in opened.text
        after = snapshot(lab.clone)
        # The branch of the contribution is all that was made.
        assert {path for path in after if before.get(path) != after[path]} <= {
            path for path in after if "contribute" in path or path.endswith("packed-refs")
        }
        put_right()
        await opened.press("enter")
        await at(opened, "done")
    assert len(lab.branches(lab.fork)) == 2


async def test_a_detached_head_is_no_hindrance(refusing: Refusing) -> None:
    lab = refusing.lab
    lab.git(lab.clone, "checkout", "--quiet", "--detach")
    (lab.clone / "README.md").write_text("mine, not committed\n")
    folder = lab.draft()
    async with contribution(folder, lab.workspace, Step.SUBMIT) as opened:
        await at(opened, "ready")
        await opened.press("enter")
        await at(opened, "done")
    assert (lab.clone / "README.md").read_text() == "mine, not committed\n"
    assert lab.git(lab.clone, "status", "--porcelain=v2", "--branch").count("(detached)") == 1


async def test_a_fork_with_commits_of_its_own(refusing: Refusing) -> None:
    """Its main branch went another way; the contribution stands on the taxonomy's all the same."""
    lab = refusing.lab
    work = lab.top / "mine"
    lab.git(lab.top, "clone", "--quiet", str(lab.fork), str(work))
    (work / "mine.md").write_text("only here\n")
    lab.git(work, "add", ".")
    lab.git(work, "-c", "user.name=Ann", "-c", "user.email=ann@example.org", "commit", "--quiet", "-m", "Mine")
    lab.git(work, "push", "--quiet", "origin", "HEAD:main")
    mine = lab.branches(lab.fork)["main"]
    newest = lab.upstream_commit({"README.md": "Theirs\n"})
    folder = lab.draft()
    async with contribution(folder, lab.workspace, Step.SUBMIT) as opened:
        await at(opened, "ready")
        await opened.press("enter")
        await at(opened, "done")
    draft = folder.load()
    assert lab.branches(lab.fork) == {"main": mine, draft.branch: draft.commit}
    assert lab.git(lab.fork, "rev-parse", f"{draft.branch}^") == newest
    assert "mine.md" not in lab.git(lab.fork, "ls-tree", "--name-only", draft.branch)


async def test_a_name_that_another_contribution_has_is_not_taken(refusing: Refusing) -> None:
    lab = refusing.lab
    folder = lab.draft()
    wished = branch_name(folder.load(), set())
    lab.git(lab.fork, "branch", wished, "main")
    theirs = lab.branches(lab.fork)[wished]
    async with contribution(folder, lab.workspace, Step.SUBMIT) as opened:
        await at(opened, "ready")
        await opened.press("enter")
        pane = await at(opened, "done")
        shown = " ".join(" ".join(pane.sheet.shown).split())
        assert f"The name {wished} was taken there" in shown
    draft = folder.load()
    assert draft.branch == f"{wished}-2" and proposed(draft)
    assert lab.branches(lab.fork)[wished] == theirs and lab.branches(lab.fork)[draft.branch] == draft.commit
