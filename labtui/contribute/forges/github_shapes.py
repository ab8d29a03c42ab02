"""The answers of GitHub's interface: the fields that are used, and what they mean here."""

from __future__ import annotations

from typing import Literal

import msgspec

from labtui.contribute.forges import base
from labtui.contribute.forges.base import RequestState
from labtui.contribute.records import CheckRun, Comment
from labtui.records import Moment


class User(msgspec.Struct):
    login: str
    name: str | None = None
    html_url: str = ""


class Named(msgspec.Struct):
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
    source: Origin | None = None
    private: bool = False
    archived: bool = False
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
    sha: str
    user: User | None = None
    repo: HeadRepository | None = None


class Pull(msgspec.Struct):
    number: int
    html_url: str
    state: Literal["open", "closed"]
    title: str
    head: Branch
    base: Branch
    body: str | None = None
    merged_at: Moment | None = None
    mergeable: bool | None = None
    labels: list[Named] = []

    def plain(self) -> RequestState:
        return RequestState(
            forge="github",
            number=self.number,
            url=self.html_url,
            title=self.title,
            body=self.body or "",
            state="merged" if self.merged_at else self.state,
            base=self.base.ref,
            branch=self.head.ref,
            owner=self.head.repo.owner.login if self.head.repo else "",
            head=self.head.sha,
            mergeable=self.mergeable,
            labels=tuple(label.name for label in self.labels),
        )


class RunOutput(msgspec.Struct):
    title: str | None = None
    summary: str | None = None
    annotations_count: int = 0


class Annotation(msgspec.Struct):
    path: str
    start_line: int = 0
    message: str | None = None

    def plain(self) -> str:
        """`path:line: words`, as checks print it."""
        return f"{self.path}:{self.start_line}: {' '.join((self.message or '').split())}"


class Run(msgspec.Struct):
    id: int
    name: str
    status: str
    conclusion: str | None = None
    html_url: str | None = None
    output: RunOutput | None = None

    def plain(self) -> CheckRun:
        state: Literal["waiting", "passed", "failed", "skipped"]
        if self.status != "completed":
            state = "waiting"
        elif self.conclusion in ("success", "neutral"):
            state = "passed"
        elif self.conclusion in ("skipped", "stale"):
            state = "skipped"
        else:
            # action_required too: somebody has to do something before it passes.
            state = "failed"
        says = ""
        if self.output is not None:
            says = "\n".join(part for part in (self.output.title, self.output.summary) if part)
        if self.conclusion == "action_required" and not says:
            says = "waits for an approval by a maintainer"
        return CheckRun(name=self.name, state=state, says=says, url=self.html_url or "")


class CheckRuns(msgspec.Struct):
    check_runs: list[Run] = []


class Status(msgspec.Struct):
    context: str
    state: str
    description: str | None = None
    target_url: str | None = None

    def plain(self) -> CheckRun:
        state: Literal["waiting", "passed", "failed"] = "failed"
        if self.state in ("success", "pending"):
            state = "passed" if self.state == "success" else "waiting"
        return CheckRun(name=self.context, state=state, says=self.description or "", url=self.target_url or "")


class Statuses(msgspec.Struct):
    statuses: list[Status] = []


class Said(msgspec.Struct):
    html_url: str = ""
    user: User | None = None
    body: str | None = None
    created_at: Moment | None = None

    def plain(self) -> Comment:
        author = self.user.login if self.user else ""
        return Comment(author=author, text=self.body or "", at=self.created_at, url=self.html_url)


class SaidAtLine(msgspec.Struct):
    id: int
    path: str
    html_url: str = ""
    user: User | None = None
    body: str | None = None
    created_at: Moment | None = None
    line: int | None = None
    commit_id: str | None = None
    original_line: int | None = None
    original_commit_id: str | None = None
    in_reply_to_id: int | None = None

    @property
    def thread(self) -> int:
        """The id of the comment that began it."""
        return self.in_reply_to_id or self.id

    def plain(self, *, resolved: bool) -> Comment:
        # The line is gone where newer commits changed it; then it is the one it was written at, in the commit of then.
        return Comment(
            author=self.user.login if self.user else "",
            text=self.body or "",
            at=self.created_at,
            path=self.path,
            line=self.line or self.original_line or 0,
            commit=(self.commit_id if self.line else self.original_commit_id) or "",
            resolved=resolved,
            url=self.html_url,
        )


class Review(msgspec.Struct):
    state: str
    html_url: str = ""
    user: User | None = None
    body: str | None = None
    submitted_at: Moment | None = None

    @property
    def author(self) -> str:
        return self.user.login if self.user else ""

    def plain(self) -> Comment:
        return Comment(author=self.author, text=self.body or "", at=self.submitted_at, url=self.html_url)


THREADS_QUERY = """\
query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100) { nodes { isResolved comments(first: 1) { nodes { databaseId } } } }
    }
  }
}"""


class ThreadComment(msgspec.Struct, rename="camel"):
    database_id: int | None = None


class ThreadComments(msgspec.Struct):
    nodes: list[ThreadComment] = []


class Thread(msgspec.Struct, rename="camel"):
    comments: ThreadComments
    is_resolved: bool = False


class ThreadList(msgspec.Struct):
    nodes: list[Thread] = []


class ThreadsOfPull(msgspec.Struct, rename="camel"):
    review_threads: ThreadList


class ThreadsOfRepository(msgspec.Struct, rename="camel"):
    pull_request: ThreadsOfPull | None = None


class ThreadsData(msgspec.Struct):
    repository: ThreadsOfRepository | None = None


class Threads(msgspec.Struct):
    """What THREADS_QUERY gives."""

    data: ThreadsData | None = None

    def resolved(self) -> frozenset[int]:
        found = self.data.repository if self.data else None
        if found is None or found.pull_request is None:
            return frozenset()
        threads = found.pull_request.review_threads.nodes
        return frozenset(
            comment.database_id
            for thread in threads
            if thread.is_resolved
            for comment in thread.comments.nodes
            if comment.database_id is not None
        )
