"""What the review shows, as finished lines: the difference, the commit message, the request's text, the commands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from textual.content import Content

from labtui import signs
from labtui.contribute.submitting.records import STEP_WORDS, Obstacle, SubmitPlan
from labtui.text import clean, shorten, width
from labtui.widgets.leaf_text import wrapped

if TYPE_CHECKING:
    from labtui.contribute.requests.request_text import RequestText
    from labtui.taxonomy.comparing.leaf_change import LeafChange


CERTIFICATE = "certificate"
"""What an obstacle is about that the last step itself asks for."""


def difference_lines(
    changes: Sequence[LeafChange], room: int, *, since: str = "", unfolded: bool = False
) -> list[Content]:
    """Every leaf, seed by seed."""
    from labtui.widgets.diff_lines import leaf_change_lines

    lines: list[Content] = []
    for change in changes:
        if lines:
            lines += [Content(""), Content("")]
        lines += Content.styled(clean(change.id, lines=False), "bold $primary").wrap(max(10, room))
        lines += leaf_change_lines(change, room, since=since, unfolded=unfolded)
    return lines or [Content.styled("There is nothing in this contribution yet.", "$quiet")]


def message_lines(plan: SubmitPlan, room: int, *, own: bool) -> list[Content]:
    """The commit message as it will stand in the history. `own`: the contributor wrote it."""
    what = "As you wrote it; e changes it." if own else "Made from what you contribute; e writes another one."
    lines = [*wrapped(what, room, "$quiet"), Content("")]
    for number, line in enumerate(plan.message.rstrip("\n").split("\n")):
        style = "bold" if number == 0 else "$success" if line == plan.sign_off else ""
        lines += wrapped(line, room, style) or (Content(""),)
    first = plan.message.split("\n", 1)[0]
    if width(first) > 72:
        lines += [
            Content(""),
            *_noted(f"The first line has {width(first)} characters; up to 72 are shown whole.", room),
        ]
    if plan.identity is not None:
        who = f"Committed as {plan.identity.signature}, from {plan.identity.source}."
        lines += [Content(""), *wrapped(who, room, "$quiet")]
    if plan.signing.on:
        key = f" with {plan.signing.key}" if plan.signing.key else ""
        lines += wrapped(f"Signed by {plan.signing.how}{key}, as git is set to.", room, "$quiet")
    return lines


def request_lines(text: RequestText, teaches: str, room: int) -> list[Content]:
    """What the reviewers will read."""
    what = (
        "What reviewers read first. e writes what it teaches in your own words."
        if not teaches
        else "What reviewers read first. e changes what you wrote about what it teaches."
    )
    lines = [*wrapped(what, room, "$quiet"), Content(""), *wrapped(text.title, room, "bold"), Content("")]
    for line in text.body.rstrip("\n").split("\n"):
        lines += wrapped(line, room, "bold $primary" if line.startswith("#") else "") or (Content(""),)
    return lines


def command_lines(plan: SubmitPlan, room: int) -> list[Content]:
    """What will run when it is submitted, step by step, in the words of git."""
    lines = [*obstacle_lines([one for one in plan.obstacles if one.about != CERTIFICATE], room)]
    lines += wrapped("This will run when you submit, in a place apart from your own work:", room, "$quiet")
    for step, commands in groupby(plan.commands, key=lambda command: command.step):
        lines += [Content(""), *wrapped(STEP_WORDS[step], room, "bold")]
        for command in commands:
            if command.why:
                lines += [Content.assemble("  ", row) for row in wrapped(command.why, max(10, room - 2), "$quiet")]
            rows = wrapped(command.text, max(10, room - 4))
            for number, row in enumerate(rows):
                lines.append(Content.assemble(("  $ " if number == 0 else "    ", "bold $accent"), row))
    lines.append(Content(""))
    facts = [
        ("branch", plan.branch),
        ("from", f"{plan.base} ({plan.base_commit[:7]})" if plan.base_commit else plan.base),
        ("pushed to", f"{plan.push_to}  {plan.push_address}".strip() or "nowhere: it stays on this machine"),
    ]
    for name, fact in facts:
        for number, row in enumerate(wrapped(fact, max(10, room - 11))):
            lines.append(Content.assemble((f"{name if number == 0 else '':<11}", "$quiet"), row))
    return lines


def obstacle_lines(obstacles: Sequence[Obstacle], room: int) -> list[Content]:
    """What is in the way, and what to do; what stops everything first. Ends with an empty line where there is any."""
    lines: list[Content] = []
    for obstacle in sorted(obstacles, key=lambda one: not one.stops):
        sign, style = (signs.FAILED, "$error") if obstacle.stops else (signs.WARNING, "$warning")
        for number, row in enumerate(wrapped(obstacle.message, max(10, room - 2))):
            lines.append(Content.assemble((f"{sign} " if number == 0 else "  ", f"bold {style}"), row))
        lines += [Content.assemble("  ", row) for row in wrapped(obstacle.hint, max(10, room - 2), "$quiet")]
    return [*lines, Content("")] if lines else []


def plan_words(plan: SubmitPlan, leaves: int) -> str:
    """What will be handed in, in one line."""
    files = f"{len(plan.files)} {'file' if len(plan.files) == 1 else 'files'}"
    held = f"{leaves} {'leaf' if leaves == 1 else 'leaves'}"
    return shorten(clean(f"{held}, {files}, on a branch from {plan.base}", lines=False), 200)


def _noted(text: str, room: int) -> list[Content]:
    rows = wrapped(text, max(10, room - 2), "$warning")
    return [
        Content.assemble((f"{signs.WARNING} " if n == 0 else "  ", "bold $warning"), row) for n, row in enumerate(rows)
    ]
