"""Where the token for a forge comes from: the environment, `gh auth token`, git's credential helper.

A token is held in memory only. It is never written, never an argument of a program, never part of a message; its
`repr` says where it came from and nothing else. A token from the environment is meant for a forge the user named, so
it is not sent to a host that was merely found to be one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import NoReturn

from labtui import git
from labtui.contribute.forges.address import PUBLIC
from labtui.contribute.forges.base import ForgeAddress, ForgeError, ForgeKind
from labtui.errors import LabError

GH_SECONDS = 10.0
HELPER_SECONDS = 20.0
"""A helper may have to unlock a keyring; one that opens a window nobody sees must not hold everything up."""

_SETTINGS_PAGES: dict[ForgeKind, str] = {
    "github": "/settings/tokens",
    "gitlab": "/-/user_settings/personal_access_tokens",
    "forgejo": "/user/settings/applications",
}
_SCOPES: dict[ForgeKind, str] = {
    # A fine-grained one opens no requests at projects of other people.
    "github": "the scope public_repo, or repo for a private project (a classic token)",
    "gitlab": "the scope api",
    "forgejo": "the scopes write:repository, write:issue and write:user",
}
_GIT_USERS: dict[ForgeKind, str] = {"github": "x-access-token", "gitlab": "oauth2", "forgejo": "oauth2"}


class Token:
    """A token and where it came from. Cannot be printed, pickled or written by accident."""

    __slots__ = ("__value", "source", "user")

    def __init__(self, value: str, source: str, user: str = "") -> None:
        self.__value = value
        self.source = source
        """The variable's name, `gh auth token` or `git credential`."""
        self.user = user
        """The user name that git's helper gave with it; empty elsewhere."""

    def reveal(self) -> str:
        """The token itself, for the one place that sends it."""
        return self.__value

    def __repr__(self) -> str:
        return f"Token({self.source})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A token is not written anywhere.")


def token(
    address: ForgeAddress,
    environment: Mapping[str, str] | None = None,
    *,
    ask_gh: Callable[[str], str] | None = None,
    ask_git: Callable[[ForgeAddress], Token | None] | None = None,
) -> Token | None:
    """The token for the host of `address`; None where there is none. Runs programs: not for the UI's loop.

    Raises ForgeError where a variable holds something that cannot be a token.
    """
    variables = os.environ if environment is None else environment
    for name in names(address, variables):
        if value := variables.get(name, "").strip():
            return Token(_plausible(value, name), name)
    if address.kind == "github" and (value := (ask_gh or _from_gh)(address.host)):
        return Token(_plausible(value, "gh auth token"), "gh auth token")
    return (ask_git or _from_git)(address)


def names(address: ForgeAddress, environment: Mapping[str, str]) -> list[str]:
    """The variables that may hold a token for this host, the first that is set counts."""
    if address.token_env:
        return [address.token_env]
    named = address.named or address.host in _hosts_named(address.kind, environment)
    if not named:
        return []
    if address.kind == "github":
        if PUBLIC.get(address.host) == "github" or address.host.endswith(".ghe.com"):
            return ["GH_TOKEN", "GITHUB_TOKEN"]
        return ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]
    if address.kind == "gitlab":
        return ["GITLAB_TOKEN"]
    own = {"codeberg.org": ["CODEBERG_TOKEN"]}.get(address.host, [])
    return [*own, "FORGEJO_TOKEN", "GITEA_TOKEN"]


def _hosts_named(kind: ForgeKind, environment: Mapping[str, str]) -> set[str]:
    variables = {"github": ["GH_HOST"], "gitlab": ["GITLAB_HOST", "GL_HOST"], "forgejo": ["FORGEJO_HOST", "GITEA_HOST"]}
    given = (environment.get(name, "") for name in variables[kind])
    return {re.sub(r"^https?://", "", value).rstrip("/").lower() for value in given if value}


def missing(address: ForgeAddress, environment: Mapping[str, str] | None = None) -> ForgeError:
    """The error for having no token, with the ways to give one."""
    variables = os.environ if environment is None else environment
    ways = [f"export {name}=…" for name in names(address, variables)[-1:]]
    if not ways:
        ways.append(
            f"name the host in your settings (contribute.forges: {{{address.host}: {address.kind}}}) and set a token "
            "in the environment"
        )
    if address.kind == "github":
        ways.append(f"gh auth login --hostname {address.host}")
    ways.append("or let git's credential helper keep one for this host")
    return ForgeError(
        f"There is no access token for {address.host}.",
        "token",
        where=address.web,
        hint=f"Make one at {settings_page(address)} with {scopes(address)}, then: {'; '.join(ways)}.",
    )


def settings_page(address: ForgeAddress) -> str:
    """Where a person makes a token for this host."""
    return address.web + _SETTINGS_PAGES[address.kind]


def scopes(address: ForgeAddress) -> str:
    """What a token must be allowed for contributing."""
    return _SCOPES[address.kind]


def git_credentials(address: ForgeAddress, held: Token) -> tuple[str, str]:
    """User name and password with which git pushes over HTTPS: the password is the token itself, to be handed to git
    through its environment only."""
    return held.user or _GIT_USERS[address.kind], held.reveal()


def _plausible(value: str, source: str) -> str:
    # It becomes a header's value: a line break or another character there would be an error that quotes it.
    if len(value) > 4096 or not re.fullmatch(r"[\x21-\x7e]+", value):
        raise ForgeError(
            "What is given as access token cannot be one: it holds spaces or characters no token has.",
            "token",
            where=source,
            hint="Set it again, without quotes and line breaks.",
        )
    return value


def _from_gh(host: str) -> str:
    program = shutil.which("gh")
    if program is None:
        return ""
    # The variables are looked at above, by our own rules of what goes where; here only what gh itself keeps.
    hidden = ("GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1", "GH_NO_EXTENSION_UPDATE_NOTIFIER": "1"}
    try:
        done = subprocess.run(
            [program, "auth", "token", "--hostname", host],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=GH_SECONDS, env=environment, start_new_session=True,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("ascii", "replace").strip() if done.returncode == 0 else ""


def _from_git(address: ForgeAddress) -> Token | None:
    scheme, _, rest = address.web.partition("://")
    asked = f"protocol={scheme}\nhost={rest.partition('/')[0]}\npath={address.slug}.git\n\n"
    try:
        # In no repository: only the user's own helpers are asked, none that a repository names.
        output = git.run(None, "credential", "fill", given=asked.encode(), check=False, timeout=HELPER_SECONDS)
    except LabError:
        return None
    if output.code != 0:
        return None
    fields = dict(line.partition("=")[::2] for line in output.text.splitlines())
    password = fields.get("password", "")
    if not re.fullmatch(r"[\x21-\x7e]{1,4096}", password):
        return None
    return Token(password, "git credential", fields.get("username", ""))
