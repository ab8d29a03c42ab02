"""The answers of Forgejo's interface: the fields that are used, and what they mean here."""

from __future__ import annotations

from typing import Literal

import msgspec

from labtui.contribute.forges import base
from labtui.contribute.forges.base import RequestState
from labtui.contribute.records import CheckRun, Comment
from labtui.records import Moment


class User(msgspec.Struct):
    login: str
    full_name: str = ""
    html_url: str = ""


class Named(msgspec.Struct):
    name: str


class Label(msgspec.Struct):
    id: int
    name: str


class Origin(msgspec.Struct):
    full_name: str


class Permissions(msgspec.Struct):
    push: bool = False


class Repository(msgspec.Struct):
    name: str
    owner: User
    html_url: str
    clone_url: str = ""
    ssh_url: str = ""
    default_branch: str = ""
    parent: Origin | None = None
    private: bool = False
    archived: bool = False
    empty: bool = False
    permissions: Permissions | None = None

    def plain(self) -> base.Repository:
        return base.Repository(
            owner=self.owner.login,
            name=self.name,
            url=self.html_url,
            https=self.clone_url or f"{self.html_url}.git",
            ssh=self.ssh_url,
            default_branch=self.default_branch,
            parent=self.parent.full_name if self.parent else "",
            private=self.private,
            archived=self.archived,
            can_push=self.permissions.push if self.permissions else None,
        )


class HeadRepository(msgspec.Struct):
    name: str
    owner: User


class Branch(msgspec.Struct):
    ref: str
    sha: str = ""
    repo: HeadRepository | None = None


class Pull(msgspec.Struct):
    number: int
    html_url: str
    state: Literal["open", "closed"]
    title: str
    head: Branch
    base: Branch
    body: str = ""
    merged: bool = False
    mergeable: bool | None = None
    labels: list[Label] | None = None

    def plain(self) -> RequestState:
        return RequestState(
            forge="forgejo",
            number=self.number,
            url=self.html_url,
            title=self.title,
            body=self.body,
            state="merged" if self.merged else self.state,
            base=self.base.ref,
            branch=self.head.ref,
            owner=self.head.repo.owner.login if self.head.repo else "",
            head=self.head.sha,
            # A request that is no longer open is called unmergeable, which says nothing.
            mergeable=self.mergeable if self.state == "open" else None,
            labels=tuple(label.name for label in self.labels or ()),
        )


class Status(msgspec.Struct):
    context: str
    status: str
    description: str = ""
    target_url: str = ""

    def plain(self) -> CheckRun:
        state: Literal["waiting", "passed", "failed", "skipped"] = "failed"
        if self.status in ("success", "warning"):
            state = "passed"
        elif self.status in ("pending", "skipped"):
            state = "waiting" if self.status == "pending" else "skipped"
        return CheckRun(name=self.context, state=state, says=self.description, url=self.target_url)


class Statuses(msgspec.Struct):
    statuses: list[Status] | None = None


class Said(msgspec.Struct):
    html_url: str = ""
    user: User | None = None
    body: str = ""
    created_at: Moment | None = None

    def plain(self) -> Comment:
        author = self.user.login if self.user else ""
        return Comment(author=author, text=self.body, at=self.created_at, url=self.html_url)


class SaidAtLine(Said):
    path: str = ""
    position: int = 0
    """The line in the new file; 0 where it speaks of a line that was taken out."""
    resolver: User | None = None

    def plain(self) -> Comment:
        return Comment(
            author=self.user.login if self.user else "",
            text=self.body,
            at=self.created_at,
            path=self.path,
            line=max(0, self.position),
            resolved=self.resolver is not None,
            url=self.html_url,
        )


class Review(msgspec.Struct):
    id: int
    state: str
    html_url: str = ""
    user: User | None = None
    body: str = ""
    submitted_at: Moment | None = None
    comments_count: int = 0
    dismissed: bool = False

    @property
    def author(self) -> str:
        return self.user.login if self.user else ""

    def plain(self) -> Comment:
        return Comment(author=self.author, text=self.body, at=self.submitted_at, url=self.html_url)
