"""What forges answer when they do not do it, as sentences a person can act on."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import msgspec

from labtui import text
from labtui.contribute.forges.base import ForgeAddress, ForgeError
from labtui.contribute.forges.tokens import Token, missing, scopes, settings_page

if TYPE_CHECKING:
    import httpx

SAID_WIDTH = 300
_NAMES = {"github": "GitHub", "gitlab": "GitLab", "forgejo": "Forgejo"}
_KEPT = "Nothing is lost: try again later."


def forge_name(address: ForgeAddress) -> str:
    """What a person calls it: `GitHub`, or `GitLab at git.example.org`."""
    name = _NAMES[address.kind]
    known = {"github.com", "gitlab.com"}
    return name if address.host in known else f"{name} at {address.host}"


def unreached(address: ForgeAddress, error: httpx.HTTPError) -> ForgeError:
    """No answer came."""
    import httpx

    unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError | httpx.UnsupportedProtocol)
    if isinstance(error, httpx.TimeoutException):
        why = "it does not answer in time"
    elif isinstance(error, httpx.ConnectError):
        why = _why_unconnected(str(error))
    elif isinstance(error, httpx.ProxyError):
        why = f"the proxy refuses it: {_short(str(error))}"
    else:
        why = "the connection broke off"
    return ForgeError(
        f"{forge_name(address)} cannot be reached: {why}.",
        "network",
        where=address.api,
        hint=f"Check the network. {_KEPT}",
        unsent=unsent,
    )


def _why_unconnected(words: str) -> str:
    if "SSL" in words or "CERTIFICATE" in words.upper():
        return f"no secure connection ({_short(words)})"
    # What getaddrinfo says: a negative number on Linux, "nodename nor servname" on macOS.
    if "[Errno -" in words or "nodename" in words:
        return "no machine of that name is known here, or there is no network"
    return "nothing listens there, or there is no network"


def no_address(address: ForgeAddress) -> ForgeError:
    return ForgeError(
        "The forge's address cannot be used.", "invalid", where=address.api, hint="Look at contribute.forges."
    )


def too_long(address: ForgeAddress) -> ForgeError:
    return ForgeError(
        f"{forge_name(address)} answers with more than can be read.", "answer", where=address.api, hint=_KEPT
    )


def moved(address: ForgeAddress, whither: str) -> ForgeError:
    return ForgeError(
        f"{forge_name(address)} sends us {text.clean(whither, lines=False)}; nothing was sent there.",
        "answer",
        where=address.api,
        hint=f"If {address.slug} has a new name, change the remote: git remote set-url NAME ADDRESS. "
        "If it is a login page, log in to the network first.",
    )


def not_an_answer(address: ForgeAddress, raw: bytes) -> ForgeError:
    """The answer is no JSON, or not what this kind of forge says."""
    if raw.lstrip()[:1] == b"<":
        return ForgeError(
            f"{forge_name(address)} answers with a web page instead of data.",
            "answer",
            where=address.api,
            hint="A login page of the network, a proxy, or maintenance may stand in between. If the address is wrong: "
            f"contribute.forges. {_KEPT}",
        )
    return ForgeError(
        f"{forge_name(address)} answers something that cannot be understood.",
        "answer",
        where=address.api,
        hint=f"Check that this is the right kind of forge: contribute.forges. {_KEPT}",
    )


def refused(
    address: ForgeAddress, token: Token | None, status: int, headers: Mapping[str, str], raw: bytes
) -> ForgeError:
    """The error for an answer with an HTTP error status."""
    said = _hidden(_said(raw), token)
    name = forge_name(address)
    quoted = f' It says: "{said}"' if said and not said.isdigit() else ""
    wait = _wait(headers)
    if status == 429 or (status == 403 and _is_limit(headers, said)):
        when = f" for {_duration(wait)}" if wait is not None else ""
        return ForgeError(
            f"{name} takes no more requests{when} (HTTP {status}).{quoted}", "limit", where=address.api,
            hint=_KEPT if token is not None else f"{_KEPT} With an access token there are more.",
            status=status, retry_after=wait,
        )  # fmt: skip
    if status == 401:
        if token is None:
            return missing(address)
        return ForgeError(
            f"{name} does not take the access token (HTTP 401): it is mistyped, expired or revoked.{quoted}",
            "token", where=f"{token.source} for {address.host}", status=status,
            hint=f"Make a new one at {settings_page(address)} with {scopes(address)}. Nothing is lost.",
        )  # fmt: skip
    if status == 403:
        return ForgeError(
            f"{name} says that this token may not do that (HTTP 403).{quoted}", "forbidden", where=address.url,
            hint=f"The token needs {scopes(address)}: {settings_page(address)}. "
            "Or the repository does not take it from you: ask its maintainers.",
            status=status,
        )  # fmt: skip
    if status in (404, 410):
        return ForgeError(
            f"{name} knows no such thing, or not for this token (HTTP {status}).{quoted}", "missing",
            where=address.url,
            hint="Check the remote's address (git remote -v), and whether the token may see it.", status=status,
        )  # fmt: skip
    if status == 409 or (status in (400, 422) and _is_taken(said)):
        return ForgeError(
            f"{name} has that already, or it is changing just now (HTTP {status}).{quoted}", "exists",
            where=address.url, hint="Look at it there, or take another name.", status=status,
        )  # fmt: skip
    if status >= 500:
        # A page with an apology says nothing that helps.
        return ForgeError(
            f"{name} failed (HTTP {status}).{quoted if not _is_page(raw) else ''}", "server", where=address.api,
            hint=f"It is not your fault. {_KEPT}", status=status, retry_after=wait,
        )  # fmt: skip
    if _is_page(raw):
        return not_an_answer(address, raw)
    return ForgeError(
        f"{name} does not accept that (HTTP {status}).{quoted}", "invalid", where=address.url,
        hint="Nothing is lost. Put right what it says and try again.", status=status,
    )  # fmt: skip


def _is_limit(headers: Mapping[str, str], said: str) -> bool:
    return headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers or "rate limit" in said.lower()


def _is_taken(said: str) -> bool:
    return re.search(r"already (exists|been taken|been created)|already a (pull|merge) request", said, re.I) is not None


def _is_page(raw: bytes) -> bool:
    return raw.lstrip()[:1] == b"<"


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds until the forge wants to be asked again; None where it does not say."""
    given = headers.get("retry-after", "")
    if re.fullmatch(r"\d{1,9}(\.\d+)?", given):
        return float(given)
    if given:
        try:
            return max(0.0, parsedate_to_datetime(given).timestamp() - time.time())
        except ValueError:
            pass
    if headers.get("x-ratelimit-remaining", headers.get("ratelimit-remaining")) == "0":
        until = headers.get("x-ratelimit-reset", headers.get("ratelimit-reset", ""))
        if re.fullmatch(r"\d{1,12}", until):
            return max(0.0, float(until) - time.time())
    return None


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    return f"{round(seconds / 60)} minutes" if seconds < 5400 else f"{round(seconds / 3600)} hours"


def _hidden(said: str, token: Token | None) -> str:
    # No forge should say the token back, but what it says is shown.
    return said.replace(token.reveal(), "…") if token is not None and token.reveal() in said else said


def _said(raw: bytes) -> str:
    """What an error body says, in any of the forges' shapes, as one short line of plain text."""
    try:
        decoded: Any = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return _short("; ".join(dict.fromkeys(part for part in _parts(decoded, 0) if part)))


def _parts(value: Any, depth: int) -> list[str]:
    if depth > 4:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [part for item in value[:10] for part in _parts(item, depth + 1)]
    if isinstance(value, dict):
        parts: list[str] = []
        for key, item in list(value.items())[:20]:
            if key in ("documentation_url", "url", "status", "code", "resource", "field", "scope"):
                continue
            found = _parts(item, depth + 1)
            # GitLab names the field a complaint is about by the key it stands under.
            named = key not in ("message", "error", "errors", "error_description", "detail", "base")
            parts += [f"{key} {part}" for part in found] if named else found
        return parts
    return []


def _short(message: str) -> str:
    return text.shorten(" ".join(text.clean(message, lines=False).split()), SAID_WIDTH)
