"""What a try takes: time, by an earlier one of the same model here or by rules of thumb; memory; disk."""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Sequence

import msgspec

from labtui import jobs
from labtui.config import Config
from labtui.contribute.evidence.tries import TryResult
from labtui.errors import LabError
from labtui.generate import pipeline
from labtui.operations.training_facts import on_gpu, pace_of, shape_of
from labtui.serve.models import ModelInfo
from labtui.taxonomy.leaf import Leaf
from labtui.train import estimate, recipe
from labtui.train.arguments import TrainArguments
from labtui.train.data import Message, TrainSample
from labtui.train.estimate import Pace
from labtui.train.recipe import Recipe
from labtui.trying.arguments import (
    AFTER,
    BEFORE,
    GENERATE,
    KIND,
    LOAD,
    LOAD_AFTER,
    LOAD_BEFORE,
    TUNE,
    TryArguments,
)
from labtui.trying.result import ADAPTER
from labtui.trying.result import FILE as RESULT
from labtui.workspace import Workspace

SERVER_SECONDS = 2.0
"""Until a server's process answers, besides reading its weights."""
WEIGHTS_A_SECOND = 4e9
"""Bytes of weights a CPU goes through in a second, each once a token."""
BYTES_READ_A_SECOND = 400e6
ANSWER_SHARE = 0.6
"""Of the longest answer, as answers are on average."""
SAMPLE_TOKENS = 60
"""Of one request of a generation."""
TRIES_A_SAMPLE = 1.5
TOGETHER = 1.5
"""So much quicker several requests at once are answered than one after the other, on a CPU."""


class _Earlier(msgspec.Struct, frozen=True):
    """The newest try of the same model and teacher here."""

    asked: TryArguments
    result: TryResult
    pace: Pace | None


def expected_seconds(
    workspace: Workspace, config: Config, info: ModelInfo, asked: TryArguments, read: Sequence[Leaf]
) -> dict[str, float]:
    """What a try measures (trying.arguments.MEASURED) -> seconds it may take."""
    earlier = _earlier(workspace, asked)
    tokens = WEIGHTS_A_SECOND / max(1, info.size)
    start = SERVER_SECONDS + info.size / BYTES_READ_A_SECOND
    answers = len(asked.questions) * ANSWER_SHARE * asked.answer_tokens / tokens
    load, tune = _tuning(workspace, config, info, asked, read, earlier.pace if earlier else None)
    rules = {
        LOAD_BEFORE: start,
        BEFORE: answers,
        GENERATE: _requests(asked) * TRIES_A_SAMPLE * SAMPLE_TOKENS / tokens / TOGETHER,
        LOAD: load,
        TUNE: tune,
        LOAD_AFTER: start,
        AFTER: answers,
    }
    measured = _scaled(earlier, asked) if earlier else {}
    return {stage: round(measured.get(stage, seconds), 1) for stage, seconds in rules.items()}


def memory_bytes(info: ModelInfo, asked: TrainArguments, read: Sequence[Leaf]) -> float:
    """What tuning holds at its largest."""
    counts = [estimate.sample_counts(pair) for pair in _pairs(read)]
    tokens, trained = sum(count.tokens for count in counts), sum(count.trained for count in counts)
    longest = min(asked.max_tokens, max(count.tokens for count in counts))
    return estimate.memory(shape_of(info), asked, longest, trained / tokens).expected


def disk_bytes(info: ModelInfo, asked: TrainArguments) -> int:
    """Room for three checkpoints of weights and two moments, and the adapter as PEFT and as GGUF."""
    return estimate.adapter_parameters(shape_of(info), asked.rank, asked.targets) * 4 * (3 * 3 + 2)


def _requests(asked: TryArguments) -> int:
    """To the teacher, where every answer is good."""
    return sum(leaf.samples * len(pipeline.load(asked.generate.pipeline, leaf.kind).steps) for leaf in asked.leaves)


def _tuning(
    workspace: Workspace,
    config: Config,
    info: ModelInfo,
    trial: TryArguments,
    read: Sequence[Leaf],
    earlier: Pace | None,
) -> tuple[float, float]:
    """Seconds of loading and of the steps, by the lengths of the seeds' own pairs."""
    asked = trial.train
    pairs = _pairs(read)
    counts = [estimate.sample_counts(pair) for pair in pairs]
    gpu = on_gpu(config)
    pace = earlier or pace_of(workspace, info, asked, gpu)
    share = estimate.share_computed(counts, asked.batch)
    tokens = trial.steps(len(pairs) + trial.samples) * asked.batch * statistics.fmean(count.tokens for count in counts)

    def seconds(of: float) -> float:
        return estimate.seconds(shape_of(info), of, share, asked.threads, gpu, pace).expected

    load = seconds(0)
    return load, seconds(tokens) - load


def _pairs(read: Sequence[Leaf]) -> list[TrainSample]:
    return [
        TrainSample(id="", messages=[Message("user", pair.question), Message("assistant", pair.answer)], unmask=False)
        for leaf in read
        for seed in leaf.seeds
        for pair in seed.pairs
    ]


def _earlier(workspace: Workspace, asked: TryArguments) -> _Earlier | None:
    for job in jobs.folders(workspace):
        if f"-{KIND}-" not in job.id:
            continue
        with contextlib.suppress(OSError, LabError, msgspec.MsgspecError):
            result = msgspec.json.decode((job.path / RESULT).read_bytes(), type=TryResult)
            other = msgspec.convert(job.spec().arguments, TryArguments)
            if (other.model_sha256, other.generate.teacher) == (asked.model_sha256, asked.generate.teacher):
                return _Earlier(other, result, _pace(recipe.read(job.path / ADAPTER), asked))
    return None


def _pace(made: Recipe | None, asked: TryArguments) -> Pace | None:
    if made is None or made.tokens_per_second <= 0 or made.threads != asked.train.threads:
        return None
    return Pace(name=made.name, tokens_per_second=made.tokens_per_second, load_seconds=made.load_seconds)


def _scaled(earlier: _Earlier, asked: TryArguments) -> dict[str, float]:
    """What answers and samples took, by how many more or fewer there are now. Tuning goes by tokens."""
    other, took = earlier.asked, earlier.result.seconds
    questions = len(asked.questions) / max(1, len(other.questions))
    factors = {
        LOAD_BEFORE: 1.0,
        BEFORE: questions,
        GENERATE: _requests(asked) / max(1, _requests(other)),
        LOAD_AFTER: 1.0,
        AFTER: questions,
    }
    return {stage: took[stage] * factor for stage, factor in factors.items() if stage in took}
