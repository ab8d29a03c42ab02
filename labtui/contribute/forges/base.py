"""What every forge can do for a contribution, and the plain data it answers with.

A client speaks of one repository of the forge: the one that contributions go to (`address`). Its calls wait for the
answer, so they belong into a thread. They raise ForgeError, a sentence with what to do, and nothing else. Texts in
the answers are foreign: clean them before showing.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Literal, Protocol, Self

import msgspec

from labtui.contribute.records import CheckRun, Comment, Request
from labtui.errors import LabError
from labtui.records import Moment, now

ForgeKind = Literal["github", "gitlab", "forgejo"]
RequestStanding = Literal["open", "merged", "closed"]

Refusal = Literal[
    "token", "forbidden", "missing", "exists", "invalid", "limit", "server", "network", "answer", "stopped"
]
"""Why a forge did not do it: no token or one it does not take; the token may not; there is no such thing; it is there
already; the forge finds the request wrong; too many requests for now; the forge failed; it was not reached; it answered
something that is no answer of this kind of forge; the user stopped it."""


class ForgeError(LabError):
    """A forge did not do what it was asked. `retry_after` is in seconds, where the forge said when to ask again."""

    def __init__(
        self,
        what: str,
        refusal: Refusal,
        *,
        where: str = "",
        hint: str = "",
        status: int = 0,
        retry_after: float | None = None,
        unsent: bool = False,
    ) -> None:
        super().__init__(what, where=where, hint=hint)
        self.refusal: Refusal = refusal
        self.status = status
        """The HTTP status; 0 where there was no answer."""
        self.retry_after = retry_after
        self.unsent = unsent
        """Whether the request surely never reached the forge."""

    @property
    def worth_repeating(self) -> bool:
        """Whether the same may succeed later without anybody changing anything."""
        return self.refusal in ("limit", "server", "network")


class ForgeAddress(msgspec.Struct, frozen=True, kw_only=True):
    """One repository on a forge."""

    kind: ForgeKind
    host: str
    """As in the remote's address, with the port where one is given: `github.com`."""
    web: str
    """Where people look at it, without a slash at the end: `https://github.com`."""
    api: str
    """Where programs ask, without a slash at the end: `https://api.github.com`."""
    owner: str
    """A user, an organisation, or GitLab's groups with slashes between them."""
    repo: str
    named: bool = True
    """Whether this host is known to be a forge (a public one, or one in the user's settings). Where it was only found
    out by asking the host itself, tokens from the environment are not sent to it."""
    token_env: str = ""
    """The environment variable that holds the token for this host, where the settings name one."""

    @property
    def slug(self) -> str:
        """`owner/repo`"""
        return f"{self.owner}/{self.repo}"

    @property
    def url(self) -> str:
        """The repository's page."""
        return f"{self.web}/{self.slug}"


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Whose token it is."""

    login: str
    name: str = ""
    url: str = ""


class Repository(msgspec.Struct, frozen=True, kw_only=True):
    owner: str
    name: str
    url: str
    """Its page."""
    https: str
    """Where git fetches and pushes over HTTPS."""
    ssh: str = ""
    default_branch: str = ""
    parent: str = ""
    """`owner/name` of what it is a fork of; empty where it is none."""
    private: bool = False
    archived: bool = False
    can_push: bool | None = None
    """Whether the token's owner may push here; None where the forge does not say."""

    @property
    def slug(self) -> str:
        return f"{self.owner}/{self.name}"


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The branch a request asks to take in."""

    owner: str
    repo: str
    branch: str


class RequestState(msgspec.Struct, frozen=True, kw_only=True):
    """A pull or merge request."""

    forge: ForgeKind
    number: int
    url: str
    title: str = ""
    body: str = ""
    state: RequestStanding = "open"
    base: str = ""
    """The branch it is to go into."""
    branch: str = ""
    owner: str = ""
    """Whose repository `branch` is in; empty where that was taken away."""
    head: str = ""
    """The commit the forge knows as its newest."""
    mergeable: bool | None = None
    """None where the forge has not worked it out."""
    changes_requested: bool = False
    approved: bool = False
    checks: tuple[CheckRun, ...] = ()
    labels: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    """The oldest first."""
    whole: bool = False
    """Whether it was read with checks, comments and verdicts: only `read` does that."""
    cut: bool = False
    """Whether there were more checks or comments than are read."""
    read_at: Moment = msgspec.field(default_factory=now)

    def request(self) -> Request:
        """What is kept of it in a draft."""
        return Request(
            forge=self.forge,
            number=self.number,
            url=self.url,
            state=self.state,
            changes_requested=self.changes_requested,
            mergeable=self.mergeable,
            head=self.head,
            checks=self.checks,
            labels=self.labels,
            comments=self.comments,
            read_at=self.read_at,
        )


class Forge(Protocol):
    """A forge, seen from the repository `address` that contributions go to."""

    @property
    def address(self) -> ForgeAddress: ...

    def whoami(self) -> Account:
        """Whose token it is. An expired or mistyped one is refused here first."""

    def repository(self, owner: str = "", name: str = "") -> Repository:
        """How a repository stands; without names the one contributions go to. Refused as `missing` where there is
        none, or none that the token may see."""

    def own_fork(self) -> Repository | None:
        """The token owner's fork of the repository, where there is one."""

    def fork(self, cancelled: Callable[[], bool] = lambda: False) -> Repository:
        """The token owner's fork: the one there is, else a new one. Returns when git can push to it (some forges take
        a while); a second call makes no second fork."""

    def find_request(self, head: Head, base: str = "", *, any_state: bool = False) -> RequestState | None:
        """The open request for this branch, the newest one; with `any_state` also one that is merged or closed (an
        open one goes before those)."""

    def open_request(self, title: str, body: str, head: Head, base: str, labels: tuple[str, ...] = ()) -> RequestState:
        """Opens one. Where there is an open one for this branch already it is returned as it is: nothing is opened
        twice, also where an answer of the forge was lost on the way. Labels are set where the token may; a contributor
        mostly may not, and that is no error."""

    def read(self, number: int) -> RequestState:
        """How a request stands now, with checks and comments (a bounded number of them)."""

    def update(self, number: int, *, title: str | None = None, body: str | None = None) -> RequestState:
        """Changes its title or text. New commits reach it by pushing the branch."""

    def close(self, number: int) -> RequestState:
        """Closes it unmerged. One that is closed or merged already is returned as it is."""

    def reopen(self, number: int) -> RequestState:
        """Opens a closed one again. Refused as `invalid` where it is merged or its branch is gone."""

    def create_repository(self, name: str, *, private: bool = False, description: str = "") -> Repository:
        """A new, empty repository of the token's owner. Refused as `exists` where the name is taken."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Gives the connections back."""
