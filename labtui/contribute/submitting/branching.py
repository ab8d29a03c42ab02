"""The part of a submission that happens in the clone: the base fetched, a worktree, a commit, a branch.

The commit is made of objects: only the contributed files are written anywhere, and nothing of the user's is touched.
With what was noted before the commit (base, time) it is made again as the same one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from labtui import git
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.submitting import names
from labtui.contribute.submitting.basing import fetch_base
from labtui.contribute.submitting.connecting import Logins
from labtui.contribute.submitting.files import content, planned_files, standings
from labtui.contribute.submitting.plan import moved_obstacle, worktree_of
from labtui.contribute.submitting.records import PlannedFile, SubmitPlan, SubmitStepName
from labtui.contribute.submitting.runs import Run, our_commits, runs
from labtui.contribute.submitting.template import keep_template
from labtui.contribute.submitting.where import BaseBranch, Clone
from labtui.errors import AnswerNo, LabError, UsageError
from labtui.git_commits import (
    CommitFacts,
    Person,
    branch_commit,
    branches,
    checked_out,
    commit_tree,
    facts,
    set_branch,
    tree_with,
    write_blob,
)
from labtui.git_worktrees import add, remove
from labtui.records import now


class Branching:
    """The steps in the clone, for one submission."""

    def __init__(
        self,
        folder: DraftFolder,
        clone: Clone,
        base: BaseBranch,
        run: Run,
        plan: SubmitPlan,
        logins: Logins,
        stop: threading.Event,
    ) -> None:
        self.folder = folder
        self.clone = clone
        self.base = base
        self.run = run
        self.plan = plan
        self.logins = logins
        self.stop = stop
        self.worktree = worktree_of(folder)

    # The base

    def fetch(self, on_progress: Callable[[git.Step], None]) -> dict[str, str]:
        """Fetches the base branch."""
        base = fetch_base(self.clone, self.base, self.logins, on_progress, self.stop)
        keep_template(self.folder, self.clone, base, self.logins, self.stop)
        return {"commit": base.commit, "branch": base.branch, "name": base.name}

    def stand_on(self, found: dict[str, str]) -> None:
        """Takes the base a step found, in this submission or before it was killed. Raises AnswerNo where it has moved
        under the contributed leaves."""
        begun = self.run.begun.get(SubmitStepName.COMMIT, {}) if not self.run.ended else {}
        noted = self.run.done.get(SubmitStepName.COMMIT, {}) or begun
        commit = noted.get("base") or found.get("commit") or self.base.commit
        branch = found.get("branch") or self.base.branch
        name = found.get("name") or self.base.name
        self.base = BaseBranch(name=name, remote=self.base.remote, branch=branch, commit=commit)
        if self.run.is_done(SubmitStepName.COMMIT):
            return
        draft = self.folder.load()
        for one in standings(self.folder, draft, self.clone.top, self.clone.inside, commit):
            if one.moved:
                obstacle = moved_obstacle(draft, one.leaf, name)
                hint = f"{obstacle.hint}\nOn the command line: labtui contribute rebase {self.folder.short_id}"
                raise AnswerNo(obstacle.message, hint=hint)

    # The worktree

    def make_worktree(self) -> Path:
        """Makes it and writes the contributed files into it, where one can look at them while it is there."""
        add(self.clone.top, self.worktree, self.base.commit)
        for file in self._files():
            if file.data_path:
                place = self.worktree / file.path
                try:
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(content(Path(file.data_path)))
                except OSError as error:
                    raise LabError(f"There is no room for the files: {error.strerror}.", where=str(place)) from error
        return self.worktree

    def remove_worktree(self) -> None:
        remove(self.clone.top, self.worktree)

    # The commit

    def before_commit(self) -> dict[str, str]:
        """What is noted before the commit is made: with it the same commit comes out again."""
        begun = self.run.begun.get(SubmitStepName.COMMIT)
        if begun and begun.get("base") == self.base.commit:
            return begun
        seconds = str(int(now().timestamp()))
        return {"base": self.base.commit, "branch": self._branch(), "seconds": seconds}

    def commit(self) -> dict[str, str]:
        """Commits on the base and sets the branch. Raises AnswerNo where there is nothing to commit."""
        begun = self.run.begun[SubmitStepName.COMMIT]
        branch, base = begun["branch"], begun["base"]
        identity = self.plan.identity
        assert identity is not None  # noqa: S101 - nothing begins without one
        blobs: dict[str, str | None] = {
            file.path: write_blob(self.clone.top, content(Path(file.data_path))) if file.data_path else None
            for file in self._files()
        }
        if not blobs:
            raise AnswerNo(
                "The taxonomy has all of this already: there is nothing left to contribute.", where=self.base.name
            )
        tree = tree_with(self.worktree, base, blobs)
        who = Person(name=identity.name, email=identity.email, when=datetime.fromtimestamp(int(begun["seconds"]), UTC))
        wanted = CommitFacts(
            tree=tree,
            parents=(base,),
            author=identity.signature,
            committer=identity.signature,
            message=self.plan.message.rstrip("\n"),
            signed=self.plan.signing.on,
        )
        there = branch_commit(self.clone.top, branch)
        commit = there if there and self._same(there, wanted) else ""
        if not commit:
            commit = commit_tree(self.clone.top, tree, (base,), self.plan.message, who, sign=self.plan.signing.on)
            self._set(branch, commit, there)
        return {"commit": commit, "branch": branch, "base": base, "tree": tree}

    def _files(self) -> tuple[PlannedFile, ...]:
        draft = self.folder.load()
        return planned_files(self.folder, draft, self.clone.top, self.clone.inside, self.base.commit)

    def _same(self, commit: str, wanted: CommitFacts) -> bool:
        """Whether the commit on the branch is the one that is to be made: it was, before a kill. A signed one cannot be
        made the same again."""
        return facts(self.clone.top, commit) == wanted

    def _branch(self) -> str:
        """The branch's name: the one before, or the planned one as long as it is free."""
        draft, history = self.folder.load(), runs(self.folder)
        planned = self.plan.branch
        there = branch_commit(self.clone.top, planned)
        if not there or there in our_commits(history) or (history and planned == draft.branch):
            return planned
        return names.branch_name(draft, branches(self.clone.top))

    def _set(self, branch: str, commit: str, there: str) -> None:
        if there and there not in our_commits(runs(self.folder)) and there != self.folder.load().commit:
            raise UsageError(
                f"The branch {branch} of your clone holds commits that this contribution did not make.",
                where=str(self.clone.top),
                hint=f"Rename it and submit again: git -C '{self.clone.top}' branch --move {branch} {branch}-mine",
            )
        if there and checked_out(self.clone.top, branch):
            raise UsageError(
                f"The branch {branch} is checked out, so it cannot be renewed.",
                where=str(self.clone.top),
                hint=f"Go back to another one and submit again: git -C '{self.clone.top}' switch -",
            )
        set_branch(self.clone.top, branch, commit, there)
