"""How long a training will take and how much memory it will hold, before anything heavy is loaded.

Honest rather than exact: low, expected and high, and in words what the figures rest on. An earlier training of
the same model on this machine counts for more than any rule.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from labtui.train import packing
from labtui.train.arguments import TrainArguments
from labtui.train.data import TrainSample

CHARACTERS_A_TOKEN = 4.2
"""Of English text; other scripts come closer to one token a character."""
TURN_TOKENS = 5
"""What a chat template puts around a turn."""
DEFAULT_SYSTEM_TOKENS = 20
"""What many templates say where the conversation has no system turn."""

FLOPS_A_TOKEN = 4.2
"""Per parameter: forward, and backward through weights that do not change themselves."""
CPU_FLOPS_A_CORE = 40e9
"""fp32 with AVX2, as reached on small steps (51 on an idle machine, 30 on a busy one)."""
GPU_FLOPS = 8e12
BYTES_A_SECOND = 60e6
"""Of fp32 weights made ready while loading."""
START_SECONDS = 9.0
"""Until torch and transformers are there and the tokenizer is converted."""
PROCESS_BYTES = 450e6
"""A process with torch loaded and nothing in it."""
FLOATS_A_TOKEN = (14, 5)
"""Kept for the backward pass, per layer: so many times the hidden and the inner width."""


class Range(msgspec.Struct, frozen=True):
    low: float
    expected: float
    high: float


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What of a model the estimate needs."""

    parameters: int
    layers: int
    hidden: int
    inner: int
    vocabulary: int
    kv_width: int
    """Width of keys and of values: less than `hidden` where heads share them."""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """What an earlier training of the model measured here."""

    name: str
    tokens_per_second: float
    load_seconds: float


class Counts(msgspec.Struct, frozen=True):
    """Of one sample, guessed from the characters."""

    tokens: int
    trained: int
    opening: int
    """Of the system turn, which the samples of a step share (labtui.train.packing)."""


def sample_counts(sample: TrainSample) -> Counts:
    tokens = trained = opening = 0
    for message in sample.messages:
        count = text_tokens(message.content) + TURN_TOKENS
        tokens += count
        if message.role == "assistant" or (sample.unmask and message.role != "system"):
            trained += count - TURN_TOKENS + 1
        if message.role == "system":
            opening += count
    if sample.messages and sample.messages[0].role != "system":
        tokens += DEFAULT_SYSTEM_TOKENS
        opening += DEFAULT_SYSTEM_TOKENS
    return Counts(tokens, trained, opening)


def share_computed(counts: Sequence[Counts], batch: int) -> float:
    """Of all tokens, those that are computed: the common beginning of a step counts once."""
    tokens = sum(count.tokens for count in counts)
    return 1 - sum(count.opening for count in counts) * (1 - 1 / batch) / max(1, tokens)


def text_tokens(text: str) -> int:
    foreign = sum(1 for character in text if ord(character) > 0x2FF)
    return max(1, round((len(text) - foreign) / CHARACTERS_A_TOKEN + foreign))


def adapter_parameters(shape: Shape, rank: int, targets: Sequence[str]) -> int:
    widths = {
        "q_proj": shape.hidden + shape.hidden,
        "k_proj": shape.hidden + shape.kv_width,
        "v_proj": shape.hidden + shape.kv_width,
        "o_proj": shape.hidden + shape.hidden,
        "gate_proj": shape.hidden + shape.inner,
        "up_proj": shape.hidden + shape.inner,
        "down_proj": shape.hidden + shape.inner,
    }
    return shape.layers * rank * sum(widths[target] for target in targets)


def memory(shape: Shape, arguments: TrainArguments, longest: int, trained: float) -> Range:
    """Bytes of the process at its largest pack: samples of up to `longest` tokens, a share `trained` of them."""
    tokens = max(longest, min(packing.BUDGET, arguments.batch * longest))
    floats = shape.layers * (FLOATS_A_TOKEN[0] * shape.hidden + FLOATS_A_TOKEN[1] * shape.inner)
    weights = 4 * shape.parameters + 16 * adapter_parameters(shape, arguments.rank, arguments.targets)
    # Logits, their softmax and its gradient.
    head = 3 * 4 * shape.vocabulary * tokens * trained
    expected = PROCESS_BYTES + weights + 4 * floats * tokens + head
    return Range(0.85 * expected, expected, 1.4 * expected)


def seconds(shape: Shape, tokens: float, share: float, threads: int, gpu: bool, pace: Pace | None) -> Range:
    """Of the whole job, for so many tokens over all steps, of which a `share` is computed."""
    if pace is not None:
        expected = pace.load_seconds + tokens / pace.tokens_per_second
        return Range(0.7 * expected, expected, 1.8 * expected)
    flops = GPU_FLOPS if gpu else threads * CPU_FLOPS_A_CORE
    load = START_SECONDS + 4 * shape.parameters / BYTES_A_SECOND
    step = tokens * share * FLOPS_A_TOKEN * shape.parameters / flops
    return Range(0.6 * (load + step), load + step, 3 * (load + step))
