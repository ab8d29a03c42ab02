"""What the forge holds. Commits and merges are git's own, in bare repositories below one folder."""

from __future__ import annotations

import itertools
import os
import subprocess
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

BEGINNING = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass
class User:
    id: int
    login: str
    token: str
    name: str = ""


@dataclass
class Repository:
    id: int
    owner: str
    name: str
    path: Path
    parent: Repository | None = None
    private: bool = False
    archived: bool = False
    writers: set[str] = field(default_factory=set)
    default_branch: str = "main"
    looks_left: int = 0
    """A fork in the making: so many times it is looked at before it is there."""

    @property
    def slug(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass
class Note:
    id: int
    author: str
    text: str
    at: datetime
    path: str = ""
    line: int = 0
    resolved: bool = False
    commit: str = ""
    """The newest one when it was written."""
    answers: int = 0
    """The id of the note it replies to."""


@dataclass
class Review:
    id: int
    author: str
    verdict: str
    """`approved`, `changes` or `comment`."""
    text: str
    at: datetime
    notes: list[Note] = field(default_factory=list)
    dismissed: bool = False


@dataclass
class Check:
    id: int
    name: str
    state: str
    """`waiting`, `passed`, `failed` or `skipped`."""
    says: str = ""
    remarks: list[tuple[str, int, str]] = field(default_factory=list)
    """(path, line, words)"""
    old_kind: bool = False
    """A status as forges had them before check runs (GitHub)."""


@dataclass
class Request:
    id: int
    number: int
    repository: Repository
    head_repository: Repository
    branch: str
    base: str
    title: str
    body: str
    author: str
    opened: datetime
    state: str = "open"
    last_head: str = ""
    labels: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    maintainers_may_push: bool = False


class Refused(Exception):
    """What a forge says instead: the status and its words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


class State:
    def __init__(self, folder: Path) -> None:
        self.lock = threading.RLock()
        self.clear(folder)

    def clear(self, folder: Path) -> None:
        """As it is in the beginning."""
        self.folder = folder
        self.users: dict[str, User] = {}
        self.repositories: list[Repository] = []
        self.requests: list[Request] = []
        self.labels = ["skill", "knowledge", "triage-needed"]
        self.fork_looks = 0
        """How often a new fork is looked at before it is there."""
        self._ids = itertools.count(101)
        self._clock = itertools.count()

    def now(self) -> datetime:
        return BEGINNING + timedelta(minutes=next(self._clock))

    def add_user(self, login: str, token: str = "") -> User:
        user = User(next(self._ids), login, token or f"token-of-{login}", login.capitalize())
        self.users[login] = user
        return user

    def add_repository(self, owner: str, name: str, source: Path | None = None, private: bool = False) -> Repository:
        path = self.folder / owner / f"{name}.git"
        if source is not None:
            git(None, "clone", "--quiet", "--bare", os.fspath(source), os.fspath(path))
        else:
            git(None, "init", "--quiet", "--bare", "--initial-branch=main", os.fspath(path))
        git(path, "config", "http.receivepack", "true")
        found = Repository(next(self._ids), owner, name, path, private=private, writers={owner})
        self.repositories.append(found)
        return found

    def repository(self, owner: str, name: str) -> Repository | None:
        wanted = (owner.lower(), name.lower())
        return next((one for one in self.repositories if (one.owner.lower(), one.name.lower()) == wanted), None)

    def fork(self, parent: Repository, login: str) -> Repository:
        """A fork of this user; the one there is already where there is one. Raises Refused."""
        for one in self.repositories:
            if one.owner == login and one.parent is parent:
                return one
        if self.repository(login, parent.name) is not None:
            raise Refused(409, "The repository with the same name already exists.")
        made = self.add_repository(login, parent.name, source=parent.path)
        made.parent = parent
        made.looks_left = self.fork_looks
        return made

    def requests_of(self, repository: Repository) -> list[Request]:
        return [one for one in self.requests if one.repository is repository]

    def open_request(
        self, repository: Repository, author: str, head: Repository, branch: str, base: str, title: str, body: str
    ) -> Request:
        """Raises Refused as forges do."""
        if not commit_of(head, branch) or not commit_of(repository, base):
            raise Refused(422, "The branch does not exist.")
        if commit_of(head, branch) == commit_of(repository, base):
            raise Refused(422, f"No commits between {base} and {branch}")
        for one in self.requests_of(repository):
            if one.state == "open" and (one.head_repository, one.branch, one.base) == (head, branch, base):
                raise Refused(409, f"A pull request already exists for {head.owner}:{branch}.")
        number = 1 + max((one.number for one in self.requests_of(repository)), default=0)
        made = Request(next(self._ids), number, repository, head, branch, base, title, body, author, self.now())
        self.requests.append(made)
        return made

    def head(self, request: Request) -> str:
        """Follows the branch for as long as the request is open."""
        if request.state == "open":
            request.last_head = commit_of(request.head_repository, request.branch) or request.last_head
        return request.last_head

    def mergeable(self, request: Request) -> bool:
        base = request.repository.path
        head = self.head(request)
        git(base, "fetch", "--quiet", os.fspath(request.head_repository.path), head)
        tip = commit_of(request.repository, request.base)
        return git(base, "merge-tree", "--write-tree", tip, head, check=False).returncode == 0

    def merge(self, request: Request) -> str:
        """Merges it as a maintainer would; gives the commit."""
        assert self.mergeable(request)
        path, tip, head = request.repository.path, commit_of(request.repository, request.base), self.head(request)
        tree = git(path, "merge-tree", "--write-tree", tip, head).stdout.split()[0]
        named = ("-c", "user.name=Maintainer", "-c", "user.email=m@example.org")
        words = ("-p", tip, "-p", head, "-m", f"Merge #{request.number}")
        commit = git(path, *named, "commit-tree", tree, *words).stdout.strip()
        git(path, "update-ref", f"refs/heads/{request.base}", commit)
        request.state = "merged"
        return commit

    def say(self, request: Request, author: str, text: str, path: str = "", line: int = 0) -> Note:
        note = Note(next(self._ids), author, text, self.now(), path, line, commit=self.head(request))
        request.notes.append(note)
        return note

    def review(
        self, request: Request, author: str, verdict: str, text: str = "", notes: tuple[Note, ...] = ()
    ) -> Review:
        made = Review(next(self._ids), author, verdict, text, self.now(), list(notes))
        for note in notes:
            note.commit = self.head(request)
        request.reviews.append(made)
        return made

    def note(self, author: str, text: str, path: str, line: int, resolved: bool = False) -> Note:
        """A note at a line, for a review."""
        return Note(next(self._ids), author, text, self.now(), path, line, resolved)

    def check(self, request: Request, name: str, state: str, says: str = "", **more: object) -> Check:
        made = Check(next(self._ids), name, state, says, **more)  # type: ignore[arg-type]
        request.checks.append(made)
        return made


def commit_of(repository: Repository, branch: str) -> str:
    """The commit a branch stands at; empty where there is none."""
    done = git(repository.path, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}^{{commit}}", check=False)
    return done.stdout.strip()


def git(folder: Path | None, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    place = ["-C", os.fspath(folder)] if folder is not None else []
    return subprocess.run(["git", *place, *words], check=check, capture_output=True, text=True)
