"""What a training is asked to do: the `arguments` of a job of the kind `train`, frozen when it starts."""

from __future__ import annotations

import msgspec

KIND = "train"
CPU_SLOT = "train-cpu"

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""Every linear layer of a block. Not the embeddings: an adapter on those cannot be served as GGUF."""


class TrainArguments(msgspec.Struct, frozen=True, kw_only=True):
    data: str
    """The messages.jsonl file, absolute."""
    model: str
    model_path: str
    model_sha256: str = ""
    name: str
    """What the adapter will be called."""
    out: str
    """The folder it will lie in, absolute."""
    replace: bool = False
    """Whether an adapter of that name may be overwritten."""
    steps: int = 0
    """Optimiser steps; 0 takes them from `epochs`."""
    epochs: float = 5.0
    batch: int = 4
    max_tokens: int = 512
    rank: int = 16
    alpha: float = 32.0
    dropout: float = 0.0
    targets: tuple[str, ...] = TARGETS
    learning_rate: float = 5e-4
    schedule: str = "linear"
    """`linear` falls to zero at the last step, `constant` stays at the highest rate."""
    warmup_steps: int = 3
    weight_decay: float = 0.0
    clip: float = 1.0
    """Longest gradient, as a norm; longer ones are scaled down."""
    checkpoint_steps: int = 10
    threads: int = 0
    seed: int = 42


def rate_at(arguments: TrainArguments, step: int, total: int) -> float:
    """The learning rate of a step, counted from 0, of `total`."""
    highest = arguments.learning_rate
    if step < arguments.warmup_steps:
        return highest * (step + 1) / (arguments.warmup_steps + 1)
    if arguments.schedule == "constant":
        return highest
    span = max(1, total - arguments.warmup_steps)
    return highest * (total - step) / span
