"""Starting, finding and stopping served models: what the screens and the commands both call.

Everything here blocks: call it from a thread.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import socket
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from labtui import paths
from labtui.config import Config
from labtui.errors import LabError, UsageError
from labtui.journal import JobFolder
from labtui.serve import engines, find
from labtui.serve.find import ServeArguments
from labtui.serve.models import ADD_HINT, ModelInfo, find_model, list_models
from labtui.serve.target import Target
from labtui.workspace import Workspace

if TYPE_CHECKING:
    from labtui.jobs import JobView

Say = Callable[[str], None]

USUAL_CONTEXT = 8192
"""The largest window taken unasked: a window costs memory whether it is filled or not."""
UNKNOWN_CONTEXT = 4096
GRACE_SECONDS = 5.0
STOP_SECONDS = 10.0


class Choice(msgspec.Struct, frozen=True):
    """A model, and the adapter on it where there is one."""

    model: ModelInfo
    adapter: ModelInfo | None = None

    @property
    def label(self) -> str:
        return f"{self.model.name} + {self.adapter.name}" if self.adapter else self.model.name

    @property
    def adapter_name(self) -> str:
        return self.adapter.name if self.adapter else ""


def choose(workspace: Workspace | None, config: Config, model: str = "", adapter: str = "") -> Choice:
    """The model and adapter those names mean. Raises UsageError and LabError.

    Without a model an adapter brings its base; an adapter's name in the model's place means the same.
    """
    settings = config.settings
    if not adapter and model:
        info = find_model(model, workspace, settings)
        if info.kind != "adapter":
            return Choice(info)
        adapter, model = model, ""
    if not adapter:
        return Choice(find_model(default_model(workspace, config), workspace, settings))
    on_top = find_model(adapter, workspace, settings, kinds=("adapter",))
    if not model and not on_top.base:
        raise UsageError(
            f"Which model the adapter '{adapter}' belongs to is not known.",
            where=str(on_top.path),
            hint=f"Name the model as well: --model NAME --adapter {adapter}",
        )
    base = find_model(model or on_top.base, workspace, settings, kinds=("gguf", "remote"))
    if base.kind == "remote":
        raise UsageError(
            f"'{base.name}' is served by somebody else, so no adapter can be put on it.",
            where=f"--adapter {adapter}",
            hint="Choose a model of this machine: labtui model list",
        )
    if base.architecture and on_top.architecture and base.architecture != on_top.architecture:
        raise UsageError(
            f"The adapter '{adapter}' is for {on_top.architecture} models; '{base.name}' is {base.architecture}.",
            where=f"--adapter {adapter}",
            hint=f"It was made for '{on_top.base}'." if on_top.base else "",
        )
    return Choice(base, on_top)


def start_server(
    workspace: Workspace,
    config: Config,
    model: str,
    adapter: str = "",
    *,
    idle_minutes: float | None = None,
    port: int = 0,
) -> JobFolder:
    """Starts serving a model (with an adapter on it) as a job and returns at once.

    `idle_minutes` None takes serve.idle_minutes; 0 serves until stopped. Raises LabError.
    """
    choice = choose(workspace, config, model, adapter)
    if choice.model.kind == "remote":
        raise UsageError(
            f"'{choice.model.name}' is served by somebody else already.",
            where=choice.model.path,
            hint=f"Just use it: labtui chat --model {choice.model.name}",
        )
    with _alone(workspace, choice):
        running = _find(workspace, choice)
        if running is not None:
            raise LabError(
                f"'{choice.label}' is served already.",
                where=running.id,
                hint=f"Stop it first to serve it otherwise: labtui model stop {running.id}",
            )
        return _submit(workspace, config, choice, idle_minutes, port)


def ensure_served(workspace: Workspace, config: Config, model: str, adapter: str = "", *, say: Say) -> Target:
    """The target of that model, started first where it is not served, and ready to answer.

    Remote models return theirs at once. Two callers at once start one server. Raises LabError, with the last
    lines of the server's log where it failed.
    """
    choice = choose(workspace, config, model, adapter)
    if choice.model.kind == "remote":
        return remote_target(config, choice.model)
    for _ in range(3):
        with _alone(workspace, choice):
            running = _find(workspace, choice)
            if running is None:
                say(f"Starting {choice.label}…")
            elif find.target_of(running) is None:
                say(f"Waiting for {choice.label}, which is starting…")
            folder = running or _submit(workspace, config, choice, None, 0)
        # Before the wait: an idle server must not decide just now that nobody wants it.
        find.touch(folder)
        target = find.wait_served(folder)
        if _listens(target):
            return target
    raise LabError(
        f"The server of '{choice.label}' ends as soon as it starts.",
        where=folder.id,
        hint=f"Its log says why: labtui jobs log {folder.id}",
    )


def stop_server(workspace: Workspace, model: str, adapter: str = "", *, wait: float = STOP_SECONDS) -> list[JobFolder]:
    """Stops the servers of that model, of that adapter on it, or the serve job of that id; returns what was stopped.

    A model's name alone stops it with every adapter on it, an adapter's name alone only that one.
    """
    from labtui import jobs

    stopped = []
    for folder in living(workspace):
        asked = find.arguments(folder)
        if asked is None:
            continue
        if folder.id == model or (model in (asked.model, asked.adapter) and adapter in ("", asked.adapter)):
            jobs.stop(folder, wait=wait)
            stopped.append(folder)
    return stopped


def living(workspace: Workspace) -> list[JobFolder]:
    """The serve jobs that run (or still load), newest first."""
    return [folder for folder in find.serve_jobs(workspace.jobs) if find.alive(folder)]


def served(workspace: Workspace) -> list[tuple[JobView, Target | None]]:
    """Every living serve job, newest first, with its target once it is ready."""
    from labtui import jobs

    return [(jobs.view(folder), find.target_of(folder)) for folder in living(workspace)]


def default_model(workspace: Workspace | None, config: Config) -> str:
    """The model to use where none was named: chat.model, else the served one, else the only one.

    Raises UsageError where that leaves a choice.
    """
    if config.settings.chat.model:
        return config.settings.chat.model
    if workspace is not None:
        asked = [find.arguments(folder) for folder in living(workspace)]
        names = list(dict.fromkeys(one.model for one in asked if one is not None))
        if len(names) == 1:
            return names[0]
    models = list_models(workspace, config.settings)
    for kind in ("gguf", "remote"):
        found = [info.name for info in models if info.kind == kind]
        if len(found) == 1:
            return found[0]
        if found:
            names = [*found[:6], *(["…"] if len(found) > 6 else [])]
            raise UsageError(
                f"There are {len(found)} models to choose from: {', '.join(names)}.",
                hint="Name one with --model, or for always: labtui --set chat.model=NAME (or `labtui config edit`).",
            )
    raise UsageError("There is no model yet.", hint=ADD_HINT)


def remote_target(config: Config, info: ModelInfo) -> Target:
    """The target of a model somebody else serves; its key is read from the environment here and now."""
    remote = config.settings.serve.remotes[info.name]
    key = ""
    if remote.api_key_env:
        key = os.environ.get(remote.api_key_env, "").strip()
        if not key:
            raise LabError(
                f"The access key of '{info.name}' is not set.",
                where=f"serve.remotes.{info.name}.api_key_env",
                hint=f"Set it before starting labtui: export {remote.api_key_env}=…",
            )
    if urlsplit(remote.url).scheme not in ("http", "https"):
        raise UsageError(
            f"'{remote.url}' is not an http or https address.",
            where=f"serve.remotes.{info.name}.url",
            hint="It looks like: http://HOST:PORT/v1",
        )
    return Target(
        url=remote.url.rstrip("/"),
        model=remote.model or info.name,
        key=key,
        context=remote.context,
        name=info.name,
    )


def arguments_for(config: Config, choice: Choice, idle_minutes: float = 0.0, port: int = 0) -> ServeArguments:
    """How a model of this machine is served, with the settings as they are. Raises MissingExtra without an engine."""
    serve = config.settings.serve
    model = choice.model
    context = serve.context or min(model.context or UNKNOWN_CONTEXT, USUAL_CONTEXT)
    return ServeArguments(
        model=model.name,
        model_path=str(model.file),
        adapter=choice.adapter_name,
        adapter_path=str(choice.adapter.file) if choice.adapter else "",
        engine=engines.choose(serve.engine),
        threads=serve.threads,
        context=min(context, model.context) if model.context else context,
        parallel=serve.parallel,
        gpu_layers=serve.gpu_layers,
        port=port,
        idle_minutes=idle_minutes,
        template=model.template,
    )


def _submit(workspace: Workspace, config: Config, choice: Choice, idle_minutes: float | None, port: int) -> JobFolder:
    from labtui import jobs

    model = choice.model
    idle = config.settings.serve.idle_minutes if idle_minutes is None else idle_minutes
    arguments = arguments_for(config, choice, idle, port)
    command = ["labtui", "model", "serve", model.name]
    command += ["--adapter", choice.adapter.name] if choice.adapter else []
    command += ["--port", str(port)] if port else []
    inputs = {"model": model.sha256} if model.sha256 else {}
    if choice.adapter and choice.adapter.sha256:
        inputs["adapter"] = choice.adapter.sha256
    return jobs.submit(
        workspace,
        "serve",
        choice.label,
        msgspec.to_builtins(arguments),
        inputs=inputs,
        grace_seconds=GRACE_SECONDS,
        command=(*command, "--idle-minutes", f"{idle:g}"),
    )


def _find(workspace: Workspace, choice: Choice) -> JobFolder | None:
    """The living serve job of just that file with just that adapter."""
    for folder in living(workspace):
        asked = find.arguments(folder)
        if (
            asked is not None
            and asked.model_path == str(choice.model.file)
            and asked.adapter_path == (str(choice.adapter.file) if choice.adapter else "")
        ):
            return folder
    return None


def _listens(target: Target) -> bool:
    """False for a server that ended between its last sign of life and now."""
    address = urlsplit(target.url)
    try:
        with socket.create_connection((address.hostname or "", address.port or 80), timeout=10):
            return True
    except OSError:
        return False


@contextlib.contextmanager
def _alone(workspace: Workspace, choice: Choice) -> Iterator[None]:
    """Only one labtui at a time decides whether that model must be started."""
    name = hashlib.sha256(f"{workspace.root}\0{choice.label}".encode()).hexdigest()[:24]
    folder = paths.state_dir() / "serve"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = open(folder / f"{name}.lock", "ab")  # noqa: SIM115 - closed below, with the lock
    except OSError as error:
        raise LabError(
            f"labtui cannot keep its state: {error.strerror}.",
            where=str(error.filename or folder),
            hint="Make room, or name another folder with the variable XDG_STATE_HOME.",
        ) from error
    with stream:
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.05)
        yield
