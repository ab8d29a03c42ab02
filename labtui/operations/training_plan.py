"""What a training would do, and how that is said in words."""

from __future__ import annotations

import shlex
from pathlib import Path

import msgspec

from labtui.train.data import Message
from labtui.train.estimate import Range


class TrainPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a training would do, before it is started. Tokens, memory and time are estimates."""

    data: Path
    model: str
    name: str
    samples: int
    left_out: int
    """Samples that look too long; the exact reasons come when it runs."""
    tokens: int
    """Of one pass over the data."""
    trained_tokens: int
    steps: int
    epochs: float
    parameters: int
    """Of the adapter."""
    memory_bytes: Range
    memory_free: int
    seconds: Range
    basis: str
    """What the time rests on, in words."""
    disk_bytes: int
    device: str
    threads: int
    review: str = ""
    """What reviewers changed of the data set, in words; empty where nothing."""
    warnings: list[str]
    example: list[Message]
    """One of the samples: what the model will be taught to say."""
    command: tuple[str, ...]

    @property
    def command_line(self) -> str:
        return shlex.join(self.command)


def plan_facts(plan: TrainPlan) -> list[tuple[str, str]]:
    """The plan in words, as (what, how much)."""
    low, high = span(plan.seconds.low), span(plan.seconds.high)
    return [
        ("samples", f"{plan.samples:,}" + (f", {plan.left_out} too long" if plan.left_out else "")),
        *([("review", plan.review)] if plan.review else []),
        ("tokens", f"{plan.tokens:,} a pass, {plan.trained_tokens:,} learnt"),
        ("steps", f"{plan.steps:,}, or {plan.epochs:.1f} passes"),
        ("adapter", f"{plan.parameters / 1e6:.1f} M weights, {size(plan.parameters * 4)}"),
        ("time", f"{span(plan.seconds.expected)} ({low} to {high})"),
        ("rests on", plan.basis),
        ("memory", f"{size(plan.memory_bytes.expected)} of {size(plan.memory_free)} free"),
        ("on", f"CPU, {plan.threads} threads" if plan.device == "cpu" else "graphics card"),
        *(("careful", warning) for warning in plan.warnings),
    ]


def span(seconds: float) -> str:
    """Roughly: `40 s`, `3.5 min`, `25 min`, `2.5 h`."""
    if seconds < 90:
        return f"{max(5, 5 * round(seconds / 5))} s"
    if seconds < 5400:
        return f"{seconds / 60:.1f} min" if seconds < 600 else f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def size(count: float) -> str:
    """`1.5 GB`, `20 MB`."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
