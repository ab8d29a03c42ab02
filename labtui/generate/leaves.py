"""The leaves of a job, kept in its folder as they were when it was asked: a resume reads the same words."""

from __future__ import annotations

from pathlib import Path

from labtui.errors import LabError
from labtui.generate.arguments import LeafAsked
from labtui.generate.plan import usable
from labtui.journal import atomic_write
from labtui.taxonomy.leaf import FREEFORM, GROUNDED, Leaf, Pair, read_leaf, read_leaf_file

KEPT = "leaves"
AGAIN = "Start a new generation to use the leaf as it is now."


def take(taxonomy: Path, asked: LeafAsked, folder: Path, number: int) -> Leaf:
    """The leaf as it was asked for: from the job folder, or on the first attempt from the taxonomy, keeping a copy.

    Raises LabError where the leaf changed between the asking and the first attempt.
    """
    kept = folder / KEPT / f"{number:04}.yaml"
    if kept.is_file():
        leaf = read_leaf_file(kept, asked.id)
        if leaf.sha256 != asked.sha256 or leaf.problem:
            raise LabError("The job's copy of the leaf is damaged.", where=str(kept), hint=AGAIN)
        return leaf
    leaf = read_leaf(taxonomy, asked.id)
    if leaf.sha256 != asked.sha256:
        raise LabError(f"The leaf '{asked.id}' changed since it was asked for.", where=str(leaf.path), hint=AGAIN)
    atomic_write(kept, leaf.path.read_bytes())
    return leaf


def why_unusable(leaf: Leaf) -> str:
    """Why no samples can be made from that leaf, as a sentence; empty where they can."""
    if leaf.problem:
        return f"The leaf cannot be read. {leaf.problem}"
    if usable(leaf):
        return ""
    if not leaf.seeds:
        return "The leaf holds no seed examples."
    if leaf.kind == GROUNDED and any(pair.question for seed in leaf.seeds for pair in seed.pairs):
        return "None of its seed examples has a context, a question and an answer."
    if leaf.kind == FREEFORM:
        return "None of its seed examples has a question and an answer."
    return "None of its seed examples has a context with a question and an answer."


def own_pairs(leaf: Leaf) -> list[tuple[int, Pair]]:
    """The leaf's own pairs that a data set can hold, with their seed's number."""
    return [(seed.number, pair) for seed in usable(leaf) for pair in seed.pairs]
