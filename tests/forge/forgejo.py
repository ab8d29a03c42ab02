"""The dialect of Forgejo and Gitea."""

from __future__ import annotations

from typing import Any

from tests.forge.server import Answer, Call, Route, Server
from tests.forge.state import Note, Refused, Repository, Request, User, commit_of

PREFIX = "/api/v1"


def dialect(server: Server) -> list[Route]:
    api = _Forgejo(server)
    repo = "/repos/{owner}/{repo}"
    return [
        Route("GET", "/version", lambda call: Answer(200, {"version": "14.0.2+gitea-1.22.0"})),
        Route("GET", "/user", api.user),
        Route("POST", "/user/repos", api.create),
        Route("GET", repo, api.show),
        Route("GET", f"{repo}/forks", api.forks),
        Route("POST", f"{repo}/forks", api.fork),
        Route("GET", f"{repo}/branches/{{branch}}", api.branch),
        Route("GET", f"{repo}/labels", api.labels),
        Route("GET", f"{repo}/pulls", api.pulls),
        Route("POST", f"{repo}/pulls", api.open),
        Route("GET", f"{repo}/pulls/{{index}}", api.pull),
        Route("PATCH", f"{repo}/pulls/{{index}}", api.change),
        Route("GET", f"{repo}/pulls/{{index}}/reviews", api.reviews),
        Route("GET", f"{repo}/pulls/{{index}}/reviews/{{id}}/comments", api.line_comments),
        Route("GET", f"{repo}/issues/{{index}}/comments", api.comments),
        Route("POST", f"{repo}/issues/{{index}}/labels", api.label),
        Route("GET", f"{repo}/commits/{{ref}}/status", api.status),
        Route("GET", f"{repo}/pulls/{{base}}/{{head}}", api.by_branches),
    ]


class _Forgejo:
    def __init__(self, server: Server) -> None:
        self.server = server
        self.state = server.state

    def user(self, call: Call) -> Answer:
        return Answer(200, self._user(call.who().login))

    def create(self, call: Call) -> Answer:
        call.known("name", "private", "description", "auto_init")
        login = call.who().login
        if self.state.repository(login, call.body["name"]) is not None:
            raise Refused(409, "The repository with the same name already exists.")
        made = self.state.add_repository(login, call.body["name"], private=call.body["private"])
        return Answer(201, self._repository(made, call.user))

    def show(self, call: Call) -> Answer:
        return Answer(200, self._repository(self._found(call), call.user))

    def forks(self, call: Call) -> Answer:
        call.known("limit", "page")
        found = [one for one in self.state.repositories if one.parent is self._found(call)]
        return Answer(200, [self._repository(one, call.user) for one in call.page(found, "limit")])

    def fork(self, call: Call) -> Answer:
        call.known("organization", "name")
        target, login = self._found(call), call.who().login
        if any(one.owner == login and one.parent is target for one in self.state.repositories):
            raise Refused(409, "repository is already forked by user")
        return Answer(202, self._repository(self.state.fork(target, login), call.user))

    def branch(self, call: Call) -> Answer:
        if not commit_of(self._found(call), call.parts["branch"]):
            raise Refused(404, "The target couldn't be found.")
        return Answer(200, {"name": call.parts["branch"]})

    def labels(self, call: Call) -> Answer:
        call.known("limit", "page")
        return Answer(200, [self._label(name) for name in call.page(self.state.labels, "limit")])

    def pulls(self, call: Call) -> Answer:
        call.known("state", "sort", "limit", "page", "poster")
        wanted = call.query.get("state", "open")
        found = [
            one
            for one in self.state.requests_of(self._found(call))
            if wanted == "all" or (one.state == "open") == (wanted == "open")
        ]
        return Answer(200, [self._pull(one) for one in call.page(found[::-1], "limit")])

    def by_branches(self, call: Call) -> Answer:
        """The first one there ever was, whatever became of it."""
        call.known()
        target = self._found(call)
        owner, _, branch = call.parts["head"].rpartition(":")
        for one in self.state.requests_of(target):
            source = owner or target.owner
            if (one.base, one.branch, one.head_repository.owner) == (call.parts["base"], branch, source):
                return Answer(200, self._pull(one))
        raise Refused(404, "The target couldn't be found.")

    def open(self, call: Call) -> Answer:
        call.known("title", "body", "head", "base", "labels")
        target = self._found(call)
        owner, _, branch = call.body["head"].rpartition(":")
        heads = [
            one
            for one in self.state.repositories
            if (one is target and owner in ("", one.owner)) or (one.parent is target and one.owner == owner)
        ]
        if not heads:
            raise Refused(404, "The target couldn't be found.")
        made = self.state.open_request(
            target, call.who().login, heads[0], branch, call.body["base"], call.body["title"], call.body["body"]
        )
        return Answer(201, self._pull(made))

    def pull(self, call: Call) -> Answer:
        return Answer(200, self._pull(self._request(call)))

    def change(self, call: Call) -> Answer:
        call.known("title", "body", "state")
        request = self._request(call)
        if call.who().login not in {request.author, *request.repository.writers}:
            raise Refused(403, "user should be the poster or have write access")
        if call.body.get("state") and request.state == "merged":
            raise Refused(412, "cannot change state of this pull request, it was already merged")
        self.state.head(request)
        request.title = call.body.get("title", request.title)
        request.body = call.body.get("body", request.body)
        request.state = call.body.get("state", request.state)
        return Answer(201, self._pull(request))

    def reviews(self, call: Call) -> Answer:
        call.known("limit", "page")
        states = {"approved": "APPROVED", "changes": "REQUEST_CHANGES", "comment": "COMMENT"}
        request = self._request(call)
        return Answer(
            200,
            [
                {
                    "id": one.id,
                    "user": self._user(one.author),
                    "state": states[one.verdict],
                    "body": one.text,
                    "html_url": f"{self._url(request)}#review-{one.id}",
                    "submitted_at": f"{one.at:%Y-%m-%dT%H:%M:%SZ}",
                    "comments_count": len(one.notes),
                    "dismissed": one.dismissed,
                }
                for one in call.page(request.reviews, "limit")
            ],
        )

    def line_comments(self, call: Call) -> Answer:
        request = self._request(call)
        review = next(one for one in request.reviews if one.id == int(call.parts["id"]))
        return Answer(
            200,
            [
                self._comment(request, note)
                | {"path": note.path, "position": note.line, "original_position": 0}
                | ({"resolver": self._user("maintainer")} if note.resolved else {})
                for note in review.notes
            ],
        )

    def comments(self, call: Call) -> Answer:
        call.known()
        request = self._request(call)
        return Answer(200, [self._comment(request, note) for note in request.notes])

    def label(self, call: Call) -> Answer:
        call.known("labels")
        request = self._request(call)
        if call.who().login not in request.repository.writers:
            raise Refused(403, "Must have permission to write.")
        request.labels += [name for name in self.state.labels if self._label(name)["id"] in call.body["labels"]]
        return Answer(200, [self._label(name) for name in request.labels])

    def status(self, call: Call) -> Answer:
        call.known("limit", "page")
        states = {"waiting": "pending", "passed": "success", "failed": "failure", "skipped": "warning"}
        statuses = [
            {"id": check.id, "context": check.name, "status": states[check.state], "description": check.says}
            for request in self.state.requests
            if self.state.head(request) == call.parts["ref"]
            for check in request.checks
        ]
        return Answer(200, {"sha": call.parts["ref"], "state": "pending", "statuses": statuses or None})

    # -- what stands in answers -------------------------------------------------------------------------------------

    def _found(self, call: Call) -> Repository:
        found = self.state.repository(call.parts["owner"], call.parts["repo"])
        if found is None or (found.private and (call.user is None or call.user.login not in found.writers)):
            raise Refused(404, "The target couldn't be found.")
        if found.looks_left:
            found.looks_left -= 1
            raise Refused(404, "The target couldn't be found.")
        return found

    def _request(self, call: Call) -> Request:
        for one in self.state.requests_of(self._found(call)):
            if str(one.number) == call.parts["index"]:
                return one
        raise Refused(404, "The target couldn't be found.")

    def _user(self, login: str) -> dict[str, Any]:
        return {"id": 1, "login": login, "full_name": login.capitalize(), "html_url": f"{self.server.web}/{login}"}

    def _repository(self, one: Repository, user: User | None) -> dict[str, Any]:
        return {
            "id": one.id,
            "name": one.name,
            "full_name": one.slug,
            "owner": self._user(one.owner),
            "private": one.private,
            "archived": one.archived,
            "empty": not commit_of(one, one.default_branch),
            "fork": one.parent is not None,
            "parent": self._repository(one.parent, None) if one.parent is not None else None,
            "html_url": f"{self.server.web}/{one.slug}",
            "clone_url": self.server.clone_url(one.slug),
            "ssh_url": f"git@127.0.0.1:{one.slug}.git",
            "default_branch": one.default_branch,
            "permissions": {"admin": False, "push": user is not None and user.login in one.writers, "pull": True},
        }

    def _url(self, request: Request) -> str:
        return f"{self.server.web}/{request.repository.slug}/pulls/{request.number}"

    def _pull(self, one: Request) -> dict[str, Any]:
        return {
            "id": one.id,
            "number": one.number,
            "html_url": self._url(one),
            "state": "open" if one.state == "open" else "closed",
            "merged": one.state == "merged",
            "title": one.title,
            "body": one.body,
            "user": self._user(one.author),
            "labels": [self._label(name) for name in one.labels],
            "mergeable": one.state == "open" and self.state.mergeable(one),
            "head": {"label": one.branch, "ref": one.branch, "sha": self.state.head(one),
                     "repo": self._repository(one.head_repository, None)},
            "base": {"label": one.base, "ref": one.base, "sha": commit_of(one.repository, one.base),
                     "repo": self._repository(one.repository, None)},
        }  # fmt: skip

    def _label(self, name: str) -> dict[str, Any]:
        number = self.state.labels.index(name) + 1 if name in self.state.labels else 99
        return {"id": number, "name": name, "color": "ededed"}

    def _comment(self, request: Request, note: Note) -> dict[str, Any]:
        return {"id": note.id, "user": self._user(note.author), "body": note.text,
                "html_url": f"{self._url(request)}#note-{note.id}",
                "created_at": f"{note.at:%Y-%m-%dT%H:%M:%SZ}"}  # fmt: skip
