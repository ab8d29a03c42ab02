"""What similar leaves are looked for by, and what is found."""

from __future__ import annotations

import msgspec

from labtui.taxonomy.leaf import Leaf, Seed


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is about to write."""

    path: str = ""
    """Where it is to stand, as far as that is known."""
    about: str = ""
    """Description, outline, domain, title."""
    seeds: tuple[str, ...] = ()
    """Each with all its texts."""
    words: str = ""
    """Any words: what was typed."""


class SimilarLeaf(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    score: float
    """0 to 1: how much of what is wanted the leaf holds, by the strongest of the reasons in `why`."""
    why: str
    """The reasons in a few words, the strongest first: `seed 2 is nearly its seed 4 · 5 words in common: …`."""
    kind: str = ""
    """`knowledge`, `grounded skill`, `freeform skill` or `unreadable`."""
    about: str = ""
    """Its description in one line. Foreign text, as are id and why: clean them before showing."""


def wanted_of(leaf: Leaf, *, words: str = "", title: str = "") -> Wanted:
    """What the leaf of a draft says so far. A place that was not chosen yet says nothing."""
    placed = not leaf.id.endswith("/untitled")
    return Wanted(
        path=leaf.id if placed else "",
        about=" ".join(part for part in (leaf.description, leaf.outline, leaf.domain, title) if part),
        seeds=tuple(text for seed in leaf.seeds if (text := seed_text(seed)).strip()),
        words=words,
    )


def seed_text(seed: Seed) -> str:
    return " ".join((seed.context, *(part for pair in seed.pairs for part in (pair.question, pair.answer))))
