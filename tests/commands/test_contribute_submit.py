"""`labtui contribute submit`, `rebase` and `tidy` as one types them."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contribute.submitting import lab as labs
from tests.contribute.submitting.lab import BIRDS, FEEDING, Lab
from tests.terminal import labtui


@pytest.fixture
def lab(tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    (tmp_path / "all").mkdir()
    made = labs.make(tmp_path / "all", clean_environment)
    labs.cloned(made, str(made.upstream), str(made.fork))
    monkeypatch.chdir(made.workspace.root)
    return made


def test_nothing_is_certified_for_anybody(lab: Lab) -> None:
    lab.draft(certified=False)
    done = labtui("contribute", "submit")
    assert done.returncode == 2 and "--yes" in done.stderr and "developercertificate.org" in done.stderr
    shown = labtui("contribute", "submit", "--dry-run")
    assert shown.returncode == 1 and "git -C" in shown.stdout and "Signed-off-by: Ann Example" in shown.stdout
    assert set(lab.branches(lab.fork)) == {"main"} and lab.only().load().signed_off_at is None
    done = labtui("contribute", "submit", "--yes")
    assert done.returncode == 0, done.stderr
    assert "contribute/feeding" in lab.branches(lab.fork)


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 0), (b"n\n", 1)])
def test_on_a_terminal_the_certificate_is_shown_and_asked_for(lab: Lab, answer: bytes, code: int) -> None:
    lab.draft(certified=False)
    outside, inside = pty.openpty()
    words = [sys.executable, "-m", "labtui", "contribute", "submit"]
    process = subprocess.Popen(words, stdin=inside, stdout=subprocess.DEVNULL, stderr=inside, env=dict(os.environ))
    os.close(inside)
    seen = b""
    while b"[y/N]" not in seen:
        assert select.select([outside], [], [], 60)[0], seen
        seen += os.read(outside, 65536)
    os.write(outside, answer)
    while True:  # until the other end is closed
        try:
            if not os.read(outside, 65536):
                break
        except OSError:
            break
    assert process.wait(60) == code
    os.close(outside)
    assert b"By making a contribution to this project, I certify that" in seen
    assert b"as Ann Example <ann@example.org>" in seen
    assert ("contribute/feeding" in lab.branches(lab.fork)) == (code == 0)


def test_a_file_that_is_there_is_not_overwritten(lab: Lab) -> None:
    lab.draft()
    Path("out.bundle").write_text("mine")
    done = labtui("contribute", "submit", "--bundle", "out.bundle")
    assert done.returncode == 2 and Path("out.bundle").read_text() == "mine"
    done = labtui("contribute", "submit", "--bundle", "a", "--patch", "b")
    assert done.returncode == 2 and "one at a time" in done.stderr
    done = labtui("contribute", "submit", "--patch", "nowhere/out.patch")
    assert done.returncode == 2 and "no such folder" in done.stderr
    done = labtui("contribute", "submit", "--patch", "out.patch")
    assert done.returncode == 0 and done.stdout.strip() == "out.patch" and "git am out.patch" in done.stderr


def test_from_a_moved_base_to_a_branch_that_is_tidied_away(lab: Lab) -> None:
    folder = lab.draft()
    assert labtui("contribute", "submit").returncode == 0
    again = labtui("contribute", "submit")
    assert again.returncode == 0 and "submitted already" in again.stderr
    folder.leaf_file(BIRDS).write_text(FEEDING.replace("uno", "one"))
    lab.upstream_commit({f"{BIRDS}/qna.yaml": FEEDING.replace("uno", "ein")})
    moved = labtui("contribute", "submit")
    assert moved.returncode == 1 and f"labtui contribute rebase {folder.short_id}" in moved.stderr
    rebased = labtui("contribute", "rebase")
    assert rebased.returncode == 1 and "seed 1, answer" in rebased.stdout and "Ben" in rebased.stdout
    assert labtui("contribute", "rebase", "--abort").returncode == 0
    assert labtui("contribute", "rebase", "--take", "mine").returncode == 0
    assert labtui("contribute", "submit").returncode == 0
    assert "one" in lab.git(lab.fork, "show", f"contribute/feeding:{BIRDS}/qna.yaml")
    early = labtui("contribute", "tidy")
    assert early.returncode == 2 and "still open" in early.stderr
    tidied = labtui("contribute", "tidy", "--abandoned")
    assert tidied.returncode == 0 and set(lab.branches(lab.fork)) == set(lab.branches(lab.clone)) == {"main"}


def test_a_dry_run_says_whether_a_token_is_there_and_how_one_is_given(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.draft()
    # Nothing of this is asked: the host's name is known, and no network is used.
    lab.git(lab.clone, "remote", "set-url", "upstream", "https://codeberg.org/lab/taxonomy.git")
    without = labtui("contribute", "submit", "--dry-run")
    assert without.returncode == 0, without.stderr
    assert "There is no access token for codeberg.org." in without.stdout
    assert "no request is opened for you" in without.stdout
    assert "https://codeberg.org/user/settings/applications" in without.stdout
    monkeypatch.setenv("CODEBERG_TOKEN", "secret-of-ann")
    found = labtui("contribute", "submit", "--dry-run")
    assert "Token   CODEBERG_TOKEN" in found.stdout and "no access token" not in found.stdout
    assert "secret-of-ann" not in found.stdout + found.stderr
    plan = json.loads(labtui("contribute", "submit", "--dry-run", "--json").stdout)
    assert plan["token"] == "CODEBERG_TOKEN"
    assert "token" not in [one["about"] for one in plan["obstacles"]]
