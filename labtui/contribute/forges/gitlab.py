"""GitLab, in its cloud and installed anywhere: the REST interface v4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from labtui.contribute.forges import gitlab_shapes as shapes
from labtui.contribute.forges.base import Account, ForgeError, Head, Repository, RequestState
from labtui.contribute.forges.calls import PAGE, PAGES, Parameters
from labtui.contribute.forges.reading import Client, by_time, latest_checks, same, segment
from labtui.contribute.records import CheckRun, Comment


class GitLab(Client):
    """See `base.Forge`. What it calls a merge request is a request here, its number is the `iid`."""

    def whoami(self) -> Account:
        user = self.calls.get("/user", shapes.User)
        return Account(login=user.username, name=user.name, url=user.web_url)

    def repository(self, owner: str = "", name: str = "") -> Repository:
        return self._project(owner, name).plain()

    def own_fork(self) -> Repository | None:
        login = self.whoami().login
        for page in self.calls.each_page(f"{self._path()}/forks", shapes.Project, {"owned": "true"}):
            for fork in page:
                # Forks in groups of the same person are owned as well; the one below the own name is meant.
                if same(fork.namespace.full_path, login):
                    return fork.plain()
        return None

    def fork(self, cancelled: Callable[[], bool] = lambda: False) -> Repository:
        fork = self.own_fork()
        if fork is None:
            try:
                fork = self.calls.send("POST", f"{self._path()}/fork", {}, shapes.Project).plain()
            except ForgeError as error:
                # Made by a call whose answer was lost; a project of that name that is no fork stays an error.
                fork = self.own_fork() if error.refusal in ("exists", "network", "server", "answer") else None
                if fork is None:
                    raise
        found = self._project(fork.owner, fork.name)

        def ready() -> bool:
            nonlocal found
            found = self._project(fork.owner, fork.name)
            if found.import_status == "failed":
                raise ForgeError(
                    "GitLab could not make the fork.",
                    "server",
                    where=fork.url,
                    hint="Delete the broken fork there and submit again.",
                )
            return found.import_status in ("finished", "none", None)

        self.wait_until(ready, f"making the fork {fork.slug}", cancelled)
        return found.plain()

    def find_request(self, head: Head, base: str = "", *, any_state: bool = False) -> RequestState | None:
        source = self._project_or_none(head)
        if source is None:
            return None
        asked: Parameters = {"source_branch": head.branch, "order_by": "created_at", "sort": "desc"}
        asked |= {"state": "all" if any_state else "opened"} | ({"target_branch": base} if base else {})
        listed = self.calls.pages(f"{self._path()}/merge_requests", shapes.MergeRequest, asked, most=1)
        found = [request.plain(head.owner) for request in listed if request.source_project_id == source.id]
        return next((request for request in found if request.state == "open"), found[0] if found else None)

    def open_request(self, title: str, body: str, head: Head, base: str, labels: tuple[str, ...] = ()) -> RequestState:
        target = self._project()
        asked: dict[str, Any] = {
            "source_branch": head.branch,
            "target_branch": base,
            "target_project_id": target.id,
            "title": title,
            "description": body,
            # Maintainers may push to the branch, as they may on the other forges.
            "allow_collaboration": True,
        }
        if labels:
            asked["labels"] = ",".join(labels)
        path = f"{self._path(head.owner, head.repo)}/merge_requests"
        try:
            return self.calls.send("POST", path, asked, shapes.MergeRequest).plain(head.owner)
        except ForgeError as error:
            if error.refusal not in ("exists", "invalid", "network", "server", "answer"):
                raise
            try:
                found = self.find_request(head, base)
            except ForgeError:
                raise error from None
            if found is None:
                raise
            return found

    def read(self, number: int) -> RequestState:
        request = self.calls.get(self._request_path(number), shapes.MergeRequest)
        comments, cut = self._comments(number, request.web_url)
        asked, approved = self._verdicts(number)
        return msgspec.structs.replace(
            request.plain(self._source_owner(request)),
            checks=self._checks(number, request),
            comments=comments,
            whole=True,
            cut=cut,
            changes_requested=asked or request.detailed_merge_status == "requested_changes",
            approved=approved and not asked,
        )

    def update(self, number: int, *, title: str | None = None, body: str | None = None) -> RequestState:
        asked = {key: value for key, value in {"title": title, "description": body}.items() if value is not None}
        return self._put(number, asked) if asked else self._state(number)

    def close(self, number: int) -> RequestState:
        found = self._state(number)
        return self._put(number, {"state_event": "close"}) if found.state == "open" else found

    def reopen(self, number: int) -> RequestState:
        found = self._state(number)
        return self._put(number, {"state_event": "reopen"}) if found.state != "open" else found

    def create_repository(self, name: str, *, private: bool = False, description: str = "") -> Repository:
        body = {
            "name": name,
            "path": name,
            "visibility": "private" if private else "public",
            "description": description,
            "initialize_with_readme": False,
        }
        return self.calls.send("POST", "/projects", body, shapes.Project).plain()

    def _state(self, number: int) -> RequestState:
        request = self.calls.get(self._request_path(number), shapes.MergeRequest)
        return request.plain(self._source_owner(request))

    def _put(self, number: int, body: dict[str, Any]) -> RequestState:
        request = self.calls.send("PUT", self._request_path(number), body, shapes.MergeRequest)
        return request.plain(self._source_owner(request))

    def _path(self, owner: str = "", name: str = "") -> str:
        return f"/projects/{segment(f'{owner or self.address.owner}/{name or self.address.repo}')}"

    def _request_path(self, number: int) -> str:
        return f"{self._path()}/merge_requests/{number}"

    def _project(self, owner: str = "", name: str = "") -> shapes.Project:
        return self.calls.get(self._path(owner, name), shapes.Project)

    def _project_or_none(self, head: Head) -> shapes.Project | None:
        return self.calls.get_or_none(self._path(head.owner, head.repo), shapes.Project)

    def _source_owner(self, request: shapes.MergeRequest) -> str:
        if request.source_project_id == request.target_project_id:
            return self.address.owner
        if request.source_project_id is None:
            return ""
        source = self.calls.get_or_none(f"/projects/{request.source_project_id}", shapes.Project)
        return source.namespace.full_path if source is not None else ""

    def _checks(self, number: int, request: shapes.MergeRequest) -> tuple[CheckRun, ...]:
        # The pipelines of a fork run in the fork; those of the merged result have a commit of their own.
        pipelines = self.calls.get_or_none(
            f"{self._request_path(number)}/pipelines", list[shapes.Pipeline], {"per_page": 1}
        )
        project, commit = request.source_project_id, request.sha
        if pipelines:
            project, commit = pipelines[0].project_id or project, pipelines[0].sha
        if not commit or project is None:
            return ()
        path = f"/projects/{project}/repository/commits/{segment(commit)}/statuses"
        statuses = self.calls.get_or_none(path, list[shapes.Status], {"per_page": PAGE})
        return latest_checks(status.plain() for status in statuses or ())

    def _verdicts(self, number: int) -> tuple[bool, bool]:
        """(somebody asks for changes, somebody approved)"""
        reviewers = self.calls.get_or_none(f"{self._request_path(number)}/reviewers", list[shapes.Reviewer])
        states = {reviewer.state for reviewer in reviewers or ()}
        approvals = self.calls.get_or_none(f"{self._request_path(number)}/approvals", shapes.Approvals)
        return "requested_changes" in states, "approved" in states or bool(approvals and approvals.approved_by)

    def _comments(self, number: int, url: str) -> tuple[tuple[Comment, ...], bool]:
        threads = self.calls.pages(f"{self._request_path(number)}/discussions", shapes.Discussion)
        notes = [note for thread in threads for note in thread.notes if not note.system]
        return by_time(note.plain(url) for note in notes), len(threads) >= PAGE * PAGES
