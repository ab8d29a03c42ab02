"""Where one is led by going from one thing that is not right to the next: problems, and what others said that waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from labtui.contribute.records import StepStanding
from labtui.screens.contribute.pane import Field
from labtui.screens.contribute.reading import OF_ONE_LEAF, Stand


class Stop(NamedTuple):
    step: str
    leaf: str
    field: Field = ()


def next_stop(found: Stand, step: str, last: Stop | None) -> Stop | None:
    """The first thing that is not right behind `step`, of this leaf or the next ones; None where nothing is wrong.

    `last` is where one was led before: where one still stands in that step, the next one in it comes first. What is
    about the whole contribution comes when no leaf has anything wrong.
    """
    ids = list(found.of_leaves)
    at = ids.index(found.leaf) if found.leaf in ids else 0
    stops = [
        (number if leaf == found.leaf else len(steps), stop)
        for leaf in (*ids[at:], *ids[:at])
        for steps in [found.of_leaves[leaf]]
        for number, one in enumerate(steps)
        for stop in _stops(found, one, leaf)
    ]
    if not stops:
        whole = [one for one in found.steps if one.step not in OF_ONE_LEAF]
        return next((stop for one in whole for stop in _stops(found, one, "")), None)
    if last is not None and last.step == step and last.leaf in ("", found.leaf):
        ring = [stop for _, stop in stops]
        if last in ring:
            return ring[(ring.index(last) + 1) % len(ring)]
        # What one was led to is put right: the others of the step come before the next step.
        rest = [stop for stop in ring if stop.step == step and stop.leaf in ("", found.leaf)]
        if rest:
            return rest[0]
    here = next((number for number, one in enumerate(found.of_leaves.get(found.leaf, ())) if one.step == step), -1)
    return next((stop for number, stop in stops if number > here), stops[0][1])


def _stops(found: Stand, one: StepStanding, leaf: str) -> Iterator[Stop]:
    """The first problem of a step that is not done, and each place of it of which something was said that waits."""
    problem = one.problems[0] if one.state in ("problem", "todo") and one.problems else None
    if problem is not None:
        yield Stop(one.step, problem.leaf, problem.field)
    places = [Stop(one.step, said.leaf, said.field) for said in found.said_of(one.step, leaf) if said.waits]
    for stop in sorted(dict.fromkeys(places), key=_in_order):
        if problem is None or stop != (one.step, problem.leaf, problem.field):
            yield stop


def _in_order(stop: Stop) -> list[tuple[bool, int, str]]:
    """By number where a field has one, else by name."""
    return [(isinstance(part, str), part if isinstance(part, int) else 0, str(part)) for part in stop.field]
