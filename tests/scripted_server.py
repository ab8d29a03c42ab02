"""An OpenAI-compatible server that answers as it was told to, over a real socket.

In a test:

    with ScriptedServer(Answer("Hello ", "world")) as server:
        target = server.target()              # labtui.serve.target.Target
        ...
        assert server.requests[0]["messages"][-1]["content"] == "Hi"

Answers are used in order, the last one for all further requests; a function of the request may stand for one. As a
process of its own (benchmarks, killing it with SIGKILL):

    with ServerProcess(rate=150, tokens=600) as server: ...        # server.url, server.pid
    python -m tests.scripted_server --rate 150 --tokens 600        # prints its address
"""

from __future__ import annotations

import argparse
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from labtui.serve.target import Target


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How an answer comes, and how it goes wrong."""

    reasoning: tuple[str, ...] = ()
    """Sent before the pieces as `reasoning_content`."""
    first_delay: float = 0.0
    """Seconds before the first piece."""
    delay: float = 0.0
    """Seconds between pieces, kept as a pace: a late piece does not delay those after it."""
    wait_after: int | None = None
    """After so many pieces, waits for `server.go()`."""
    die_after: int | None = None
    """After so many pieces, closes the connection in the middle of an event."""
    error_after: int | None = None
    """After so many pieces, sends an error inside the stream."""
    cut: int = 0
    """Writes the stream in packets of so many bytes, so that characters and events are split; 0 does not."""
    finish: str = "stop"
    usage: bool = True
    status: int = 200
    body: bytes = b""
    """Sent as it is in place of a stream."""
    headers: dict[str, str] = field(default_factory=dict)


class Answer:
    """One answer: its pieces, one server-sent event each, and the fields of `Manner`."""

    def __init__(self, *pieces: str, **manner: Any) -> None:
        self.pieces = pieces
        self.manner = Manner(**manner)


Script = Answer | Callable[[dict[str, Any]], Answer]


class ScriptedServer:
    """Answers on a free port of the loopback until closed. What it was asked stands in `requests`."""

    def __init__(self, *answers: Script, context: int = 4096, key: str = "", port: int = 0) -> None:
        self.answers: list[Script] = list(answers) or [Answer("Hello ", "there.")]
        self.context = context
        self.key = key
        self.requests: list[dict[str, Any]] = []
        """Bodies of the chat completions, in the order they came."""
        self.broken_off = threading.Event()
        """Set when a client closed the connection in the middle of an answer."""
        self.waiting = threading.Event()
        """Set while an answer waits for `go`."""
        self._go = threading.Event()
        self._lock = threading.Lock()
        server = self

        class Handler(_Handler):
            scripted = server

        self._http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def target(self, name: str = "scripted", *, engine: str = "xllamacpp", adapter: str = "", job: str = "") -> Target:
        """As a served model with a llama.cpp tokenizer (one token a word); `remote` has none."""
        return Target(
            url=self.url,
            model=name,
            key=self.key,
            context=self.context,
            name=name,
            engine=engine,
            adapter=adapter,
            job=job,
        )

    def go(self) -> None:
        """Lets an answer that waits (`wait_after`) go on."""
        self._go.set()

    def next_answer(self, request: dict[str, Any]) -> Answer:
        with self._lock:
            self.requests.append(request)
            script = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return script if isinstance(script, Answer) else script(request)

    def wait_for_go(self) -> None:
        self.waiting.set()
        self._go.wait(30)
        self._go.clear()
        self.waiting.clear()

    def start(self) -> ScriptedServer:
        self._thread.start()
        return self

    def close(self) -> None:
        self._go.set()
        self._http.shutdown()
        self._http.server_close()

    def __enter__(self) -> ScriptedServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Handler(BaseHTTPRequestHandler):
    scripted: ScriptedServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name its base class gives it
        pass

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        if self.path == "/health":
            self._json({"status": "ok"})
        elif self.path == "/v1/models":
            self._json({"object": "list", "data": [{"id": "scripted", "meta": {"n_ctx": self.scripted.context}}]})
        else:
            self._json({"error": {"message": "no such route"}}, 404)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        if self.scripted.key and self.headers.get("authorization") != f"Bearer {self.scripted.key}":
            self._json({"error": {"message": "Invalid API key", "code": 401}}, 401)
        elif self.path == "/apply-template":
            self._json({"prompt": "\n".join(message["content"] for message in body["messages"])})
        elif self.path == "/tokenize":
            self._json({"tokens": list(range(len(body["content"].split())))})
        elif self.path == "/v1/chat/completions":
            self._chat(body)
        else:
            self._json({"error": {"message": "no such route"}}, 404)

    def _chat(self, body: dict[str, Any]) -> None:
        answer = self.scripted.next_answer(body)
        if answer.manner.status != 200 or answer.manner.body:
            self._raw(answer.manner.status, answer.manner.body, answer.manner.headers)
            return
        if not body.get("stream"):
            text = "".join(answer.pieces)
            choice = {"message": {"role": "assistant", "content": text}, "finish_reason": answer.manner.finish}
            self._json({"choices": [choice], "usage": self._usage(body, answer)})
            return
        self.close_connection = True
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        # As the real engines do: a client can tell a broken stream from one that ended.
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            self._stream(body, answer)
        except (BrokenPipeError, ConnectionResetError):
            self.scripted.broken_off.set()

    def _stream(self, body: dict[str, Any], answer: Answer) -> None:
        time.sleep(answer.manner.first_delay)
        for piece in answer.manner.reasoning:
            self._event({"choices": [{"delta": {"reasoning_content": piece}}]}, answer)
        began = time.monotonic()
        for number, piece in enumerate(answer.pieces):
            if answer.manner.wait_after == number:
                self.scripted.wait_for_go()
            if answer.manner.die_after == number:
                self._write(b'data: {"choices": [{"del', answer)
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if answer.manner.error_after == number:
                self._event({"error": {"code": 500, "message": "the engine failed: \x1b[31mout of memory"}}, answer)
                return
            if answer.manner.delay:
                time.sleep(max(0.0, began + number * answer.manner.delay - time.monotonic()))
            self._event({"choices": [{"delta": {"content": piece}}]}, answer)
        self._event({"choices": [{"delta": {}, "finish_reason": answer.manner.finish}]}, answer)
        if answer.manner.usage:
            self._event({"choices": [], "usage": self._usage(body, answer)}, answer)
        self._write(b"data: [DONE]\n\n", answer)
        self.wfile.write(b"0\r\n\r\n")

    def _usage(self, body: dict[str, Any], answer: Answer) -> dict[str, int]:
        prompt = sum(len(message["content"].split()) for message in body.get("messages", []))
        return {"prompt_tokens": prompt, "completion_tokens": len(answer.pieces) + len(answer.manner.reasoning)}

    def _event(self, value: object, answer: Answer) -> None:
        self._write(b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n", answer)

    def _write(self, data: bytes, answer: Answer) -> None:
        for start in range(0, len(data), answer.manner.cut or len(data)):
            packet = data[start : start + (answer.manner.cut or len(data))]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(packet), packet))
            self.wfile.flush()

    def _json(self, value: object, status: int = 200) -> None:
        self._raw(status, json.dumps(value).encode(), {"content-type": "application/json"})

    def _raw(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class ServerProcess:
    """The same server in a process of its own, answering every request with `tokens` words at `rate` a second."""

    def __init__(self, *, rate: float = 150.0, tokens: int = 300, text: Path | None = None) -> None:
        self._command = [sys.executable, "-m", "tests.scripted_server", "--rate", str(rate), "--tokens", str(tokens)]
        if text is not None:
            self._command += ["--text", str(text)]
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def target(self, name: str = "scripted") -> Target:
        return Target(url=self.url, model=name, context=32768, name=name, engine="xllamacpp")

    def kill(self) -> None:
        """As a crash would: no goodbye."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def __enter__(self) -> ServerProcess:
        root = Path(__file__).resolve().parents[1]
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True, cwd=root)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


PROSE = (
    "# Birds\n\nThe **black-capped chickadee** is a small songbird. It stays through the winter and hides food:\n\n"
    "- seeds\n- insects\n- berries, `one by one`\n\n```python\nfor bird in birds:\n    print(bird)\n```\n\n"
    "| bird | length |\n|---|---|\n| chickadee | 13 cm |\n\n"
)


def words_of(text: str, tokens: int) -> tuple[str, ...]:
    """`tokens` pieces of about four characters, the text over and over: what a model's tokens look like."""
    pieces = [text[place : place + 4] for place in range(0, len(text), 4)]
    return tuple(pieces[number % len(pieces)] for number in range(tokens))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=150.0, help="tokens a second; 0 sends as fast as it can")
    parser.add_argument("--tokens", type=int, default=300)
    parser.add_argument("--text", type=Path, help="a file to answer with, over and over")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args(arguments)
    text = given.text.read_text(encoding="utf-8") if given.text else PROSE
    answer = Answer(*words_of(text, given.tokens), delay=1 / given.rate if given.rate else 0.0)
    with ScriptedServer(answer, context=32768, port=given.port) as server:
        print(server.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
