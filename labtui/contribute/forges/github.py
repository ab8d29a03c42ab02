"""GitHub, in its cloud and as GitHub Enterprise Server: the REST interface of 2022-11-28."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import msgspec

from labtui.contribute.forges import github_shapes as shapes
from labtui.contribute.forges.base import Account, ForgeError, Head, Repository, RequestState
from labtui.contribute.forges.calls import PAGE, PAGES, Parameters
from labtui.contribute.forges.reading import Client, by_time, head_name, latest_checks, same, segment
from labtui.contribute.records import CheckRun, Comment

FORK_PAGES = 3
ANNOTATED = 5
"""Failed checks whose remarks on single lines are read: each is a request of its own."""


class GitHub(Client):
    """See `base.Forge`."""

    HEADERS: ClassVar[dict[str, str]] = {
        "accept": "application/vnd.github+json",
        "x-github-api-version": "2022-11-28",
    }

    def whoami(self) -> Account:
        user = self.calls.get("/user", shapes.User)
        return Account(login=user.login, name=user.name or "", url=user.html_url)

    def repository(self, owner: str = "", name: str = "") -> Repository:
        return self._repository(owner, name).plain()

    def own_fork(self) -> Repository | None:
        login = self.whoami().login
        found = self.calls.get_or_none(self._path(login, self.address.repo), shapes.Repository)
        if found is not None and self._is_fork(found):
            return found.plain()
        # A fork may have a name of its own.
        pages = self.calls.each_page(f"{self._path()}/forks", shapes.Repository, {"sort": "newest"}, most=FORK_PAGES)
        for page in pages:
            for fork in page:
                if same(fork.owner.login, login):
                    return fork.plain()
        return None

    def fork(self, cancelled: Callable[[], bool] = lambda: False) -> Repository:
        fork = self.own_fork()
        if fork is None:
            body: dict[str, Any] = {"default_branch_only": True}
            # The forge answers with the fork that is there already, where one is.
            fork = self.calls.send("POST", f"{self._path()}/forks", body, shapes.Repository).plain()
        path = self._path(fork.owner, fork.name)

        def ready() -> bool:
            found = self.calls.get_or_none(path, shapes.Repository)
            if found is None:
                return False
            branch = found.default_branch
            return not branch or self.calls.get_or_none(f"{path}/branches/{segment(branch)}", shapes.Named) is not None

        self.wait_until(ready, f"making the fork {fork.slug}", cancelled)
        return self.repository(fork.owner, fork.name)

    def find_request(self, head: Head, base: str = "", *, any_state: bool = False) -> RequestState | None:
        asked: Parameters = {"head": head_name(head), "sort": "created", "direction": "desc"}
        asked |= {"state": "all" if any_state else "open"} | ({"base": base} if base else {})
        found = [
            pull.plain()
            for pull in self.calls.pages(f"{self._path()}/pulls", shapes.Pull, asked, most=1)
            if pull.head.ref == head.branch and (pull.head.repo is None or same(pull.head.repo.name, head.repo))
        ]
        return next((pull for pull in found if pull.state == "open"), found[0] if found else None)

    def open_request(self, title: str, body: str, head: Head, base: str, labels: tuple[str, ...] = ()) -> RequestState:
        asked: dict[str, Any] = {"title": title, "body": body, "head": head_name(head), "base": base}
        if same(head.owner, self.address.owner) and not same(head.repo, self.address.repo):
            # A fork beside the original, below the same organisation.
            asked["head_repo"] = head.repo
        try:
            opened = self.calls.send("POST", f"{self._path()}/pulls", asked, shapes.Pull).plain()
        except ForgeError as error:
            if error.refusal not in ("exists", "invalid", "network", "server", "answer"):
                raise
            # It may have been opened: by an earlier call, or by this one whose answer was lost.
            found = self._found_after(error, head, base)
            if found is None:
                raise
            return found
        if labels:
            opened = msgspec.structs.replace(opened, labels=self._label(opened.number, labels) or opened.labels)
        return opened

    def _found_after(self, error: ForgeError, head: Head, base: str) -> RequestState | None:
        try:
            return self.find_request(head, base)
        except ForgeError:
            raise error from None

    def _label(self, number: int, labels: tuple[str, ...]) -> tuple[str, ...]:
        path = f"{self._path()}/issues/{number}/labels"
        try:
            given = self.calls.send("POST", path, {"labels": list(labels)}, list[shapes.Named])
        except ForgeError:
            return ()
        return tuple(label.name for label in given)

    def read(self, number: int) -> RequestState:
        pull = self.calls.get(f"{self._path()}/pulls/{number}", shapes.Pull)
        comments, verdicts, cut = self._comments(number)
        return msgspec.structs.replace(
            pull.plain(),
            checks=self._checks(pull.head.sha),
            comments=comments,
            whole=True,
            cut=cut,
            changes_requested="CHANGES_REQUESTED" in verdicts,
            approved="APPROVED" in verdicts and "CHANGES_REQUESTED" not in verdicts,
        )

    def update(self, number: int, *, title: str | None = None, body: str | None = None) -> RequestState:
        asked = {key: value for key, value in {"title": title, "body": body}.items() if value is not None}
        return self._patch(number, asked) if asked else self._state(number)

    def close(self, number: int) -> RequestState:
        found = self._state(number)
        return self._patch(number, {"state": "closed"}) if found.state == "open" else found

    def reopen(self, number: int) -> RequestState:
        found = self._state(number)
        return self._patch(number, {"state": "open"}) if found.state != "open" else found

    def create_repository(self, name: str, *, private: bool = False, description: str = "") -> Repository:
        body = {"name": name, "private": private, "description": description, "auto_init": False}
        return self.calls.send("POST", "/user/repos", body, shapes.Repository).plain()

    def _state(self, number: int) -> RequestState:
        return self.calls.get(f"{self._path()}/pulls/{number}", shapes.Pull).plain()

    def _patch(self, number: int, body: dict[str, Any]) -> RequestState:
        return self.calls.send("PATCH", f"{self._path()}/pulls/{number}", body, shapes.Pull).plain()

    def _path(self, owner: str = "", name: str = "") -> str:
        return f"/repos/{segment(owner or self.address.owner)}/{segment(name or self.address.repo)}"

    def _repository(self, owner: str = "", name: str = "") -> shapes.Repository:
        return self.calls.get(self._path(owner, name), shapes.Repository)

    def _is_fork(self, found: shapes.Repository) -> bool:
        origins = [origin.full_name for origin in (found.parent, found.source) if origin is not None]
        return any(same(origin, self.address.slug) for origin in origins)

    def _checks(self, commit: str) -> tuple[CheckRun, ...]:
        path = f"{self._path()}/commits/{segment(commit)}"
        # Two ways to report: check runs (Actions and other apps) and the older statuses (many a DCO check).
        runs = self.calls.get_or_none(f"{path}/check-runs", shapes.CheckRuns, {"per_page": PAGE})
        statuses = self.calls.get_or_none(f"{path}/status", shapes.Statuses, {"per_page": PAGE})
        found = self._annotated(runs.check_runs) if runs is not None else []
        found += [status.plain() for status in statuses.statuses] if statuses is not None else []
        return latest_checks(found)

    def _annotated(self, runs: list[shapes.Run]) -> list[CheckRun]:
        """The runs, the first failed ones with what they say of single lines."""
        left = ANNOTATED
        found = []
        for run in runs:
            check = run.plain()
            if check.state == "failed" and left and run.output is not None and run.output.annotations_count:
                left -= 1
                path = f"{self._path()}/check-runs/{run.id}/annotations"
                notes = self.calls.get_or_none(path, list[shapes.Annotation], {"per_page": PAGE}) or []
                says = "\n".join(part for part in (check.says, *(note.plain() for note in notes)) if part)
                check = msgspec.structs.replace(check, says=says)
            found.append(check)
        return found

    def _comments(self, number: int) -> tuple[tuple[Comment, ...], set[str], bool]:
        """(comments, the latest verdict of each reviewer, whether there are more)"""
        pull = f"{self._path()}/pulls/{number}"
        talk = self.calls.pages(f"{self._path()}/issues/{number}/comments", shapes.Said)
        lines = self.calls.pages(f"{pull}/comments", shapes.SaidAtLine)
        reviews = self.calls.pages(f"{pull}/reviews", shapes.Review)
        verdicts: dict[str, str] = {}
        for review in reviews:
            if review.state in ("APPROVED", "CHANGES_REQUESTED", "DISMISSED"):
                verdicts[review.author] = review.state
        settled = self._resolved(number) if lines else frozenset[int]()
        comments = [said.plain() for said in talk]
        comments += [said.plain(resolved=said.thread in settled) for said in lines]
        comments += [review.plain() for review in reviews if review.body and review.state != "PENDING"]
        cut = max(len(talk), len(lines), len(reviews)) >= PAGE * PAGES
        return by_time(comments), set(verdicts.values()), cut

    def _resolved(self, number: int) -> frozenset[int]:
        """Ids of the comments that begin a settled thread. Only GitHub's other interface knows them; where that
        does not answer, none is settled."""
        owner, name = self.address.owner, self.address.repo
        asked = {"query": shapes.THREADS_QUERY, "variables": {"owner": owner, "name": name, "number": number}}
        try:
            answer = self.calls.send("POST", self.address.api.removesuffix("/v3") + "/graphql", asked, shapes.Threads)
        except ForgeError:
            return frozenset()
        return answer.resolved()
