"""Saving: whole or not at all, and never over what nobody has seen."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from labtui.errors import LabError
from labtui.taxonomy.editing import LeafEditor
from labtui.taxonomy.editing.saving import MISSING, ChangedOnDisk, save, save_bytes
from tests.taxonomy.leaves import SKILL, write


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path, "compositional_skills/x")


@pytest.fixture
def editor() -> LeafEditor:
    editor = LeafEditor.open(SKILL.encode())
    editor.set(("created_by",), "bob")
    return editor


BEFORE = digest(SKILL.encode())


def test_saved(path: Path, editor: LeafEditor) -> None:
    assert editor.unsaved
    assert save(path, editor, BEFORE) == digest(editor.data())
    assert path.read_bytes() == editor.data()
    assert not editor.unsaved
    assert [file.name for file in path.parent.iterdir()] == ["qna.yaml"]
    editor.undo()
    assert editor.unsaved


def test_the_mode_stays(path: Path, editor: LeafEditor) -> None:
    path.chmod(0o640)
    save(path, editor, BEFORE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_has_the_mode_of_new_files(tmp_path: Path, editor: LeafEditor) -> None:
    path = tmp_path / "new" / "leaf" / "qna.yaml"
    before = os.umask(0o027)
    try:
        save(path, editor, MISSING)
    finally:
        os.umask(before)
    assert path.read_bytes() == editor.data()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path: Path, path: Path, editor: LeafEditor) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    save(link, editor, BEFORE)
    assert link.is_symlink()
    assert path.read_bytes() == editor.data()


def test_changed_meanwhile(path: Path, editor: LeafEditor) -> None:
    path.write_text(SKILL + "# theirs\n")
    with pytest.raises(ChangedOnDisk) as caught:
        save(path, editor, BEFORE)
    assert caught.value.theirs == (SKILL + "# theirs\n").encode()
    assert path.read_text() == SKILL + "# theirs\n"
    assert editor.unsaved
    assert save(path, editor, caught.value.sha256) == digest(editor.data())


def test_gone_meanwhile(path: Path, editor: LeafEditor) -> None:
    path.unlink()
    with pytest.raises(ChangedOnDisk) as caught:
        save(path, editor, BEFORE)
    assert (caught.value.theirs, caught.value.sha256) == (None, MISSING)
    save(path, editor, MISSING)
    assert path.read_bytes() == editor.data()


def test_appeared_meanwhile(path: Path, editor: LeafEditor) -> None:
    with pytest.raises(ChangedOnDisk):
        save(path, editor, MISSING)
    assert path.read_text() == SKILL


def test_written_while_the_disk_was_waited_for(path: Path, editor: LeafEditor, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def slow(handle: int) -> None:
        real(handle)
        path.write_text("somebody: else\n")

    monkeypatch.setattr(os, "fsync", slow)
    with pytest.raises(ChangedOnDisk) as caught:
        save(path, editor, BEFORE)
    assert caught.value.theirs == b"somebody: else\n"
    assert path.read_text() == "somebody: else\n"
    assert [file.name for file in path.parent.iterdir()] == ["qna.yaml"]


def test_made_while_the_disk_was_waited_for(
    tmp_path: Path, editor: LeafEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "qna.yaml"
    real = os.link

    def late(source: object, target: object) -> None:
        path.write_text("somebody: else\n")
        real(source, target)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(ChangedOnDisk):
        save(path, editor, MISSING)
    assert path.read_text() == "somebody: else\n"


def test_a_disk_that_fails(path: Path, editor: LeafEditor, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LabError, match="No space left"):
        save(path, editor, BEFORE)
    assert path.read_text() == SKILL
    assert [file.name for file in path.parent.iterdir()] == ["qna.yaml"]
    assert editor.unsaved


def test_what_is_no_file(tmp_path: Path, editor: LeafEditor) -> None:
    (tmp_path / "qna.yaml").mkdir()
    with pytest.raises(LabError, match="not a file"):
        save(tmp_path / "qna.yaml", editor, BEFORE)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(LabError, match="not a file"):
        save_bytes(tmp_path / "pipe", b"x", BEFORE)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written(path: Path, editor: LeafEditor) -> None:
    path.chmod(0o444)
    with pytest.raises(LabError, match="may not be written"):
        save(path, editor, BEFORE)
    assert path.read_text() == SKILL


def test_typing_while_saving(path: Path, editor: LeafEditor, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was saved is what there was when it began; the rest stays unsaved."""
    real, begun = os.fsync, editor.data()

    def type_on(handle: int) -> None:
        editor.set(("created_by",), "bob and ann")
        real(handle)

    monkeypatch.setattr(os, "fsync", type_on)
    assert save(path, editor, BEFORE) == digest(begun)
    assert path.read_bytes() == begun == editor.saved_data
    assert editor.unsaved
