"""Repositories in odd states: each function brings a sound one, with one commit on main, into its state."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.security.hostile import attack
from tests.taxonomy.leaves import SKILL, write

IDENTITY = ("-c", "user.name=ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false")
LEAF = "compositional_skills/a"


def git(folder: Path, *arguments: str, check: bool = True) -> None:
    subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=check, capture_output=True)


def sound(folder: Path) -> None:
    """A taxonomy of two leaves in one commit, and a third leaf that is not in it."""
    write(folder, LEAF)
    write(folder, "knowledge/k", "version: 3\ndomain: x\n")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    write(folder, "compositional_skills/new")


def merging(folder: Path) -> None:
    """In the middle of a merge, with marks of the conflict in a leaf."""
    leaf = folder / "compositional_skills" / "a" / "qna.yaml"
    git(folder, "checkout", "-q", "-b", "other")
    leaf.write_text(SKILL.replace("uno", "eins"))
    git(folder, "commit", "-qam", "other")
    git(folder, "checkout", "-q", "main")
    leaf.write_text(SKILL.replace("uno", "un"))
    git(folder, "commit", "-qam", "ours")
    git(folder, "merge", "other", check=False)
    assert "<<<<<<<" in leaf.read_text()


def rebasing(folder: Path) -> None:
    merging(folder)
    git(folder, "merge", "--abort")
    git(folder, "rebase", "other", check=False)


def detached(folder: Path) -> None:
    git(folder, "checkout", "-q", "--detach")


def unborn(folder: Path) -> None:
    git(folder, "checkout", "-q", "--orphan", "empty")
    git(folder, "rm", "-rq", "--cached", ".")


def without_objects(folder: Path) -> None:
    for path in (folder / ".git" / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"rubbish")


def without_head(folder: Path) -> None:
    (folder / ".git" / "HEAD").write_text("rubbish")


def broken_index(folder: Path) -> None:
    (folder / ".git" / "index").write_bytes(b"rubbish" * 10)


def broken_config(folder: Path) -> None:
    (folder / ".git" / "config").write_text("[core\nrubbish")


def git_file_to_nowhere(folder: Path) -> None:
    shutil.rmtree(folder / ".git")
    (folder / ".git").write_text("gitdir: /nowhere/at/all\n")


def locked(folder: Path) -> None:
    (folder / ".git" / "index.lock").write_text("")


def hostile_branch(folder: Path) -> None:
    git(folder, "checkout", "-q", "-b", "x-日本-\u202e]/red")
    git(folder, "commit", "-q", "--allow-empty", "-m", attack("subject").replace("\0", ""))


def remote_that_is_gone(folder: Path) -> None:
    git(folder, "remote", "add", "origin", str(folder / "gone"))
    git(folder, "config", "branch.main.remote", "origin")
    git(folder, "config", "branch.main.merge", "refs/heads/main")


def programs_in_config(folder: Path) -> None:
    for key in ("core.fsmonitor", "diff.external", "core.sshCommand", "filter.x.clean", "filter.x.smudge"):
        git(folder, "config", key, "touch PWNED")
    (folder / ".gitattributes").write_text("*.yaml filter=x diff=x\n")


STATES = (
    merging,
    rebasing,
    detached,
    unborn,
    without_objects,
    without_head,
    broken_index,
    broken_config,
    git_file_to_nowhere,
    locked,
    hostile_branch,
    remote_that_is_gone,
    programs_in_config,
)
