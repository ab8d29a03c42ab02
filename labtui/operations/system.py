"""What this machine and installation are, as plain facts."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys

import msgspec

from labtui import __version__, paths
from labtui.workspace import Workspace

PACKAGES = (
    "textual",
    "msgspec",
    "httpx",
    "gitpython",
    "instructlab-schema",
    "xllamacpp",
    "llama-cpp-python",
    "gguf",
    "torch",
    "transformers",
    "peft",
    "accelerate",
    "safetensors",
    "huggingface-hub",
)
VARIABLES = ("TERM", "COLORTERM", "TMUX", "SSH_TTY", "NO_COLOR", "LANG", "LC_ALL", "TEXTUAL_ANIMATIONS", "EDITOR")


class Fact(msgspec.Struct, frozen=True):
    group: str
    name: str
    value: str


def describe(workspace: Workspace | None) -> list[Fact]:
    """Versions, paths, processors, memory, graphics cards and the terminal, in the order a reader wants them."""
    return [
        Fact("labtui", "version", __version__),
        Fact("labtui", "python", f"{platform.python_version()} ({sys.executable})"),
        Fact("labtui", "system", platform.platform()),
        *(Fact("packages", name, _version(name)) for name in PACKAGES),
        Fact("paths", "workspace", str(workspace.root) if workspace else "none"),
        Fact("paths", "settings", str(paths.config_file())),
        Fact("paths", "models", str(paths.models_dir())),
        Fact("paths", "log", str(paths.log_file())),
        *_machine(),
        *(Fact("graphics", f"GPU{index}", text) for index, text in enumerate(_graphics())),
        *(Fact("terminal", name, os.environ[name]) for name in VARIABLES if name in os.environ),
    ]


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _machine() -> list[Fact]:
    import psutil

    memory = psutil.virtual_memory()
    disk = shutil.disk_usage(paths.home() if paths.home().exists() else "/")
    cores = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    return [
        Fact("machine", "processors", f"{cores} cores, {psutil.cpu_count()} threads, {platform.machine()}"),
        Fact("machine", "memory", f"{memory.available / 2**30:.1f} of {memory.total / 2**30:.1f} GiB free"),
        Fact("machine", "disk", f"{disk.free / 2**30:.1f} of {disk.total / 2**30:.1f} GiB free"),
        Fact("machine", "git", shutil.which("git") or "not installed"),
    ]


def _graphics() -> list[str]:
    """Each NVIDIA card as name and memory; nothing where there is no driver."""
    if importlib.util.find_spec("pynvml") is None:
        return []
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return []
    try:
        found = []
        for index in range(pynvml.nvmlDeviceGetCount()):
            handle = pynvml.nvmlDeviceGetHandleByIndex(index)
            memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
            name = pynvml.nvmlDeviceGetName(handle)
            found.append(f"{name}, {memory.free / 2**30:.0f} of {memory.total / 2**30:.0f} GiB free")
        return found
    finally:
        pynvml.nvmlShutdown()
