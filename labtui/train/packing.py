"""Lays the samples of a step side by side in one row of tokens, their common beginning only once.

Most samples begin alike (the template's system turn, the user's header), and what a causal model makes of a
beginning does not depend on what follows. So a pack holds that prefix once and then the rest of each sample;
each rest sees the prefix and itself and nothing of the others, at the positions it would have alone. Loss and
gradients are those of the samples one by one (tests/train/test_packing.py), without padding and without
computing the prefix again for each: on short samples that is half of the work.

The mask is given to the model explicitly and covers every pair of tokens, so nothing depends on a library
finding out by itself where one sample ends and the next begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from labtui.train.tokens import Encoded

BUDGET = 512
"""Tokens of a pack: on two cores 512 beat 1,024 by a third, and it bounds the memory of a step."""


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """One row of tokens, as plain lists."""

    tokens: list[int]
    positions: list[int]
    owners: list[int]
    """Which sample a token belongs to, counted from 1; 0 is the common prefix."""
    sources: list[int]
    """Places in the row whose hidden state predicts a trained token …"""
    targets: list[int]
    """… and the token each of them has to predict."""


def packs(samples: Sequence[Encoded], budget: int = BUDGET) -> list[Pack]:
    """The samples in as few rows as keep to the budget; one that is longer has a row of its own."""
    rows: list[list[Encoded]] = []
    for sample in samples:
        if rows and _length([*rows[-1], sample]) <= budget:
            rows[-1].append(sample)
        else:
            rows.append([sample])
    return [pack(row) for row in rows]


def pack(samples: Sequence[Encoded]) -> Pack:
    """One row of all the samples."""
    shared = common_prefix(samples)
    made = Pack(
        tokens=samples[0].tokens[:shared],
        positions=list(range(shared)),
        owners=[0] * shared,
        sources=[],
        targets=[],
    )
    for owner, sample in enumerate(samples, 1):
        start = len(made.tokens)
        for place in range(shared, len(sample.tokens)):
            if sample.trained[place]:
                made.sources.append(place - 1 if place == shared else start + place - 1 - shared)
                made.targets.append(sample.tokens[place])
        rest = len(sample.tokens) - shared
        made.tokens.extend(sample.tokens[shared:])
        made.positions.extend(range(shared, shared + rest))
        made.owners.extend([owner] * rest)
    return made


def common_prefix(samples: Sequence[Encoded]) -> int:
    """How many tokens all samples begin with alike, none of them trained. A single sample shares nothing."""
    if len(samples) < 2:
        return 0
    first = samples[0].tokens
    most = min(sample.trained.index(True) for sample in samples)
    for place in range(most):
        if any(sample.tokens[place] != first[place] for sample in samples):
            return place
    return most


def _length(samples: Sequence[Encoded]) -> int:
    shared = common_prefix(samples)
    return shared + sum(len(sample.tokens) - shared for sample in samples)


def visible(owners: Any) -> Any:
    """Which token (row) may look at which (column): a boolean tensor of shape 1 x 1 x length x length."""
    import torch

    order = torch.arange(len(owners), device=owners.device)
    before = order[:, None] >= order[None, :]
    same = owners[:, None] == owners[None, :]
    return (before & (same | (owners == 0)[None, :]))[None, None]
