"""Tests own their environment: no test reads the user's home, settings, git identity, locale or theme."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

SHARED = Path(__file__).resolve().parents[2] / "shared"
KEPT = (
    "PATH",
    "LANG",
    "TMPDIR",
    "PIP_CONFIG_FILE",
    "CI",
    "LABTUI_FAULT_ROUNDS",
    "LABTUI_TEST_CACHE",
    "TEXTUAL_SNAPSHOT_TEMPDIR",
)

# In CI the same examples every time: new ones are looked for at home, more of them in the long run.
settings.register_profile("home", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("long", deadline=None, max_examples=1000)
settings.load_profile("ci" if os.environ.get("CI") else "long" if "LABTUI_FAULT_ROUNDS" in os.environ else "home")

# A shell starts what stands behind `&` deaf to ctrl+c, and the programs under test would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["tests.fixtures_model"]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Which tests run one after the other where the suite is shared among processes (`make test`).

    Those with a real model or terminal would slow each other down; pictures are taken in one place, in turns.
    """
    if item.get_closest_marker("e2e") or item.get_closest_marker("model"):
        item.add_marker(pytest.mark.xdist_group("real"))
    elif item.path.parent.name == "snapshots":
        item.add_marker(pytest.mark.xdist_group("pictures"))


@pytest.fixture(autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty HOME, fresh XDG folders, no identity, no colour and no settings from outside; yields the home."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(("LABTUI_", "GIT_", "XDG_", "TEXTUAL", "LC_")) and name not in KEPT:
            monkeypatch.delenv(name)
    for name in ("NO_COLOR", "SSH_TTY", "SSH_CONNECTION", "TMUX", "VISUAL", "EDITOR", "COLORTERM", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    for variable, folder in (
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
    ):
        monkeypatch.setenv(variable, str(home / folder))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    yield home


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The corpus of real submissions, read in place; tests that need it skip where it is absent."""
    path = SHARED / "corpus"
    if not path.is_dir():
        pytest.skip("the corpus lies beside the checkout only on the project's own machines")
    return path


@pytest.fixture(scope="session")
def fault_rounds() -> int:
    """How many rounds the fault tests make: few by default, the full number with `make test-long`."""
    return int(os.environ.get("LABTUI_FAULT_ROUNDS", "5"))
