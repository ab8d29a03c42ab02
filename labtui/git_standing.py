"""What a repository is in the middle of."""

from __future__ import annotations

import os
from pathlib import Path

from labtui import git

_MARKS = (
    ("rebase-merge", "rebase"),
    ("rebase-apply", "rebase"),
    ("MERGE_HEAD", "merge"),
    ("CHERRY_PICK_HEAD", "cherry-pick"),
    ("REVERT_HEAD", "revert"),
    ("BISECT_LOG", "bisect"),
)
"""A file or folder git keeps while it waits for somebody to go on, and what for."""


def under_way(repo: Path) -> str:
    """`merge`, `rebase`, `cherry-pick`, `revert` or `bisect`, begun and not ended; empty where there is none."""
    found = git.run(repo, "rev-parse", "--absolute-git-dir", check=False)
    if found.code != 0:
        return ""
    folder = Path(os.fsdecode(found.out.rstrip(b"\n")))
    return next((name for mark, name in _MARKS if (folder / mark).exists()), "")


def how_to_end(operation: str, repo: Path) -> str:
    """What to do about it."""
    if operation == "bisect":
        return f"End it first: git -C '{repo}' bisect reset"
    return f"End it first: git -C '{repo}' {operation} --continue\nor take it back: git -C '{repo}' {operation} --abort"
