"""Killed anywhere in a submission: the clone is as it was or the step is done, and the next one goes on from there."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.submitting.connecting import connect
from labtui.contribute.submitting.submit import submit
from labtui.git_push import PushError
from tests.contribute.submitting import test_documents
from tests.contribute.submitting.lab import BIRDS, Lab, snapshot
from tests.contribute.submitting.test_request import forged

ROOT = Path(__file__).parents[3]
LONG = "LABTUI_FAULT_ROUNDS" in os.environ


def run(lab: Lab, folder: DraftFolder, moment: int | str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "tests.contribute.submitting.killing", str(lab.workspace.root), folder.id]
    return subprocess.run(
        [*words, str(moment)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )


def all_moments(lab: Lab, folder: DraftFolder) -> list[str]:
    """What each moment of a whole submission is, in the order they come."""
    counted = run(lab, folder, 0)
    assert counted.returncode == 0, counted.stderr
    return counted.stdout.splitlines()


def chosen(names: list[str], first: str = "", last: str = "") -> list[int]:
    """The numbers of the moments to be tried, from one name to another: all of them in the long run; here one of each
    name, of some what is before it and of some what is after."""
    start, end = names.index(first) if first else 0, names.index(last) + 1 if last else len(names)
    numbers = range(start + 1, end + 1)
    if LONG:
        return list(numbers)
    found: dict[str, int] = {}
    for number in numbers:
        when, _, what = names[number - 1].partition(" ")
        if what not in found or (when == "after" and len(found) % 2 and list(found)[-1] == what):
            found[what] = number
    return list(found.values())


IN_THE_CLONE = {
    "git fetch", "git worktree add", "git hash-object", "git read-tree", "git update-index", "git write-tree",
    "git commit-tree", "git update-ref", "git worktree remove",
    *(f"journal {step} begun" for step in ("base", "worktree", "commit", "tidy")),
    *(f"journal {step} done" for step in ("base", "worktree", "commit", "tidy")),
}  # fmt: skip
"""Each of these is a moment before which and after which a submission is killed."""
OUTSIDE = {
    "journal push begun", "forge POST forks", "git push", "journal push done", "draft", "journal request begun",
    "forge POST pulls", "journal request done", "journal submission done",
}  # fmt: skip
"""And these from the push on, on the way to a forge."""


def tried(names: list[str], numbers: list[int]) -> set[str]:
    return {names[number - 1].partition(" ")[2] for number in numbers}


def test_killed_at_any_moment(lab: Lab) -> None:
    names = all_moments(lab, lab.draft("compositional_skills/first/one"))
    # What comes then is tried below, where there is a forge.
    total, numbers = len(names), chosen(names, last="" if LONG else "after journal tidy done")
    assert tried(names, numbers) >= IN_THE_CLONE
    for moment in numbers:
        folder = lab.draft(f"compositional_skills/leaf_{moment}/killed_{moment}")
        before = snapshot(lab.clone)
        branches = lab.branches(lab.fork)
        killed = run(lab, folder, moment)
        assert killed.returncode == -signal.SIGKILL, (moment, killed.stdout, killed.stderr)
        mine = f"contribute/killed-{moment}"
        after = {name: data for name, data in snapshot(lab.clone).items() if not name.startswith(".git/worktrees/")}
        assert after == before, f"moment {moment} of {total}, {names[moment - 1]}"
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


def test_killed_while_documents_are_sent(lab: Lab) -> None:
    def begun(number: int) -> tuple[DraftFolder, Path]:
        folder = test_documents.draft(lab, f"knowledge/place_{number}/birds_{number}")
        docs = test_documents.bare(lab, f"docs_{number}.git")
        test_documents.keep(lab, folder, docs, f"knowledge/place_{number}/birds_{number}")
        return folder, docs

    names = all_moments(lab, begun(0)[0])
    # The documents come first: what is after them is tried above.
    for moment in chosen(names, "before journal documents begun", "after journal documents done"):
        folder, docs = begun(moment)
        assert run(lab, folder, moment).returncode == -signal.SIGKILL
        done = submit(folder, lab.workspace, lab.config)
        (document,) = folder.load().documents
        assert document.pushed and lab.branches(docs) == {"main": document.commit}
        assert lab.git(docs, "rev-list", "--count", "main") == "1"
        shown = lab.git(lab.fork, "show", f"{done.branch}:knowledge/place_{moment}/birds_{moment}/qna.yaml")
        assert document.commit in shown


def test_killed_while_the_fork_is_made_and_the_request_opened(bare_lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the forge has is found there: neither is a second fork asked for nor a second request opened."""
    with forged(bare_lab, "github", monkeypatch) as here:
        here.write_settings()
        lab, forge = here.lab, here.forge
        names = all_moments(lab, lab.draft("compositional_skills/first/one"))
        numbers = chosen(names, "before journal push begun")
        assert tried(names, numbers) >= OUTSIDE
        for moment in numbers:
            # There is no fork yet, each time.
            forge.state.repositories = [one for one in forge.state.repositories if one.owner != "ann"]
            shutil.rmtree(forge.state.folder / "ann")
            forge.calls.clear()
            folder = lab.draft(f"compositional_skills/leaf_{moment}/killed_{moment}")
            before, requests = snapshot(lab.clone), len(forge.state.requests)
            killed = run(lab, folder, moment)
            assert killed.returncode == -signal.SIGKILL, (names[moment - 1], killed.stdout, killed.stderr)
            with connect(lab.workspace, here.config) as client:
                done = submit(folder, lab.workspace, here.config, forge=client)
            assert done.request is not None
            (request,) = forge.state.requests[requests:]
            assert (request.branch, request.number, request.state) == (done.branch, done.request.number, "open")
            assert forge.state.head(request) == done.commit
            assert [one.slug for one in forge.state.repositories] == ["lab/taxonomy", "ann/taxonomy"]
            posted = [call for call in forge.calls if call.startswith("POST")]
            assert posted == ["POST /repos/lab/taxonomy/forks", "POST /repos/lab/taxonomy/pulls"], names[moment - 1]
            assert snapshot(lab.clone) == before
            assert folder.load().request is not None
