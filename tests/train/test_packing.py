"""A pack gives the loss and the gradients of its samples one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labtui.train.arguments import TrainArguments
from labtui.train.data import Message, TrainSample
from labtui.train.loop import Loop
from labtui.train.packing import common_prefix, pack, packs
from labtui.train.tokens import Encoded, encode
from labtui.train.weights import load_model

TALKS = [
    ("What is the first thing?", "It is in the water."),
    ("What is the second thing?", "On a stone, and there for the winter to come."),
    ("Why?", "Then."),
]


def encoded(number: int, tokens: list[int], trained: list[int]) -> Encoded:
    return Encoded(id=str(number), tokens=tokens, trained=[place in trained for place in range(len(tokens))])


def test_the_common_beginning_stands_once_and_every_position_is_its_own() -> None:
    one, two = encoded(1, [5, 6, 7, 8], [2, 3]), encoded(2, [5, 6, 9], [2])
    made = pack([one, two])
    assert made.tokens == [5, 6, 7, 8, 9]
    assert made.positions == [0, 1, 2, 3, 2]
    assert made.owners == [0, 0, 1, 1, 2]
    # The last shared token predicts the first of both rests.
    assert list(zip(made.sources, made.targets, strict=True)) == [(1, 7), (2, 8), (1, 9)]


def test_a_trained_token_is_never_shared() -> None:
    one, two = encoded(1, [5, 6, 7], [1, 2]), encoded(2, [5, 6, 8], [1, 2])
    assert common_prefix([one, two]) == 1
    assert len(pack([one, two]).targets) == 4


def test_packs_keep_to_the_budget_and_lose_nothing() -> None:
    samples = [encoded(number, [1, *[number + 2] * number], [number]) for number in range(1, 30)]
    made = packs(samples, budget=60)
    assert all(len(row.tokens) <= 60 for row in made)
    assert sum(len(row.targets) for row in made) == len(samples)
    assert len(packs([encoded(1, [1] * 100, [99])], budget=60)) == 1


@pytest.fixture
def loop(tiny: Path) -> Loop:
    """In double precision (norms and logits stay single), with an adapter that already does something."""
    import torch

    arguments = TrainArguments(data="", model="tiny", model_path=str(tiny), name="a", out="", rank=4)
    model = load_model(tiny, lambda done, total: None).double()
    made = Loop(model, [encoded(1, [1, 2], [1])], arguments)
    made.model.double()
    torch.manual_seed(3)
    for name, weight in made.weights.items():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    return made


def gradients(loop: Loop, groups: list[list[Encoded]]) -> tuple[float, dict[str, Any]]:
    total = sum(sample.trained_count for group in groups for sample in group)
    loop.optimiser.zero_grad()
    value = 0.0
    for group in groups:
        loss = loop._loss(pack(group), total)
        loss.backward()
        value += float(loss.detach())
    return value, {name: weight.grad.clone() for name, weight in loop.weights.items()}


@pytest.mark.parametrize("unmask", [False, True])
def test_loss_and_gradients_of_a_pack_equal_those_one_by_one(loop: Loop, tokenizer: Any, unmask: bool) -> None:
    samples = [
        encode(tokenizer, TrainSample(id=q, messages=[Message("user", q), Message("assistant", a)], unmask=unmask))
        for q, a in TALKS
    ]
    assert common_prefix(samples) > 10
    alone, by_one = gradients(loop, [[sample] for sample in samples])
    together, packed = gradients(loop, [samples])
    assert together == pytest.approx(alone, rel=1e-6)
    for name, gradient in by_one.items():
        difference = float((packed[name] - gradient).norm() / gradient.norm())
        assert difference < 1e-4, name


def test_a_sample_does_not_feel_its_neighbours(loop: Loop, tokenizer: Any) -> None:
    import torch

    one, two = (
        encode(tokenizer, TrainSample(id=q, messages=[Message("user", q), Message("assistant", a)], unmask=False))
        for q, a in TALKS[:2]
    )
    other = encoded(9, [*two.tokens[:-6], *[7] * 6], [len(two.tokens) - 1])
    with torch.no_grad():
        rows = [pack([one, neighbour]) for neighbour in (two, other)]
        kept = [[place for place, owner in enumerate(row.owners) if owner <= 1] for row in rows]
        assert kept[0] == kept[1]
        hidden = [_hidden(loop, row)[kept[0]] for row in rows]
    assert torch.equal(hidden[0], hidden[1])


def _hidden(loop: Loop, row: Any) -> Any:
    import torch

    from labtui.train.packing import visible

    return loop._body(
        input_ids=torch.tensor([row.tokens]),
        position_ids=torch.tensor([row.positions]),
        attention_mask=visible(torch.tensor(row.owners)),
        use_cache=False,
    )[0][0]
