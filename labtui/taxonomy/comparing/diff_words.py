"""What differs, in words: the sentences the screen and the command have in common."""

from __future__ import annotations

from collections import Counter

from labtui.taxonomy.comparing.file_changes import State
from labtui.taxonomy.comparing.leaf_change import Change, LeafChange

_STATES = {
    State.ADDED: "New",
    State.UNTRACKED: "New, and not yet under git",
    State.DELETED: "Deleted",
    State.CHANGED: "Changed",
    State.CONFLICT: "In conflict: a merge has left both versions in it",
}


def state_in_words(change: LeafChange, since: str = "") -> str:
    """One sentence: `Changed since origin/main (5f7158a).`"""
    after = f" since {since}" if since else ""
    if change.old_id:
        return f"Renamed{after}: it was {change.old_id}."
    return f"{_STATES.get(change.state, 'Changed')}{after}."


def seeds_in_words(change: LeafChange) -> str:
    """`2 seeds edited, 1 added, 1 removed`; for a leaf that came or went how many it has; empty where none differ."""
    if change.state in (State.ADDED, State.UNTRACKED):
        return count(change.seeds_after, "seed") if change.seeds_after else ""
    if change.state is State.DELETED:
        return count(change.seeds_before, "seed") if change.seeds_before else ""
    counts = Counter(seed.change for seed in change.seeds)
    parts = [
        f"{counts[kind]} {kind.value}"
        for kind in (Change.EDITED, Change.ADDED, Change.REMOVED, Change.MOVED)
        if counts[kind]
    ]
    if not parts:
        return ""
    number, _, rest = parts[0].partition(" ")
    return ", ".join([f"{count(int(number), 'seed')} {rest}", *parts[1:]])


def count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
