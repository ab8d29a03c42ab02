"""A contribution put on the base as it is now: what was changed there and here together, seed by seed.

    rebased = rebase(folder, workspace, config)
    while rebased.open:                                                  # ask for each
        rebased = resolve(folder, workspace, config, rebased.open[0], "theirs")

The draft stays as it is until the last conflict is resolved; what was chosen is kept in `rebase.json` meanwhile, so it
goes on on another day. Afterwards it is submitted again: the branch is replaced where it was pushed.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable

import msgspec

from labtui import git
from labtui.config import Config
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft
from labtui.contribute.submitting.basing import fetch_base
from labtui.contribute.submitting.connecting import Logins
from labtui.contribute.submitting.files import standings
from labtui.contribute.submitting.leaf_merge import Resolution, Way
from labtui.contribute.submitting.leaf_rebase import RebasedLeaf, apply, rebased_leaf
from labtui.contribute.submitting.records import BaseStanding, Rebased, SeedConflict, SubmitStepName
from labtui.contribute.submitting.runs import our_commits, runs
from labtui.contribute.submitting.where import BaseBranch, Clone, base_branch, clone_of, push_target
from labtui.errors import LabError, UsageError
from labtui.git_objects import commits
from labtui.git_push import PushError, fetch_branch, remote_branches
from labtui.git_remote import count_between
from labtui.journal import atomic_write, dump
from labtui.workspace import Workspace

FORMAT = 1
FILE = "rebase.json"
REBASED = "rebased onto "
"""In place of a fingerprint: what was submitted stands on another base, so it is to be submitted again."""


class Pending(msgspec.Struct, kw_only=True):
    """rebase.json: a rebase that waits for somebody to choose."""

    v: int = FORMAT
    onto: str
    name: str
    remote: str
    branch: str
    chosen: list[Resolution] = []


def standing_of_base(
    folder: DraftFolder,
    workspace: Workspace,
    config: Config,
    *,
    fetch: bool = False,
    cancelled: threading.Event | None = None,
) -> BaseStanding:
    """How the base stands to what the contribution was made on; with `fetch` the remotes are asked first.

    Raises LabError (PushError where a remote cannot be reached).
    """
    draft, clone, logins = folder.load(), clone_of(workspace), Logins(config)
    base = base_branch(clone, config.settings.taxonomy.base)
    if fetch:
        base = fetch_base(clone, base, logins, stop=cancelled)
    moved = tuple(
        one.leaf for one in standings(folder, draft, clone.top, clone.inside, base.commit) if base.commit and one.moved
    )
    began = draft.base if draft.base and commits(clone.top, [draft.base])[0] else ""
    return BaseStanding(
        base=base.name,
        commit=draft.base,
        now=base.commit,
        commits=_count(clone, began, base.commit) if began and base.commit else 0,
        leaves=moved,
        foreign=_foreign(folder, draft, clone, base, logins, cancelled) if fetch else 0,
    )


def rebase(
    folder: DraftFolder,
    workspace: Workspace,
    config: Config,
    *,
    on_progress: Callable[[git.Step], None] | None = None,
    cancelled: threading.Event | None = None,
) -> Rebased:
    """Begins to put the contribution on the base as it is now, or goes on with that. Without conflicts it is done.

    Raises LabError where the base cannot be fetched or a file not be read; the draft is then as it was.
    """
    clone, logins = clone_of(workspace), Logins(config)
    base = fetch_base(clone, base_branch(clone, config.settings.taxonomy.base), logins, on_progress, cancelled)
    with folder.submission(), folder.locked():
        before = pending(folder)
        going = Pending(onto=base.commit, name=base.name, remote=base.remote, branch=base.branch)
        if before is not None:
            going.chosen = before.chosen
        return _go_on(folder, clone, going, logins, cancelled)


def resolve(
    folder: DraftFolder,
    workspace: Workspace,
    config: Config,
    conflict: SeedConflict,
    way: str,
    *,
    text: str | None = None,
) -> Rebased:
    """Chooses for one conflict: `mine`, `theirs`, `both`, or `text` with the text itself. With the last conflict the
    draft is changed. Choosing again replaces what was chosen. Raises UsageError where this way is none for it."""
    if way not in conflict.choices:
        raise UsageError(
            f"This conflict cannot be resolved by '{way}'.", hint=f"Choose one of: {', '.join(conflict.choices)}."
        )
    if way == "text" and not (text or "").strip():
        raise UsageError("There is no text to take.", hint="Write one, or take one of the two sides.")
    chosen: Way = way
    with folder.submission(), folder.locked():
        going = pending(folder)
        if going is None:
            raise UsageError("There is nothing to resolve.", hint="Begin with the rebase.")
        others = [one for one in going.chosen if one.id != conflict.id]
        going.chosen = [*others, Resolution(id=conflict.id, way=chosen, text=text or "")]
        return _go_on(folder, clone_of(workspace), going, Logins(config), None)


def pending(folder: DraftFolder) -> Pending | None:
    """The rebase that waits for choices, if there is one."""
    try:
        found = msgspec.json.decode((folder.path / FILE).read_bytes(), type=Pending)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError):
        return None
    return found if found.v == FORMAT else None


def give_up(folder: DraftFolder) -> None:
    """Forgets what was chosen. The draft is as it was."""
    (folder.path / FILE).unlink(missing_ok=True)


def _go_on(folder: DraftFolder, clone: Clone, going: Pending, logins: Logins, stop: threading.Event | None) -> Rebased:
    base = BaseBranch(name=going.name, remote=going.remote, branch=going.branch, commit=going.onto)
    chosen = {one.id: one for one in going.chosen}
    draft = folder.load()
    leaves = [rebased_leaf(folder, draft, leaf, clone, base, chosen, logins, stop) for leaf in draft.leaves]
    conflicts = tuple(conflict for leaf in leaves for conflict in leaf.conflicts)
    done = all(conflict.chosen for conflict in conflicts)
    if done:
        _finish(folder, leaves, going)
    else:
        atomic_write(folder.path / FILE, dump(going), mode=0o600)
    return Rebased(
        onto=going.onto,
        done=done,
        conflicts=conflicts,
        merged=tuple(leaf.leaf for leaf in leaves if leaf.moved and not leaf.conflicts),
        notes=tuple(note for leaf in leaves for note in leaf.notes),
    )


def _finish(folder: DraftFolder, leaves: list[RebasedLeaf], going: Pending) -> None:
    """Killed in between, the same choices give the same files again."""
    for leaf in leaves:
        apply(folder, leaf)

    def note(draft: Draft) -> None:
        outcome = {leaf.leaf: leaf for leaf in leaves}
        for leaf in draft.leaves:
            if (now := outcome.get(leaf.id)) is not None and now.moved:
                leaf.change, leaf.was = now.change, now.was
        gone = {leaf.leaf for leaf in leaves if leaf.gone}
        draft.leaves = [leaf for leaf in draft.leaves if leaf.id not in gone]
        draft.documents = [document for document in draft.documents if document.leaf not in gone]
        if draft.submitted and draft.base != going.onto:
            draft.submitted = f"{REBASED}{going.onto}"
        draft.base = going.onto

    draft = folder.change(note)
    kept = {leaf.was for leaf in draft.leaves if leaf.was}
    for leaf in leaves:
        if leaf.before and leaf.before not in kept:
            shutil.rmtree(folder.base / leaf.before, ignore_errors=True)
    give_up(folder)


def _count(clone: Clone, began: str, now: str) -> int:
    try:
        return count_between(clone.top, began, now)
    except (LabError, ValueError):
        return 0


def _foreign(
    folder: DraftFolder,
    draft: Draft,
    clone: Clone,
    base: BaseBranch,
    logins: Logins,
    stop: threading.Event | None,
) -> int:
    """Commits of others on the pushed branch."""
    pushed = [run.done[SubmitStepName.PUSH] for run in runs(folder) if run.is_done(SubmitStepName.PUSH)]
    to = pushed[-1]["to"] if pushed else push_target(clone, base).to
    if not draft.commit or not draft.branch or not to:
        return 0
    login = logins.for_address(clone.top, to)
    try:
        tip = remote_branches(clone.top, to, [draft.branch], login, stop).get(draft.branch, "")
        if not tip or tip == draft.commit or tip in our_commits(runs(folder)):
            return 0
        fetch_branch(clone.top, to, draft.branch, login=login, stop=stop)
        return max(1, _count(clone, draft.commit, tip))
    except PushError:
        return 0
