"""A contribution as a list or a page shows it: what draft.json says, with how its steps stand."""

from __future__ import annotations

from pathlib import Path

import msgspec

from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Change, Draft, Request, Step, StepStanding
from labtui.contribute.standing.steps import next_step, ready, standings
from labtui.errors import LabError
from labtui.records import Moment
from labtui.workspace import Workspace

NO_TITLE = "(no title yet)"


class LeafView(msgspec.Struct, frozen=True, kw_only=True):
    """One leaf of a contribution."""

    id: str
    kind: str
    change: Change
    placed: bool
    was: str
    path: Path
    """Of its qna.yaml in the contribution; that of a deleted one is not there."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One contribution in a list. This is also the shape of `labtui contribute list --json`."""

    id: str
    title: str
    path: Path
    changed: Moment
    leaves: list[str] = []
    step: Step | None = None
    """The first step that waits for something; null where none does, and where the contribution cannot be read."""
    says: str = ""
    """How that step stands, or what became of the contribution, in a few words."""
    ready: bool = False
    """Whether it can be submitted, as far as its files tell."""
    request: str = ""
    """`open`, `merged` or `closed`; empty where none was opened."""
    url: str = ""
    problem: str = ""
    """Why it cannot be read."""


class Contribution(msgspec.Struct, frozen=True, kw_only=True):
    """One contribution whole. This is also the shape of `labtui contribute show --json`."""

    id: str
    title: str
    path: Path
    made: Moment
    changed: Moment
    taxonomy: str
    """The clone it is for."""
    base: str
    """The commit its leaves began from; empty where all are new."""
    teaches: str
    leaves: list[LeafView]
    steps: list[StepStanding]
    step: Step | None
    """The first step that waits for something."""
    ready: bool
    branch: str
    commit: str
    """What was pushed last."""
    request: Request | None


def title_of(draft: Draft) -> str:
    """What a contribution is called: its title, else what its leaves are named."""
    if draft.title.strip():
        return draft.title.strip()
    named = [leaf.id.rpartition("/")[2].replace("_", " ") for leaf in draft.leaves if leaf.placed]
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return ", ".join(named[:3]) + more if named else NO_TITLE


def contribution(folder: DraftFolder) -> Contribution:
    """Raises LabError where it cannot be read, UsageError where it is gone."""
    draft = folder.load()
    steps = standings(folder)
    waiting = next_step(steps)
    return Contribution(
        id=folder.id,
        title=title_of(draft),
        path=folder.path,
        made=draft.made,
        changed=store.last_changed(folder, draft),
        taxonomy=draft.taxonomy,
        base=draft.base,
        teaches=draft.teaches,
        leaves=[
            LeafView(
                id=leaf.id,
                kind=leaf.kind,
                change=leaf.change,
                placed=leaf.placed,
                was=leaf.was,
                path=folder.leaf_file(leaf),
            )
            for leaf in draft.leaves
        ],
        steps=steps,
        step=waiting.step if waiting is not None else None,
        ready=ready(steps),
        branch=draft.branch,
        commit=draft.commit,
        request=draft.request,
    )


def rows(workspace: Workspace) -> list[Row]:
    """Every contribution, the last changed first; one that cannot be read says why. Raises LabError."""
    return [_row(summary) for summary in store.summaries(workspace)]


def _row(summary: store.Summary) -> Row:
    draft = summary.draft
    if draft is None:
        return Row(id=summary.id, title=summary.id, path=summary.path, changed=summary.changed, problem=summary.problem)
    folder = DraftFolder(summary.path)
    try:
        steps = standings(folder)
    except LabError as error:
        return Row(id=summary.id, title=title_of(draft), path=summary.path, changed=summary.changed, problem=error.what)
    waiting = next_step(steps)
    return Row(
        id=summary.id,
        title=title_of(draft),
        path=summary.path,
        changed=summary.changed,
        leaves=[leaf.id for leaf in draft.leaves],
        step=waiting.step if waiting is not None else None,
        says=_says(draft, waiting, ready(steps)),
        ready=ready(steps),
        request=draft.request.state if draft.request is not None else "",
        url=draft.request.url if draft.request is not None else "",
    )


def _says(draft: Draft, waiting: StepStanding | None, can: bool) -> str:
    request = draft.request
    if request is not None:
        words = [f"#{request.number} {request.state}"]
        if request.state == "open":
            failing = sum(check.state == "failed" for check in request.checks)
            words += [f"{failing} {'check fails' if failing == 1 else 'checks fail'}"] if failing else []
            words += ["changes requested"] if request.changes_requested else []
            words += ["conflicts"] if request.mergeable is False else []
            words += ["changed since"] if waiting is not None else []
        return ", ".join(words)
    if draft.commit:
        return f"branch {draft.branch}" + (", changed since" if waiting is not None else "")
    if can or waiting is None:
        return "ready to be submitted"
    return f"{waiting.step}: {waiting.says}" if waiting.says else str(waiting.step)
