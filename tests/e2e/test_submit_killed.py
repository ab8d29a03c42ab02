"""The application killed (SIGKILL) at every step of a submission in turn, and opened again every time.

In a real terminal at 80x24, by keyboard alone, with real git over HTTP, and a forge on which the fork is made and the
request is opened. In the end there is one fork, one branch and one request, and the clone is as its owner left it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.submitting.records import SubmitRecord, SubmitStepName
from labtui.contribute.submitting.runs import runs
from labtui.journal import read_lines
from tests.contribute.submitting import lab as labs
from tests.contribute.submitting.lab import BIRDS, FEEDING, snapshot
from tests.contribute.submitting.test_request import Forged, forged
from tests.e2e.deaths import Deaths
from tests.git_server import available
from tests.terminal import Terminal, labtui_command

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(not available(), reason="git has no http-backend here"),
]
STEPS = {
    SubmitStepName.BASE: ("ls-remote after", "fetch before", "git-upload-pack", "fetch after"),
    SubmitStepName.WORKTREE: (
        "worktree-add before", "worktree-add after", "worktree-remove before", "worktree-remove after",
    ),
    SubmitStepName.COMMIT: (
        "hash-object before", "hash-object after", "read-tree before", "update-index before", "write-tree after",
        "commit-tree before", "commit-tree after", "update-ref before", "update-ref after",
    ),
    SubmitStepName.TIDY: ("worktree-remove-at-last before",),
    SubmitStepName.PUSH: (
        "POST forks asked", "POST forks done", "push before", "git-receive-pack", "push after",
    ),
    SubmitStepName.REQUEST: ("POST pulls asked", "POST pulls done"),
}  # fmt: skip
"""The moments that are tried, by the step that is under way then."""
FEW = (
    "fetch before", "worktree-add after", "commit-tree after", "update-ref after", "worktree-remove-at-last before",
    "POST forks done", "git-receive-pack", "push after", "POST pulls asked", "POST pulls done",
)  # fmt: skip
"""Those that are always tried: every step is among them. All of them are in the long run."""


@pytest.fixture
def here(tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forged]:
    """A clone of a taxonomy on a forge, with work of its owner's in it, and a contribution that is ready."""
    top = tmp_path / "all"
    top.mkdir()
    with forged(labs.make(top, clean_environment), "github", monkeypatch) as made:
        made.write_settings()
        (made.lab.clone / "README.md").write_text("not committed\n")
        (made.lab.clone / "staged.txt").write_text("staged\n")
        made.lab.git(made.lab.clone, "add", "staged.txt")
        yield made


def test_every_step_is_among_those_always_tried() -> None:
    assert list(STEPS) == [name for name in SubmitStepName if name is not SubmitStepName.DOCUMENTS]
    for moments in STEPS.values():
        assert set(moments) & set(FEW)


def test_killed_at_every_step_it_goes_on_and_makes_one_branch_and_one_request(here: Forged, tmp_path: Path) -> None:
    lab = here.lab
    folder = lab.draft()
    folder.change(lambda draft: setattr(draft, "step", "submit"))
    newest = lab.upstream_commit({"MOVED.md": "Moved on\n"})
    before = snapshot(lab.clone)
    all_of_them = tuple(moment for moments in STEPS.values() for moment in moments)
    deaths = Deaths(tmp_path, all_of_them if "LABTUI_FAULT_ROUNDS" in os.environ else FEW)
    deaths.watch(here.forge, here.git_server)
    died: list[str] = []
    while deaths.waiting:
        waiting = deaths.waiting
        with opened_again(here, folder, deaths, died) as terminal:
            deaths.may_strike(terminal.pid)
            terminal.press("enter")
            assert terminal.wait_for_exit() == -9, terminal.text
        (moment,) = waiting - deaths.waiting
        died.append(moment)
        assert moment in STEPS[under_way(folder)]
        now = {name: data for name, data in snapshot(lab.clone).items() if not name.startswith(".git/worktrees/")}
        assert now == before, moment
        assert len(here.requests()) <= 1, moment
    with opened_again(here, folder, deaths, died) as terminal:
        terminal.press("enter")
        terminal.wait_for("It is handed in.")
        (request,) = here.forge.state.requests
        terminal.wait_for(f"/pull/{request.number}")
    draft = folder.load()
    assert draft.request is not None
    assert (draft.request.number, draft.request.state, request.state) == (1, "open", "open")
    assert [one.slug for one in here.forge.state.repositories] == ["lab/taxonomy", "ann/taxonomy"]
    fork = lab.branches(here.fork().path)
    assert set(fork) == {"main", draft.branch}
    assert here.forge.state.head(request) == fork[draft.branch] == draft.commit
    assert set(lab.branches(lab.upstream)) == {"main"}
    assert lab.git(here.fork().path, "rev-list", "--parents", "-1", draft.commit).split() == [draft.commit, newest]
    assert lab.git(here.fork().path, "show", f"{draft.branch}:{BIRDS}/qna.yaml") + "\n" == FEEDING
    message = lab.git(here.fork().path, "log", "-1", "--format=%B", draft.branch)
    assert message.rstrip().endswith("Signed-off-by: Ann Example <ann@example.org>")
    assert snapshot(lab.clone) == before
    assert {name for name in lab.branches(lab.clone) if name != "main"} == {draft.branch}
    assert lab.git(lab.clone, "worktree", "list").count("\n") == 0
    assert len([run for run in runs(folder) if run.ended]) == 1
    lab.git(lab.clone, "fsck", "--strict")


def under_way(folder: DraftFolder) -> SubmitStepName:
    """The step that was begun and not done, by the submission's own journal."""
    *_, last = read_lines(folder.submit_file, SubmitRecord)
    assert last.state == "begun"
    assert last.step is not None
    return last.step


def opened_again(here: Forged, folder: DraftFolder, deaths: Deaths, died: list[str]) -> Terminal:
    """The application opened as one opens it, the contribution taken up: it stands at the step Submit."""
    command = labtui_command("--workspace", str(here.lab.workspace.root))
    terminal = Terminal(command, columns=80, rows=24, environment=deaths.environment)
    try:
        terminal.wait_for("the loop")
        terminal.press("2")
        terminal.wait_for("What birds eat")
        terminal.press("enter")
        terminal.wait_for("━ submit · ")
        terminal.wait_for("enter submit it")
        if died:
            terminal.wait_for("A submission was broken off; it goes on where it was.")
    except BaseException:
        terminal.kill()
        raise
    return terminal
