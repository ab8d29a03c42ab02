"""A submission: from the draft to a pushed, signed-off branch and an open request, step by step.

Each step is noted in submit.jsonl before it begins and when it is done. Killed anywhere, the clone is as it was or the
step is done; called again it goes on there. Before anything is made it is looked up whether it is there already: in
the clone, at the remote, on the forge. So submitting twice makes neither two branches nor two requests.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from labtui.config import Config
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft
from labtui.contribute.submitting import documents
from labtui.contribute.submitting.branching import Branching
from labtui.contribute.submitting.connecting import Logins
from labtui.contribute.submitting.identity import signing
from labtui.contribute.submitting.plan import by_hand, plan_of
from labtui.contribute.submitting.publishing import Publishing, Sent, refuse_merged
from labtui.contribute.submitting.records import SubmitPlan, SubmitRecord, SubmitStep, SubmitStepName, Submitted
from labtui.contribute.submitting.runs import Pen, Run, agrees, made_by, new_id, pen, runs, switch
from labtui.contribute.submitting.stepping import Facts, Steps
from labtui.contribute.submitting.where import BaseBranch, Clone, base_branch, clone_of
from labtui.errors import LabError, UsageError
from labtui.git_objects import commits
from labtui.workspace import Workspace

if TYPE_CHECKING:
    from labtui.contribute.forges.base import Forge

_NAMES = SubmitStepName


def submit(
    folder: DraftFolder,
    workspace: Workspace,
    config: Config,
    *,
    forge: Forge | None = None,
    on_step: Callable[[SubmitStep], None] = lambda step: None,
    cancelled: threading.Event | None = None,
    sign: bool | None = None,
    overwrite: bool = False,
    local: bool = False,
) -> Submitted:
    """Submits the contribution, or goes on where an earlier submission of it ended.

    Without `forge` no request is opened: the branch is pushed where a remote is, and the address for opening one by
    hand is given. `sign` overrides whether git is set to sign. `overwrite` replaces what somebody else put on this
    contribution's own branch. With `local` nothing is asked of the network and nothing sent: the branch stands in the
    clone. Raises UsageError where it is not ready, and LabError (PushError, ForgeError) that says
    what is in the way; the draft is kept then, and what was done stays done.
    """
    with folder.submission():
        return _Submission(folder, workspace, config, forge, on_step, cancelled, sign, overwrite, local).work()


class _Submission:
    def __init__(
        self,
        folder: DraftFolder,
        workspace: Workspace,
        config: Config,
        forge: Forge | None,
        on_step: Callable[[SubmitStep], None],
        stop: threading.Event | None,
        sign: bool | None,
        overwrite: bool,
        local: bool,
    ) -> None:
        self.folder = folder
        self.workspace = workspace
        self.config = config
        self.forge = forge
        self.on_step = on_step
        self.stop = stop or threading.Event()
        self.sign = sign
        self.overwrite = overwrite
        self.local = local
        self.logins = Logins(config)

    def work(self) -> Submitted:
        documents.refresh(self.folder, self.workspace, self.config, self.stop, self.sign)
        plan = plan_of(self.folder, self.workspace, self.config, sign=self.sign, local=self.local)
        fingerprint = self.folder.fingerprint()
        history = runs(self.folder)
        begun_on = self.folder.load().base
        set_to = made_by(plan.identity, signing(clone_of(self.workspace).top))
        as_now = set_to | {"signed": switch(plan.signing.on)}
        last = history[-1] if history and _is_the_same(history[-1], fingerprint, begun_on, as_now) else None
        if last is not None and not self.local and _was_local(last, plan):
            last = None  # it stands on the base as it was known here; sent is what stands on the base as it is
        if last is not None and not self._is_there(last):
            last = None
        known = last is not None and last.is_done(_NAMES.COMMIT)
        _refuse(plan, known)
        steps = Steps(self.on_step, self.stop)
        facts = {"draft": self.folder.id, "fingerprint": fingerprint, "branch": plan.branch, "begun_on": begun_on}
        run = last or Run(id=new_id(), facts=facts | as_now)
        before = self._standing(run)
        with pen(self.folder, run.id) as journal:
            if last is None:
                journal.write(SubmitRecord(run=run.id, state="begun", facts=run.facts))
            submitted = self._run_all(steps, journal, run, plan)
            if not run.ended:
                journal.write(SubmitRecord(run=run.id, state="done"))
        return msgspec.structs.replace(submitted, again=run.ended and before == self._standing(run))

    def _is_there(self, run: Run) -> bool:
        """Whether the commit of a run is still in the clone: of a branch that was tidied away it may be gone."""
        commit = run.done.get(_NAMES.COMMIT, {}).get("commit")
        return not commit or bool(commits(clone_of(self.workspace).top, [commit])[0])

    def _standing(self, run: Run) -> object:
        return run.done.get(_NAMES.PUSH), run.done.get(_NAMES.REQUEST), run.done.get(_NAMES.COMMIT)

    def _run_all(self, steps: Steps, journal: Pen, run: Run, plan: SubmitPlan) -> Submitted:
        clone = clone_of(self.workspace)
        base = base_branch(clone, self.config.settings.taxonomy.base)
        making = Branching(self.folder, clone, base, run, plan, self.logins, self.stop)
        try:
            return self._run(steps, journal, run, plan, clone, base, making)
        except LabError:
            # Whatever is in the way, nothing is left in the clone meanwhile.
            with suppress(LabError):
                making.remove_worktree()
            raise

    def _run(
        self,
        steps: Steps,
        journal: Pen,
        run: Run,
        plan: SubmitPlan,
        clone: Clone,
        base: BaseBranch,
        making: Branching,
    ) -> Submitted:
        with steps.step(journal, run, _NAMES.DOCUMENTS) as step:
            step.needed = not self.local and any(not document.pushed for document in plan.documents)
            if step.begins():
                sent = documents.push_documents(self.folder, self.config, self.stop, self.logins)
                step.says = ", ".join(f"{one.name} at {one.commit[:7]}" for one in sent)
        with steps.step(journal, run, _NAMES.BASE) as step:
            # As long as nothing is built on it, it is asked for anew each time.
            step.again = not (run.is_done(_NAMES.COMMIT) or _NAMES.COMMIT in run.begun)
            step.needed = bool(base.remote) and not self.local
            if step.begins():
                refuse_merged(self.folder, None if self.local else self.forge)
                step.facts = making.fetch(steps.progress(_NAMES.BASE))
                step.says = f"{step.facts['name']} is at {step.facts['commit'][:7]}"
        making.stand_on(run.done[_NAMES.BASE])
        with steps.step(journal, run, _NAMES.WORKTREE) as step:
            step.again = not run.is_done(_NAMES.COMMIT)
            if step.begins():
                making.make_worktree()
                step.says = "in the folder of the contribution"
        with steps.step(journal, run, _NAMES.COMMIT, making.before_commit()) as step:
            if step.begins():
                step.facts = making.commit()
                step.says = f"{step.facts['commit'][:7]} on {step.facts['branch']}, signed off by {plan.sign_off[15:]}"
        commit = run.done[_NAMES.COMMIT]
        with steps.step(journal, run, _NAMES.TIDY) as step:
            step.again = making.worktree.exists()
            if step.begins():
                making.remove_worktree()
        if not run.is_done(_NAMES.PUSH):
            self.folder.change(lambda draft: setattr(draft, "branch", commit["branch"]))
        sending = Publishing(self.folder, clone, self.config, making.base, run, self.forge, self.logins, self.stop)
        sending.overwrite = self.overwrite
        with steps.step(journal, run, _NAMES.PUSH) as step:
            step.needed = bool(plan.push_to) and not self.local
            step.again = step.needed
            if step.begins():
                step.facts = sending.push(commit, steps.progress(_NAMES.PUSH))
                step.says = f"{step.facts['branch']} to {step.facts['address']}"
        if run.is_done(_NAMES.PUSH) or not plan.push_to:
            self._note_pushed(run, commit)
        with steps.step(journal, run, _NAMES.REQUEST) as step:
            step.needed = self.forge is not None and run.is_done(_NAMES.PUSH) and not self.local
            step.again = step.needed
            if step.begins():
                step.facts = sending.request(run.done[_NAMES.PUSH])
                step.says = step.facts["url"]
        return self._result(run, steps, sending)

    def _note_pushed(self, run: Run, commit: Facts) -> None:
        pushed = run.done.get(_NAMES.PUSH) or {}

        def note(draft: Draft) -> None:
            draft.branch = pushed.get("branch") or commit["branch"]
            draft.commit = commit["commit"]
            draft.submitted = run.facts["fingerprint"]
            draft.base = commit["base"]
            if pushed:
                for leaf in draft.leaves:
                    leaf.sent = leaf.id

        self.folder.change(note)

    def _result(self, run: Run, steps: Steps, sending: Publishing) -> Submitted:
        commit = run.done[_NAMES.COMMIT]
        pushed = run.done.get(_NAMES.PUSH) or {}
        draft = self.folder.load()
        request = draft.request if run.is_done(_NAMES.REQUEST) else None
        sent = Sent(branch=draft.branch, address=pushed.get("address", ""))
        base = sending.base
        web = by_hand(sending.clone, self.config, base, sent.target(), draft.branch, draft) if pushed else ""
        return Submitted(
            draft=self.folder.id,
            branch=draft.branch,
            commit=commit["commit"],
            base=base.name,
            base_commit=commit["base"],
            pushed_to=pushed.get("address", ""),
            request=request,
            web_address="" if request is not None else web,
            documents=documents.planned(draft),
            steps=tuple(steps.standing.values()),
            notes=tuple(sending.notes),
        )


def _is_the_same(run: Run, fingerprint: str, begun_on: str, made: Facts) -> bool:
    """Whether a run is about what the draft holds now, its commit is made by the same person and signed or not as
    wanted now, and no rebase put it on another base since."""
    if not agrees(run, "author", made) or not agrees(run, "signed", made):
        return False
    committed_on = run.done.get(_NAMES.COMMIT, {}).get("base")
    return run.facts.get("fingerprint") == fingerprint and begun_on in (run.facts.get("begun_on"), committed_on)


def _was_local(run: Run, plan: SubmitPlan) -> bool:
    return bool(plan.base_remote) and _NAMES.BASE in run.skipped and not run.is_done(_NAMES.PUSH)


def _refuse(plan: SubmitPlan, known: bool) -> None:
    """Raises UsageError with everything that is in the way. What was committed already is only sent on."""
    wrong = [one for one in plan.obstacles if one.stops and not (known and one.about in ("leaves", "base", "name"))]
    if not wrong:
        return
    if len(wrong) == 1:
        raise UsageError(wrong[0].message, hint=wrong[0].hint)
    raise UsageError(
        f"It cannot be submitted yet: {len(wrong)} things are missing or wrong.",
        hint="\n".join(f"- {one.message} {one.hint}".rstrip() for one in wrong),
    )
