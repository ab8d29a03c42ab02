"""What became of a contribution that was handed in, as finished lines: its state, its checks, what reviewers wrote."""

from __future__ import annotations

from typing import NamedTuple

from textual.content import Content

from labtui import signs
from labtui.contribute.records import CheckRun, Comment, Draft, Problem, Request
from labtui.contribute.requests.remarks import SINCE
from labtui.screens.contribute.check_lines import place_words
from labtui.text import clean, shorten, width
from labtui.widgets.item_sheet import Block
from labtui.widgets.job_words import clock
from labtui.widgets.leaf_text import wrapped

CHECKS = {
    "passed": (signs.DONE, "$success"),
    "failed": (signs.FAILED, "$error"),
    "waiting": (signs.WAITING, "$warning"),
    "skipped": ("·", "$quiet"),
}


class Said(NamedTuple):
    """A comment under the cursor."""

    comment: Comment


class Checked(NamedTuple):
    """A check of the forge under the cursor."""

    check: CheckRun


class Found(NamedTuple):
    """What a failed check found in one place of the contribution."""

    problem: Problem


class Branch(NamedTuple):
    """Where the branch of a contribution stands."""

    pushed_to: str = ""
    """An address; empty where it stands on this machine only."""
    web_address: str = ""
    """Where a request for it is opened by hand."""


def state_words(draft: Draft, branch: Branch | None = None) -> tuple[str, str, str]:
    """A sign, a style and a sentence for how the request stands."""
    request = draft.request
    if request is None:
        if draft.commit and branch is not None and not branch.pushed_to:
            return signs.CHANGED, "$warning", "The branch stands on this machine only."
        if draft.commit:
            return signs.CHANGED, "$warning", "The branch is pushed; no request was opened for it yet."
        return signs.NONE, "$quiet", "It was not submitted yet."
    match request.state:
        case "merged":
            return signs.DONE, "$success", "It is merged: your contribution is part of the taxonomy."
        case "closed":
            return signs.STOPPED, "$quiet", "It was closed without being taken in."
    failed = [check for check in request.checks if check.state == "failed"]
    if request.changes_requested:
        return signs.WARNING, "$warning", "A reviewer asks for changes."
    if failed:
        return signs.FAILED, "$error", f"{len(failed)} of {len(request.checks)} checks failed."
    if request.mergeable is False:
        return signs.WARNING, "$warning", "It no longer goes together with what was merged since."
    return signs.CHANGED, "$primary", "It is open and waits for a reviewer."


def after_blocks(
    draft: Draft, branch: Branch | None, room: int, *, changed: bool = False, base: str = ""
) -> list[Block]:
    """The whole page. `branch`: None while it is not known; `changed`: more was written since it was submitted;
    `base`: what is to be said of the base."""
    room = max(20, room)
    blocks = [Block(_head(draft, branch, room))]
    notes: list[Content] = []
    if base:
        notes += _noted(base, room, "$warning")
    if changed:
        notes += _noted("You changed it since; u sends the changes.", room, "$accent")
    if notes:
        blocks.append(Block([*notes, Content("")]))
    request = draft.request
    if request is None:
        return blocks
    if request.checks:
        passed = sum(check.state == "passed" for check in request.checks)
        blocks.append(Block([_title("Checks", f"{passed} of {len(request.checks)} passed")]))
        for check in request.checks:
            blocks.append(Block(_check(check, room), Checked(check)))
            blocks += [Block(_found(problem, room), Found(problem)) for problem in check.problems]
        blocks.append(Block([Content("")]))
    if request.comments:
        unresolved = sum(not comment.resolved for comment in request.comments)
        count = f"{unresolved} open" if unresolved < len(request.comments) else f"{len(request.comments)}"
        blocks.append(Block([_title("Comments", count)]))
        several = len(draft.leaves) > 1
        blocks += [Block(_comment(comment, room, several), Said(comment)) for comment in _in_order(request)]
    elif request.state == "open":
        blocks.append(Block([Content.styled("Nobody has written anything yet.", "$quiet")]))
    return blocks


def _head(draft: Draft, branch: Branch | None, room: int) -> list[Content]:
    sign, style, words = state_words(draft, branch)
    lines = [
        Content.assemble((f"{sign} " if n == 0 else "  ", f"bold {style}"), line)
        for n, line in enumerate(Content.styled(words, "bold").wrap(room - 2))
    ]
    request = draft.request
    if request is not None:
        number = f"{'!' if request.forge == 'gitlab' else '#'}{request.number}"
        lines += _indented(Content.assemble((number, "bold"), "  ", clean(request.url, lines=False)), room)
        facts = [f"read {clock(request.read_at)}"] if request.read_at is not None else []
        if request.labels:
            facts.insert(0, ", ".join(clean(label, lines=False) for label in request.labels))
        lines += _indented(Content.styled("   ".join(facts), "$quiet"), room) if facts else []
    elif draft.branch:
        lines += _indented(Content.styled(f"branch {clean(draft.branch, lines=False)}", "$quiet"), room)
        lines += _by_hand(branch, room) if branch is not None else []
    return [*lines, Content("")]


def _by_hand(branch: Branch, room: int) -> list[Content]:
    """What can be done with a branch that nobody was asked to take in."""
    if not branch.pushed_to:
        words = "Write it into a file in the step before (b or p), or submit again once the taxonomy has a remote."
        return [Content(""), *wrapped(words, room)]
    lines = list(_indented(Content.styled(f"at {clean(branch.pushed_to, lines=False)}", "$quiet"), room))
    if branch.web_address:
        lines += [Content(""), *wrapped("Open the request there by hand (y copies the address):", room)]
        lines += wrapped(branch.web_address, room, "bold $primary")
    return [*lines, Content(""), *wrapped("r looks whether somebody opened one.", room, "$quiet")]


def _check(check: CheckRun, room: int) -> list[Content]:
    sign, style = CHECKS[check.state]
    name = shorten(clean(check.name, lines=False), max(8, room // 2))
    head = Content.assemble((f"{sign} ", f"bold {style}"), (name, "bold"), (f"  {check.state}", "$quiet"))
    lines = [head if head.cell_length <= room else head.truncate(room)]
    if check.state == "failed" and not check.problems:
        lines += [Content.assemble("  ", line) for line in wrapped(check.says.strip(), max(10, room - 2))][:6]
    return lines


def _found(problem: Problem, room: int) -> list[Content]:
    where = place_words(problem.field) or problem.leaf.rpartition("/")[2]
    words = f"{where}: {problem.message}" if where else problem.message
    rows = [*wrapped(words, max(10, room - 4)), *wrapped(problem.hint, max(10, room - 4), "$quiet")]
    return [Content.assemble(("  · " if number == 0 else "    ", "$error"), row) for number, row in enumerate(rows)]


def _in_order(request: Request) -> list[Comment]:
    """What still waits for an answer first."""
    return sorted(request.comments, key=lambda comment: comment.resolved)


def _comment(comment: Comment, room: int, several: bool) -> list[Content]:
    where = comment_place(comment, several=several)
    who = clean(comment.author, lines=False) or "somebody"
    if comment.at is not None:
        who += f", {clock(comment.at)}"
    if comment.resolved:
        who += ", resolved"
    if comment.since:
        who += f", {SINCE[comment.since]}"
    where = shorten(where, max(8, room - width(who) - 2)) if where else "on the whole request"
    gap = max(2, room - width(where) - width(who))
    head = Content.assemble((where, "bold $accent" if comment.seed else "bold"), " " * gap, (who, "$quiet"))
    style = "$quiet" if comment.resolved else ""
    lines = [head if head.cell_length <= room else head.truncate(room)]
    lines += [Content.assemble("  ", line) for line in wrapped(comment.text.strip(), max(10, room - 2), style)]
    return [*lines, Content("")]


def comment_place(comment: Comment, *, several: bool = False) -> str:
    """What a comment speaks of: `seed 3`, `attribution.txt, line 2`; empty for the whole request."""
    parts = []
    if comment.seed:
        parts.append(f"seed {comment.seed}")
    elif comment.path:
        name = comment.path.rpartition("/")[2]
        parts.append(f"{name}, line {comment.line}" if comment.line else name)
    if several and comment.leaf:
        parts.append(comment.leaf.rpartition("/")[2])
    return clean("  ".join(parts), lines=False)


def _title(name: str, count: str) -> Content:
    return Content.assemble((name, "bold $primary"), (f"  {count}", "$quiet"))


def _indented(line: Content, room: int) -> list[Content]:
    return [Content.assemble("  ", part) for part in line.wrap(max(10, room - 2))]


def _noted(text: str, room: int, style: str) -> list[Content]:
    rows = Content(clean(text)).wrap(max(10, room - 2))
    return [
        Content.assemble((f"{signs.CURSOR} " if n == 0 else "  ", f"bold {style}"), row) for n, row in enumerate(rows)
    ]
