"""Checkpoints: everything a training needs to go on exactly, as safetensors and JSON. Nothing is pickled.

A checkpoint is a folder `step-000020` that appears whole by a rename; a reader takes the newest one that reads.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Any

import msgspec

from labtui.errors import LabError
from labtui.journal import atomic_write, dump

TENSORS = "state.safetensors"
STATE = "state.json"
KEEP = 2
"""How many are kept: the newest, and one before it should that be damaged."""


class CheckpointState(msgspec.Struct, kw_only=True):
    v: int = 1
    step: int
    """Steps done."""
    seconds: float = 0.0
    """Spent in steps, over all attempts."""
    tokens: int = 0
    trained_tokens: int = 0
    losses: list[float] = []
    """One a step, from the first."""


def save(folder: Path, state: CheckpointState, tensors: dict[str, Any]) -> Path:
    """Writes a checkpoint into `folder` and removes the oldest ones. Raises LabError on a full disk."""
    from safetensors.torch import save_file

    final = folder / f"step-{state.step:06d}"
    partial = folder / f".{final.name}.partial"
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        save_file(tensors, partial / TENSORS)
        _sync(partial / TENSORS)
        atomic_write(partial / STATE, dump(state))
        shutil.rmtree(final, ignore_errors=True)
        os.rename(partial, final)
        _sync(folder)
    except Exception as error:
        shutil.rmtree(partial, ignore_errors=True)
        # safetensors reports a failed write as an error of its own that carries the system's text.
        raise LabError(
            f"The checkpoint cannot be written: {error}.",
            where=str(final),
            hint="Make room on the disk, then go on from the last checkpoint with: labtui jobs resume",
        ) from error
    for old in _found(folder)[KEEP:]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def newest(folder: Path) -> tuple[CheckpointState, dict[str, Any]] | None:
    """The newest checkpoint that reads, as its state and tensors; None where there is none."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    for path in _found(folder):
        with contextlib.suppress(OSError, msgspec.MsgspecError, SafetensorError):
            state = msgspec.json.decode((path / STATE).read_bytes(), type=CheckpointState)
            return state, load_file(path / TENSORS)
    return None


def _found(folder: Path) -> list[Path]:
    """Checkpoint folders, newest first."""
    return sorted((path for path in folder.glob("step-*") if path.is_dir()), reverse=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
