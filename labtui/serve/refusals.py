"""What servers answer when they do not answer, as sentences a person can act on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec

from labtui import text
from labtui.errors import LabError
from labtui.journal import JobFolder
from labtui.serve.target import Target

LOG_LINES = 8
LOG_BYTES = 16 * 1024
SAID_WIDTH = 300


class ServerGone(LabError):
    """The server stopped answering, perhaps in the middle of an answer: what came so far stands.

    `log` holds the last lines of its log where labtui started it.
    """

    def __init__(self, what: str, *, where: str = "", hint: str = "", log: tuple[str, ...] = ()) -> None:
        super().__init__(what, where=where, hint=hint)
        self.log = log


class ContextExceeded(LabError):
    """The conversation does not fit the model's context window."""

    def __init__(self, what: str, *, where: str = "", hint: str = "", tokens: int = 0, context: int = 0) -> None:
        super().__init__(what, where=where, hint=hint)
        self.tokens = tokens
        self.context = context


class Busy(LabError):
    """The server refuses for now: too many requests, or it is still loading. Trying again later may work."""

    def __init__(self, what: str, *, where: str = "", hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(what, where=where, hint=hint)
        self.retry_after = retry_after


def why_unreached(words: str) -> str:
    """Why no connection came about, from the words of the system or of the TLS library."""
    if "SSL" in words or "CERTIFICATE" in words:
        return f"no secure connection: {words}"
    # What getaddrinfo says: a negative number on Linux, "nodename nor servname" on macOS.
    if "[Errno -" in words or "nodename" in words:
        return "no machine of that name is known here"
    return "nothing listens there"


def gone(target: Target, reason: str = "") -> ServerGone:
    """The error for a server that does not answer (any more)."""
    detail = f" ({reason})" if reason else ""
    if target.job:
        folder = JobFolder(Path(target.job))
        return ServerGone(
            f"The server of '{target.label}' is gone{detail}.",
            where=target.url,
            hint=f"Its log says what happened: labtui jobs log {folder.id}",
            log=log_tail(folder),
        )
    return ServerGone(
        f"The server at this address does not answer{detail}.",
        where=target.url,
        hint="Check that it runs and that the address in serve.remotes is right.",
    )


def log_tail(folder: JobFolder, lines: int = LOG_LINES) -> tuple[str, ...]:
    """The last lines of a job's log that say something, cleaned."""
    try:
        with open(folder.log_file, "rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(0, size - LOG_BYTES))
            tail = stream.read().decode("utf-8", "replace")
    except OSError:
        return ()
    kept = [text.clean(line, lines=False).rstrip() for line in tail.splitlines()]
    return tuple(text.shorten(line, 200) for line in kept if line)[-lines:]


def refused(target: Target, status: int, body: bytes, retry_after: str = "") -> LabError:
    """The error for an answer with an HTTP error status."""
    said, fields = _said(body)
    quoted = f' It says: "{said}"' if said else ""
    where = target.url
    kind = str(fields.get("type", "")) + " " + str(fields.get("code", ""))
    if "exceed_context" in kind or "context_length" in kind or _speaks_of_context(status, said):
        tokens = _number(fields.get("n_prompt_tokens"))
        context = _number(fields.get("n_ctx")) or target.context
        sizes = f": {tokens:,} tokens do not fit into {context:,}" if tokens and context else ""
        return ContextExceeded(
            f"The conversation is longer than the model's context window{sizes}.",
            where=where,
            hint="Shorten it, start a new one, or serve the model with a larger serve.context.",
            tokens=tokens,
            context=context,
        )
    if status in (401, 403):
        return LabError(
            f"The server refuses the access key (HTTP {status}).{quoted}",
            where=where,
            hint="Name the variable that holds the key: serve.remotes.NAME.api_key_env, and set it.",
        )
    if status == 404:
        return LabError(
            f"The server does not know the model '{target.model}', or has no chat at this address (HTTP 404).{quoted}",
            where=where,
            hint="Check serve.remotes.NAME.model and .url: the address ends in /v1 with most servers.",
        )
    if status == 429 or status == 503:
        wait = float(retry_after) if re.fullmatch(r"\d+(\.\d+)?", retry_after) else None
        why = "has too many requests" if status == 429 else "is not ready"
        what = f"The server {why} (HTTP {status}).{quoted}"
        return Busy(what, where=where, hint="Try again later.", retry_after=wait)
    if status >= 500:
        return LabError(
            f"The server failed (HTTP {status}).{quoted}",
            where=where,
            hint=f"Its log says more: labtui jobs log {Path(target.job).name}" if target.job else "Ask who runs it.",
        )
    return LabError(f"The server does not accept the request (HTTP {status}).{quoted}", where=where)


def not_json(target: Target, body: str) -> LabError:
    shown = text.shorten(text.clean(body, lines=False).strip(), 80)
    return LabError(
        "The server's answer is not what an OpenAI-compatible server says" + (f': "{shown}"' if shown else "."),
        where=target.url,
        hint="Check the address: it ends in /v1 with most servers.",
    )


def _speaks_of_context(status: int, said: str) -> bool:
    return status in (400, 413, 422, 500) and bool(
        re.search(r"context (length|window|size)|exceeds? the available context|requested tokens.*exceed", said, re.I)
    )


def _said(body: bytes) -> tuple[str, dict[str, Any]]:
    """The message inside an error body of any of the usual shapes, and the fields beside it."""
    try:
        decoded: Any = msgspec.json.decode(body)
    except msgspec.MsgspecError:
        plain = re.sub(r"<[^>]*>", " ", body.decode("utf-8", "replace"))
        return _short(plain), {}
    fields = decoded.get("error", decoded) if isinstance(decoded, dict) else decoded
    if isinstance(fields, dict):
        message = fields.get("message") or fields.get("detail") or fields.get("error") or ""
        return _short(message if isinstance(message, str) else str(message)), fields
    return _short(str(fields)), {}


def _short(message: str) -> str:
    return text.shorten(" ".join(text.clean(message, lines=False).split()), SAID_WIDTH)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
