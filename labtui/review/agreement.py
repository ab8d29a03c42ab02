"""How often the machine and the people agree: what its verdicts are worth, one by one. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from labtui.review.records import State
from labtui.review.samples import Reviewable
from labtui.review.standing import Standings

ACCEPTED = ""
"""The verdict of the machine that is no reason: it accepted."""


class Verdicts(msgspec.Struct, kw_only=True):
    """One verdict of the machine against what people said of the same samples."""

    machine: str
    """Its reason for rejecting, `accepted` where it did not."""
    samples: int = 0
    agreed: int = 0
    disagreed: int = 0

    @property
    def share(self) -> float | None:
        """Of those somebody decided, how many people saw the same way; None where nobody did."""
        looked_at = self.agreed + self.disagreed
        return self.agreed / looked_at if looked_at else None


class LeafReview(msgspec.Struct, kw_only=True):
    """How far one leaf's accepted samples are reviewed."""

    leaf: str
    samples: int = 0
    states: Counter[State] = msgspec.field(default_factory=Counter)

    @property
    def seen(self) -> int:
        return self.samples - self.states["unseen"]


class Statistics(msgspec.Struct, kw_only=True):
    leaves: list[LeafReview]
    """Of samples the machine accepted."""
    verdicts: list[Verdicts]
    """`accepted` first, then its reasons, the commonest first."""
    reasons: Counter[str] = msgspec.field(default_factory=Counter)
    """Why people rejected."""
    earlier: int = 0
    """Samples that were decided of when they said something else."""

    @property
    def samples(self) -> int:
        return sum(leaf.samples for leaf in self.leaves)

    @property
    def seen(self) -> int:
        return sum(leaf.seen for leaf in self.leaves)

    def count(self, state: State) -> int:
        return sum(leaf.states[state] for leaf in self.leaves)


def statistics(samples: Iterable[Reviewable], standings: Standings) -> Statistics:
    """Over all samples of one or more generations; one that stands in several counts once."""
    leaves: dict[str, LeafReview] = {}
    verdicts: dict[str, Verdicts] = {}
    reasons: Counter[str] = Counter()
    met: set[tuple[str, str]] = set()
    earlier = 0
    for one in samples:
        key = (one.id, one.content)
        if key in met:
            continue
        met.add(key)
        standing = standings.of(*key)
        earlier += bool(standing.earlier) and standing.state == "unseen"
        machine = ACCEPTED if one.sample.accepted else one.sample.reason
        verdict = verdicts.setdefault(machine, Verdicts(machine=machine or "accepted"))
        verdict.samples += 1
        good = standing.state in ("accepted", "edited")
        if good or standing.state == "rejected":
            # An edit says that it was not right as it was.
            right = (standing.state == "accepted") if one.sample.accepted else standing.state == "rejected"
            verdict.agreed += right
            verdict.disagreed += not right
        if standing.state == "rejected":
            reasons[standing.reason or "no reason given"] += 1
        if one.sample.accepted:
            leaf = leaves.setdefault(one.sample.leaf, LeafReview(leaf=one.sample.leaf))
            leaf.samples += 1
            leaf.states[standing.state] += 1
    ordered = sorted(verdicts.values(), key=lambda one: (one.machine != "accepted", -one.samples, one.machine))
    return Statistics(leaves=list(leaves.values()), verdicts=ordered, reasons=reasons, earlier=earlier)
