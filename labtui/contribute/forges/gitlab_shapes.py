"""The answers of GitLab's interface: the fields that are used, and what they mean here."""

from __future__ import annotations

from typing import Literal

import msgspec

from labtui.contribute.forges import base
from labtui.contribute.forges.base import RequestState
from labtui.contribute.records import CheckRun, Comment
from labtui.records import Moment

UNDECIDED = (None, "", "unchecked", "checking", "preparing")
DEVELOPER = 30
"""The lowest access level that may push."""


class User(msgspec.Struct):
    username: str
    name: str = ""
    web_url: str = ""


class Namespace(msgspec.Struct):
    full_path: str


class Origin(msgspec.Struct):
    path_with_namespace: str


class Access(msgspec.Struct):
    access_level: int = 0


class Permissions(msgspec.Struct):
    project_access: Access | None = None
    group_access: Access | None = None

    @property
    def level(self) -> int:
        """The higher one; 0 for somebody who is no member."""
        return max(access.access_level if access else 0 for access in (self.project_access, self.group_access))


class Project(msgspec.Struct):
    id: int
    path: str
    namespace: Namespace
    web_url: str
    http_url_to_repo: str = ""
    ssh_url_to_repo: str = ""
    default_branch: str | None = None
    forked_from_project: Origin | None = None
    visibility: str | None = None
    archived: bool = False
    permissions: Permissions | None = None
    import_status: str | None = None

    def plain(self) -> base.Repository:
        return base.Repository(
            owner=self.namespace.full_path,
            name=self.path,
            url=self.web_url,
            https=self.http_url_to_repo or f"{self.web_url}.git",
            ssh=self.ssh_url_to_repo,
            default_branch=self.default_branch or "",
            parent=self.forked_from_project.path_with_namespace if self.forked_from_project else "",
            private=self.visibility in ("private", "internal"),
            archived=self.archived,
            can_push=self.permissions.level >= DEVELOPER if self.permissions else None,
        )


class MergeRequest(msgspec.Struct):
    iid: int
    web_url: str
    title: str
    state: Literal["opened", "closed", "merged", "locked"]
    source_branch: str
    target_branch: str
    target_project_id: int
    source_project_id: int | None = None
    description: str | None = None
    sha: str | None = None
    labels: list[str] = []
    has_conflicts: bool | None = None
    detailed_merge_status: str | None = None

    def plain(self, owner: str) -> RequestState:
        mergeable: bool | None = None
        if self.has_conflicts or self.detailed_merge_status in ("conflict", "broken_status", "need_rebase"):
            mergeable = False
        elif (
            self.detailed_merge_status not in (None, "", "unchecked", "checking", "preparing")
            and self.state == "opened"
        ):
            mergeable = True
        # Locked is what a request is while it is being merged.
        state: Literal["open", "merged", "closed"] = "open"
        if self.state in ("merged", "closed"):
            state = "merged" if self.state == "merged" else "closed"
        return RequestState(
            forge="gitlab",
            number=self.iid,
            url=self.web_url,
            title=self.title,
            body=self.description or "",
            state=state,
            base=self.target_branch,
            branch=self.source_branch,
            owner=owner,
            head=self.sha or "",
            mergeable=mergeable,
            labels=tuple(self.labels),
        )


class Pipeline(msgspec.Struct):
    sha: str
    project_id: int | None = None


class Status(msgspec.Struct):
    name: str
    status: str
    description: str | None = None
    target_url: str | None = None
    allow_failure: bool = False

    def plain(self) -> CheckRun:
        state: Literal["waiting", "passed", "failed", "skipped"]
        if self.status == "success":
            state = "passed"
        elif self.status in ("failed", "canceled"):
            state = "skipped" if self.allow_failure else "failed"
        elif self.status in ("skipped", "manual"):
            state = "skipped"
        else:
            state = "waiting"
        return CheckRun(name=self.name, state=state, says=self.description or "", url=self.target_url or "")


class Reviewer(msgspec.Struct):
    state: str = ""


class Approvals(msgspec.Struct):
    approved_by: list[msgspec.Raw] = []


class Position(msgspec.Struct):
    new_path: str | None = None
    old_path: str | None = None
    new_line: int | None = None
    head_sha: str | None = None


class Note(msgspec.Struct):
    id: int
    author: User | None = None
    body: str = ""
    created_at: Moment | None = None
    system: bool = False
    resolved: bool = False
    position: Position | None = None

    def plain(self, request_url: str) -> Comment:
        at = self.position
        return Comment(
            author=self.author.username if self.author else "",
            text=self.body,
            at=self.created_at,
            path=(at.new_path or at.old_path or "") if at else "",
            line=(at.new_line or 0) if at else 0,
            commit=(at.head_sha or "") if at else "",
            resolved=self.resolved,
            url=f"{request_url}#note_{self.id}",
        )


class Discussion(msgspec.Struct):
    notes: list[Note] = []
