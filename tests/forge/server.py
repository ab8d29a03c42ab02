"""The forge as a web server: who asks, which answer, and the ways it can go wrong."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.forge.state import Refused, State, User

Body = dict[str, Any]


@dataclass
class Call:
    """One request as a dialect sees it."""

    method: str
    parts: dict[str, str]
    """The variable parts of the path."""
    query: dict[str, str]
    body: Body
    user: User | None

    def known(self, *names: str) -> None:
        """Refuses fields nobody documented: a mistyped one would pass for nothing."""
        unknown = (self.query.keys() | self.body.keys()) - set(names)
        if unknown:
            raise Refused(400, f"unknown: {', '.join(sorted(unknown))}")

    def who(self) -> User:
        if self.user is None:
            raise Refused(401, "Requires authentication")
        return self.user

    def page(self, entries: list[Any], size: str = "per_page") -> list[Any]:
        count = int(self.query.get(size, 30))
        assert 1 <= count <= 100, "no forge gives more than 100 at once"
        first = (int(self.query.get("page", 1)) - 1) * count
        return entries[first : first + count]


@dataclass
class Answer:
    status: int
    value: Any


@dataclass
class Route:
    method: str
    path: str
    """As in the OpenAPI description: `/repos/{owner}/{repo}`."""
    answer: Callable[[Call], Answer]
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        self.pattern = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path)))


@dataclass
class Fault:
    """What happens instead of the next requests that fit."""

    method: str
    path: str
    """A regular expression that the path must hold."""
    status: int = 500
    body: bytes = b'{"message": "it broke"}'
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    drops: str = ""
    """`before`: the connection ends and nothing was done; `after`: it was done, and the answer is lost."""


class Server:
    """`routes` are a dialect's; `prefix` is what its API's paths begin with. `fill` may change each answer."""

    def __init__(self, folder: Path, dialect: Callable[[Server], list[Route]], prefix: str) -> None:
        self.state = State(folder)
        self.prefix = prefix
        self.git_address = ""
        """Where the repositories can be fetched and pushed; empty: by their paths."""
        self.faults: list[Fault] = []
        self.calls: list[str] = []
        """`METHOD /path` of every request, without the prefix."""
        self.headers: list[dict[str, str]] = []
        self.sent: list[tuple[str, str, set[str]]] = []
        """(method, path as in the OpenAPI description, names of the fields) of each request that was understood"""
        self.fill: Callable[[str, str, int, Any], Any] = lambda method, path, status, value: value
        self.routes = dialect(self)
        outer = self

        class Handler(_Handler):
            forge = outer

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def api(self) -> str:
        return self.web + self.prefix

    def begin_anew(self, folder: Path) -> None:
        """Forgets everybody and everything; repositories are kept below `folder` from now on."""
        with self.state.lock:
            self.state.clear(folder)
            self.git_address = ""
            for kept in (self.faults, self.calls, self.headers, self.sent):
                kept.clear()

    def clone_url(self, slug: str) -> str:
        return f"{self.git_address}/{slug}.git" if self.git_address else f"{self.web}/{slug}.git"

    def fail(self, method: str, path: str, **more: Any) -> Fault:
        fault = Fault(method, path, **more)
        self.faults.append(fault)
        return fault

    def fault_for(self, method: str, path: str) -> Fault | None:
        with self.state.lock:
            for fault in self.faults:
                if fault.times > 0 and fault.method in ("", method) and re.search(fault.path, path):
                    fault.times -= 1
                    return fault
        return None

    def user_of(self, header: str | None) -> User | None:
        if not header:
            return None
        kind, _, value = header.partition(" ")
        if kind == "Basic":
            value = base64.b64decode(value).decode().partition(":")[2]
        found = next((user for user in self.state.users.values() if user.token == value), None)
        if found is None:
            raise Refused(401, "Bad credentials")
        return found

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    forge: Server

    def do_GET(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        address = urlsplit(self.path)
        path = address.path.removeprefix(self.forge.prefix)
        self.forge.calls.append(f"{self.command} {path}")
        self.forge.headers.append({name.lower(): value for name, value in self.headers.items()})
        fault = self.forge.fault_for(self.command, path)
        if fault is not None and fault.drops == "before":
            self.close_connection = True
            return
        if fault is not None and not fault.drops:
            self._send(fault.status, fault.body, {"content-type": "application/json", **fault.headers})
            return
        answer = self._answered(path, dict(parse_qsl(address.query, keep_blank_values=True)), raw)
        if fault is not None:
            self.close_connection = True
            return
        content = b"" if answer.value is None else json.dumps(answer.value).encode()
        self._send(answer.status, content, {"content-type": "application/json"})

    def do_POST(self) -> None:
        self.do_GET()

    def do_PATCH(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        self.do_GET()

    def _answered(self, path: str, query: dict[str, str], raw: bytes) -> Answer:
        route = None
        try:
            with self.forge.state.lock:
                user = self.forge.user_of(self.headers.get("authorization"))
                for route in self.forge.routes:
                    found = route.pattern.fullmatch(path) if route.method == self.command else None
                    if found is not None:
                        parts = {name: unquote(value) for name, value in found.groupdict().items()}
                        body = json.loads(raw) if raw else {}
                        self.forge.sent.append((route.method, route.path, {*query, *body}))
                        answer = route.answer(Call(self.command, parts, query, body, user))
                        answer.value = self.forge.fill(route.method, route.path, answer.status, answer.value)
                        return answer
            return Answer(404, {"message": "Not Found"})
        except Refused as refused:
            return Answer(refused.status, {"message": refused.words})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        return
