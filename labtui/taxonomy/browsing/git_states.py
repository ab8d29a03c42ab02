"""How the leaves stand to the last commit, or why nothing can be said of that."""

from __future__ import annotations

from pathlib import Path

import msgspec

from labtui import git
from labtui.errors import LabError
from labtui.taxonomy.checking.survey import changes


class GitStates(msgspec.Struct, frozen=True):
    changed: dict[str, str] = {}
    """Leaf -> `new` or `changed`."""
    trouble: str = ""
    """Why nothing is marked, in a few words."""


def git_states(root: Path) -> GitStates:
    """Runs git; takes as long as that takes. Never raises."""
    try:
        if not git.available():
            return GitStates(trouble="no git: changes are not marked")
        if git.root(root) is None:
            return GitStates(trouble="no git repository: changes are not marked")
    except LabError as error:
        return GitStates(trouble=f"{error.what}")
    return GitStates(changed=changes(root))
