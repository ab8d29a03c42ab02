"""Which samples make up which step, in an order fixed by the seed.

A pure function of the number of samples, batch size, seed and step, so that a resumed run needs no data position
but the step.
"""

from __future__ import annotations

import math
import random


def steps_an_epoch(samples: int, batch: int) -> int:
    return -(-samples // batch)


def total_steps(samples: int, batch: int, *, steps: int, epochs: float) -> int:
    """`steps` where given, else as many as the epochs take, rounded up; at least one."""
    return steps or max(1, math.ceil(epochs * steps_an_epoch(samples, batch) - 1e-9))


def epoch_order(samples: int, seed: int, epoch: int) -> list[int]:
    """The samples of one epoch by their index, each once."""
    order = list(range(samples))
    random.Random(f"{seed} {epoch}").shuffle(order)  # noqa: S311 - an order, no secret
    return order


class Batches:
    """The samples of every step, counted from 0. The last step of an epoch may have fewer."""

    def __init__(self, samples: int, batch: int, seed: int) -> None:
        self.samples = samples
        self.batch = batch
        self.seed = seed
        self._epoch = -1
        self._order: list[int] = []

    def at(self, step: int) -> list[int]:
        epoch, place = divmod(step, steps_an_epoch(self.samples, self.batch))
        if epoch != self._epoch:
            self._order = epoch_order(self.samples, self.seed, epoch)
            self._epoch = epoch
        return self._order[place * self.batch : (place + 1) * self.batch]
