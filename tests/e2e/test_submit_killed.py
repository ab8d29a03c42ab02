"""The application killed (SIGKILL) at each request that submitting sends to git's server, and opened again every time.

In a real terminal at 80x24, by keyboard alone, with real git over HTTP: an upstream, a fork, and the contributor's own
uncommitted work in the clone.
"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from tests.contribute.submitting import lab as labs
from tests.contribute.submitting.lab import BIRDS, FEEDING, Lab, cloned, served, snapshot
from tests.git_server import available
from tests.terminal import Terminal, labtui_command

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not available(), reason="git has no http-backend here")]
AT_LEAST = 3
"""Requests of one submission at the least: what is there, fetching it, pushing."""


@pytest.fixture
def lab(tmp_path: Path, clean_environment: Path) -> Lab:
    top = tmp_path / "all"
    top.mkdir()
    return labs.make(top, clean_environment)


def opened(lab: Lab, draft: str) -> Terminal:
    command = labtui_command("--workspace", str(lab.workspace.root), "contribute", "resume", draft)
    return Terminal(command, columns=80, rows=24)


def test_killed_at_every_request_it_goes_on_and_makes_one_branch(lab: Lab) -> None:
    with served(lab) as server:
        cloned(lab, f"{server.address}/upstream.git", f"{server.address}/fork.git")
        newest = lab.upstream_commit({"README.md": "Moved on\n"})
        (lab.clone / "README.md").write_text("not committed\n")
        lab.git(lab.clone, "status")
        folder = lab.draft()
        folder.change(lambda draft: setattr(draft, "step", "submit"))
        before = snapshot(lab.clone)
        reached: list[str] = []
        living: list[Terminal] = []
        lock = threading.Lock()

        def kill(request: str) -> None:
            """Each request that was not met before ends the application that sent it."""
            kind = request.partition("?")[0] + ("+" if "receive-pack" in request else "")
            with lock:
                if living and kind not in reached:
                    reached.append(kind)
                    os.kill(living[-1].pid, signal.SIGKILL)

        server.on_request = kill
        for attempt in range(20):
            with opened(lab, folder.id) as terminal:
                terminal.wait_for(lambda text: "enter submit it" in text)
                if attempt and "is ready" not in terminal.text:
                    terminal.wait_for(lambda text: "broken off" in text or "submit it again" in text)
                living.append(terminal)
                terminal.press("enter")
                known = len(reached)
                try:
                    terminal.wait_for("The branch is pushed.", 30)
                except AssertionError:
                    assert not terminal.alive
                    continue
                assert len(reached) == known
                break
        server.on_request = None
    assert len(reached) >= AT_LEAST, reached
    draft = folder.load()
    fork = lab.branches(lab.fork)
    assert set(fork) == {"main", draft.branch}
    assert fork[draft.branch] == draft.commit
    assert lab.git(lab.fork, "rev-parse", f"{draft.branch}^") == newest
    assert lab.git(lab.fork, "show", f"{draft.branch}:{BIRDS}/qna.yaml") + "\n" == FEEDING
    message = lab.git(lab.fork, "log", "-1", "--format=%B", draft.branch)
    assert message.rstrip().endswith("Signed-off-by: Ann Example <ann@example.org>")
    after = snapshot(lab.clone)
    assert {name: data for name, data in after.items() if name in before} == before
    assert (lab.clone / "README.md").read_text() == "not committed\n"
    assert lab.git(lab.clone, "worktree", "list").count("\n") == 0
