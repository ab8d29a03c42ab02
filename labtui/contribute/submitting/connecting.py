"""The forge behind a taxonomy's base, and who git says one is when it fetches and pushes over HTTPS.

A token is looked for once a submission and host: in the environment, with `gh`, with git's credential helper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from labtui.config import Config
from labtui.contribute.submitting.records import Obstacle, SubmitPlan
from labtui.contribute.submitting.where import base_branch, clone_of
from labtui.errors import LabError
from labtui.git_push import Login, address_of, remotes
from labtui.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from labtui.contribute.forges.base import Forge


class NoForge(Exception):
    """There is no forge to open a request on; `error` says why and what to do, where something can be done."""

    def __init__(self, error: LabError | None = None) -> None:
        super().__init__(str(error or ""))
        self.error = error


def connect(workspace: Workspace, config: Config) -> Forge:
    """The forge that the base's repository is on, with the token there is for it.

    Raises NoForge where the base has no remote, lies on no forge, or where there is no token; then a branch can still
    be pushed and the request opened by hand. May ask an unknown host what it is.
    """
    from labtui.contribute.forges.base import ForgeError
    from labtui.contribute.forges.detecting import detect
    from labtui.contribute.forges.making import connect as connected

    clone = clone_of(workspace)
    base = base_branch(clone, config.settings.taxonomy.base)
    if not base.remote:
        raise NoForge
    address = detect(address_of(clone.top, base.remote), config.settings.contribute)
    if address is None:
        raise NoForge
    try:
        return connected(address)
    except ForgeError as error:
        if error.refusal == "token":
            raise NoForge(error) from error
        raise


def with_token(plan: SubmitPlan, workspace: Workspace, config: Config) -> SubmitPlan:
    """The plan with what is known of the token for the forge: where it is found, or what follows from there being none.

    A host that would have to be asked what it is, is not asked: no network. Runs `gh` and git's credential helper: not
    for the UI's loop.
    """
    from labtui.contribute.forges.address import forge_address
    from labtui.contribute.forges.tokens import missing, token

    if not plan.base_remote or not plan.push_to:
        return plan
    try:
        address = forge_address(address_of(clone_of(workspace).top, plan.base_remote), config.settings.contribute)
        if address is None:
            return plan
        held = token(address)
        if held is not None:
            return msgspec.structs.replace(plan, token=held.source)
        none: LabError = missing(address)
    except LabError as error:
        none = error
    opened = "The branch is pushed, but no request is opened for you"
    by_hand = ": you get the address where you open it yourself" if plan.web_address else ""
    told = Obstacle(about="token", message=f"{none.what} {opened}{by_hand}.", hint=none.hint, stops=False)
    return msgspec.structs.replace(plan, obstacles=(*plan.obstacles, told))


class Logins:
    """The logins of one submission. Asks for each host once."""

    def __init__(self, config: Config) -> None:
        self._settings = config.settings.contribute
        self._known: dict[str, Login | None] = {}

    def for_address(self, repo: Path, to: str) -> Login | None:
        """The login for a remote's name or an address; None where git finds one by itself, or needs none."""
        from labtui.contribute.forges.address import forge_address, remote_place
        from labtui.contribute.forges.tokens import git_credentials, token

        text = address_of(repo, to, pushing=True) if to in remotes(repo) else to
        if not text.startswith(("https://", "http://")):
            return None
        place = remote_place(text)
        address = forge_address(text, self._settings)
        if place is None or address is None:
            return None
        if place.host not in self._known:
            # What git's own helper keeps, git finds by itself.
            held = token(address, ask_git=lambda _: None)
            login = Login(text, *git_credentials(address, held)) if held is not None else None
            self._known[place.host] = login if login is not None and login.usable else None
        return self._known[place.host]
