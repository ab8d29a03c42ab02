"""The outcome of a training: a folder in the workspace's models that appears whole, by one rename."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

from labtui.errors import LabError
from labtui.journal import atomic_write, dump
from labtui.serve import models
from labtui.serve.models import ModelInfo
from labtui.train import adapter_gguf, architectures, recipe
from labtui.train.arguments import TrainArguments
from labtui.train.recipe import Recipe

GGUF = "adapter.gguf"
WEIGHTS = "adapter_model.safetensors"


def save(model: Any, arguments: TrainArguments, made: Recipe) -> str:
    """Writes adapter (PEFT and GGUF), recipe and, last, model.json; returns the GGUF's hash.

    Raises LabError where the name was taken in the meantime; the adapter then stays beside it.
    """
    from safetensors.numpy import load_file

    final = Path(arguments.out)
    folder = final.with_name(f".{final.name}.{made.job}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)
    (folder / WEIGHTS).chmod(0o644)
    config = model.get_base_model().config
    adapter_gguf.write(
        folder / GGUF,
        load_file(folder / WEIGHTS),
        architectures.KNOWN[config.model_type],
        alpha=arguments.alpha,
        heads=config.num_attention_heads,
        kv_heads=config.num_key_value_heads,
        name=arguments.name,
    )
    atomic_write(folder / recipe.FILE, dump(made))
    with open(folder / GGUF, "rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    info = ModelInfo(
        name=arguments.name,
        kind="adapter",
        path=str(final),
        sha256=digest,
        size=(folder / GGUF).stat().st_size,
        architecture=config.model_type,
        parameters=sum(weight.numel() for weight in model.parameters() if weight.requires_grad),
        quantization="F32",
        template=True,
        source=made.job,
        base=arguments.model,
    )
    models.write_model(folder, info)
    _put(folder, final, arguments.replace)
    return digest


def is_made(arguments: TrainArguments, job: str) -> bool:
    """Whether this very job has put its adapter in place already (and was killed before it could say so)."""
    found = recipe.read(Path(arguments.out))
    return found is not None and found.job == job


def _put(folder: Path, final: Path, replace: bool) -> None:
    if final.exists():
        if not replace:
            raise LabError(
                f"'{final.name}' was taken while this training ran; its adapter was kept beside it.",
                where=str(folder),
                hint=f"Rename that folder to a name of your choice: mv '{folder}' '{final}-2'",
            )
        aside = final.with_name(f".{final.name}.replaced")
        shutil.rmtree(aside, ignore_errors=True)
        os.rename(final, aside)
        os.rename(folder, final)
        shutil.rmtree(aside, ignore_errors=True)
        return
    os.rename(folder, final)
