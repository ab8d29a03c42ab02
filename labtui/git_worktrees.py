"""A worktree of our own beside the user's: made without writing one file of the repository, found again, removed.

Nothing of the user's changes: not the index, the working tree, HEAD, the stashes or a branch. What git keeps of a
worktree (`.git/worktrees/<name>`) goes away with it.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from labtui import git
from labtui.errors import LabError


def add(repo: Path, place: Path, commit: str) -> None:
    """A worktree at `place`, at `commit` (in full), with no file written and on no branch.

    What an earlier attempt left there is removed first; so the name of `place` must be one that is only ours.
    Raises LabError.
    """
    remove(repo, place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise LabError(f"There is no room for a worktree: {error.strerror}.", where=str(place.parent)) from error
    git.run(repo, *add_words(place, commit), environment=LOCAL)


def add_words(place: Path, commit: str) -> list[str]:
    return ["worktree", "add", "--quiet", "--no-checkout", "--detach", "--", os.fspath(place), commit]


def remove(repo: Path, place: Path) -> bool:
    """Removes the worktree at `place` and what git keeps of it, also where only a part of it is there. Says whether
    there was anything. Raises LabError where it cannot be removed."""
    found = place.exists()
    if found and (place / ".git").is_file():
        git.run(repo, *remove_words(place), check=False, environment=LOCAL)
    try:
        if place.exists():
            shutil.rmtree(place)
        for kept in _kept(repo, place):
            shutil.rmtree(kept)
            found = True
    except OSError as error:
        raise LabError(
            f"The worktree cannot be removed: {error.strerror}.",
            where=str(error.filename or place),
            hint="Remove the folder by hand and do it again.",
        ) from error
    return found


def remove_words(place: Path) -> list[str]:
    # Once for changed files, twice for one that git locked while making it and never unlocked.
    return ["worktree", "remove", "--force", "--force", "--", os.fspath(place)]


def _kept(repo: Path, place: Path) -> list[Path]:
    """What git keeps of the worktree: under its folder's name, with a number where an earlier one was left behind. Also
    what it began to write when it was killed, and of a place that was moved away."""
    answer = git.run(repo, "rev-parse", "--path-format=absolute", "--git-common-dir").out.rstrip(b"\n")
    top = Path(os.fsdecode(answer)) / "worktrees"
    ours = re.compile(rf"{re.escape(place.name)}\d*")
    return [kept for kept in sorted(top.iterdir()) if ours.fullmatch(kept.name)] if top.is_dir() else []


LOCAL = {"GIT_ALLOW_PROTOCOL": "none"}
"""For commands that have no business on the network: in a partial clone git would go there for what is missing."""
