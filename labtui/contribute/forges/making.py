"""The client for an address."""

from __future__ import annotations

from collections.abc import Mapping

from labtui.contribute.forges.base import Forge, ForgeAddress
from labtui.contribute.forges.tokens import Token, missing, token


def make(address: ForgeAddress, held: Token | None) -> Forge:
    """The client for the forge at `address`; without a token it can only read what everybody may."""
    if address.kind == "github":
        from labtui.contribute.forges.github import GitHub

        return GitHub(address, held)
    if address.kind == "gitlab":
        from labtui.contribute.forges.gitlab import GitLab

        return GitLab(address, held)
    from labtui.contribute.forges.forgejo import Forgejo

    return Forgejo(address, held)


def connect(address: ForgeAddress, environment: Mapping[str, str] | None = None) -> Forge:
    """The client with the token there is for its host. Runs programs to find it: not for the UI's loop.

    Raises ForgeError (`token`), which says how to give one, where there is none.
    """
    held = token(address, environment)
    if held is None:
        raise missing(address, environment)
    return make(address, held)
