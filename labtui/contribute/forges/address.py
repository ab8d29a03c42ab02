"""Which forge a remote's address belongs to, and where its programs and its people look.

The big public hosts are known, others are named in the setting `contribute.forges`; any other host is asked what it
is (`detecting.py`). An address that is a folder belongs to no forge.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlencode, urlsplit

import msgspec

from labtui.contribute.forges.base import ForgeAddress, ForgeKind, Head
from labtui.errors import UsageError
from labtui.settings import Contribute, ForgeHost

PUBLIC: dict[str, ForgeKind] = {
    "github.com": "github",
    "gitlab.com": "gitlab",
    "codeberg.org": "forgejo",
    "gitea.com": "forgejo",
}
"""Hosts anybody can have an account on, and what runs there."""

_ALIASES = {
    "www.github.com": "github.com",
    "ssh.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "www.gitlab.com": "gitlab.com",
}
"""Other names of the same host: SSH over the port of HTTPS has one of its own."""

_API_PATHS: dict[ForgeKind, str] = {"github": "/api/v3", "gitlab": "/api/v4", "forgejo": "/api/v1"}
TITLE_LIMIT = 200
"""Characters of a title that go into an address."""


class RemotePlace(msgspec.Struct, frozen=True, kw_only=True):
    """What a remote's address says."""

    scheme: str
    """`https`, `http` or `ssh`."""
    host: str
    """In lower case, with the port where HTTP(S) has one that is not its own."""
    path: str
    """Below the host, without slashes at its ends and without `.git`."""


def remote_place(url: str) -> RemotePlace | None:
    """The parts of an address as git takes it; None where it is a folder or nothing a forge would have."""
    url = url.strip()
    if "://" in url:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return None
        scheme = {"git+ssh": "ssh", "ssh+git": "ssh"}.get(parts.scheme.lower(), parts.scheme.lower())
        if scheme not in ("https", "http", "ssh") or not parts.hostname:
            return None
        host, path = parts.hostname, unquote(parts.path)
        if ":" in host:
            host = f"[{host}]"
        if scheme != "ssh" and port and port != {"https": 443, "http": 80}[scheme]:
            host = f"{host}:{port}"
    # As git reads it: a colon before the first slash, and no single letter that would be a drive.
    elif found := re.fullmatch(r"(?:[^@/\s]+@)?([^:/@\s]{2,}):(?!//)(.+)", url):
        scheme, host, path = "ssh", found[1], found[2]
    else:
        return None
    path = re.sub(r"\.git$", "", path.strip("/")).strip("/")
    host = host.lower().rstrip(".")
    # Anything else would not survive being put into an address again.
    if not re.fullmatch(r"(\[[0-9a-f:.]+\]|[a-z0-9_][a-z0-9._-]*)(:\d+)?", host) or not _plain_path(path):
        return None
    return RemotePlace(scheme=scheme, host=_ALIASES.get(host, host), path=path)


def _plain_path(path: str) -> bool:
    parts = path.split("/")
    return len(parts) >= 2 and all(re.fullmatch(r"[\w.~+-]+", part) and part not in (".", "..") for part in parts)


def forge_address(remote_url: str, settings: Contribute) -> ForgeAddress | None:
    """The repository that a remote's address names, where its host is known; None elsewhere.

    Asks nobody; `detecting.detect` asks the host. Raises UsageError where the setting for the host is no address.
    """
    place = remote_place(remote_url)
    if place is None:
        return None
    if (named := _setting_for(place.host, settings)) is not None:
        return address_of(place, named)
    if kind := _public(place.host):
        return address_of(place, ForgeHost(kind=kind))
    return None


def _setting_for(host: str, settings: Contribute) -> ForgeHost | None:
    for name, value in settings.forges.items():
        if name.lower() in (host, host.partition(":")[0]):
            return value if isinstance(value, ForgeHost) else ForgeHost(kind=value)
    return None


def _public(host: str) -> ForgeKind | None:
    # GitHub's own cloud gives companies a name below this one.
    return "github" if re.fullmatch(r"[a-z0-9-]+\.ghe\.com", host) else PUBLIC.get(host)


def address_of(place: RemotePlace, forge: ForgeHost, *, named: bool = True) -> ForgeAddress | None:
    """The repository at `place` on a forge of this kind; None where the path cannot be one there."""
    web = _checked(forge.web, f"contribute.forges.{place.host}.web") or _plain_web(place)
    api = _checked(forge.api, f"contribute.forges.{place.host}.api") or _api(place.host, web, forge.kind)
    path = place.path
    # A forge below a folder of its host: the remote's address holds that folder too, an SSH one does not.
    below = urlsplit(web).path.strip("/")
    if below and path.lower().startswith(f"{below.lower()}/"):
        path = path[len(below) + 1 :]
    owner, _, repo = path.rpartition("/")
    if not owner or ("/" in owner and forge.kind != "gitlab"):
        return None
    return ForgeAddress(
        kind=forge.kind, host=place.host, web=web, api=api, owner=owner, repo=repo, named=named,
        token_env=forge.token_env,
    )  # fmt: skip


def head_at(url: str, forge: ForgeAddress, branch: str) -> Head | None:
    """The branch in the repository that `url`, a remote's address, names on the same forge; None where it is elsewhere.

    A forge of one host can have another one for SSH, so hosts are not compared.
    """
    place = remote_place(url)
    if place is None:
        return None
    found = address_of(place, ForgeHost(kind=forge.kind, web=forge.web, api=forge.api))
    return Head(owner=found.owner, repo=found.repo, branch=branch) if found is not None else None


def _plain_web(place: RemotePlace) -> str:
    # A token must not travel in the clear; only on this machine itself is there nobody to read it.
    scheme = "http" if place.scheme == "http" and is_loopback(place.host) else "https"
    return f"{scheme}://{place.host}"


def is_loopback(host: str) -> bool:
    """Whether a host, with or without a port, is this machine."""
    name = re.sub(r":\d+$", "", host)
    return name == "localhost" or name == "[::1]" or re.fullmatch(r"127(\.\d{1,3}){3}", name) is not None


def _api(host: str, web: str, kind: ForgeKind) -> str:
    if kind == "github" and web == "https://github.com":
        return "https://api.github.com"
    if kind == "github" and host.endswith(".ghe.com"):
        return f"https://api.{host}"
    return web + _API_PATHS[kind]


def _checked(url: str, key: str) -> str:
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment or "@" in url:
        raise UsageError(
            f"'{url}' is no address of a forge.", where=key, hint="It looks like: https://git.example.org/api/v1"
        )
    if parts.scheme == "http" and not is_loopback(parts.netloc.lower()):
        raise UsageError(f"'{url}' would send the token in the clear.", where=key, hint="Write it with https://")
    return url.rstrip("/")


def web_address(address: ForgeAddress, head: Head, base: str, title: str = "") -> str:
    """The page on which a request for the pushed branch `head` is opened by hand, filled in as far as forges take it.

    `head.owner` is the fork's, or the repository's own where there is no fork.
    """
    title = title[:TITLE_LIMIT]
    same = (head.owner.lower(), head.repo.lower()) == (address.owner.lower(), address.repo.lower())
    branch = quote(head.branch, safe="/")
    if address.kind == "gitlab":
        # Opened from the repository that holds the branch; where it goes is chosen by the fork's parent.
        fields = {"merge_request[source_branch]": head.branch, "merge_request[target_branch]": base}
        if title:
            fields["merge_request[title]"] = title
        return f"{address.web}/{quote(head.owner)}/{quote(head.repo)}/-/merge_requests/new?{urlencode(fields)}"
    separator = ":" if address.kind == "github" else "/"
    renamed = "" if head.repo.lower() == address.repo.lower() else f"{separator}{quote(head.repo)}"
    compared = branch if same else f"{quote(head.owner)}{renamed}:{branch}"
    fields = {"expand": "1"} if address.kind == "github" else {}
    if title:
        fields["title"] = title
    query = f"?{urlencode(fields)}" if fields else ""
    return f"{address.url}/compare/{quote(base, safe='/')}...{compared}{query}"
