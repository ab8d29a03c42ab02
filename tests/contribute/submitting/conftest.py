"""A lab with an upstream and a fork, and a clone of them by path or through a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contribute.submitting import lab as labs
from tests.contribute.submitting.lab import Lab


@pytest.fixture
def bare_lab(tmp_path: Path, clean_environment: Path) -> Lab:
    """Nothing is cloned yet."""
    top = tmp_path / "all"
    top.mkdir()
    return labs.make(top, clean_environment)


@pytest.fixture
def lab(bare_lab: Lab) -> Lab:
    """The clone has `upstream` and `origin`, the fork, by path."""
    return labs.cloned(bare_lab, str(bare_lab.upstream), str(bare_lab.fork))
