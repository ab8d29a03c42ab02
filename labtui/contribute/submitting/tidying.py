"""Clearing away what a contribution left in the clone and where it was pushed: only its own branch, only when it is
no longer needed, and only as it was made."""

from __future__ import annotations

import threading

from labtui.config import Config
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.submitting.connecting import Logins
from labtui.contribute.submitting.files import standings
from labtui.contribute.submitting.plan import worktree_of
from labtui.contribute.submitting.records import SubmitStepName, Tidied
from labtui.contribute.submitting.runs import our_commits, runs
from labtui.contribute.submitting.where import base_branch, clone_of
from labtui.errors import UsageError
from labtui.git_commits import branch_commit, delete_branch
from labtui.git_push import PushError, delete, remote_branches
from labtui.git_worktrees import remove
from labtui.workspace import Workspace


def tidy(
    folder: DraftFolder,
    workspace: Workspace,
    config: Config,
    *,
    abandoned: bool = False,
    cancelled: threading.Event | None = None,
) -> Tidied:
    """Removes the contribution's branch here and where it was pushed, and a worktree that a kill left behind.

    Raises UsageError as long as the contribution is open (`abandoned`: the contributor gives it up). A branch that
    somebody else added to, or that is checked out, stays; that is said in the notes.
    """
    draft, clone, logins = folder.load(), clone_of(workspace), Logins(config)
    with folder.submission():
        history = runs(folder)
        ours = our_commits(history) | ({draft.commit} if draft.commit else set())
        done = draft.request is not None and draft.request.state != "open"
        if not done and not abandoned and not _taken_in(folder, workspace, config):
            raise UsageError(
                "The contribution is still open, so its branch is needed.",
                where=draft.request.url if draft.request is not None else draft.branch,
                hint="Close the request first, or wait until it is merged.",
            )
        worktree = remove(clone.top, worktree_of(folder))
        notes: list[str] = []
        local = remote = False
        there = branch_commit(clone.top, draft.branch) if draft.branch else ""
        if there in ours and there:
            local = delete_branch(clone.top, draft.branch, there)
            if not local:
                notes.append(f"The branch {draft.branch} is checked out in your clone, so it stays there.")
        elif there:
            notes.append(f"The branch {draft.branch} holds commits of others, so it stays in your clone.")
        pushed = [run.done[SubmitStepName.PUSH] for run in history if run.is_done(SubmitStepName.PUSH)]
        if pushed:
            to, branch = pushed[-1]["to"], pushed[-1]["branch"]
            login = logins.for_address(clone.top, to)
            try:
                tip = remote_branches(clone.top, to, [branch], login, cancelled).get(branch, "")
                if tip in ours and tip:
                    delete(clone.top, to, branch, tip, login, cancelled)
                    remote = True
                elif tip:
                    notes.append(f"Somebody else added to {branch} where it was pushed, so it stays there.")
            except PushError as error:
                notes.append(f"The branch stays where it was pushed: {error.what}")
    return Tidied(branch=draft.branch, local=local, remote=remote, worktree=worktree, notes=tuple(notes))


def _taken_in(folder: DraftFolder, workspace: Workspace, config: Config) -> bool:
    """Whether the base, as known here, has all of it: merged without a forge telling."""
    draft, clone = folder.load(), clone_of(workspace)
    base = base_branch(clone, config.settings.taxonomy.base)
    if not draft.commit or not base.commit or not draft.leaves:
        return False
    return all(one.same for one in standings(folder, draft, clone.top, clone.inside, base.commit))
