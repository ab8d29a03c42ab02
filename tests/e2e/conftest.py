"""A workspace as `make run` leaves it, and no server of ours left behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui import jobs
from labtui.errors import LabError
from labtui.serve.models import ModelInfo
from labtui.workspace import Workspace
from tests.terminal import labtui


@pytest.fixture
def lab(tmp_path: Path, demo_store: ModelInfo) -> Iterator[Workspace]:
    """The demo workspace, with the real small model in the store. Every job in it is stopped afterwards."""
    root = tmp_path / "lab"
    done = labtui("init", str(root), "--demo")
    assert done.returncode == 0, done.stderr
    workspace = Workspace(root)
    yield workspace
    stop_all(workspace)


def stop_all(workspace: Workspace) -> None:
    """Asks every living job to stop and waits until none lives."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        living = [view for view in jobs.list_jobs(workspace) if not view.state.ended]
        if not living:
            return
        for view in living:
            try:
                jobs.stop(view.folder, wait=20)
            except LabError:
                continue
    raise AssertionError(f"jobs that do not end: {living}")
