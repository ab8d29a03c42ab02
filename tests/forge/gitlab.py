"""The GitLab dialect."""

from __future__ import annotations

from typing import Any

from tests.forge.server import Answer, Call, Route, Server
from tests.forge.state import Note, Refused, Repository, Request, User, commit_of

PREFIX = "/api/v4"


def dialect(server: Server) -> list[Route]:
    api = _GitLab(server)
    project = "/projects/{id}"
    request = f"{project}/merge_requests/{{iid}}"
    return [
        Route("GET", "/version", api.version),
        Route("GET", "/user", api.user),
        Route("POST", "/projects", api.create),
        Route("GET", project, api.show),
        Route("GET", f"{project}/forks", api.forks),
        Route("POST", f"{project}/fork", api.fork),
        Route("GET", f"{project}/merge_requests", api.list),
        Route("POST", f"{project}/merge_requests", api.open),
        Route("GET", request, api.one),
        Route("PUT", request, api.change),
        Route("GET", f"{request}/discussions", api.discussions),
        Route("GET", f"{request}/reviewers", api.reviewers),
        Route("GET", f"{request}/approvals", api.approvals),
        Route("GET", f"{request}/pipelines", api.pipelines),
        Route("GET", f"{project}/repository/commits/{{sha}}/statuses", api.statuses),
    ]


class _GitLab:
    def __init__(self, server: Server) -> None:
        self.server = server
        self.state = server.state

    def version(self, call: Call) -> Answer:
        if call.user is None:
            raise Refused(401, "401 Unauthorized")
        return Answer(200, {"version": "18.0.0", "revision": "abc"})

    def user(self, call: Call) -> Answer:
        if call.user is None:
            raise Refused(401, "401 Unauthorized")
        return Answer(200, self._user(call.user.login))

    def create(self, call: Call) -> Answer:
        call.known("name", "path", "visibility", "description", "initialize_with_readme")
        login = call.who().login
        if self.state.repository(login, call.body["path"]) is not None:
            return Answer(400, {"message": {"name": ["has already been taken"], "path": ["has already been taken"]}})
        made = self.state.add_repository(login, call.body["path"], private=call.body["visibility"] == "private")
        return Answer(201, self._project(made, call.user))

    def show(self, call: Call) -> Answer:
        call.known()
        found = self._found(call)
        value = self._project(found, call.user)
        if found.looks_left:
            found.looks_left -= 1
            value["import_status"] = "started"
        return Answer(200, value)

    def forks(self, call: Call) -> Answer:
        call.known("owned", "per_page", "page")
        mine = call.user.login if call.user and call.query.get("owned") == "true" else None
        found = [
            one for one in self.state.repositories if one.parent is self._found(call) and mine in (None, one.owner)
        ]
        return Answer(200, [self._project(one, call.user) for one in call.page(found)])

    def fork(self, call: Call) -> Answer:
        call.known("name", "path", "namespace_path")
        target, login = self._found(call), call.who().login
        if self.state.repository(login, target.name) is not None:
            words = ["Project namespace name has already been taken", "Name has already been taken"]
            return Answer(409, {"message": words})
        made = self.state.fork(target, login)
        return Answer(201, self._project(made, call.user) | {"import_status": "scheduled"})

    def list(self, call: Call) -> Answer:
        call.known("state", "source_branch", "target_branch", "order_by", "sort", "per_page", "page")
        asked = call.query
        found = [
            one
            for one in self.state.requests_of(self._found(call))
            if asked.get("source_branch", one.branch) == one.branch
            and asked.get("target_branch", one.base) == one.base
            and asked.get("state", "all") in ("all", self._state_of(one))
        ]
        return Answer(200, [self._request(one) for one in call.page(found[::-1])])

    def open(self, call: Call) -> Answer:
        names = ("source_branch", "target_branch", "target_project_id", "title", "description", "labels")
        call.known(*names, "allow_collaboration")
        source, asked = self._found(call), call.body
        target = next(one for one in self.state.repositories if one.id == asked["target_project_id"])
        try:
            made = self.state.open_request(
                target, call.who().login, source, asked["source_branch"], asked["target_branch"], asked["title"],
                asked["description"],
            )  # fmt: skip
        except Refused as refused:
            if refused.status == 409:
                number = self.state.requests_of(target)[-1].number
                words = f"Another open merge request already exists for this source branch: !{number}"
                return Answer(409, {"message": [words]})
            return Answer(400, {"message": {"base": [refused.words]}})
        made.labels = [label for label in asked.get("labels", "").split(",") if label]
        made.maintainers_may_push = asked["allow_collaboration"]
        return Answer(201, self._request(made))

    def one(self, call: Call) -> Answer:
        return Answer(200, self._request(self._asked(call)))

    def change(self, call: Call) -> Answer:
        call.known("title", "description", "state_event")
        request = self._asked(call)
        if call.who().login not in {request.author, *request.repository.writers}:
            raise Refused(403, "403 Forbidden")
        self.state.head(request)
        request.title = call.body.get("title", request.title)
        request.body = call.body.get("description", request.body)
        event = call.body.get("state_event")
        if event == "reopen" and request.state == "merged":
            return Answer(422, {"message": "State cannot transition via reopen"})
        if event:
            request.state = {"close": "closed", "reopen": "open"}[event]
        return Answer(200, self._request(request))

    def discussions(self, call: Call) -> Answer:
        call.known("per_page", "page")
        request = self._asked(call)
        threads = [[note] for note in request.notes]
        threads += [[note] for review in request.reviews for note in review.notes]
        # What a review says as a whole is a note like any other here.
        threads += [[Note(one.id, one.author, one.text, one.at)] for one in request.reviews if one.text]
        spoken = [
            {"id": str(notes[0].id), "individual_note": not notes[0].path, "notes": [self._note(one) for one in notes]}
            for notes in threads
        ]
        said = {"id": 1, "author": self._user("maintainer"), "body": "added 1 commit", "system": True,
                "created_at": "2026-01-02T03:00:00.000Z"}  # fmt: skip
        return Answer(200, call.page([{"id": "x", "notes": [said]}, *spoken]))

    def reviewers(self, call: Call) -> Answer:
        call.known()
        states = {"approved": "approved", "changes": "requested_changes", "comment": "reviewed"}
        latest = {review.author: review for review in self._asked(call).reviews if not review.dismissed}
        return Answer(200, [{"user": self._user(name), "state": states[one.verdict]} for name, one in latest.items()])

    def approvals(self, call: Call) -> Answer:
        call.known()
        names = [review.author for review in self._asked(call).reviews if review.verdict == "approved"]
        return Answer(200, {"approved_by": [{"user": self._user(name)} for name in names]})

    def pipelines(self, call: Call) -> Answer:
        call.known("per_page", "page")
        request = self._asked(call)
        one = {"id": 7, "sha": self.state.head(request), "status": "failed", "project_id": request.head_repository.id}
        return Answer(200, [one] if request.checks else [])

    def statuses(self, call: Call) -> Answer:
        call.known("per_page", "page")
        names = {"waiting": "running", "passed": "success", "failed": "failed", "skipped": "skipped"}
        source = self._found(call)
        return Answer(
            200,
            [
                {"id": one.id, "name": one.name, "status": names[one.state], "description": one.says,
                 "target_url": None, "allow_failure": False}
                for request in self.state.requests
                if request.head_repository is source and self.state.head(request) == call.parts["sha"]
                for one in request.checks
            ],
        )  # fmt: skip

    # -- what stands in answers -------------------------------------------------------------------------------------

    def _found(self, call: Call) -> Repository:
        wanted = call.parts["id"]
        for one in self.state.repositories:
            if wanted in (str(one.id), one.slug):
                if one.private and (call.user is None or call.user.login not in one.writers):
                    break
                return one
        raise Refused(404, "404 Project Not Found")

    def _asked(self, call: Call) -> Request:
        for one in self.state.requests_of(self._found(call)):
            if str(one.number) == call.parts["iid"]:
                return one
        raise Refused(404, "404 Not found")

    def _user(self, login: str) -> dict[str, Any]:
        return {"id": 1, "username": login, "name": login.capitalize(), "web_url": f"{self.server.web}/{login}"}

    def _project(self, one: Repository, user: User | None) -> dict[str, Any]:
        value: dict[str, Any] = {
            "id": one.id,
            "path": one.name,
            "name": one.name,
            "path_with_namespace": one.slug,
            "namespace": {"id": 1, "full_path": one.owner},
            "web_url": f"{self.server.web}/{one.slug}",
            "http_url_to_repo": self.server.clone_url(one.slug),
            "ssh_url_to_repo": f"git@127.0.0.1:{one.slug}.git",
            "default_branch": one.default_branch if commit_of(one, one.default_branch) else None,
            "visibility": "private" if one.private else "public",
            "archived": one.archived,
            "import_status": "finished" if one.parent else "none",
        }
        if one.parent is not None:
            value["forked_from_project"] = {"id": one.parent.id, "path_with_namespace": one.parent.slug}
        if user is not None:
            level = {"access_level": 40} if user.login in one.writers else None
            value["permissions"] = {"project_access": level, "group_access": None}
        return value

    def _state_of(self, one: Request) -> str:
        return {"open": "opened"}.get(one.state, one.state)

    def _request(self, one: Request) -> dict[str, Any]:
        fits = one.state == "open" and self.state.mergeable(one)
        return {
            "id": one.id,
            "iid": one.number,
            "web_url": f"{self.server.web}/{one.repository.slug}/-/merge_requests/{one.number}",
            "title": one.title,
            "description": one.body,
            "state": self._state_of(one),
            "source_branch": one.branch,
            "target_branch": one.base,
            "source_project_id": one.head_repository.id,
            "target_project_id": one.repository.id,
            "sha": self.state.head(one),
            "labels": one.labels,
            "has_conflicts": one.state == "open" and not fits,
            "detailed_merge_status": "mergeable" if fits else "conflict" if one.state == "open" else "not_open",
        }

    def _note(self, note: Note) -> dict[str, Any]:
        value = {"id": note.id, "author": self._user(note.author), "body": note.text, "system": False,
                 "created_at": f"{note.at:%Y-%m-%dT%H:%M:%S.000Z}", "resolvable": bool(note.path)}  # fmt: skip
        if note.path:
            place = {"new_path": note.path, "old_path": note.path, "new_line": note.line, "old_line": None}
            value |= {"resolved": note.resolved, "position": place | {"head_sha": note.commit}}
        return value
