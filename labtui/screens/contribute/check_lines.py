"""Everything that is wrong with a contribution as finished lines, by the step where it is put right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from textual.content import Content

from labtui import signs
from labtui.contribute.records import Problem, Step, StepStanding
from labtui.taxonomy.findings import Level
from labtui.text import clean, shorten, width
from labtui.widgets.item_sheet import Block
from labtui.widgets.leaf_text import SIGN, wrapped

NAMES = {
    Step.KIND: "Kind",
    Step.PLACE: "Place",
    Step.DESCRIPTION: "Description",
    Step.DOCUMENT: "Document",
    Step.SEEDS: "Seeds",
    Step.ATTRIBUTION: "Attribution",
    Step.CHECK: "The files as a whole",
}
"""The steps that something can be put right in."""


class Spot(NamedTuple):
    """A problem, and the step it is put right in."""

    step: Step
    problem: Problem


Fixable = tuple[str, str]
"""A leaf and a rule."""


def spots_of(standings: Sequence[StepStanding]) -> list[Spot]:
    """Each problem once: at the step it belongs to, and at the check only what no other step speaks of."""
    spots: list[Spot] = []
    seen: set[Problem] = set()
    for standing in sorted(standings, key=lambda one: one.step is Step.CHECK):
        if standing.step not in NAMES:
            continue
        for problem in standing.problems:
            if problem not in seen:
                seen.add(problem)
                spots.append(Spot(standing.step, problem))
    return spots


def check_blocks(spots: Sequence[Spot], fixable: Collection[Fixable], room: int, *, leaves: int = 1) -> list[Block]:
    """The problems below the names of their steps. With one leaf its name is left out."""
    blocks: list[Block] = []
    for step, name in NAMES.items():
        here = [spot for spot in spots if spot.step is step]
        if not here:
            continue
        count = f"{len(here)} to look at" if _worst(here) is not Level.ERROR else f"{len(here)} to put right"
        head = Content.assemble((name, "bold $primary"), (f"  {count}", "$quiet"))
        blocks.append(Block([head.truncate(room) if head.cell_length > room else head]))
        for spot in here:
            fixes = (spot.problem.leaf, spot.problem.rule) in fixable
            blocks.append(Block([*_lines(spot.problem, fixes, room, leaves), Content("")], spot))
    return blocks


def summary(spots: Sequence[Spot], fixes: int) -> Content:
    """How it stands, in a sentence."""
    errors = sum(spot.problem.level == "error" for spot in spots)
    if not spots:
        return Content.assemble((f"{signs.DONE} ", "bold $success"), ("Nothing is wrong with it.", "bold"))
    others = len(spots) - errors
    if errors:
        words = f"{_count(errors, 'thing')} to put right before it can be submitted"
        words += f", {others} more to look at." if others else "."
        sign, style = SIGN[Level.ERROR]
    else:
        words = f"It can be submitted; {_count(others, 'thing')} worth a look."
        sign, style = SIGN[Level.WARNING]
    key = f"  F puts {fixes} of them right." if fixes else ""
    return Content.assemble((f"{sign} ", f"bold {style}"), (words, "bold"), (key, "$success"))


def _worst(spots: Sequence[Spot]) -> Level:
    levels = {spot.problem.level for spot in spots}
    return next((level for level in Level if level.value in levels), Level.INFO)


def _lines(problem: Problem, fixes: bool, room: int, leaves: int) -> list[Content]:
    sign, style = SIGN[Level(problem.level)]
    inner = max(10, room - 2)
    lines: list[Content] = []
    for number, line in enumerate(wrapped(problem.message, inner)):
        lines.append(Content.assemble((f"{sign} " if number == 0 else "  ", f"bold {style}"), line))
    hint = f"{problem.hint}{'  (F puts it right)' if fixes else ''}".strip()
    lines += [Content.assemble("  ", line) for line in wrapped(hint, inner, "$quiet")]
    where = place_words(problem.field)
    if leaves > 1 and problem.leaf:
        where = "  ".join(filter(None, (shorten(clean(problem.leaf, lines=False), inner), where)))
    if where or problem.rule:
        gap = inner - width(where) - width(problem.rule)
        tail = f"{' ' * gap}{problem.rule}" if gap >= 2 else ""
        lines.append(Content.styled(f"  {shorten(where, inner)}{tail}", "$quiet"))
    return [line.truncate(room) if line.cell_length > room else line for line in lines]


_WORDS = {"seed_examples": "seeds", "document": "document", "created_by": "your name", "task_description": "task"}


def place_words(field: Sequence[str | int]) -> str:
    """A field's path as people read it: `seed 3, answer 2`; empty for the whole leaf."""
    if not field:
        return ""
    parts = [str(part) for part in field]
    if parts[0] == "seed_examples" and len(field) > 1 and isinstance(field[1], int):
        seed = f"seed {field[1] + 1}"
        rest = [part for part in field[2:] if part != "questions_and_answers"]
        if not rest:
            return seed
        numbers = [part + 1 for part in rest if isinstance(part, int)]
        names = [part for part in rest if isinstance(part, str)]
        inner = " ".join([*(names or ["pair"]), *(str(number) for number in numbers)])
        return clean(f"{seed}, {inner}", lines=False)
    return clean(" ".join([_WORDS.get(parts[0], parts[0].replace("_", " ")), *parts[1:]]), lines=False)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
