"""What the commands about contributions have in common: which one is meant, and one as lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from labtui.commands._common import Lab, out

if TYPE_CHECKING:
    from labtui.contribute.drafts.draft_folder import DraftFolder
    from labtui.contribute.drafts.views import Contribution
    from labtui.contribute.records import Problem, StepStanding

F = TypeVar("F", bound=Callable[..., Any])

SIGNS = {"done": "✔", "todo": "○", "problem": "✖", "optional": "·", "unneeded": "·"}
NAMES = {
    "kind": "Kind",
    "place": "Place",
    "description": "Description",
    "document": "Document",
    "seeds": "Seeds",
    "attribution": "Attribution",
    "check": "Check",
    "try": "Try it",
    "review": "Review",
    "submit": "Submit",
}
PROBLEMS_SHOWN = 12


def draft_argument(function: F) -> F:
    """Adds ID, given to the command as `draft`; the newest contribution where it is left out."""
    return click.argument("draft", required=False, default="last", metavar="[ID]")(function)


def found(lab: Lab, draft: str) -> DraftFolder:
    """The contribution meant. Raises UsageError."""
    from labtui.contribute.drafts import store

    return store.find(lab.workspace(), draft)


def again(command: str, folder: DraftFolder) -> str:
    """What to type for one of these commands on a contribution."""
    return f"labtui contribute {command} {folder.short_id}"


def tell(view: Contribution) -> None:
    """A contribution on standard output: its leaves, its steps, what is wrong."""
    for line in _lines(view):
        out(line)


def _lines(view: Contribution) -> Iterator[str]:
    yield f"{view.title}  ({view.id})"
    yield f"  {view.path}"
    if view.request is not None:
        yield f"  #{view.request.number} {view.request.state}: {view.request.url}"
    elif view.commit:
        yield f"  branch {view.branch} at {view.commit[:7]}"
    yield ""
    for leaf in view.leaves:
        was = f" (was {leaf.was})" if leaf.change == "renamed" else ""
        place = leaf.id if leaf.placed else f"{leaf.id}, not placed yet"
        yield f"  {leaf.change:<8} {place}{was}"
    if view.leaves:
        yield ""
    for standing in view.steps:
        yield f"  {SIGNS[standing.state]} {NAMES[standing.step]:<12} {standing.says}".rstrip()
    problems = list(_problems(view.steps))
    if problems:
        yield ""
    for problem in problems[:PROBLEMS_SHOWN]:
        where = " ".join([problem.leaf if len(view.leaves) > 1 else "", _field(problem)]).strip()
        yield f"  {_level(problem)}: {problem.message}" + (f"  [{where}]" if where else "")
        if problem.hint:
            yield f"      {problem.hint}"
    if len(problems) > PROBLEMS_SHOWN:
        yield f"  … and {len(problems) - PROBLEMS_SHOWN} more (--json lists all)"


def _problems(steps: list[StepStanding]) -> Iterator[Problem]:
    """Each once, errors first."""
    seen = dict.fromkeys(problem for standing in steps for problem in standing.problems)
    order = ("error", "warning", "info")
    yield from sorted(seen, key=lambda problem: order.index(problem.level))


def _level(problem: Problem) -> str:
    """What only waits to be written is no error of anybody's."""
    from labtui.contribute.standing.judging import unfinished

    return "to write" if problem.level == "error" and unfinished(problem) else problem.level


def _field(problem: Problem) -> str:
    from labtui.taxonomy.fields import SEEDS, in_words

    if problem.field == (SEEDS,):
        return "seeds"
    return in_words(problem.field) if problem.field and isinstance(problem.field[0], str) else ""


def next_words(view: Contribution) -> str:
    """What to do next, as a sentence for a terminal."""
    short = view.id.rpartition("-")[2]
    if view.request is not None and view.request.state != "open":
        return f"It is {view.request.state}."
    waiting = next((one for one in view.steps if one.state in ("problem", "todo")), None)
    if waiting is None:
        return f"It is submitted. See what became of it: labtui contribute status {short}"
    if view.ready:
        return f"It is ready: labtui contribute submit {short}"
    return f"Next: {NAMES[waiting.step]}. Go on with: labtui contribute resume {short}"
