"""Checkpoints: whole or not there, the newest that reads, never more than needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtui.errors import LabError
from labtui.train import checkpoint
from labtui.train.checkpoint import CheckpointState


def save(folder: Path, step: int) -> Path:
    import torch

    return checkpoint.save(
        folder, CheckpointState(step=step, losses=[1.0] * step), {"w": torch.full((3,), float(step))}
    )


def test_the_newest_is_found_again(tmp_path: Path) -> None:
    assert checkpoint.newest(tmp_path / "none") is None
    for step in (2, 10, 9):
        save(tmp_path, step)
    found = checkpoint.newest(tmp_path)
    assert found is not None
    state, tensors = found
    assert state.step == 10
    assert len(state.losses) == 10
    assert tensors["w"].tolist() == [10.0] * 3


def test_old_ones_are_removed(tmp_path: Path) -> None:
    for step in range(1, 6):
        save(tmp_path, step)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-000004", "step-000005"]


@pytest.mark.parametrize("name", [checkpoint.TENSORS, checkpoint.STATE])
@pytest.mark.parametrize("damage", ["cut", "gone", "empty"])
def test_a_damaged_one_gives_way_to_the_one_before(tmp_path: Path, name: str, damage: str) -> None:
    save(tmp_path, 1)
    broken = save(tmp_path, 2) / name
    if damage == "gone":
        broken.unlink()
    else:
        broken.write_bytes(broken.read_bytes()[:20] if damage == "cut" else b"")
    found = checkpoint.newest(tmp_path)
    assert found is not None
    assert found[0].step == 1


def test_one_that_was_never_finished_does_not_count(tmp_path: Path) -> None:
    save(tmp_path, 1)
    whole = save(tmp_path, 2)
    whole.rename(tmp_path / f".{whole.name}.partial")
    found = checkpoint.newest(tmp_path)
    assert found is not None
    assert found[0].step == 1
    assert save(tmp_path, 2).is_dir()


def test_nothing_is_pickled(tmp_path: Path) -> None:
    folder = save(tmp_path, 3)
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".safetensors"]


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LabError, match="checkpoint cannot be written"):
        save(tmp_path / "file", 1)
