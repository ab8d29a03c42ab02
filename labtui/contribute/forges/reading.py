"""What the clients share in reading answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import ClassVar, Self
from urllib.parse import quote

from labtui.contribute.forges.answers import forge_name
from labtui.contribute.forges.base import ForgeAddress, ForgeError, Head
from labtui.contribute.forges.calls import Calls
from labtui.contribute.forges.tokens import Token
from labtui.contribute.records import CheckRun, Comment

FORK_SECONDS = 300.0
"""How long a new fork may take until git can push to it."""
FORK_PAUSE = 2.0


class Client:
    """The parts that are the same on every forge."""

    HEADERS: ClassVar[dict[str, str]] = {"accept": "application/json"}

    def __init__(self, address: ForgeAddress, token: Token | None) -> None:
        self.address = address
        self.calls = Calls(address, token, self.HEADERS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.calls.close()

    def wait_until(self, ready: Callable[[], bool], what: str, cancelled: Callable[[], bool]) -> None:
        """Asks `ready` again and again. Raises ForgeError after FORK_SECONDS, or when the user stops it."""
        waited = 0.0
        while not ready():
            if cancelled():
                raise ForgeError("This was stopped.", "stopped", where=self.address.url, hint="Submit again to go on.")
            if waited >= FORK_SECONDS:
                raise ForgeError(
                    f"{forge_name(self.address)} is still not done with {what}.",
                    "server",
                    where=self.address.url,
                    hint="Submit again in some minutes: what is there already is used.",
                )
            self.calls.sleep(FORK_PAUSE)
            waited += FORK_PAUSE


def segment(text: str) -> str:
    """A value as one segment of a path, slashes included."""
    return quote(text, safe="")


def same(one: str, other: str) -> bool:
    """Whether two names of accounts or repositories are the same: forges keep the case but do not look at it."""
    return one.lower() == other.lower()


def head_name(head: Head) -> str:
    return f"{head.owner}:{head.branch}"


def by_time(comments: Iterable[Comment]) -> tuple[Comment, ...]:
    """The oldest first; those without a time at the end."""
    return tuple(sorted(comments, key=lambda comment: (comment.at is None, comment.at and comment.at.timestamp())))


def latest_checks(checks: Iterable[CheckRun]) -> tuple[CheckRun, ...]:
    """One for each name, the first one given; those that failed come first."""
    kept: dict[str, CheckRun] = {}
    for check in checks:
        kept.setdefault(check.name, check)
    order = {"failed": 0, "waiting": 1, "passed": 2, "skipped": 3}
    return tuple(sorted(kept.values(), key=lambda check: order[check.state]))
