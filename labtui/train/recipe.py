"""recipe.json: what made an adapter, so that it can be named, compared and made again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from labtui.train.arguments import TrainArguments
from labtui.train.tokens import LeftOut

FILE = "recipe.json"
PACKAGES = ("torch", "transformers", "peft", "safetensors", "gguf", "numpy")


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    v: int = 1
    name: str
    job: str
    made: datetime
    settings: TrainArguments
    data_sha256: str
    samples: int
    """Trained on."""
    left_out: list[LeftOut]
    versions: dict[str, str]
    device: str
    threads: int
    machine: str
    attempts: int
    steps: int
    epochs: float
    tokens: int
    """Seen, over all steps; padding not counted."""
    trained_tokens: int
    loss_first: float
    """Mean over the first epoch."""
    loss_last: float
    """Mean over the last epoch."""
    seconds: float
    """Spent in steps."""
    load_seconds: float
    tokens_per_second: float
    peak_memory: int
    """Bytes."""


def read(folder: Path) -> Recipe | None:
    """The recipe in an adapter's folder; None where there is none that can be read."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Recipe)
    except (OSError, msgspec.MsgspecError):
        return None


def versions() -> dict[str, str]:
    """The installed versions of what a training's numbers depend on."""
    from importlib.metadata import PackageNotFoundError, version

    from labtui import __version__

    found = {"labtui": __version__}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
