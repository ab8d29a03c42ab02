"""The engines that serve a GGUF from inside a worker process, behind one interface.

A remote endpoint needs no engine: it is a Target that somebody else keeps alive.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import Protocol

import msgspec

from labtui.errors import MissingExtra, UsageError

LOCAL = ("xllamacpp", "llama_cpp")
"""In the order they are preferred; the names are also those of the packages they need."""
_EXTRAS = {"xllamacpp": "local", "llama_cpp": "llama"}


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to load and how."""

    model: str
    """The name clients ask for."""
    path: Path
    adapter: Path | None
    host: str
    port: int
    """0: any free one."""
    key: str
    context: int
    parallel: int
    threads: int
    """For one answer at a time."""
    batch_threads: int
    """For several answers at once, and for prompts."""
    gpu_layers: int
    template: bool
    """False: the file has no chat template, ChatML is to be assumed."""


class Running(Protocol):
    """A loaded model that answers."""

    url: str
    """Base address with its version."""
    context: int
    """Tokens one conversation may take."""

    def healthy(self) -> bool:
        """Whether it answers; a blocking call of at most a few seconds."""
        ...

    def activity(self) -> object:
        """Something that is another value after every request, and a new one each time while one is under way."""
        ...


class Engine(Protocol):
    """What a module of this package offers."""

    def start(self, plan: Plan) -> Running:
        """Loads the model and opens the port; blocks until it answers. Raises LabError."""
        ...


def choose(setting: str = "auto") -> str:
    """The engine to use: the one asked for, or the first that is installed. Raises MissingExtra."""
    if setting == "auto":
        for name in LOCAL:
            if installed(name):
                return name
        raise MissingExtra("Serving a model", "local")
    if setting not in LOCAL:
        raise UsageError(f"There is no engine '{setting}'.", where="serve.engine", hint=f"Engines: {', '.join(LOCAL)}")
    if not installed(setting):
        raise MissingExtra(f"Serving with {setting}", _EXTRAS[setting])
    return setting


def installed(name: str) -> bool:
    """Whether the engine's package is there, without importing it."""
    return importlib.util.find_spec(name) is not None


def load(name: str) -> Engine:
    """The engine's module. Only worker processes call this."""
    module = {"xllamacpp": "native", "llama_cpp": "python"}[name]
    return importlib.import_module(f"labtui.serve.engines.{module}")
