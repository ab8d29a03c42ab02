"""A commit of documents, made apart from every checkout, in a repository that belongs to the draft.

The commit stands on what the document repository holds at that moment, where that can be asked, and is pushed later;
what is committed keeps its name, so a leaf can name it before anything was sent.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path

from labtui import git
from labtui.contribute.submitting.files import blob_name, content
from labtui.contribute.submitting.records import Signing
from labtui.errors import LabError, UsageError
from labtui.git_commits import Person, branch_words, commit_tree, facts, tree_with, write_blob
from labtui.git_objects import commits
from labtui.git_push import Login, PushError, default_branch, push, remote_branches
from labtui.taxonomy.documents.address import LOCAL, WRONG, understand

MAIN = "main"
TIP = "refs/labtui/tip"


def checked_address(text: str, *, make: bool) -> str:
    """The address of a document repository as it is written into a leaf. A folder of this machine is made a (bare)
    repository with `make` where there is nothing yet. Raises UsageError where no documents can go there."""
    address = understand(text.strip())
    if address.kind == WRONG:
        raise UsageError(address.problem, where=text, hint=address.hint)
    if address.kind != LOCAL:
        return address.text
    place = Path(address.path).expanduser().absolute()
    if place.is_dir() and any(place.iterdir()):
        if git.run(place, "rev-parse", "--git-dir", check=False, settings=("safe.bareRepository=all",)).code != 0:
            raise UsageError(
                "This folder holds something, and it is no git repository.",
                where=str(place),
                hint="Name an empty folder, or one that does not exist yet.",
            )
        return str(place)
    if place.exists() and not place.is_dir():
        raise UsageError("This is a file, not a repository.", where=str(place), hint="Name a folder.")
    if make:
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LabError(f"The repository cannot be made: {error.strerror}.", where=str(place)) from error
        git.run(None, "init", "--bare", "--quiet", f"--initial-branch={MAIN}", "--template=", "--", os.fspath(place))
    return str(place)


class Staging:
    """The draft's own repository of documents: its objects and branches are used, no file stands in it."""

    def __init__(self, place: Path) -> None:
        self.place = place

    @property
    def made(self) -> bool:
        return (self.place / ".git" / "HEAD").is_file()

    def make(self) -> None:
        if not self.made:
            words = ["init", "--quiet", f"--initial-branch={MAIN}", "--template=", "--", os.fspath(self.place)]
            git.run(None, *words)

    def tip_of(self, repository: str, login: Login | None, stop: threading.Event | None) -> tuple[str, str]:
        """The repository's main branch and its newest commit, which is fetched; empty where it has none."""
        branch = default_branch(self.place, repository, login, stop)
        tip = remote_branches(self.place, repository, [branch], login, stop).get(branch, "") if branch else ""
        if not tip:
            return branch, ""
        if not commits(self.place, [tip])[0]:
            settings = (*(login.settings() if login is not None else ()), "http.lowSpeedLimit=100",
                        "http.lowSpeedTime=60")  # fmt: skip
            done = git.run(
                self.place, "fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--", repository,
                f"+refs/heads/{branch}:{TIP}",
                check=False,
                timeout=None,
                settings=settings,
                environment=login.environment() if login is not None else None,
                stop=stop,
            )  # fmt: skip
            if done.code != 0:
                from labtui.git_push import refused

                raise refused(done.err, done.code, git.without_secret(repository))
        return branch, tip

    def commit(
        self, tip: str, below: str, files: Mapping[str, Path], message: str, who: Person, signing: Signing
    ) -> str:
        """A commit on `tip` (or a first one) whose folder `below` holds exactly these files (name -> where its content
        lies), signed as said: this repository has no settings. Where that is what `tip` has already, it is `tip`."""
        blobs = {f"{below}/{name}": write_blob(self.place, content(path)) for name, path in files.items()}
        gone = {name: None for name in self.names(tip, below) if name not in blobs}
        parent = tip or git.run(self.place, "hash-object", "-t", "tree", "-w", "--stdin").text.strip()
        tree = tree_with(self.place, parent, {**blobs, **gone})
        if tip and tree == facts(self.place, tip).tree:
            return tip
        parents = (tip,) if tip else ()
        settings = (f"gpg.format={signing.how}", *((f"user.signingKey={signing.key}",) if signing.key else ()))
        return commit_tree(self.place, tree, parents, message, who, sign=signing.on, settings=settings)

    def is_made(self, commit: str, message: str, who: Person, signing: Signing) -> bool:
        """Whether a commit that is here is by that person, with that message, and signed or not as said."""
        there, signature = facts(self.place, commit), f"{who.name} <{who.email}>"
        made = (there.author, there.message, there.signed)
        return made == (signature, message.rstrip("\n"), signing.on)

    def parents(self, commit: str) -> tuple[str, ...]:
        """Of a commit; none where it is not here."""
        return facts(self.place, commit).parents if self.made and commits(self.place, [commit])[0] else ()

    def names(self, commit: str, below: str) -> list[str]:
        """Paths of the files below a folder of a commit."""
        if not commit:
            return []
        listing = git.run(self.place, "ls-tree", "-r", "-z", "--name-only", commit, "--", f"{below}/").out
        return [os.fsdecode(name) for name in listing.split(b"\0") if name]

    def holds(self, commit: str, below: str, files: Mapping[str, Path]) -> bool:
        """Whether a commit that is here has exactly these files below that folder."""
        if not commit or not self.made or not commits(self.place, [commit])[0]:
            return False
        listing = git.run(self.place, "ls-tree", "-r", "-z", commit, "--", f"{below}/").out
        there = {}
        for entry in filter(None, listing.split(b"\0")):
            kind, _, name = entry.decode("utf-8", "surrogateescape").partition("\t")
            there[name] = kind.split()[2]
        return there == {f"{below}/{name}": blob_name(content(path), len(commit)) for name, path in files.items()}

    def keep(self, name: str, commit: str) -> None:
        """Holds a commit by a branch of the staging repository, so that it stays."""
        before = commits(self.place, [f"refs/heads/{name}"])[0]
        if before != commit:
            git.run(self.place, *branch_words(name, commit, before or "0" * len(commit)))

    def push(self, repository: str, commit: str, own: str, login: Login | None, stop: threading.Event | None) -> str:
        """Makes the commit part of the repository and returns the branch it is on: the main one where it is the next
        commit there, else the branch `own`, which nobody else uses. Pushing what is there already does nothing."""
        branch = default_branch(self.place, repository, login, stop) or MAIN
        there = remote_branches(self.place, repository, [branch, own], login, stop)
        for name, tip in there.items():
            if tip == commit:
                return name
        parents = facts(self.place, commit).parents
        if there.get(branch, "") in (parents or ("",)):
            try:
                push(self.place, repository, commit, branch, there.get(branch, ""), login, stop=stop)
                return branch
            except PushError as error:
                # Somebody was faster, the branch is protected or checked out: a branch of one's own will do.
                if error.refusal not in ("moved", "protected", "hook", "shallow"):
                    raise
        push(self.place, repository, commit, own, there.get(own, ""), login, stop=stop)
        return own
