from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from labtui.operations.init import init_workspace
from labtui.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace with a taxonomy under git, and somebody git knows."""
    made = init_workspace(tmp_path / "lab")
    for setting in (("user.name", "Hanako"), ("user.email", "hanako@example.org")):
        subprocess.run(["git", "config", *setting], cwd=made.taxonomy, check=True)
    return made
