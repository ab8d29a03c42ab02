"""What the address of a document's repository is: a folder of this machine, something on the network, or nothing git
can use."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

LOCAL = "local"
NETWORK = "network"
WRONG = "wrong"


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """An address as it is understood. `problem` says why it is WRONG; `advice` what is better about another one."""

    kind: str
    text: str
    path: str = ""
    """Of a LOCAL one; it may be relative."""
    problem: str = ""
    advice: str = ""
    hint: str = ""


_SCP = re.compile(r"(?:[\w.+-]+@)?([\w.-]+\.[a-z]{2,}|localhost):(?!//)(\S+)", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(:|//)", re.IGNORECASE)
_BARE_HOST = re.compile(
    r"(?:www\.)?(?:github|gitlab|bitbucket|codeberg)\.\w+/\S+|[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io)/\S+"
)
_FORGES = re.compile(r"(?:www\.)?(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)")
_PAGE = re.compile(r"(?:/-)?/(?:blob|tree|raw|edit|commit|commits|pull|issues|wiki|releases)(?:/|$)")
EXAMPLE = "Write the address one can clone, such as https://github.com/OWNER/REPOSITORY"


def on_this_machine(address: str) -> bool:
    """Whether git takes it for a folder of this machine: nobody elsewhere can read what lies there."""
    if "://" in address:
        return address.lower().startswith("file://")
    # As git reads it: a colon before the first slash names a host.
    return bool(address) and ":" not in address.partition("/")[0]


def understand(text: str) -> Address:
    """Never raises; no network."""
    if not text.strip():
        return _wrong(text, "No repository is named.", EXAMPLE)
    if "<" in text or ">" in text:
        return _wrong(text, "This is still the text of the template.", EXAMPLE)
    if re.search(r"\s|[\x00-\x1f\x7f]", text):
        return _wrong(text, "An address holds no spaces or line breaks.", EXAMPLE)
    if found := _SCHEME.match(text):
        return _with_scheme(text, found[1].lower(), found[2])
    if found := _SCP.fullmatch(text):
        return _ssh(text, found[1], found[2])
    if _BARE_HOST.fullmatch(text):
        return _wrong(text, "The address has no https:// before it, so git takes it for a folder.", f"https://{text}")
    return Address(kind=LOCAL, text=text, path=text, **_of_this_machine())


def _with_scheme(text: str, scheme: str, mark: str) -> Address:
    if mark == ":":
        return _wrong(text, f"An address of the kind {scheme}:: runs a program and is not read.", EXAMPLE)
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return _wrong(text, "This is no address.", EXAMPLE)
    if scheme == "file":
        if host not in ("", "localhost"):
            return _wrong(
                text, "A file address with a host in it cannot be read.", "Write file:///path/of/the/repository"
            )
        return Address(kind=LOCAL, text=text, path=unquote(parts.path, errors="surrogateescape"), **_of_this_machine())
    if scheme == "ssh":
        return _ssh(text, host, parts.path)
    if scheme not in ("http", "https"):
        return _wrong(text, f"Git reads no address of the kind {scheme}:// here.", EXAMPLE)
    return _web(text, scheme, host, parts.path, parts.username or parts.password or "")


def _web(text: str, scheme: str, host: str, path: str, secret: str) -> Address:
    folders = [part for part in path.split("/") if part]
    if not host or not folders:
        return _wrong(text, "This is the address of a web site, not of a repository.", EXAMPLE)
    if host == "raw.githubusercontent.com":
        owner = "/".join([*folders, "", ""][:2])
        return _wrong(text, "This is the address of a file, not of a repository.", f"https://github.com/{owner}")
    if _FORGES.fullmatch(host):
        if len(folders) == 1:
            return _wrong(text, f"This names the account {folders[0]}, not one of its repositories.", EXAMPLE)
        if page := _PAGE.search(path, len("/".join(folders[:2])) + 1):
            clone = f"{scheme}://{host}{path[: page.start()]}"
            return _wrong(text, "This is the address of a page about a repository, not of the repository.", clone)
    if secret:
        safe = re.sub(r"//[^/@]*@", "//", text)
        return Address(
            kind=NETWORK, text=text, advice="The address carries a name or a password.", hint=f"Write: {safe}"
        )
    if scheme == "http":
        return Address(
            kind=NETWORK,
            text=text,
            advice="What comes over http:// can be changed on its way.",
            hint=f"Write: https://{text.partition('://')[2]}",
        )
    return Address(kind=NETWORK, text=text)


def _ssh(text: str, host: str, path: str) -> Address:
    return Address(
        kind=NETWORK,
        text=text,
        advice="Only who has a key there can read an ssh address; the taxonomy's CI has none.",
        hint=f"Write: https://{host}/{path.lstrip('/')}",
    )


def _of_this_machine() -> dict[str, str]:
    return {
        "advice": "The repository is a folder of this machine: nobody else can read it.",
        "hint": f"Put the documents where others can clone them. {EXAMPLE}",
    }


def _wrong(text: str, problem: str, hint: str) -> Address:
    return Address(kind=WRONG, text=text, problem=problem, hint=hint if " " in hint else f"Write: {hint}")


def folder_of(address: Address, root: Path | None) -> Path:
    """Where a LOCAL address leads; a relative one from the taxonomy's root, else from the folder it lies in."""
    path = Path(address.path)
    if path.is_absolute() or root is None:
        return path
    inside = root / path
    return inside if inside.is_dir() else root.parent / path
