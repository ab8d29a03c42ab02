"""What the screen shows of contributions, read from disk. Everything here blocks for a moment: in a thread."""

from __future__ import annotations

from datetime import datetime

import msgspec

from labtui import signs
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import ContributedLeaf, Draft, Request, Step, StepStanding, StepState
from labtui.contribute.requests.remarks import Remark, remarks
from labtui.errors import LabError
from labtui.screens.contribute.panes import AFTER
from labtui.screens.contribute.step_bar import NAMES, LeafLine, StepLine, short_name
from labtui.workspace import Workspace

WORST: dict[StepState, int] = {"problem": 3, "todo": 2, "done": 1, "optional": 0, "unneeded": 0}
OF_ONE_LEAF = (Step.KIND, Step.PLACE, Step.DESCRIPTION, Step.DOCUMENT, Step.SEEDS, Step.ATTRIBUTION)
"""The steps that speak of the chosen leaf; the others speak of the whole contribution."""

TRIES = 3


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list of contributions."""

    id: str
    title: str
    sign: str
    colour: str
    says: str
    """How it stands: `seeds: 3 of 5`, `#12 open, changes requested`."""
    leaves: tuple[str, ...] = ()
    changed: datetime
    problem: str = ""
    """Why it cannot be opened."""
    url: str = ""


class Stand(msgspec.Struct, frozen=True, kw_only=True):
    """An open contribution as it stands on disk."""

    draft: Draft
    leaf: str
    """The chosen leaf that is really there; empty without leaves."""
    steps: tuple[StepStanding, ...]
    """Of the chosen leaf, and of the whole where a step is about the whole."""
    lines: tuple[StepLine, ...]
    leaves: tuple[LeafLine, ...]
    of_leaves: dict[str, tuple[StepStanding, ...]] = {}
    """The steps that speak of one leaf, for each leaf."""
    remarks: tuple[Remark, ...] = ()
    """What reviewers and failed checks say of its leaves, as long as the request is open."""
    stamp: tuple[int, ...] = ()
    """Of the files it was read from."""

    def of(self, step: str) -> StepStanding:
        for standing in self.steps:
            if standing.step == step:
                return standing
        return StepStanding(step=Step.SUBMIT, state="optional")

    def after(self, step: str) -> str:
        """The next step that is needed; the last one's is itself."""
        names = [line.step for line in self.lines]
        later = self.lines[names.index(step) + 1 :] if step in names else self.lines[:1]
        return next((line.step for line in later if line.state != "unneeded"), step)

    def said_of(self, step: str, leaf: str) -> tuple[Remark, ...]:
        """What is said of a step, of one leaf where the step speaks of one."""
        return tuple(one for one in self.remarks if one.step == step and (one.leaf == leaf or step not in OF_ONE_LEAF))

    def before(self, step: str) -> str:
        names = [line.step for line in self.lines]
        earlier = self.lines[: names.index(step)] if step in names else ()
        return next((line.step for line in reversed(earlier) if line.state != "unneeded"), step)


def stand(folder: DraftFolder, leaf: str) -> Stand:
    """How the contribution stands, seen from one of its leaves. Raises LabError."""
    for _ in range(TRIES):
        try:
            return _stand(folder, leaf)
        except LabError:
            # A leaf that was placed or taken out meanwhile is looked for by its former name.
            folder.load()
    return _stand(folder, leaf)


def _stand(folder: DraftFolder, leaf: str) -> Stand:
    from labtui.contribute.leaves.kinds import finish_all
    from labtui.contribute.standing.steps import standings

    # A change of kind that a kill interrupted is carried out before anything is shown of it.
    finish_all(folder)
    draft = folder.load()
    stamp = stamp_of(folder, draft)
    ids = [one.id for one in draft.leaves]
    chosen = leaf if leaf in ids else ids[0] if ids else ""
    whole = standings(folder)
    each = {name: standings(folder, leaf=name) for name in ids} if len(ids) > 1 else dict.fromkeys(ids, whole)
    mine = {one.step: one for one in each.get(chosen, whole)}
    steps = tuple(mine.get(one.step, one) if one.step in OF_ONE_LEAF else one for one in whole)
    lines = [StepLine(one.step, one.state, one.says) for one in steps]
    if draft.commit or draft.request is not None:
        sign, _, says = submitted(draft)
        lines.append(StepLine(AFTER, "problem" if sign in (signs.FAILED, signs.WARNING) else "done", says))
    of_leaves = {name: tuple(one for one in steps if one.step in OF_ONE_LEAF) for name, steps in each.items()}
    leaves = tuple(_leaf_line(one, each[one.id]) for one in draft.leaves)
    return Stand(
        draft=draft,
        leaf=chosen,
        steps=steps,
        lines=tuple(lines),
        leaves=leaves,
        of_leaves=of_leaves,
        remarks=remarks(folder, draft),
        stamp=stamp,
    )


def stamp_of(folder: DraftFolder, draft: Draft) -> tuple[int, ...]:
    """Another one once any file that the wizard shows was written."""
    files = [folder.draft_file, folder.evidence_file, folder.answers_file, folder.submit_file]
    files += [file for leaf in draft.leaves for file in (folder.leaf_file(leaf), folder.attribution_file(leaf))]
    stamp = []
    for file in files:
        try:
            found = file.stat()
        except OSError:
            stamp += [0, 0]
        else:
            stamp += [found.st_mtime_ns, found.st_size]
    return tuple(stamp)


def _leaf_line(leaf: ContributedLeaf, steps: list[StepStanding]) -> LeafLine:
    states = [one.state for one in steps if one.step in OF_ONE_LEAF]
    worst: StepState = max(states, key=WORST.__getitem__) if states else "todo"
    return LeafLine(leaf.id, worst, leaf.change, leaf.placed)


def rows(workspace: Workspace) -> list[Row]:
    """Every contribution, the last changed first. Raises LabError where they cannot be listed at all."""
    from labtui.contribute.drafts.store import summaries

    found = []
    for summary in summaries(workspace):
        if summary.draft is None:
            found.append(
                Row(
                    id=summary.id,
                    title=summary.id,
                    sign=signs.FAILED,
                    colour="$error",
                    says="cannot be read",
                    changed=summary.changed,
                    problem=summary.problem or "It cannot be read.",
                )
            )
        else:
            found.append(_row(DraftFolder(summary.path), summary.draft, summary.changed))
    return found


def _row(folder: DraftFolder, draft: Draft, changed: datetime) -> Row:
    from labtui.contribute.requests.request_text import as_sent

    sign, colour, says = submitted(draft) if draft.commit or draft.request else _unfinished(folder)
    if draft.submitted and draft.request is not None and draft.request.state == "open":
        try:
            if not as_sent(folder, draft):
                says += " · changed since"
        except LabError:
            pass
    return Row(
        id=draft.id,
        title=title_of(draft),
        sign=sign,
        colour=colour,
        says=says,
        leaves=tuple(leaf.id if leaf.placed else f"{leaf.kind or 'a leaf'}, no place yet" for leaf in draft.leaves),
        changed=changed,
        url=draft.request.url if draft.request is not None else "",
    )


def _unfinished(folder: DraftFolder) -> tuple[str, str, str]:
    """Sign, colour and words of a contribution that was not submitted yet: its first step that is not done."""
    from labtui.contribute.standing.steps import standings

    try:
        steps = standings(folder)
    except LabError as error:
        return signs.FAILED, "$error", error.what
    for one in steps:
        if one.state == "problem":
            return signs.UNSAVED, "$warning", f"{NAMES[one.step]}: {one.says or 'not right yet'}"
        if one.state == "todo":
            ready = one.step in (Step.REVIEW, Step.SUBMIT)
            return signs.UNSAVED, "$primary", "ready to be submitted" if ready else f"{NAMES[one.step]}: {one.says}"
    return signs.UNSAVED, "$primary", "ready to be submitted"


def submitted(draft: Draft) -> tuple[str, str, str]:
    """Sign, colour and words of a contribution that was submitted."""
    request = draft.request
    if request is None:
        return signs.CHANGED, "$primary", f"branch {draft.branch}" if draft.branch else "submitted"
    if request.state == "merged":
        return signs.DONE, "$success", f"#{request.number} merged"
    if request.state == "closed":
        return signs.STOPPED, "$quiet", f"#{request.number} closed"
    return _open(request)


def _open(request: Request) -> tuple[str, str, str]:
    failing = sum(check.state == "failed" for check in request.checks)
    said = [f"#{request.number} open"]
    if failing:
        said.append(f"{failing} {'check fails' if failing == 1 else 'checks fail'}")
    if request.changes_requested:
        said.append("changes requested")
    if request.mergeable is False:
        said.append("conflicts")
    if failing:
        return signs.FAILED, "$error", ", ".join(said)
    if len(said) > 1:
        return signs.WARNING, "$warning", ", ".join(said)
    return signs.CHANGED, "$primary", said[0]


def title_of(draft: Draft) -> str:
    """What a contribution is called: its title, else its leaves."""
    if draft.title:
        return draft.title
    names = [short_name(leaf.id).replace("_", " ") for leaf in draft.leaves if leaf.placed]
    return ", ".join(names) if names else "(no title yet)"
