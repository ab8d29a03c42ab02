"""The part of a submission that others see: the branch pushed, to the remote or a fork, and the request opened.

Both are looked up first, so what a killed submission did is found and not done again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from labtui import git
from labtui.config import Config
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.requests.following import keep
from labtui.contribute.submitting import names
from labtui.contribute.submitting.connecting import Logins
from labtui.contribute.submitting.history import push_with_history
from labtui.contribute.submitting.records import SubmitStepName
from labtui.contribute.submitting.runs import Run, our_commits, runs
from labtui.contribute.submitting.where import BaseBranch, Clone, Target, fork_address, target_of
from labtui.errors import LabError, UsageError
from labtui.git_commits import branches, delete_branch, set_branch
from labtui.git_push import PushError, address_of, remote_branches

if TYPE_CHECKING:
    from labtui.contribute.forges.base import Forge, Head

TRIES = 5
"""Names tried for a branch where others are taken."""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """Where the branch is."""

    branch: str
    address: str

    def target(self) -> Target:
        return Target(to=self.address, address=self.address)


class Publishing:
    """The steps outside of the clone, for one submission."""

    def __init__(
        self,
        folder: DraftFolder,
        clone: Clone,
        config: Config,
        base: BaseBranch,
        run: Run,
        forge: Forge | None,
        logins: Logins,
        stop: threading.Event,
    ) -> None:
        self.folder = folder
        self.clone = clone
        self.config = config
        self.base = base
        self.run = run
        self.forge = forge
        self.logins = logins
        self.stop = stop
        self.overwrite = False
        self.notes: list[str] = []

    # The branch

    def push(self, commit: dict[str, str], on_progress: Callable[[git.Step], None]) -> dict[str, str]:
        """Pushes the commit, to a fork where one may not push to the remote. Raises PushError, ForgeError."""
        refuse_merged(self.folder, self.forge)
        target = self._target()
        sha, branch = commit["commit"], self.folder.load().branch or commit["branch"]
        try:
            branch = self._push(target.to, sha, branch, on_progress)
        except PushError as error:
            if error.refusal != "forbidden" or target.fork or self.forge is None:
                raise
            target = self._fork()
            branch = self._push(target.to, sha, branch, on_progress)
        return {"to": target.to, "address": target.address, "branch": branch, "commit": sha}

    def _target(self) -> Target:
        """Where it was pushed before, else as git is set, else a fork where one may not push."""
        branch = self.folder.load().branch
        target = target_of(self.clone, self.base, runs(self.folder), branch)
        if self._pushed_before(branch):
            return target
        if target.fork or self.forge is None:
            return target
        repository = self.forge.repository()
        if repository.archived:
            raise UsageError(
                "The repository is archived: nothing can be contributed to it any more.", where=repository.url
            )
        return self._fork() if repository.can_push is False else target

    def _fork(self) -> Target:
        """One's own fork, made where there is none. The clone's remotes stay as they are."""
        forge = self.forge
        if forge is None:
            raise LabError("There is no forge to make a fork on.")
        fork = forge.own_fork() or forge.fork(cancelled=self.stop.is_set)
        to = fork_address(self.clone, self.base, fork.https, fork.ssh)
        self.notes.append(f"The branch is in your fork {fork.slug}.")
        return Target(to=to, address=address_of(self.clone.top, to, pushing=True), fork=True)

    def _push(self, to: str, commit: str, branch: str, on_progress: Callable[[git.Step], None]) -> str:
        """The branch it is on; another name than wished for where somebody else's branch has that."""
        login = self.logins.for_address(self.clone.top, to)
        wished = branch
        for _ in range(TRIES):
            there = remote_branches(self.clone.top, to, [branch], login, self.stop).get(branch, "")
            if there == commit:
                return self._renamed(wished, branch, commit)
            if not there or self._is_ours(there) or self.overwrite:
                push_with_history(
                    self.clone.top,
                    self.folder,
                    self.base,
                    to,
                    commit,
                    branch,
                    there,
                    self.logins,
                    on_progress,
                    self.stop,
                )
                return self._renamed(wished, branch, commit)
            if self._pushed_before(branch):
                raise PushError(
                    "Somebody else put commits on the branch of this contribution.",
                    "moved",
                    where=f"{address_of(self.clone.top, to)} {branch}",
                    hint="Look at them there; take what is good into the draft, then replace them with: "
                    "labtui contribute submit --overwrite",
                )
            taken = {*branches(self.clone.top), *remote_branches(self.clone.top, to, self._near(wished), login), branch}
            branch = names.branch_name(self.folder.load(), taken)
        raise PushError(f"Every name like {wished} is taken there.", "moved", where=address_of(self.clone.top, to))

    def _near(self, branch: str) -> list[str]:
        return [f"{branch}-{number}" for number in range(2, 2 * TRIES)]

    def _is_ours(self, commit: str) -> bool:
        history, draft = runs(self.folder), self.folder.load()
        return (bool(history) and commit == draft.commit) or commit in our_commits(history)

    def _pushed_before(self, branch: str) -> bool:
        return any(run.done.get(SubmitStepName.PUSH, {}).get("branch") == branch for run in runs(self.folder))

    def _renamed(self, wished: str, branch: str, commit: str) -> str:
        """The local branch goes by the name it has there."""
        if branch != wished:
            if branches(self.clone.top).get(branch) != commit:
                set_branch(self.clone.top, branch, commit, "")
            delete_branch(self.clone.top, wished, commit)
            self.notes.append(f"The name {wished} was taken there, so the branch is called {branch}.")
        return branch

    # The request

    def request(self, pushed: dict[str, str]) -> dict[str, str]:
        """Opens the request, or finds the one there is and brings its text up to date. Raises ForgeError."""
        from labtui.contribute.forges.base import ForgeError
        from labtui.contribute.requests.request_text import fingerprint_of
        from labtui.contribute.requests.request_text import request as text_of

        forge = self.forge
        if forge is None:
            raise LabError("There is no forge to open a request on.")
        head = _head(pushed, forge)
        text = text_of(self.folder)
        draft = self.folder.load()
        known = draft.request if draft.branch == pushed["branch"] else None
        state = forge.find_request(head, self.base.branch)
        if state is None and known is not None and known.state == "closed" and self._had(known.number):
            try:
                state = forge.reopen(known.number)
            except ForgeError as error:
                if error.refusal not in ("invalid", "missing", "forbidden"):
                    raise
        if state is None:
            state = forge.open_request(text.title, text.body, head, self.base.branch)
        elif (state.title, state.body) != (text.title, text.body):
            state = forge.update(state.number, title=text.title, body=text.body)
        sent = fingerprint_of(text)
        self.folder.change(lambda draft: setattr(draft, "sent_text", sent))
        keep(self.folder, state)
        return {"url": state.url, "number": str(state.number), "text": sent}

    def _had(self, number: int) -> bool:
        """Whether an earlier submission of this very draft opened that request."""
        return any(run.done.get(SubmitStepName.REQUEST, {}).get("number") == str(number) for run in runs(self.folder))


def _head(pushed: dict[str, str], forge: Forge) -> Head:
    from labtui.contribute.forges.address import head_at

    head = head_at(pushed["address"], forge.address, pushed["branch"])
    if head is None:
        raise UsageError(
            "The branch was pushed to where the forge cannot find it.",
            where=pushed["address"],
            hint="Push it to the forge: git remote add fork ADDRESS, then git config remote.pushDefault fork",
        )
    return head


def refuse_merged(folder: DraftFolder, forge: Forge | None) -> None:
    """Raises UsageError where the request was merged meanwhile: it takes nothing more in. Raises ForgeError."""
    request = folder.load().request
    if request is None or forge is None or request.state == "merged" or not runs(folder):
        return
    if keep(folder, forge.read(request.number)).state == "merged":
        raise UsageError(
            "The request was merged meanwhile, so nothing can be added to it.",
            where=request.url,
            hint="What you wrote since becomes a request of its own: put it on the new base first "
            "(labtui contribute rebase), then submit again.",
        )
