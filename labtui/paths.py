"""Where labtui keeps what belongs to the user and not to a workspace (XDG base directories, macOS included)."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The user's home; the account's own where HOME is unset, empty or relative."""
    value = os.environ.get("HOME", "")
    if os.path.isabs(value):
        return Path(value)
    try:
        import pwd

        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except (ImportError, KeyError):
        import tempfile

        return Path(tempfile.gettempdir()) / f"labtui-{os.getuid()}"


def _base(variable: str, *fallback: str) -> Path:
    value = os.environ.get(variable, "")
    # The XDG specification: a relative path in one of these variables is ignored.
    return Path(value) if os.path.isabs(value) else home().joinpath(*fallback)


def config_dir() -> Path:
    """Holds config.yaml, which the user writes."""
    return _base("XDG_CONFIG_HOME", ".config") / "labtui"


def config_file() -> Path:
    return config_dir() / "config.yaml"


def data_dir() -> Path:
    """Holds the model store."""
    return _base("XDG_DATA_HOME", ".local", "share") / "labtui"


def models_dir() -> Path:
    return data_dir() / "models"


def state_dir() -> Path:
    """Holds what the application remembers (state.json) and its log."""
    return _base("XDG_STATE_HOME", ".local", "state") / "labtui"


def log_file() -> Path:
    return state_dir() / "labtui.log"


def cache_dir() -> Path:
    """Anything here may be deleted at any time."""
    return _base("XDG_CACHE_HOME", ".cache") / "labtui"


def slots_dir() -> Path:
    """Locks on the devices of this machine, shared by all workspaces of the user."""
    return state_dir() / "slots"
