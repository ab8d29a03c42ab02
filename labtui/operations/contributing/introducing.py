"""Telling git who its user is: what `git config --global user.name` and `user.email` do."""

from __future__ import annotations

import re

from labtui import git
from labtui.errors import LabError, UsageError


def introduce(name: str, address: str) -> None:
    """Writes name and mail address into git's settings of this user. Raises LabError where that cannot be done."""
    name, address = name.strip(), address.strip()
    # git takes these characters out of names without a word, and a name of nothing else would be empty.
    if not re.search(r"[^\W_]", name) or re.search(r"[<>\x00-\x1f]", name):
        raise UsageError(f"'{name}' is no name git can write into a commit.", hint="Write it as people know you.")
    if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", address):
        raise UsageError(f"'{address}' is no mail address.", hint="It looks like: you@example.org")
    for key, value in (("user.name", name), ("user.email", address)):
        done = git.run(None, "config", "--global", key, value, check=False)
        if done.code != 0:
            words = done.err.strip().rpartition(": ")[2] or f"it ended with {done.code}"
            raise LabError(
                f"git could not write its settings: {words}.",
                where=key,
                hint=f"Try it yourself: git config --global {key} …",
            )
