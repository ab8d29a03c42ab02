"""How submitted contributions stand, for the command line: the forge is asked once for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from labtui.config import Config
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Request
from labtui.errors import LabError
from labtui.workspace import Workspace

if TYPE_CHECKING:
    from labtui.contribute.forges.base import Forge


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Why the forge could not be asked."""

    message: str
    where: str = ""
    hint: str = ""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """One contribution after its submission. This is the shape of `labtui contribute status --json`."""

    id: str
    title: str
    branch: str = ""
    commit: str = ""
    """The commit that was pushed last; empty where nothing was."""
    changed: bool = False
    """Whether more was written since."""
    request: Request | None = None
    news: tuple[str, ...] = ()
    """What is new since the forge was asked last."""
    problem: Trouble | None = None
    """Why `request` is only what was known before."""


def statuses(folders: Iterable[DraftFolder], workspace: Workspace, config: Config, *, ask: bool) -> list[Status]:
    """How each stands; with `ask` the forge is asked first, and what it says is kept in the draft.

    A forge that cannot be asked is a `problem` of each contribution that waits for it. Raises LabError where a
    contribution cannot be read.
    """
    found: list[Status] = []
    forge: Forge | None = None
    trouble: LabError | None = None
    try:
        for folder in folders:
            if ask and trouble is None and forge is None and folder.load().commit:
                try:
                    forge = forge_to_read(workspace, config)
                except LabError as error:
                    trouble = error
            status, trouble = _status(folder, forge if ask else None, trouble)
            found.append(status)
    finally:
        if forge is not None:
            forge.__exit__(None, None, None)
    return found


def submitted(folders: Iterable[DraftFolder]) -> list[DraftFolder]:
    """Those that were submitted, as far as they can be read."""
    kept = []
    for folder in folders:
        try:
            draft = folder.load()
        except LabError:
            continue
        if draft.commit or draft.request is not None:
            kept.append(folder)
    return kept


def forge_to_read(workspace: Workspace, config: Config) -> Forge | None:
    """The forge that the taxonomy's base lies on, also without a token: what is public can be read all the same.

    None where the base lies on none. May ask an unknown host what it is.
    """
    from labtui.contribute.forges.detecting import detect
    from labtui.contribute.forges.making import make
    from labtui.contribute.forges.tokens import token
    from labtui.contribute.submitting.where import base_branch, clone_of
    from labtui.git_push import address_of

    clone = clone_of(workspace)
    base = base_branch(clone, config.settings.taxonomy.base)
    if not base.remote:
        return None
    address = detect(address_of(clone.top, base.remote), config.settings.contribute)
    return make(address, token(address)) if address is not None else None


def _status(folder: DraftFolder, forge: Forge | None, trouble: LabError | None) -> tuple[Status, LabError | None]:
    """How one stands, and what keeps the forge from being asked about the next one as well."""
    from labtui.contribute.requests.following import news, refresh
    from labtui.contribute.requests.request_text import as_sent

    before = folder.load()
    said: tuple[str, ...] = ()
    own: LabError | None = trouble if before.commit else None
    if forge is not None and own is None and before.commit:
        try:
            said = tuple(news(before.request, refresh(folder, forge)))
        except LabError as error:
            own = error
            # What is wrong with one request says nothing of the next; what is wrong with the network or token does.
            trouble = error if getattr(error, "refusal", "") in ("token", "limit", "network", "server") else None
    draft = folder.load()
    status = Status(
        id=folder.id,
        title=draft.title or next((leaf.id for leaf in draft.leaves), ""),
        branch=draft.branch,
        commit=draft.commit,
        changed=bool(draft.submitted) and not as_sent(folder, draft),
        request=draft.request,
        news=said,
        problem=Trouble(message=own.what, where=own.where, hint=own.hint) if own is not None else None,
    )
    return status, trouble
