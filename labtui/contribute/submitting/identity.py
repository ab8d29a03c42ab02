"""Who commits, and whether git is set to sign: both as git's own settings have it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

from labtui import git
from labtui.contribute.submitting.records import Identity, Signing
from labtui.errors import LabError

_SOURCES = {
    "system": "the settings of this machine",
    "global": "your settings",
    "local": "the settings of this clone",
    "worktree": "the settings of this clone",
}


def identity(repo: Path) -> Identity:
    """Name and address for commits and sign-off. Raises LabError that names the two commands that set them.

    What git would guess from the machine's name does not count: nobody could be reached there.
    """
    settings = ("user.useConfigOnly=true",)
    found = git.run(repo, "var", "GIT_AUTHOR_IDENT", check=False, settings=settings)
    parts = re.fullmatch(r"(.*) <([^<>]*)> \d+ [+-]\d{4}", found.text.strip())
    if found.code == 128 and "dubious ownership" in found.err:
        git.run(repo, "var", "GIT_AUTHOR_IDENT", settings=settings)
    if found.code != 0 or parts is None or not parts[1].strip():
        raise unknown()
    name, email = parts[1].strip(), parts[2].strip()
    if not re.fullmatch(r"[^\s@]+@[^\s@]+", email):
        raise LabError(
            f"'{email}' is no address that one could write to.",
            where="user.email",
            hint="Set it with: git config --global user.email YOU@EXAMPLE.ORG",
        )
    return Identity(name=name, email=email, source=_source(repo))


def unknown() -> LabError:
    return LabError(
        "git does not know who you are, and a contribution is signed off with name and address.",
        where="user.name, user.email",
        hint='Tell it once:\n  git config --global user.name "YOUR NAME"\n'
        "  git config --global user.email YOU@EXAMPLE.ORG",
    )


def _source(repo: Path) -> str:
    if os.environ.get("GIT_AUTHOR_EMAIL"):
        return "the environment"
    for key in ("author.email", "user.email"):
        found = git.run(repo, "config", "--show-scope", "--get", key, check=False).text.partition("\t")[0].strip()
        if found:
            return _SOURCES.get(found, "git's settings")
    return "the environment"


def signing(repo: Path) -> Signing:
    """Whether commits are to be signed (`commit.gpgSign`), and with what."""
    how: Literal["openpgp", "ssh", "x509"] = "openpgp"
    # Of the repository's own settings the switch counts, as it runs nothing; the programs are the user's.
    on = git.run(None, *_place(repo), "config", "--type=bool", "--get", "commit.gpgSign", check=False).text.strip()
    said = _setting(repo, "gpg.format")
    if said == "ssh":
        how = "ssh"
    elif said == "x509":
        how = "x509"
    return Signing(on=on == "true", how=how, key=_setting(repo, "user.signingKey"))


def _place(repo: Path) -> tuple[str, str]:
    return "-C", os.fspath(repo)


def _setting(repo: Path, key: str) -> str:
    return git.run(repo, "config", "--get", key, check=False).text.strip()
