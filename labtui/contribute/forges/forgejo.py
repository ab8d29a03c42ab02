"""Forgejo and Gitea, whose interface is the same in what is used here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from labtui.contribute.forges import forgejo_shapes as shapes
from labtui.contribute.forges.base import Account, ForgeError, Head, Repository, RequestState
from labtui.contribute.forges.calls import PAGES, Parameters
from labtui.contribute.forges.reading import Client, by_time, head_name, latest_checks, same, segment
from labtui.contribute.records import CheckRun, Comment

PAGE = 50
"""Entries at once: what these forges give at most as they are installed."""
REVIEWS = 60
"""Reviews whose comments are read: each is a request of its own."""


class Forgejo(Client):
    """See `base.Forge`."""

    def whoami(self) -> Account:
        user = self.calls.get("/user", shapes.User)
        return Account(login=user.login, name=user.full_name, url=user.html_url)

    def repository(self, owner: str = "", name: str = "") -> Repository:
        return self.calls.get(self._path(owner, name), shapes.Repository).plain()

    def own_fork(self) -> Repository | None:
        login = self.whoami().login
        found = self.calls.get_or_none(self._path(login, self.address.repo), shapes.Repository)
        if found is not None and found.parent is not None and same(found.parent.full_name, self.address.slug):
            return found.plain()
        for page in self.calls.each_page(f"{self._path()}/forks", shapes.Repository, size=PAGE):
            for fork in page:
                if same(fork.owner.login, login):
                    return fork.plain()
        return None

    def fork(self, cancelled: Callable[[], bool] = lambda: False) -> Repository:
        fork = self.own_fork()
        if fork is None:
            try:
                fork = self.calls.send("POST", f"{self._path()}/forks", {}, shapes.Repository).plain()
            except ForgeError as error:
                # Made by a call whose answer was lost; a repository of that name that is no fork stays an error.
                fork = self.own_fork() if error.refusal in ("exists", "network", "server", "answer") else None
                if fork is None:
                    raise
        path = self._path(fork.owner, fork.name)

        def ready() -> bool:
            found = self.calls.get_or_none(path, shapes.Repository)
            if found is None or not found.default_branch:
                return found is not None
            branch = self.calls.get_or_none(f"{path}/branches/{segment(found.default_branch)}", shapes.Named)
            return branch is not None or found.empty

        self.wait_until(ready, f"making the fork {fork.slug}", cancelled)
        return self.repository(fork.owner, fork.name)

    def find_request(self, head: Head, base: str = "", *, any_state: bool = False) -> RequestState | None:
        closed: shapes.Pull | None = None
        if base:
            name = head.branch if self._own(head) else f"{head.owner}:{head.branch}"
            path = f"{self._path()}/pulls/{segment(base)}/{segment(name)}"
            found = self.calls.get_or_none(path, shapes.Pull)
            if found is not None and self._is_from(found, head):
                if found.state == "open":
                    return found.plain()
                closed = found
        # That call gives any one of several; an open one may stand behind a closed one.
        for page in self.calls.each_page(f"{self._path()}/pulls", shapes.Pull, {"state": "open"}, size=PAGE):
            for pull in page:
                if self._is_from(pull, head) and base in ("", pull.base.ref):
                    return pull.plain()
        if not any_state:
            return None
        if closed is not None:
            return closed.plain()
        asked: Parameters = {"state": "closed", "sort": "recentupdate"}
        for page in self.calls.each_page(f"{self._path()}/pulls", shapes.Pull, asked, size=PAGE):
            for pull in page:
                if self._is_from(pull, head) and base in ("", pull.base.ref):
                    return pull.plain()
        return None

    def open_request(self, title: str, body: str, head: Head, base: str, labels: tuple[str, ...] = ()) -> RequestState:
        name = head.branch if self._own(head) else head_name(head)
        if same(head.owner, self.address.owner) and not same(head.repo, self.address.repo):
            name = f"{head.owner}/{head.repo}:{head.branch}"
        asked: dict[str, Any] = {"title": title, "body": body, "head": name, "base": base}
        try:
            opened = self.calls.send("POST", f"{self._path()}/pulls", asked, shapes.Pull).plain()
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
        if labels:
            opened = msgspec.structs.replace(opened, labels=self._label(opened.number, labels) or opened.labels)
        return opened

    def _label(self, number: int, labels: tuple[str, ...]) -> tuple[str, ...]:
        path = f"{self._path()}/issues/{number}/labels"
        try:
            known = self.calls.pages(f"{self._path()}/labels", shapes.Label, size=PAGE)
            wanted = [label.id for label in known if label.name in labels]
            given = self.calls.send("POST", path, {"labels": wanted}, list[shapes.Label]) if wanted else []
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
            changes_requested="REQUEST_CHANGES" in verdicts,
            approved="APPROVED" in verdicts and "REQUEST_CHANGES" not in verdicts,
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

    def _own(self, head: Head) -> bool:
        return same(head.owner, self.address.owner) and same(head.repo, self.address.repo)

    def _is_from(self, pull: shapes.Pull, head: Head) -> bool:
        if pull.head.ref != head.branch or pull.head.repo is None:
            return False
        return same(pull.head.repo.owner.login, head.owner) and same(pull.head.repo.name, head.repo)

    def _checks(self, commit: str) -> tuple[CheckRun, ...]:
        path = f"{self._path()}/commits/{segment(commit)}/status"
        found = self.calls.get_or_none(path, shapes.Statuses, {"limit": PAGE})
        return latest_checks(status.plain() for status in (found.statuses if found and found.statuses else ()))

    def _comments(self, number: int) -> tuple[tuple[Comment, ...], set[str], bool]:
        """(comments, the verdicts of the reviewers that count, whether there are more)"""
        talk = self.calls.get(f"{self._path()}/issues/{number}/comments", list[shapes.Said])
        reviews = self.calls.pages(f"{self._path()}/pulls/{number}/reviews", shapes.Review, size=PAGE)
        comments = [said.plain() for said in talk]
        verdicts: dict[str, str] = {}
        for review in reviews:
            if review.dismissed or review.state == "PENDING":
                verdicts.pop(review.author, None)
            elif review.state in ("APPROVED", "REQUEST_CHANGES"):
                verdicts[review.author] = review.state
            if review.body and review.state != "PENDING":
                comments.append(review.plain())
        for review in [review for review in reviews if review.comments_count][-REVIEWS:]:
            path = f"{self._path()}/pulls/{number}/reviews/{review.id}/comments"
            comments += [said.plain() for said in self.calls.get(path, list[shapes.SaidAtLine])]
        return by_time(comments), set(verdicts.values()), len(reviews) >= PAGE * PAGES
