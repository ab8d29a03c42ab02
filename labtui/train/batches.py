"""Which samples make up which step: samples of similar length together, in an order fixed by the seed.

A pure function of lengths, batch size, seed and step, so that a resumed run needs no data position but the step.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

WINDOW = 8
"""Batches sorted by length together: little padding, and still another mixture each epoch."""


def steps_an_epoch(samples: int, batch: int) -> int:
    return -(-samples // batch)


def total_steps(samples: int, batch: int, *, steps: int, epochs: float) -> int:
    """`steps` where given, else as many as the epochs take, rounded up; at least one."""
    return steps or max(1, math.ceil(epochs * steps_an_epoch(samples, batch) - 1e-9))


def epoch_batches(lengths: Sequence[int], batch: int, seed: int, epoch: int) -> list[list[int]]:
    """The batches of one epoch as indexes of samples; each sample once."""
    order = random.Random(f"{seed} {epoch}")  # noqa: S311 - an order, no secret
    indexes = list(range(len(lengths)))
    order.shuffle(indexes)
    batches: list[list[int]] = []
    for start in range(0, len(indexes), batch * WINDOW):
        window = sorted(indexes[start : start + batch * WINDOW], key=lambda index: lengths[index])
        batches.extend(window[place : place + batch] for place in range(0, len(window), batch))
    order.shuffle(batches)
    return batches


class Batches:
    """The samples of every step, counted from 0."""

    def __init__(self, lengths: Sequence[int], batch: int, seed: int) -> None:
        self.lengths = lengths
        self.batch = batch
        self.seed = seed
        self._epoch = -1
        self._batches: list[list[int]] = []

    def at(self, step: int) -> list[int]:
        epoch, place = divmod(step, steps_an_epoch(len(self.lengths), self.batch))
        if epoch != self._epoch:
            self._batches = epoch_batches(self.lengths, self.batch, self.seed, epoch)
            self._epoch = epoch
        return self._batches[place]
