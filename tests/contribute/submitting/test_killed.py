"""Killed anywhere in a submission: the clone is as it was or the step is done, and the next one goes on from there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.submitting.submit import submit
from labtui.git_push import PushError
from tests.contribute.submitting import test_documents
from tests.contribute.submitting.lab import BIRDS, Lab, snapshot

ROOT = Path(__file__).parents[3]


def run(lab: Lab, folder: DraftFolder, moment: int) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "tests.contribute.submitting.killing", str(lab.workspace.root), folder.id]
    return subprocess.run(
        [*words, str(moment)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )


def moments(total: int, rounds: int) -> list[int]:
    """All of them in the long run; here so many, spread over the whole."""
    wanted = min(total, max(rounds * 2, 8)) if "LABTUI_FAULT_ROUNDS" not in os.environ else total
    return sorted({1 + number * (total - 1) // max(1, wanted - 1) for number in range(wanted)})


def test_killed_at_any_moment(lab: Lab, fault_rounds: int) -> None:
    first = lab.draft("compositional_skills/first/one")
    counted = run(lab, first, 0)
    assert counted.returncode == 0, counted.stderr
    total = int(counted.stdout.split()[0])
    assert total > 20
    for moment in moments(total, fault_rounds):
        folder = lab.draft(f"compositional_skills/leaf_{moment}/killed_{moment}")
        before = snapshot(lab.clone)
        branches = lab.branches(lab.fork)
        killed = run(lab, folder, moment)
        assert killed.returncode == -signal.SIGKILL, (moment, killed.stdout, killed.stderr)
        mine = f"contribute/killed-{moment}"
        after = {name: data for name, data in snapshot(lab.clone).items() if not name.startswith(".git/worktrees/")}
        assert after == before, f"moment {moment} of {total}"
        seen = lab.branches(lab.fork).get(mine)
        done = submit(folder, lab.workspace, lab.config)
        assert done.branch == mine
        assert seen in (None, done.commit), "what was pushed before the kill is what stands there"
        assert lab.branches(lab.fork) == {**branches, mine: done.commit}
        assert lab.branches(lab.clone)[mine] == done.commit
        assert snapshot(lab.clone) == before
        assert lab.git(lab.clone, "worktree", "list").count("\n") == 0
        assert folder.load().commit == done.commit
        assert lab.git(lab.fork, "rev-list", "--count", f"main..{mine}") == "1"
    lab.git(lab.clone, "fsck", "--strict")


def test_killed_while_git_itself_writes(lab: Lab) -> None:
    """The locks and half a worktree that a killed git leaves behind are no hindrance."""
    folder = lab.draft()
    worktree = folder.path / f"labtui-{folder.id}"
    (worktree / "sub").mkdir(parents=True)
    (worktree / ".git").write_text("gitdir: /nowhere\n")
    kept = lab.clone / ".git/worktrees" / worktree.name
    kept.mkdir(parents=True)
    (kept / "locked").write_text("initializing")
    (kept / "index.lock").write_text("")
    done = submit(folder, lab.workspace, lab.config)
    assert lab.branches(lab.fork)[done.branch] == done.commit
    assert not kept.exists() and not worktree.exists()


def test_a_push_that_fails_leaves_only_the_branch(lab: Lab) -> None:
    folder = lab.draft()
    hook = lab.fork / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'No branches on Mondays.'\nexit 1\n")
    hook.chmod(0o755)
    before = snapshot(lab.clone)
    with pytest.raises(PushError, match="No branches on Mondays") as caught:
        submit(folder, lab.workspace, lab.config)
    assert caught.value.refusal == "hook"
    assert snapshot(lab.clone) == before
    hook.unlink()
    done = submit(folder, lab.workspace, lab.config)
    assert lab.branches(lab.fork)[done.branch] == done.commit
    assert BIRDS in lab.git(lab.fork, "show", "--stat=200", done.branch)


def test_killed_while_documents_are_sent(lab: Lab, fault_rounds: int) -> None:
    def begun(number: int) -> tuple[DraftFolder, Path]:
        folder = test_documents.draft(lab, f"knowledge/place_{number}/birds_{number}")
        docs = test_documents.bare(lab, f"docs_{number}.git")
        test_documents.keep(lab, folder, docs, f"knowledge/place_{number}/birds_{number}")
        return folder, docs

    counted = run(lab, begun(0)[0], 0)
    assert counted.returncode == 0, counted.stderr
    # The documents come first: what is after them is tried above.
    total = int(counted.stdout.split()[0]) // 2
    for moment in moments(total, min(fault_rounds, 3)):
        folder, docs = begun(moment)
        assert run(lab, folder, moment).returncode == -signal.SIGKILL
        done = submit(folder, lab.workspace, lab.config)
        (document,) = folder.load().documents
        assert document.pushed and lab.branches(docs) == {"main": document.commit}
        assert lab.git(docs, "rev-list", "--count", "main") == "1"
        shown = lab.git(lab.fork, "show", f"{done.branch}:knowledge/place_{moment}/birds_{moment}/qna.yaml")
        assert document.commit in shown
