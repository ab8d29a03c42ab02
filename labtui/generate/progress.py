"""How a generation stands, from the journal alone: for screens and commands, without reading any leaf. Light."""

from __future__ import annotations

import collections
from collections.abc import Iterable
from typing import Any

import msgspec

from labtui.generate.arguments import GenerateArguments
from labtui.generate.journal import Sample, samples_file
from labtui.journal import READ_BUDGET, Follower, JobFolder

ALARM_TRIES = 8
"""So many tries without one accepted sample are an alarm."""


class LeafTally(msgspec.Struct, kw_only=True):
    """One leaf's counts."""

    id: str
    wanted: int
    accepted: int = 0
    rejected: int = 0
    reasons: collections.Counter[str] = msgspec.field(default_factory=collections.Counter)
    details: dict[str, str] = {}
    """Reason -> an example of what lay behind it."""

    @property
    def tried(self) -> int:
        return self.accepted + self.rejected

    @property
    def share(self) -> float:
        return min(1.0, self.accepted / self.wanted) if self.wanted else 1.0

    @property
    def complete(self) -> bool:
        return self.accepted >= self.wanted

    @property
    def alarming(self) -> bool:
        """It yields nothing: worth a look now, not at the end."""
        return not self.accepted and self.rejected >= ALARM_TRIES

    def why(self, most: int = 3) -> str:
        """`4 cut off · 2 duplicate`; with the detail behind the commonest where nothing was accepted."""
        told = [f"{count} {reason}" for reason, count in self.reasons.most_common(most)]
        if self.alarming and (detail := self.details.get(self.reasons.most_common(1)[0][0])):
            told[0] += f": {detail}"
        return " · ".join(told)

    def take(self, sample: Sample) -> None:
        if not sample.accepted:
            self.rejected += 1
            self.reasons[sample.reason] += 1
            if sample.detail:
                self.details.setdefault(sample.reason, sample.detail)
            return
        self.accepted += 1


class Tally:
    """All leaves of a job, in the order they were asked."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        """`arguments` are those of the job's spec; what is not a generation's has no leaves."""
        try:
            asked = msgspec.convert(arguments, GenerateArguments).leaves
        except msgspec.ValidationError:
            asked = ()
        self.leaves = {leaf.id: LeafTally(id=leaf.id, wanted=leaf.samples) for leaf in asked}
        self.prompt_tokens = 0
        self.completion_tokens = 0

    @property
    def accepted(self) -> int:
        return sum(leaf.accepted for leaf in self.leaves.values())

    @property
    def rejected(self) -> int:
        return sum(leaf.rejected for leaf in self.leaves.values())

    @property
    def wanted(self) -> int:
        return sum(leaf.wanted for leaf in self.leaves.values())

    def take(self, samples: Iterable[Sample]) -> None:
        for sample in samples:
            self.prompt_tokens += sample.prompt_tokens
            self.completion_tokens += sample.completion_tokens
            if (leaf := self.leaves.get(sample.leaf)) is not None:
                leaf.take(sample)


class SampleFollower:
    """Reads the samples that came since the last poll. One whose journal was begun anew says so."""

    def __init__(self, folder: JobFolder) -> None:
        self._follower: Follower[Sample] = Follower(samples_file(folder), Sample)

    def poll(self, budget: int = READ_BUDGET) -> tuple[list[Sample], bool]:
        """(new samples, whether they stand at the journal's beginning)."""
        before = self._follower.offset
        samples = self._follower.read(budget)
        return samples, before == 0 or self._follower.offset < before
