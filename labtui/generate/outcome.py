"""How a generation ended, in sentences."""

from __future__ import annotations

from labtui.errors import LabError
from labtui.generate.arguments import GenerateArguments
from labtui.generate.engine import LeafRun
from labtui.journal import JobFolder


def why_rejected(run: LeafRun, most: int = 3) -> str:
    """The commonest reasons: `31 not parsed (the answer has no JSON), 4 duplicate`."""
    told = []
    for reason, count in run.reasons.most_common(most):
        detail = run.details.get(reason, "")
        # What a duplicate repeats says nothing about the others.
        told.append(f"{count} {reason}" + (f" ({detail})" if detail and reason != "duplicate" else ""))
    rest = sum(run.reasons.values()) - sum(count for _, count in run.reasons.most_common(most))
    return ", ".join([*told, *([f"{rest} others"] if rest else [])]) or "nothing was rejected"


def shortfall(run: LeafRun) -> str:
    """A sentence where a leaf did not give all that was wanted; empty where it did."""
    if len(run.accepted) >= run.samples:
        return ""
    return (
        f"{run.plan.leaf.id} gave {len(run.accepted)} of {run.samples} samples in {run.decided} tries: "
        f"{why_rejected(run)}."
    )


class NothingAccepted(LabError):
    """A teacher answered, and nothing of it can be used."""


def nothing_accepted(arguments: GenerateArguments, runs: list[LeafRun], folder: JobFolder) -> NothingAccepted:
    """The error of a job whose teacher answered nothing that can be used."""
    tries = sum(run.decided for run in runs)
    reasons = "; ".join(
        (f"{run.plan.leaf.id}: " if len(runs) > 1 else "") + why_rejected(run) for run in runs if run.decided
    )
    return NothingAccepted(
        f"The teacher '{arguments.teacher}' gave no sample that can be used in {tries} tries: {reasons}.",
        where=", ".join(run.plan.leaf.id for run in runs[:3]) + (" …" if len(runs) > 3 else ""),
        hint=f"Its answers stand in {folder.path / 'requests.jsonl'}. Try another teacher or pipeline.",
    )
