"""What a plan rests on: the model's shape, what this machine has, how quick earlier trainings were here. Light."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from pathlib import Path

from labtui.config import Config
from labtui.errors import LabError
from labtui.operations.training_choices import folders
from labtui.serve.gguf_file import read_header
from labtui.serve.models import ModelInfo
from labtui.train import device, recipe
from labtui.train.arguments import TrainArguments
from labtui.train.estimate import Pace, Shape
from labtui.workspace import Workspace


def shape_of(info: ModelInfo) -> Shape:
    fields = read_header(Path(info.path)).fields

    def of(key: str) -> int:
        value = fields.get(f"{info.architecture}.{key}")
        if not isinstance(value, int) or value < 1:
            raise LabError(f"The model file does not say its {info.architecture}.{key}.", where=info.path)
        return value

    heads = of("attention.head_count")
    shared = fields.get(f"{info.architecture}.attention.head_count_kv") or heads
    hidden = of("embedding_length")
    return Shape(
        parameters=info.parameters,
        layers=of("block_count"),
        hidden=hidden,
        inner=of("feed_forward_length"),
        vocabulary=int(fields.get(f"{info.architecture}.vocab_size") or 50_000),
        kv_width=hidden * int(shared) // heads,
    )


def pace_of(workspace: Workspace, info: ModelInfo, arguments: TrainArguments, gpu: bool) -> Pace | None:
    """What the newest training of this model on this machine measured."""
    here = device.processor()
    found = [made for folder in folders(workspace.models) if (made := recipe.read(folder)) is not None]
    for made in sorted(found, key=lambda made: made.made, reverse=True):
        same = made.settings.model_sha256 == info.sha256 and made.settings.batch == arguments.batch
        place = made.machine == here and made.threads == arguments.threads and made.device == ("cuda" if gpu else "cpu")
        if same and place and made.tokens_per_second > 0:
            return Pace(name=made.name, tokens_per_second=made.tokens_per_second, load_seconds=made.load_seconds)
    return None


def on_gpu(config: Config) -> bool:
    """Whether the training goes to a graphics card: asked for, or there with a torch that can use it."""
    wanted = config.settings.train.device
    if wanted != "auto":
        return wanted == "cuda"
    try:
        if "+cpu" in importlib.metadata.version("torch"):
            return False
    except importlib.metadata.PackageNotFoundError:
        return False
    return bool(_cards())


def _cards() -> int:
    if importlib.util.find_spec("pynvml") is None:
        return 0
    import pynvml

    try:
        pynvml.nvmlInit()
        return int(pynvml.nvmlDeviceGetCount())
    except pynvml.NVMLError:
        return 0


def free_memory() -> int:
    import psutil

    return int(psutil.virtual_memory().available)
