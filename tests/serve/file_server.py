"""A web server over a real socket that gives one file, as well or as badly as a test wants."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass
class FileServer:
    """Gives `content` under every path, and answers the hub's questions about a repository that holds it."""

    content: bytes
    etag: str = '"v1"'
    ranges: bool = True
    cut_after: int | None = None
    """The first answer ends after so many bytes although it announced more."""
    status: int = 200
    announced: int | None = None
    """A Content-Length that is not true; for the hub, the size it names."""
    hub: dict[str, Any] | None = None
    """What /api/models/… answers."""
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __enter__(self) -> FileServer:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                owner.answer(self)

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"{self.root}/files/tiny.gguf"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        if handler.path.startswith("/api/"):
            if self.hub is None:
                self._send(handler, 404, b'{"error":"Repository not found"}', {"x-error-code": "RepoNotFound"})
            else:
                self._send(handler, 200, json.dumps(self.hub).encode(), {"content-type": "application/json"})
            return
        if self.status != 200:
            self._send(handler, self.status, b"no", {})
            return
        start, status = 0, 200
        extra = {"etag": self.etag} if self.etag else {}
        wanted = handler.headers.get("range", "")
        fresh = handler.headers.get("if-range") in (None, self.etag)
        if self.ranges and fresh and wanted.startswith("bytes="):
            start, status = int(wanted[6:].rstrip("-")), 206
            if start >= len(self.content):
                self._send(handler, 416, b"", {"content-range": f"bytes */{len(self.content)}"})
                return
            extra["content-range"] = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        body = self.content[start:]
        if self.cut_after is not None:
            sent, self.cut_after = body[: self.cut_after], None
            handler.send_response(status)
            handler.send_header("content-length", str(len(body)))
            for name, value in extra.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(sent)
            handler.close_connection = True
            return
        self._send(handler, status, body, extra)

    def _send(self, handler: BaseHTTPRequestHandler, status: int, body: bytes, extra: dict[str, str]) -> None:
        handler.send_response(status)
        handler.send_header("content-length", str(len(body)))
        for name, value in extra.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
