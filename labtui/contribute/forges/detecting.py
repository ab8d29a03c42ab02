"""What kind of forge runs on a host nobody named: the host itself is asked, without any token."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labtui.contribute.forges.address import address_of, forge_address, is_loopback, remote_place
from labtui.contribute.forges.base import ForgeAddress, ForgeKind
from labtui.settings import Contribute, ForgeHost

if TYPE_CHECKING:
    import httpx

SECONDS = 10.0
LONGEST_ANSWER = 20.0
"""Seconds from an answer's beginning to its end."""
BODY_LIMIT = 64 * 1024


def detect(remote_url: str, settings: Contribute) -> ForgeAddress | None:
    """As `forge_address`, and where that does not know the host, the host is asked (HTTPS, three small requests).

    None where no forge answers. Waits for the network: not for the UI's loop. Raises UsageError as `forge_address`.
    """
    if (known := forge_address(remote_url, settings)) is not None:
        return known
    place = remote_place(remote_url)
    if place is None:
        return None
    scheme = "http" if place.scheme == "http" and is_loopback(place.host) else "https"
    kind = _kind(f"{scheme}://{place.host}")
    return address_of(place, ForgeHost(kind=kind), named=False) if kind is not None else None


def _kind(web: str) -> ForgeKind | None:
    import httpx

    # Loading certificates costs more than all requests to this machine itself.
    with httpx.Client(timeout=SECONDS, verify=web.startswith("https:"), follow_redirects=False) as client:
        try:
            version = _answer(client, f"{web}/api/v1/version")
            if isinstance(version.get("version"), str):
                return "forgejo"
            # GitLab tells its version to those it knows only, and its refusal has a form of its own.
            version = _answer(client, f"{web}/api/v4/version")
            if isinstance(version.get("revision"), str) or version.get("message") == "401 Unauthorized":
                return "gitlab"
            meta = _answer(client, f"{web}/api/v3/meta")
            if "verifiable_password_authentication" in meta or "github" in str(meta.get("documentation_url", "")):
                return "github"
        except (httpx.HTTPError, httpx.InvalidURL):
            # Not there at all, perhaps a machine that git alone reaches: the other questions would only take time.
            return None
    return None


def _answer(client: httpx.Client, url: str) -> Mapping[str, Any]:
    """The JSON object at an address, whatever its status; empty where there is none. Raises what httpx raises."""
    import httpx
    import msgspec

    with client.stream("GET", url, headers={"accept": "application/json"}) as answer:
        raw = b""
        latest = time.monotonic() + LONGEST_ANSWER
        for block in answer.iter_bytes():
            raw += block
            if time.monotonic() > latest:
                raise httpx.ReadTimeout("the answer does not end")
            if len(raw) > BODY_LIMIT:
                return {}
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
