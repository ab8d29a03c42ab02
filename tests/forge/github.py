"""The GitHub dialect."""

from __future__ import annotations

from typing import Any

from tests.forge.github_examples import example
from tests.forge.server import Answer, Call, Route, Server
from tests.forge.state import Check, Note, Refused, Repository, Request, User, commit_of

PREFIX = ""


def dialect(server: Server) -> list[Route]:
    api = _GitHub(server)
    repo = "/repos/{owner}/{repo}"
    return [
        Route("GET", "/user", api.user),
        Route("POST", "/user/repos", api.create),
        Route("GET", repo, api.show),
        Route("GET", f"{repo}/forks", api.forks),
        Route("POST", f"{repo}/forks", api.fork),
        Route("GET", f"{repo}/branches/{{branch}}", api.branch),
        Route("GET", f"{repo}/pulls", api.pulls),
        Route("POST", f"{repo}/pulls", api.open),
        Route("GET", f"{repo}/pulls/{{pull_number}}", api.pull),
        Route("PATCH", f"{repo}/pulls/{{pull_number}}", api.change),
        Route("GET", f"{repo}/pulls/{{pull_number}}/reviews", api.reviews),
        Route("GET", f"{repo}/pulls/{{pull_number}}/comments", api.line_comments),
        Route("GET", f"{repo}/issues/{{issue_number}}/comments", api.comments),
        Route("POST", f"{repo}/issues/{{issue_number}}/labels", api.label),
        Route("GET", f"{repo}/commits/{{ref}}/check-runs", api.check_runs),
        Route("GET", f"{repo}/commits/{{ref}}/status", api.status),
        Route("GET", f"{repo}/check-runs/{{check_run_id}}/annotations", api.annotations),
        Route("POST", "/graphql", api.graphql),
        Route("POST", "/api/graphql", api.graphql),
    ]


class _GitHub:
    def __init__(self, server: Server) -> None:
        self.server = server
        self.state = server.state

    def user(self, call: Call) -> Answer:
        login = call.who().login
        return Answer(200, self._like("account", login) | self._user(login))

    def create(self, call: Call) -> Answer:
        call.known("name", "private", "description", "auto_init")
        login = call.who().login
        if self.state.repository(login, call.body["name"]) is not None:
            return _invalid("Repository", "name", "name already exists on this account")
        made = self.state.add_repository(login, call.body["name"], private=call.body["private"])
        return Answer(201, self._repository(made, call.user, whole=True))

    def show(self, call: Call) -> Answer:
        return Answer(200, self._repository(self._found(call), call.user, whole=True))

    def forks(self, call: Call) -> Answer:
        call.known("sort", "per_page", "page")
        found = [one for one in self.state.repositories if one.parent is self._found(call)]
        return Answer(200, [self._repository(one, call.user) for one in call.page(found[::-1])])

    def fork(self, call: Call) -> Answer:
        call.known("organization", "name", "default_branch_only")
        made = self.state.fork(self._found(call), call.who().login)
        return Answer(202, self._repository(made, call.user, whole=True))

    def branch(self, call: Call) -> Answer:
        found = self._found(call)
        commit = commit_of(found, call.parts["branch"])
        if not commit:
            raise Refused(404, "Branch not found")
        value = self._like("branch", slug=found.slug) | {"name": call.parts["branch"], "protected": False}
        return Answer(200, value | {"commit": self._like("commit", slug=found.slug, sha=commit) | {"sha": commit}})

    def pulls(self, call: Call) -> Answer:
        call.known("head", "base", "state", "sort", "direction", "per_page", "page")
        owner, _, branch = call.query.get("head", "").partition(":")
        wanted = call.query.get("state", "open")
        found = [
            one
            for one in self.state.requests_of(self._found(call))
            if (not owner or (one.head_repository.owner, one.branch) == (owner, branch))
            and call.query.get("base", one.base) == one.base
            and (wanted == "all" or (one.state == "open") == (wanted == "open"))
        ]
        return Answer(200, [self._pull(one) for one in call.page(found[::-1])])

    def open(self, call: Call) -> Answer:
        call.known("title", "body", "head", "base", "head_repo", "maintainer_can_modify", "draft")
        target = self._found(call)
        owner, _, branch = call.body["head"].partition(":")
        name = call.body.get("head_repo")
        near = [
            one
            for one in self.state.repositories
            if one.owner == owner and (one is target or one.parent is target) and name in (None, one.name)
        ]
        if not near:
            return _invalid("PullRequest", "head", "head is invalid")
        try:
            made = self.state.open_request(
                target, call.who().login, near[0], branch, call.body["base"], call.body["title"], call.body["body"]
            )
        except Refused as refused:
            return _invalid("PullRequest", "head", refused.words)
        return Answer(201, self._pull(made, whole=True))

    def pull(self, call: Call) -> Answer:
        return Answer(200, self._pull(self._request(call, "pull_number"), whole=True))

    def change(self, call: Call) -> Answer:
        call.known("title", "body", "state", "base", "maintainer_can_modify")
        request = self._request(call, "pull_number")
        if call.who().login not in {request.author, *request.repository.writers}:
            raise Refused(403, "Must have admin rights to Repository.")
        if call.body.get("state") == "open" and request.state == "merged":
            return _invalid("PullRequest", "state", "state cannot be changed. The pull request is merged.")
        self.state.head(request)
        request.title = call.body.get("title", request.title)
        request.body = call.body.get("body", request.body)
        request.state = call.body.get("state", request.state)
        return Answer(200, self._pull(request, whole=True))

    def reviews(self, call: Call) -> Answer:
        request = self._request(call, "pull_number")
        states = {"approved": "APPROVED", "changes": "CHANGES_REQUESTED", "comment": "COMMENTED"}
        return Answer(
            200,
            [
                self._like("review", slug=request.repository.slug)
                | {
                    "id": one.id,
                    "user": self._user(one.author),
                    "body": one.text,
                    "state": "DISMISSED" if one.dismissed else states[one.verdict],
                    "html_url": f"{self._url(request)}#review-{one.id}",
                    "submitted_at": f"{one.at:%Y-%m-%dT%H:%M:%SZ}",
                }
                for one in call.page(request.reviews)
            ],
        )

    def line_comments(self, call: Call) -> Answer:
        request = self._request(call, "pull_number")
        notes = [note for review in request.reviews for note in review.notes]
        notes += [note for note in request.notes if note.path]
        return Answer(200, [self._line_comment(request, note) for note in call.page(notes)])

    def comments(self, call: Call) -> Answer:
        request = self._request(call, "issue_number")
        notes = [note for note in request.notes if not note.path]
        return Answer(200, [self._comment(request, note) for note in call.page(notes)])

    def label(self, call: Call) -> Answer:
        call.known("labels")
        request = self._request(call, "issue_number")
        if call.who().login not in request.repository.writers:
            raise Refused(403, "Must have triage rights.")
        request.labels += [label for label in call.body["labels"] if label not in request.labels]
        return Answer(200, [self._label(label) for label in request.labels])

    def check_runs(self, call: Call) -> Answer:
        runs = [self._run(check) for check in self._checks(call) if not check.old_kind]
        return Answer(200, {"total_count": len(runs), "check_runs": call.page(runs)})

    def status(self, call: Call) -> Answer:
        states = {"waiting": "pending", "passed": "success", "failed": "failure", "skipped": "success"}
        found = self._found(call)
        statuses = [
            self._like("status", slug=found.slug)
            | {"id": one.id, "context": one.name, "state": states[one.state], "description": one.says}
            | {"target_url": None}
            for one in self._checks(call)
            if one.old_kind
        ]
        value = self._like("statuses", slug=found.slug) | {"repository": self._repository(found, None)}
        value |= {"state": "pending", "sha": call.parts["ref"], "total_count": len(statuses)}
        return Answer(200, value | {"statuses": statuses})

    def annotations(self, call: Call) -> Answer:
        number = int(call.parts["check_run_id"])
        check = next(one for request in self.state.requests for one in request.checks if one.id == number)
        return Answer(
            200,
            [
                self._like("annotation", slug=f"{call.parts['owner']}/{call.parts['repo']}")
                | {"path": path, "start_line": line, "end_line": line, "title": None}
                | {"message": words, "annotation_level": "failure"}
                for path, line, words in call.page(check.remarks)
            ],
        )

    def graphql(self, call: Call) -> Answer:
        assert "reviewThreads" in call.body["query"]
        asked = call.body["variables"]
        target = self.state.repository(asked["owner"], asked["name"])
        request = next(one for one in self.state.requests if one.repository is target)
        threads = [
            {"isResolved": note.resolved, "comments": {"nodes": [{"databaseId": note.id}]}}
            for review in request.reviews
            for note in review.notes
            if not note.answers
        ]
        return Answer(200, {"data": {"repository": {"pullRequest": {"reviewThreads": {"nodes": threads}}}}})

    # -- what stands in answers -------------------------------------------------------------------------------------

    def _found(self, call: Call) -> Repository:
        found = self.state.repository(call.parts["owner"], call.parts["repo"])
        if found is None or (found.private and (call.user is None or call.user.login not in found.writers)):
            raise Refused(404, "Not Found")
        if found.looks_left:
            found.looks_left -= 1
            raise Refused(404, "Not Found")
        return found

    def _request(self, call: Call, part: str) -> Request:
        number = int(call.parts[part])
        for one in self.state.requests_of(self._found(call)):
            if one.number == number:
                return one
        raise Refused(404, "Not Found")

    def _checks(self, call: Call) -> list[Check]:
        commit = call.parts["ref"]
        return [one for request in self.state.requests if self.state.head(request) == commit for one in request.checks]

    def _like(self, name: str, login: str = "", slug: str = "", sha: str = "") -> dict[str, Any]:
        return example(name, api=self.server.api, web=self.server.web, login=login, slug=slug, sha=sha)

    def _user(self, login: str) -> dict[str, Any]:
        number = self.state.users[login].id if login in self.state.users else 1
        value = {"login": login, "id": number, "name": login.capitalize(), "html_url": f"{self.server.web}/{login}"}
        return self._like("user", login) | value

    def _repository(self, one: Repository, user: User | None, whole: bool = False) -> dict[str, Any]:
        value = self._like("repository", one.owner, one.slug) | {
            "id": one.id,
            "name": one.name,
            "full_name": one.slug,
            "owner": self._user(one.owner),
            "private": one.private,
            "archived": one.archived,
            "fork": one.parent is not None,
            "html_url": f"{self.server.web}/{one.slug}",
            "clone_url": self.server.clone_url(one.slug),
            "ssh_url": f"git@127.0.0.1:{one.slug}.git",
            "default_branch": one.default_branch,
        }
        if user is not None:
            value["permissions"] = {"admin": False, "push": user.login in one.writers, "pull": True}
        if whole and one.parent is not None:
            value["parent"] = value["source"] = self._repository(one.parent, None)
        return value

    def _url(self, request: Request) -> str:
        return f"{self.server.web}/{request.repository.slug}/pull/{request.number}"

    def _pull(self, one: Request, whole: bool = False) -> dict[str, Any]:
        def side(repository: Repository, ref: str, sha: str) -> dict[str, Any]:
            value = {"label": f"{repository.owner}:{ref}", "user": self._user(repository.owner)}
            return value | {"ref": ref, "sha": sha, "repo": self._repository(repository, None)}

        value = self._like("pull", one.author, one.repository.slug) | {
            "id": one.id,
            "number": one.number,
            "html_url": self._url(one),
            "state": "open" if one.state == "open" else "closed",
            "title": one.title,
            "body": one.body,
            "user": self._user(one.author),
            "labels": [self._label(label) for label in one.labels],
            "merged_at": "2026-01-03T00:00:00Z" if one.state == "merged" else None,
            "head": side(one.head_repository, one.branch, self.state.head(one)),
            "base": side(one.repository, one.base, commit_of(one.repository, one.base)),
        }
        if whole:
            value |= {"merged": one.state == "merged", "maintainer_can_modify": one.maintainers_may_push}
            value["mergeable"] = self.state.mergeable(one) if one.state == "open" else None
        return value

    def _label(self, name: str) -> dict[str, Any]:
        value = {"id": len(name), "name": name, "color": "ededed", "default": False, "description": ""}
        return self._like("label") | value

    def _comment(self, request: Request, note: Note, kind: str = "comment") -> dict[str, Any]:
        at = f"{note.at:%Y-%m-%dT%H:%M:%SZ}"
        value = {"id": note.id, "user": self._user(note.author), "body": note.text, "created_at": at, "updated_at": at}
        address = f"{self._url(request)}#note-{note.id}"
        return self._like(kind, slug=request.repository.slug) | value | {"html_url": address}

    def _line_comment(self, request: Request, note: Note) -> dict[str, Any]:
        head = self.state.head(request)
        value = self._comment(request, note, "line comment") | {"path": note.path, "original_line": note.line}
        value |= {"original_commit_id": note.commit, "commit_id": head if note.commit == head else note.commit}
        if note.commit == head:
            value["line"] = note.line
        return value | ({"in_reply_to_id": note.answers} if note.answers else {})

    def _run(self, check: Check) -> dict[str, Any]:
        conclusions = {"passed": "success", "failed": "failure", "skipped": "skipped", "waiting": None}
        remarks = f"{self.server.api}/annotations/{check.id}"
        output = {"title": check.says or None, "summary": None, "text": None,
                  "annotations_count": len(check.remarks), "annotations_url": remarks}  # fmt: skip
        return self._like("check run", "checker") | {
            "id": check.id,
            "name": check.name,
            "status": "in_progress" if check.state == "waiting" else "completed",
            "conclusion": conclusions[check.state],
            "html_url": f"{self.server.web}/runs/{check.id}",
            "output": output,
        }


def _invalid(resource: str, name: str, words: str) -> Answer:
    error = {"resource": resource, "field": name, "code": "custom", "message": words}
    return Answer(422, {"message": "Validation Failed", "errors": [error], "documentation_url": "https://docs"})
