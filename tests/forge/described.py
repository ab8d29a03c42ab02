"""The forges' published OpenAPI descriptions, and `prism proxy`, which holds a conversation to them.

Prism stands between the program and the forge and answers with an error where a request or an answer does not fit. The
descriptions and prism come from packages that `make forge-tools` installs; without them these tests are skipped.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.forge.server import Route, Server

TOOLS = Path(__file__).resolve().parents[2] / ".tools" / "forge"
PRISM = TOOLS / "node_modules" / ".bin" / "prism"
_GITHUB = TOOLS / "node_modules" / "@octokit" / "openapi" / "generated"
DESCRIPTIONS = {
    "github": _GITHUB / "api.github.com.json",
    "github enterprise": _GITHUB / "ghes-3.19.json",
    "forgejo": TOOLS / "swagger.v1.json",
}
"""GitLab publishes one too, but no package carries the part of it that speaks of merge requests."""
START_SECONDS = 120.0
_NOT_DESCRIBED = ("/graphql", "/api/graphql", "/version")


def missing(kind: str) -> str:
    """Why a conversation of this kind cannot be held to its description; empty where it can."""
    if kind not in DESCRIPTIONS:
        return f"no package carries the OpenAPI description of {kind}"
    if shutil.which("node") is None or not PRISM.exists() or not DESCRIPTIONS[kind].is_file():
        return "prism and the OpenAPI descriptions are not installed: make forge-tools"
    return ""


def description_of(kind: str, routes: list[Route]) -> dict[str, Any]:
    """The part of a forge's description that the routes of a dialect need."""
    return _part(json.loads(DESCRIPTIONS[kind].read_bytes()), [(route.path, route.method.lower()) for route in routes])


def _without_nulls(method: str, path: str, status: int, value: Any) -> Any:
    """What is not there is null in Forgejo's answers, which a description of its kind has no words for."""
    if isinstance(value, list):
        return [_without_nulls(method, path, status, item) for item in value]
    if isinstance(value, dict):
        return {key: _without_nulls(method, path, status, item) for key, item in value.items() if item is not None}
    return value


def _part(whole: dict[str, Any], wanted: list[tuple[str, str]]) -> dict[str, Any]:
    """The description cut down to some operations and what they refer to: it loads in a second."""
    holders = ("paths", "components", "definitions", "responses", "parameters", "webhooks", "x-webhooks")
    part: dict[str, Any] = {key: value for key, value in whole.items() if key not in holders} | {"paths": {}}
    described = {_anonymous(path): path for path in whole["paths"]}
    for path, method in wanted:
        if path in _NOT_DESCRIBED:
            continue
        # A path or method that is not described is a mistake of the forge for tests.
        name = described[_anonymous(path)]
        item = whole["paths"][name]
        kept = part["paths"].setdefault(name, {key: item[key] for key in item if key == "parameters"})
        kept[method] = item[method]
    waiting: list[Any] = [part["paths"]]
    known: set[str] = set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            target = value.get("$ref")
            if isinstance(target, str) and target not in known:
                known.add(target)
                found = _at(whole, target)
                _put(part, target, found)
                waiting.append(found)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return part


def _anonymous(path: str) -> str:
    """A path without the names of its variable parts."""
    return re.sub(r"{\w+}", "{}", path)


def _keys(reference: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in reference.removeprefix("#/").split("/")]


def _at(whole: Any, reference: str) -> Any:
    for key in _keys(reference):
        whole = whole[key]
    return whole


def _put(part: dict[str, Any], reference: str, value: Any) -> None:
    *above, last = _keys(reference)
    for key in above:
        part = part.setdefault(key, {})
    part[last] = value


@contextmanager
def held_to(server: Server, kind: str, folder: Path) -> Iterator[str]:
    """The address to ask instead of the forge's own: prism in front of it. What the forge answers is checked as it is,
    but for the nulls of Forgejo's."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "description.json"
    file.write_text(json.dumps(description_of(kind, server.routes)))
    before: Callable[[str, str, int, Any], Any] = server.fill
    if kind == "forgejo":
        server.fill = _without_nulls
    port = _free_port()
    log = (folder / "prism.log").open("wb")
    words = ["node", os.fspath(PRISM), "proxy", "-h", "127.0.0.1", "-p", str(port), "--errors", os.fspath(file)]
    process = subprocess.Popen([*words, server.api], stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_for(port, process, folder / "prism.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        log.close()
        server.fill = before


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text(errors="replace")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/-", timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text(errors="replace"))
