"""Real git over real transports on this machine: `git http-backend` behind Python's web server, and an sshd.

with GitServer(folder, login=("ann", "secret")) as server:    # every repository below the folder; pushing asks for it
    address = f"{server.address}/upstream.git"
    server.answer(502, b"<html>", when="git-receive-pack")    # the next such request gets this instead

with Sshd(tmp_path) as ssh:                                   # ssh.prepare(home) lets git of that home log in
    address = ssh.address(folder / "upstream.git")
"""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

SSHD = "/usr/sbin/sshd"


def available() -> bool:
    return _backend().is_file()


def _backend() -> Path:
    path = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip()
    return Path(path) / "git-http-backend"


def self_signed(folder: Path) -> Path:
    """A new certificate for 127.0.0.1 with its key, which nobody vouches for."""
    made = folder / "server.pem"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(folder / "key"), "-out", str(made)]  # fmt: skip
    subprocess.run(["openssl", *words], check=True, capture_output=True)
    made.write_text(made.read_text() + (folder / "key").read_text())
    return made


class GitServer:
    """`login`: name and password that pushing needs; `private`: that fetching needs too; `partial`: whether parts of a
    repository may be asked for whatever its own settings say; `certificate`: a file with certificate and key (see
    `self_signed`), for https."""

    def __init__(
        self,
        folder: Path,
        login: tuple[str, str] | None = None,
        private: bool = False,
        partial: bool = True,
        certificate: Path | None = None,
    ) -> None:
        self.folder = folder
        self.partial = partial
        self.login = login
        self.private = private
        self.requests: list[str] = []
        self.seen_logins: list[str] = []
        """The Authorization headers that came."""
        self.on_request: Callable[[str], None] | None = None
        """Called with each request before it is answered: to kill or stop somebody at that moment."""
        self.loses = ""
        """Requests that hold this are done, and their answer never comes."""
        self._answers: list[tuple[str, int, bytes, str]] = []
        outer = self

        class Handler(_Handler):
            server_of = outer

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._scheme = "http" if certificate is None else "https"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def address(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, status: int, body: bytes = b"", when: str = "", kind: str = "text/html") -> None:
        """The next request whose path and query hold `when` gets this answer and never reaches git."""
        self._answers.append((when, status, body, kind))

    def forget_answers(self) -> None:
        """Requests reach git again."""
        self._answers.clear()

    def prepared(self, request: str) -> tuple[int, bytes, str] | None:
        for number, (when, status, body, kind) in enumerate(self._answers):
            if when in request:
                del self._answers[number]
                return status, body, kind
        return None

    def admits(self, request: str, header: str | None) -> bool:
        if self.login is None or not (self.private or "git-receive-pack" in request):
            return True
        name, password = self.login
        return header == "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server_of: GitServer

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        server = self.server_of
        server.requests.append(f"{self.command} {self.path}")
        if server.on_request is not None:
            server.on_request(f"{self.command} {self.path}")
        body = self._body()
        header = self.headers.get("Authorization")
        if header is not None:
            server.seen_logins.append(header)
        if (made := server.prepared(self.path)) is not None:
            status, content, kind = made
            self._send(status, {"Content-Type": kind}, content)
        elif not server.admits(self.path, header):
            self._send(401, {"WWW-Authenticate": 'Basic realm="git"', "Content-Type": "text/plain"}, b"Who are you?\n")
        else:
            answer = self._git(body)
            if server.loses and server.loses in f"{self.command} {self.path}":
                self.close_connection = True
                return
            self._send(*answer)

    def _git(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_COUNT": "2" if self.server_of.partial else "0",
            "GIT_CONFIG_KEY_0": "uploadpack.allowAnySHA1InWant",
            "GIT_CONFIG_VALUE_0": "true",
            "GIT_CONFIG_KEY_1": "uploadpack.allowFilter",
            "GIT_CONFIG_VALUE_1": "true",
            "GIT_PROJECT_ROOT": str(self.server_of.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_ADDR": "127.0.0.1",
            "REMOTE_USER": "somebody",
        }
        made = subprocess.run([str(_backend())], input=body, capture_output=True, env=environment)
        head, _, answer = made.stdout.partition(b"\r\n\r\n")
        fields = dict(line.decode().split(": ", 1) for line in head.split(b"\r\n") if b": " in line)
        return int(fields.pop("Status", "200").split()[0]), fields, answer

    def _send(self, status: int, fields: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        with contextlib.suppress(ConnectionError):  # git was killed meanwhile
            self.end_headers()
            self.wfile.write(body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            return b"".join(iter(self._chunk, b""))
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline().strip() or b"0", 16)
        data = self.rfile.read(size)
        self.rfile.readline()
        return data

    def log_message(self, *arguments: object) -> None:
        pass


class Sshd:
    """An sshd of this user's on loopback, with keys of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "sshd"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @staticmethod
    def available() -> bool:
        return Path(SSHD).is_file() and shutil.which("ssh") is not None and shutil.which("ssh-keygen") is not None

    def address(self, repository: Path) -> str:
        return f"ssh://127.0.0.1:{self.port}{repository}"

    def prepare(self, home: Path, *, key: bool = True, known: bool = True) -> None:
        """Makes git below `home` use a key that is let in and know the host; without `key` or `known` it does not."""
        words = ["ssh", "-F", "none", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"]
        words += ["-i", str(self.folder / ("key" if key else "other"))]
        words += ["-o", f"UserKnownHostsFile={self.folder / ('known' if known else 'none')}"]
        words += ["-o", "GlobalKnownHostsFile=none"]
        subprocess.run(
            ["git", "config", "--file", str(home / ".gitconfig"), "core.sshCommand", " ".join(words)], check=True
        )

    def __enter__(self) -> Self:
        self.folder.mkdir(mode=0o700)
        for name in ("host", "key", "other"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / name)], check=True)
        (self.folder / "authorized").write_bytes((self.folder / "key.pub").read_bytes())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        kind, text, *_ = (self.folder / "host.pub").read_text().split()
        (self.folder / "known").write_text(f"[127.0.0.1]:{self.port} {kind} {text}\n")
        (self.folder / "config").write_text(
            f"ListenAddress 127.0.0.1\nPort {self.port}\nHostKey {self.folder / 'host'}\nUsePAM no\nStrictModes no\n"
            f"AuthorizedKeysFile {self.folder / 'authorized'}\nPasswordAuthentication no\n"
            "KbdInteractiveAuthentication no\nPidFile none\nPermitRootLogin prohibit-password\n"
        )
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        self._process = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", str(self.folder / "config")], stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError("sshd does not start")

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(10)
