"""Whether a taxonomy can be moved forward at all: which branch, and what it follows."""

from __future__ import annotations

import os
from pathlib import Path

from labtui import git, git_remote
from labtui.errors import LabError
from labtui.git_remote import Upstream
from labtui.git_standing import how_to_end, under_way
from labtui.taxonomy.comparing.base import find_default, require_repository


def followed(root: Path) -> tuple[str, Upstream]:
    """The branch to move and what it follows. Raises LabError that says what is missing."""
    require_repository(root)
    where = os.fspath(root)
    top = git.root(root)
    if top is not None and top != Path(os.path.realpath(root)):
        raise LabError(
            "The taxonomy is a folder inside another repository, which is not moved from here.",
            where=where,
            hint=f"Update that one yourself: git -C '{top}' pull --ff-only",
        )
    if waiting := under_way(root):
        raise LabError(f"A {waiting} is under way in the taxonomy.", where=where, hint=how_to_end(waiting, root))
    branch = git.run(root, "symbolic-ref", "--quiet", "--short", "HEAD", check=False).text.strip()
    default = find_default(root)
    local = default.partition("/")[2] or "main"
    if not branch:
        raise LabError(
            "No branch is checked out (the HEAD is detached), so there is nothing to move forward.",
            where=where,
            hint=f"Check one out first: git -C '{root}' switch {local}",
        )
    if not git.run(root, "remote").text.split():
        raise LabError(
            "The taxonomy has no remote to fetch from.",
            where=where,
            hint=f"Name one: git -C '{root}' remote add origin URL && git -C '{root}' fetch origin",
        )
    follows = git_remote.upstream(root, branch)
    if follows is None:
        known = default if "/" in default else f"{git.run(root, 'remote').text.split()[0]}/{branch}"
        raise LabError(
            f"The branch '{branch}' follows no branch of a remote.",
            where=where,
            hint=f"Say which one it follows: git -C '{root}' fetch && "
            f"git -C '{root}' branch --set-upstream-to={known} {branch}",
        )
    return branch, follows
