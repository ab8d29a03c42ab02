"""What a training can be started with: the data sets and models there are, and names that are free."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from labtui import paths
from labtui.config import Config
from labtui.records import State
from labtui.serve import models
from labtui.serve.models import ModelInfo
from labtui.train import architectures, data
from labtui.train.arguments import KIND
from labtui.workspace import Workspace


class DataChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A data set in the workspace."""

    name: str
    """Of its folder or file."""
    title: str
    """What it teaches: the names of its leaves where it was generated, else its own name."""
    path: Path
    """The messages file."""
    samples: int
    made: datetime


class _Leaf(msgspec.Struct):
    id: str


class _Card(msgspec.Struct):
    """The part of a generated data set's dataset.json that says where it came from."""

    leaves: list[_Leaf] = []


def data_sets(workspace: Workspace) -> list[DataChoice]:
    """Every data set in the workspace's data folder, newest first."""
    found = []
    for path in (*workspace.data.glob(f"*/{data.FILE}"), *workspace.data.glob("*.jsonl")):
        inside = path.name == data.FILE and path.parent != workspace.data
        if path.name.startswith(".") or path.parent.name.startswith("."):
            continue
        try:
            lines = path.read_bytes().count(b"\n")
            made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError:
            continue
        name = path.parent.name if inside else path.name
        found.append(DataChoice(name=name, title=title_of(path), path=path, samples=lines, made=made))
    return sorted(found, key=lambda choice: choice.made, reverse=True)


def trainable_models(workspace: Workspace | None, config: Config) -> list[ModelInfo]:
    """Models that can be trained: GGUF files of an architecture whose tensor rules are known."""
    return [
        info
        for info in models.list_models(workspace, config.settings)
        if info.kind == "gguf" and info.architecture in architectures.KNOWN and not info.missing
    ]


def title_of(path: Path) -> str:
    """What the data in a messages file teaches: `synonyms`, `synonyms, chickadee`, `synonyms and 3 more`."""
    names = _leaf_names(path)
    if not names:
        return path.parent.name if path.name == data.FILE else path.name
    return ", ".join(names) if len(names) < 3 else f"{names[0]} and {len(names) - 1} more"


def _leaf_names(path: Path) -> list[str]:
    try:
        card = msgspec.json.decode((path.parent / "dataset.json").read_bytes(), type=_Card)
    except (OSError, msgspec.MsgspecError):
        return []
    return [leaf.id.rpartition("/")[2] for leaf in card.leaves] if path.name == data.FILE else []


def under_way(workspace: Workspace, *, unfinished: bool = False) -> set[str]:
    """Names of the adapters that are being trained now; `unfinished`: also of those that could be resumed."""
    from labtui import jobs

    return {
        str(view.spec.arguments.get("name", ""))
        for view in jobs.list_jobs(workspace)
        if view.spec.kind == KIND and not (view.state is State.DONE if unfinished else view.state.ended)
    }


def free_name(workspace: Workspace, wanted: str) -> str:
    """`wanted` as a model may be called, with a number behind it where it is taken."""
    base = re.sub(r"[^A-Za-z0-9._+-]+", "-", wanted).strip("-._+")[:60] or "adapter"
    taken = {path.name for root in (workspace.models, paths.models_dir()) for path in folders(root)}
    taken |= under_way(workspace, unfinished=True)
    names = (base, *(f"{base}-v{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def default_name(path: Path) -> str:
    """What the adapter of a data set is called unless somebody says otherwise."""
    if names := _leaf_names(path):
        return names[0] if len(names) == 1 else f"{names[0]}-and-{len(names) - 1}"
    return path.parent.name if path.name == data.FILE else path.stem


def folders(root: Path) -> list[Path]:
    try:
        return [Path(entry.path) for entry in os.scandir(root) if entry.is_dir() and not entry.name.startswith(".")]
    except OSError:
        return []


def outside(path: Path) -> DataChoice:
    """A data set from elsewhere, as the form lists it; what is wrong with it is said by the plan."""
    inside = path / data.FILE
    file = inside if inside.is_file() else path
    try:
        lines, seconds = file.read_bytes().count(b"\n"), file.stat().st_mtime
    except OSError:
        lines, seconds = 0, 0.0
    return DataChoice(
        name=path.name, title=title_of(file), path=file, samples=lines, made=datetime.fromtimestamp(seconds, UTC)
    )
