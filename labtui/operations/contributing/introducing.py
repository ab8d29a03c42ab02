"""Telling git who its user is: what `git config --global user.name` and `user.email` do."""

from __future__ import annotations

import re

from labtui import git
from labtui.errors import LabError, UsageError


def checked_name(name: str) -> str:
    """The name as it is written into commits. Raises UsageError where git could not write it."""
    name = name.strip()
    # git takes these characters out of names without a word, and a name of nothing else would be empty.
    if not re.search(r"[^\W_]", name) or re.search(r"[<>\x00-\x1f]", name):
        what = f"'{name}' is no name git can write into a commit." if name else "A name is needed."
        raise UsageError(what, hint="Write it as people know you.")
    return name


def checked_address(address: str) -> str:
    """The mail address as it is written into commits. Raises UsageError where it is none."""
    address = address.strip()
    if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", address):
        what = f"'{address}' is no mail address." if address else "A mail address is needed."
        raise UsageError(what, hint="It looks like: you@example.org")
    return address


def known() -> tuple[str, str]:
    """Name and mail address as git's settings of this user have them; empty where they have none. Raises LabError."""
    name, address = (
        git.run(None, "config", "--global", "--get", key, check=False).text.strip()
        for key in ("user.name", "user.email")
    )
    return name, address


def introduce(name: str, address: str) -> None:
    """Writes name and mail address into git's settings of this user. Raises LabError where that cannot be done."""
    name, address = checked_name(name), checked_address(address)
    for key, value in (("user.name", name), ("user.email", address)):
        done = git.run(None, "config", "--global", key, value, check=False)
        if done.code != 0:
            words = done.err.strip().rpartition(": ")[2] or f"it ended with {done.code}"
            raise LabError(
                f"git could not write its settings: {words}.",
                where=key,
                hint=f"Try it yourself: git config --global {key} …",
            )
