"""What is typed and fits nowhere yet is there again on another day, and never sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtui import workspace
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.drafts.unfinished import FILE, keep_typed, typed
from labtui.errors import LabError


@pytest.fixture
def folder(tmp_path: Path) -> DraftFolder:
    return store.new(workspace.create(tmp_path / "lab"))


def test_it_is_kept_by_name_and_forgotten_when_empty(folder: DraftFolder) -> None:
    assert typed(folder, "place a") == ""
    keep_typed(folder, "place a", "knowledge/鳥")
    keep_typed(folder, "place b", "half")
    assert (typed(folder, "place a"), typed(folder, "place b")) == ("knowledge/鳥", "half")
    keep_typed(folder, "place a", "")
    assert (typed(folder, "place a"), typed(folder, "place b")) == ("", "half")


def test_it_changes_nothing_that_is_sent(folder: DraftFolder) -> None:
    before = folder.fingerprint(), folder.draft_file.read_bytes()
    keep_typed(folder, "place a", "half")
    assert (folder.fingerprint(), folder.draft_file.read_bytes()) == before


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"place a": 3}', b"\xff\xfe", b"null"])
def test_a_broken_file_counts_as_empty_and_is_written_anew(folder: DraftFolder, content: bytes) -> None:
    (folder.path / FILE).write_bytes(content)
    assert typed(folder, "place a") == ""
    keep_typed(folder, "place a", "half")
    assert typed(folder, "place a") == "half"


def test_half_a_character_does_no_harm(folder: DraftFolder) -> None:
    keep_typed(folder, "place a", "a\ud800b")
    assert typed(folder, "place a") == "a?b"


def test_where_it_cannot_be_written_that_is_said(folder: DraftFolder) -> None:
    (folder.path / FILE).mkdir()
    with pytest.raises(LabError, match="cannot be saved"):
        keep_typed(folder, "place a", "half")
