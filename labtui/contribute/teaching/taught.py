"""Which answers of a conversation stand in a contribution already, by the evidence that is kept there."""

from __future__ import annotations

import contextlib

import msgspec

from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.errors import LabError
from labtui.workspace import Workspace


class Taught(msgspec.Struct, frozen=True, kw_only=True):
    """An answer of a conversation that stands in a contribution."""

    turn: str
    draft: str
    leaf: str
    """Where it was written; it may have been placed elsewhere since."""


def taught(workspace: Workspace, conversation: str) -> list[Taught]:
    """Every answer of a conversation that became evidence, those of the newest contribution first. Never raises."""
    found: list[Taught] = []
    for folder in _readable(workspace) if conversation else []:
        with contextlib.suppress(LabError):
            of_it = [one for one in reversed(folder.evidence()) if one.conversation == conversation and one.turn]
            found += [Taught(turn=one.turn, draft=folder.id, leaf=one.leaf) for one in of_it]
    return found


def _readable(workspace: Workspace) -> list[DraftFolder]:
    try:
        return store.list_drafts(workspace)
    except LabError:
        return []
