"""Fetches one large file over HTTP: resumed where it broke off, checked by length and hash, never half in place.

What has arrived lies in `<file>.part`, and beside it what it is part of; both go when the file is whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from labtui import text
from labtui.errors import LabError, UsageError
from labtui.journal import atomic_write, dump

if TYPE_CHECKING:
    import httpx

TRIES = 5
"""A connection that breaks is taken up again this often in a row without much having come."""
PAUSE_SECONDS = 1.0
BLOCK = 1 << 20
SILENCE_SECONDS = 60.0
SPARE_BYTES = 64 << 20
"""Left free on the disk."""

AGAIN = "The same command continues where it broke off."


class Step(msgspec.Struct, frozen=True):
    """How far an addition is."""

    stage: str
    """`download`, `check`, `unpack`, `copy` or `read`."""
    done: int = 0
    total: int = 0
    """Bytes; 0 where it is not known."""


OnStep = Callable[[Step], None]


class Cancelled(LabError):
    """The addition was broken off by whoever asked for it; what has arrived is kept."""

    exit_code = 130


class _Kept(msgspec.Struct, kw_only=True):
    """<file>.part.json: what the part belongs to."""

    v: int = 1
    url: str
    validator: str = ""
    """The server's own mark of this version of the file (a strong ETag, or its date)."""
    sha256: str = ""


class _Broken(Exception):
    """The connection broke; another try may help."""


def fetch(
    url: str,
    file: Path,
    *,
    sha256: str = "",
    size: int = 0,
    headers: dict[str, str] | None = None,
    on_step: OnStep = lambda step: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> str:
    """Downloads to `file` and returns its sha256. An earlier part of the same file is continued.

    Raises LabError: for a refusal, a broken connection (the part stays), a full disk, and for a wrong hash or
    length (the part is removed).
    """
    import httpx

    if not url.startswith(("http://", "https://")):
        raise UsageError("is not an http or https address.", where=url)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.part")
    asked = _Kept(url=public(url), sha256=sha256.lower())
    timeout = httpx.Timeout(SILENCE_SECONDS, connect=15.0)
    with httpx.Client(timeout=timeout, follow_redirects=True, verify=_certificates(url)) as client:
        tries = TRIES
        while True:
            before = _length(part)
            try:
                _transfer(client, url, asked, size, headers or {}, part, on_step, cancelled)
                break
            except _Broken as error:
                tries = TRIES if _length(part) - before > 8 * BLOCK else tries - 1
                if tries <= 0:
                    raise LabError(f"The connection broke off ({error}).", where=public(url), hint=AGAIN) from error
                time.sleep(PAUSE_SECONDS * (TRIES - tries))
            except httpx.InvalidURL as error:
                raise UsageError(f"is not an address ({error}).", where=public(url)) from error
    found = hash_file(part, on_step, cancelled)
    if asked.sha256 and found != asked.sha256:
        forget(file)
        raise LabError(
            f"What came is not what was asked for: its sha256 is {found}, wanted was {asked.sha256}.",
            where=public(url),
            hint="It was removed. Check the address and the hash, then try again.",
        )
    os.replace(part, file)
    _notes(part).unlink(missing_ok=True)
    return found


def forget(file: Path) -> None:
    """Removes what has arrived of a file."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    _notes(part).unlink(missing_ok=True)


def hash_file(file: Path, on_step: OnStep = lambda step: None, cancelled: Callable[[], bool] = lambda: False) -> str:
    """The file's sha256, hexadecimal."""
    total = file.stat().st_size
    digest = hashlib.sha256()
    with open(file, "rb") as stream:
        done = 0
        while block := stream.read(BLOCK):
            digest.update(block)
            done += len(block)
            on_step(Step("check", done, total))
            _heed(cancelled)
    return digest.hexdigest()


def room_for(folder: Path, needed: int) -> None:
    """Raises LabError where the disk has not so many bytes left."""
    free = shutil.disk_usage(folder).free
    if needed + SPARE_BYTES > free:
        raise LabError(
            f"There is no room: {needed / 1e6:,.0f} MB are needed, {free / 1e6:,.0f} MB are free.",
            where=str(folder),
            hint="Make room, or move the store with the variable XDG_DATA_HOME.",
        )


def _transfer(
    client: httpx.Client,
    url: str,
    asked: _Kept,
    size: int,
    headers: dict[str, str],
    part: Path,
    on_step: OnStep,
    cancelled: Callable[[], bool],
) -> None:
    """One request; appends to the part. Raises _Broken where another one may bring the rest."""
    import httpx

    start = _resumable(part, asked)
    # A server that compresses on the way would make lengths and ranges meaningless.
    sent = {**headers, "accept-encoding": "identity"}
    if start:
        sent["range"] = f"bytes={start}-"
        if asked.validator:
            sent["if-range"] = asked.validator
    try:
        with client.stream("GET", url, headers=sent) as answer:
            if answer.status_code == 416:
                if start == (size or _whole(answer)):
                    return
                part.unlink(missing_ok=True)
                raise _Broken("the server has another file now")
            if answer.status_code == 206 and not _continues(answer, start):
                part.unlink(missing_ok=True)
                raise _Broken("the server sent another part than asked")
            if answer.status_code not in (200, 206):
                raise _refusal(url, answer.status_code)
            start = start if answer.status_code == 206 else 0
            length = answer.headers.get("content-length", "")
            total = start + int(length) if length.isdigit() else size
            if size and total != size:
                raise LabError(
                    f"The file has another length than announced: {total:,} instead of {size:,} bytes.",
                    where=public(url),
                    hint="The server's file changed or is damaged; try again later.",
                )
            asked.validator = _validator(answer)
            room_for(part.parent, total - start)
            atomic_write(_notes(part), dump(asked))
            with open(part, "ab" if start else "wb") as stream:
                done = _receive(answer, stream, start, total, on_step, cancelled)
    except (httpx.TransportError, httpx.StreamError) as error:
        raise _Broken(_reason(error)) from error
    if total and done < total:
        raise _Broken(f"{done:,} of {total:,} bytes came")


def _receive(
    answer: httpx.Response,
    stream: IO[bytes],
    done: int,
    total: int,
    on_step: OnStep,
    cancelled: Callable[[], bool],
) -> int:
    try:
        for block in answer.iter_raw():
            stream.write(block)
            done += len(block)
            on_step(Step("download", done, total))
            _heed(cancelled)
    except OSError as error:
        raise LabError(f"The file cannot be written: {error.strerror}.", where=stream.name, hint=AGAIN) from error
    return done


def _resumable(part: Path, asked: _Kept) -> int:
    """How many bytes of the part can be built on: 0 where it is of another file or cannot be told from one."""
    try:
        kept = msgspec.json.decode(_notes(part).read_bytes(), type=_Kept)
    except (OSError, msgspec.MsgspecError):
        return 0
    if kept.url != asked.url or (kept.sha256 and asked.sha256 and kept.sha256 != asked.sha256):
        return 0
    asked.validator = asked.validator or kept.validator
    # Without the server's mark only a known hash can tell that both halves are of one file.
    return _length(part) if asked.validator or asked.sha256 else 0


def _continues(answer: httpx.Response, start: int) -> bool:
    return answer.status_code == 206 and answer.headers.get("content-range", "").startswith(f"bytes {start}-")


def _whole(answer: httpx.Response) -> int:
    """The file's length from the `bytes */N` of a 416."""
    value = answer.headers.get("content-range", "").rpartition("/")[2]
    return int(value) if value.isdigit() else -1


def _validator(answer: httpx.Response) -> str:
    etag = str(answer.headers.get("etag", ""))
    if etag and not etag.startswith("W/"):
        return etag
    return str(answer.headers.get("last-modified", ""))


def _refusal(url: str, status: int) -> LabError:
    hints = {
        401: "It wants a login: download it yourself and add the file.",
        403: "It wants a login or an accepted licence: download it yourself and add the file.",
        404: "Check the address.",
        429: "The server has too many requests; try again later.",
    }
    hint = hints.get(status, "Try again later." if status >= 500 else "Check the address.")
    return LabError(f"The server does not give the file (HTTP {status}).", where=public(url), hint=hint)


def _reason(error: Exception) -> str:
    import httpx

    if isinstance(error, httpx.ConnectError):
        return f"no connection: {error}" if str(error) else "no connection"
    if isinstance(error, httpx.TimeoutException):
        return "the server fell silent"
    return "the server ended it"


def _notes(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _length(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0


def _heed(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled("The addition was broken off.", hint=AGAIN)


def public(url: str) -> str:
    """The address without login and query, which may be secrets: what is shown and kept."""
    from urllib.parse import urlsplit, urlunsplit

    parts = urlsplit(text.clean(url, lines=False))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _certificates(url: str) -> bool:
    # Loading the certificates takes longer than a loopback's whole request.
    return not url.startswith(("http://127.0.0.1", "http://localhost"))
