"""What the screen does with a contribution that goes out, each action one call. All of it waits: in a thread."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from labtui.config import Config
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft
from labtui.contribute.submitting.records import (
    BaseStanding,
    Rebased,
    SeedConflict,
    SubmitStep,
    SubmitStepName,
    Submitted,
)
from labtui.errors import LabError
from labtui.workspace import Workspace

if TYPE_CHECKING:
    from labtui.contribute.forges.base import Forge


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a submitted contribution stands."""

    draft: Draft
    changed: bool = False
    """More was written since it was submitted."""
    base: BaseStanding | None = None
    """None where git cannot tell."""
    pushed_to: str = ""
    """The address of the repository the branch was pushed to; empty where it stands on this machine only."""
    web_address: str = ""
    """Where a request for it is opened by hand; empty where there is one, or where that is not known."""
    news: tuple[str, ...] = ()
    """What the forge said now that it did not say before, in sentences."""
    problem: LabError | None = None
    """Why the forge or the remote could not be asked; what was known before is told."""


def hand_in(
    folder: DraftFolder,
    workspace: Workspace,
    config: Config,
    *,
    on_step: Callable[[SubmitStep], None],
    cancelled: threading.Event,
    overwrite: bool = False,
) -> Submitted:
    """Submits it, or goes on where that ended; `overwrite` replaces what others put on its branch. Raises LabError.

    Where no request can be opened for want of a token, the branch is pushed all the same, and a note says why.
    """
    from labtui.contribute.submitting.connecting import NoForge, connect
    from labtui.contribute.submitting.submit import submit

    forge, reason = None, ""
    try:
        forge = connect(workspace, config)
    except NoForge as nothing:
        if nothing.error is not None:
            reason = f"No request was opened. {nothing.error.what} {nothing.error.hint}".strip()
    with forge or contextlib.nullcontext():
        done = submit(folder, workspace, config, forge=forge, on_step=on_step, cancelled=cancelled, overwrite=overwrite)
    return msgspec.structs.replace(done, notes=(*done.notes, reason)) if reason else done


def how_it_stands(folder: DraftFolder, workspace: Workspace, config: Config, *, ask: bool) -> Standing:
    """As known here; with `ask` the forge and the taxonomy's remote are asked first. Comments stand at the places they
    speak of as the files are now."""
    from labtui.contribute.requests.remarks import comments_now
    from labtui.contribute.requests.request_text import as_sent

    problem: LabError | None = None
    told: tuple[str, ...] = ()
    if ask:
        try:
            told = _ask_forge(folder, workspace, config)
        except LabError as error:
            problem = error
    draft = folder.load()
    base: BaseStanding | None = None
    if draft.request is None or draft.request.state == "open":
        from labtui.contribute.submitting.rebasing import standing_of_base

        try:
            base = standing_of_base(folder, workspace, config, fetch=ask)
        except LabError as error:
            problem = problem or (error if ask else None)
    changed = bool(draft.submitted) and not as_sent(folder, draft)
    pushed, web = _by_hand(folder, workspace, config, draft)
    if draft.request is not None:
        draft.request = msgspec.structs.replace(draft.request, comments=comments_now(folder, draft))
    return Standing(
        draft=draft, changed=changed, base=base, pushed_to=pushed, web_address=web, news=told, problem=problem
    )


def _by_hand(folder: DraftFolder, workspace: Workspace, config: Config, draft: Draft) -> tuple[str, str]:
    """Where the branch was pushed, and where a request for it is opened; the latter only while there is none."""
    from labtui.contribute.submitting.plan import plan_of
    from labtui.contribute.submitting.runs import runs

    pushed = [run.done[SubmitStepName.PUSH] for run in runs(folder) if run.is_done(SubmitStepName.PUSH)]
    address = pushed[-1].get("address", "") if pushed else ""
    if not address or draft.request is not None:
        return address, ""
    try:
        return address, plan_of(folder, workspace, config).web_address
    except LabError:
        return address, ""


def _ask_forge(folder: DraftFolder, workspace: Workspace, config: Config) -> tuple[str, ...]:
    from labtui.contribute.requests.following import news, refresh
    from labtui.operations.contributing.statuses import forge_to_read

    before = folder.load().request
    forge = forge_to_read(workspace, config)
    if forge is None:
        if before is not None:
            raise _unknown_forge()
        return ("The taxonomy's remote is on no forge that is known here, so nobody was asked.",)
    with forge:
        after = refresh(folder, forge)
    return tuple(news(before, after))


def put_on_base(folder: DraftFolder, workspace: Workspace, config: Config) -> Rebased:
    """Begins to put it on the base as it is now, or goes on with that. Raises LabError."""
    from labtui.contribute.submitting.rebasing import rebase

    return rebase(folder, workspace, config)


def resolve_conflict(
    folder: DraftFolder, workspace: Workspace, config: Config, conflict: SeedConflict, side: str, text: str | None
) -> Rebased:
    """Takes a side of a conflict, both, or `text` where side is `text`. Raises LabError."""
    from labtui.contribute.submitting.rebasing import resolve

    return resolve(folder, workspace, config, conflict, side, text=text)


def withdraw(folder: DraftFolder, workspace: Workspace, config: Config) -> str:
    """Closes the request. Raises LabError."""
    request = folder.load().request
    forge = forge_for(workspace, config, needed=True)
    if request is None or forge is None:
        raise LabError("There is no request to close.", hint="Close it on the forge's page, where there is one.")
    from labtui.contribute.requests.following import keep

    with forge:
        state = forge.close(request.number)
    keep(folder, state)
    return f"The request is {state.state}."


def tidy_up(folder: DraftFolder, workspace: Workspace, config: Config) -> str:
    """Removes the branch that was made for it. Raises LabError."""
    from labtui.contribute.submitting.tidying import tidy

    done = tidy(folder, workspace, config)
    where = [name for name, there in (("here", done.local), ("where it was pushed", done.remote)) if there]
    said = f"The branch {done.branch} is removed {' and '.join(where)}." if where else "There was nothing to remove."
    return " ".join([said, *done.notes])


def forge_for(workspace: Workspace, config: Config, *, needed: bool = False) -> Forge | None:
    """The forge that the taxonomy's base lies on, with the token there is for it; None where there is none.

    Where it is `needed` raises LabError that says why there is none, and how to give a token.
    """
    from labtui.contribute.submitting.connecting import NoForge, connect

    try:
        return connect(workspace, config)
    except NoForge as nothing:
        if not needed:
            return None
        raise nothing.error or _unknown_forge() from nothing


def _unknown_forge() -> LabError:
    return LabError(
        "The taxonomy's remote is on no forge that is known here.",
        hint="Name its host in your settings: contribute.forges: {HOST: github, gitlab or forgejo}",
    )
