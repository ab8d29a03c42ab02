"""Starting, finding and stopping served models: what the screens and the commands both call.

Everything here blocks: call it from a thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from labtui.config import Config
from labtui.errors import LabError, UsageError
from labtui.journal import JobFolder
from labtui.serve.models import ADD_HINT, ModelInfo, find_model, list_models
from labtui.serve.target import Target
from labtui.workspace import Workspace

if TYPE_CHECKING:
    from labtui.jobs import JobView

Say = Callable[[str], None]


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
    raise NotImplementedError


def ensure_served(workspace: Workspace, config: Config, model: str, adapter: str = "", *, say: Say) -> Target:
    """The target of that model, started first where it is not served, and ready to answer.

    Remote models return theirs at once. Two callers at once start one server. Raises LabError, with the last
    lines of the server's log where it failed.
    """
    raise NotImplementedError


def stop_server(workspace: Workspace, config: Config, model: str, adapter: str = "") -> list[JobFolder]:
    """Stops the servers of that model (of every adapter on it, where none is named). Returns what was stopped."""
    raise NotImplementedError


def served(workspace: Workspace) -> list[tuple[JobView, Target | None]]:
    """Every living serve job, newest first, with its target once it is ready."""
    raise NotImplementedError


def default_model(workspace: Workspace | None, config: Config) -> str:
    """The model to use where none was named: chat.model, else the served one, else the only one.

    Raises UsageError where that leaves a choice.
    """
    raise NotImplementedError


def remote_target(config: Config, info: ModelInfo) -> Target:
    """The target of a model somebody else serves; its key is read from the environment here and now."""
    remote = config.settings.serve.remotes[info.name]
    key = ""
    if remote.api_key_env:
        key = os.environ.get(remote.api_key_env, "")
        if not key:
            raise LabError(
                f"The access key of '{info.name}' is not set.",
                where=f"serve.remotes.{info.name}.api_key_env",
                hint=f"Set it before starting labtui: export {remote.api_key_env}=…",
            )
    return Target(
        url=remote.url.rstrip("/"),
        model=remote.model or info.name,
        key=key,
        context=remote.context,
        name=info.name,
    )


__all__ = [
    "ADD_HINT",
    "UsageError",
    "default_model",
    "ensure_served",
    "find_model",
    "list_models",
    "remote_target",
    "served",
    "start_server",
    "stop_server",
]
