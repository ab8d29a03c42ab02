from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.workspace import Workspace
from tests.generate.teaching import answering
from tests.scripted_server import ScriptedServer
from tests.trying.trial import make_draft, make_lab

pytest.importorskip("torch")
pytest.importorskip("xllamacpp")


@pytest.fixture
def teacher() -> Iterator[ScriptedServer]:
    with ScriptedServer(answering) as server:
        yield server


@pytest.fixture
def lab(tmp_path: Path, teacher: ScriptedServer) -> Workspace:
    return make_lab(tmp_path / "lab", teacher)


@pytest.fixture
def draft(lab: Workspace) -> DraftFolder:
    return make_draft(lab)
