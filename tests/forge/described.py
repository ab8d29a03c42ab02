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


class Description:
    """The part of a description that the routes of a dialect need."""

    def __init__(self, kind: str, routes: list[Route]) -> None:
        whole = json.loads(DESCRIPTIONS[kind].read_bytes())
        self.kind = kind
        self.value = _part(whole, [(route.path, route.method.lower()) for route in routes])
        self.paths = {_anonymous(path): item for path, item in self.value["paths"].items()}

    def fill(self, method: str, path: str, status: int, value: Any) -> Any:
        """`value` with everything the description demands of an answer and the forge leaves out."""
        operation = self.paths.get(_anonymous(path), {}).get(method.lower())
        if operation is None:
            return value
        answer = self._resolved(operation["responses"].get(str(status), {}))
        schema = answer.get("schema") or answer.get("content", {}).get("application/json", {}).get("schema")
        return self._filled(schema, value) if schema is not None else value

    def _filled(self, schema: Any, value: Any) -> Any:
        schema = self._object_of(self._resolved(schema))
        if isinstance(value, list):
            items = schema.get("items")
            return [self._filled(items, item) for item in value] if items else value
        if not isinstance(value, dict):
            return value
        if self.kind == "forgejo":
            # What is not there is null in its answers, which a description of this kind has no words for.
            value = {name: item for name, item in value.items() if item is not None}
        known = schema.get("properties", {})
        filled = {name: self._filled(known[name], item) if name in known else item for name, item in value.items()}
        for name in schema.get("required", ()):
            if name not in filled:
                filled[name] = self._sample(known.get(name, {}))
        return filled

    def _object_of(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Of several possible shapes the first that is an object or a list; all of what is put together as one."""
        if "allOf" in schema:
            together: dict[str, Any] = {"properties": {}, "required": []}
            for part in schema["allOf"]:
                inner = self._object_of(self._resolved(part))
                together["properties"] |= inner.get("properties", {})
                together["required"] += inner.get("required", [])
            return together
        for name in ("anyOf", "oneOf"):
            for part in schema.get(name, ()):
                inner = self._object_of(self._resolved(part))
                if "properties" in inner or "items" in inner:
                    return inner
        return schema

    def _sample(self, schema: Any) -> Any:
        schema = self._resolved(schema)
        if schema.get("nullable") or any(self._resolved(part).get("type") == "null" for part in _options(schema)):
            return None
        if schema.get("enum"):
            return schema["enum"][0]
        if options := _options(schema):
            return self._sample(options[0])
        kind = schema.get("type", "object" if "properties" in schema or "allOf" in schema else "string")
        if kind == "object":
            return self._filled(schema, {})
        samples = {"array": [], "boolean": False, "integer": 1, "number": 1, "null": None}
        if kind in samples:
            return samples[kind]
        formats = {"uri": "https://forge.test/x", "date-time": "2026-01-02T03:04:05Z", "email": "a@forge.test"}
        return formats.get(schema.get("format", ""), "x")

    def _resolved(self, value: Any) -> dict[str, Any]:
        while "$ref" in value:
            value = _at(self.value, value["$ref"])
        found: dict[str, Any] = value
        return found


def _options(schema: dict[str, Any]) -> list[Any]:
    return [*schema.get("anyOf", ()), *schema.get("oneOf", ())]


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
    """The address to ask instead of the forge's own: prism in front of it. The forge's answers are completed."""
    description = Description(kind, server.routes)
    file = folder / "description.json"
    file.write_text(json.dumps(description.value))
    before: Callable[[str, str, int, Any], Any] = server.fill
    server.fill = description.fill
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
