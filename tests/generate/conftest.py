from __future__ import annotations

from pathlib import Path

import pytest

from labtui.workspace import Workspace
from tests.generate.teaching import make_workspace


@pytest.fixture
def lab(tmp_path: Path) -> Workspace:
    """A workspace with one leaf of each kind."""
    return make_workspace(tmp_path / "lab")
