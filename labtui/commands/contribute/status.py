"""`labtui contribute status`: what became of a contribution after it was submitted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from labtui.commands._common import Lab, complain, json_option, note, out, pass_lab, print_json

if TYPE_CHECKING:
    from labtui.contribute.records import CheckRun, Comment, Request
    from labtui.operations.contributing.statuses import Status

TEXT_LINES = 6
"""Lines of one comment that are shown; --json has it whole."""
SIGNS = {"passed": "✔", "failed": "✖", "waiting": "○", "skipped": "·"}


@click.command("status", short_help="Say what became of a submitted contribution.")
@click.argument("draft", required=False, metavar="[ID]")
@click.option("--offline", is_flag=True, help="Say what was last known; ask nobody.")
@json_option
@pass_lab
def command(lab: Lab, draft: str | None, offline: bool, as_json: bool) -> None:
    """Ask the forge how a request stands: open, merged or closed, its checks, what reviewers wrote and at which seed.

    Without ID all submitted contributions are told of, in short. What the forge says is kept with the contribution.
    """
    from labtui.contribute.drafts import store
    from labtui.operations.contributing.statuses import statuses, submitted

    workspace = lab.workspace()
    folders = [store.find(workspace, draft)] if draft else submitted(store.list_drafts(workspace))
    found = statuses(folders, workspace, lab.config(), ask=not offline)
    if as_json:
        print_json(found[0] if draft else found)
    else:
        for status in found:
            for line in _lines(status, whole=bool(draft)):
                out(line)
        if not found:
            note("Nothing was submitted yet. See what there is: labtui contribute list")
        if draft and (words := _next(found[0])):
            note("")
            note(words)
    problems = {(status.problem.where, status.problem.message): status.problem for status in found if status.problem}
    for problem in problems.values():
        where = f"{problem.where}: " if problem.where else ""
        complain("\n".join(part for part in (f"{where}{problem.message}", problem.hint) if part))
    if problems:
        from labtui.errors import EXIT_FAILED

        click.get_current_context().exit(EXIT_FAILED)


def _lines(status: Status, *, whole: bool) -> Iterator[str]:
    yield f"{status.title}  ({status.id.rpartition('-')[2]})"
    if status.request is None:
        pushed = (
            f"The branch {status.branch} is pushed; no request is known." if status.commit else "Not submitted yet."
        )
        yield f"  {pushed if status.commit else 'Not submitted yet.'}"
    else:
        sign = "!" if status.request.forge == "gitlab" else "#"
        yield f"  {sign}{status.request.number} {_standing(status.request)}"
        yield f"  {status.request.url}"
    for line in status.news:
        yield f"  new: {line}"
    if status.changed:
        yield "  You changed it since it was submitted."
    if status.request is not None:
        if whole:
            yield from _details(status.request)
        if status.request.read_at is not None and status.problem is not None:
            yield f"  as it was at {status.request.read_at:%Y-%m-%d %H:%M} UTC"


def _next(status: Status) -> str:
    """What is for the contributor to do; empty where it is for others."""
    request, short = status.request, status.id.rpartition("-")[2]
    if request is None or request.state == "closed":
        return ""
    if request.state == "merged":
        return f"It is part of the taxonomy now. Remove its branch with: labtui contribute tidy {short}"
    if request.mergeable is False:
        return f"Put it on the taxonomy as it is now: labtui contribute rebase {short}"
    if status.changed:
        return f"Send what you changed: labtui contribute submit {short}"
    if request.changes_requested or any(check.state == "failed" for check in request.checks):
        return f"Change it: labtui contribute resume {short}. Then send it: labtui contribute submit {short}"
    return ""


def _standing(request: Request) -> str:
    words: list[str] = [request.state]
    if request.state == "open":
        words += ["changes are asked for"] if request.changes_requested else []
        words += ["it does not go together with the base any more"] if request.mergeable is False else []
        failed = sum(check.state == "failed" for check in request.checks)
        waiting = sum(check.state == "waiting" for check in request.checks)
        words += [f"{failed} of {len(request.checks)} checks failed"] if failed else []
        words += [f"{waiting} checks still run"] if waiting and not failed else []
    unsettled = sum(not comment.resolved for comment in request.comments)
    words += [f"{unsettled} comment{'' if unsettled == 1 else 's'}"] if unsettled else []
    return ", ".join(words)


def _details(request: Request) -> Iterator[str]:
    if request.labels:
        yield f"  labels: {', '.join(request.labels)}"
    if request.checks:
        yield ""
        yield "  Checks"
    for check in request.checks:
        yield from _check(check)
    if request.comments:
        yield ""
        yield "  Comments"
    for comment in request.comments:
        yield from _comment(comment)


def _check(check: CheckRun) -> Iterator[str]:
    first = next((line for line in check.says.splitlines() if line.strip()), "")
    # Words that are led to a field stand there.
    told = check.state == "passed" or any(problem.message in first for problem in check.problems)
    yield f"  {SIGNS[check.state]} {check.name}" + (f": {first}" if first and not told else "")
    for problem in check.problems:
        from labtui.taxonomy.fields import in_words

        named = in_words(problem.field) if problem.field and isinstance(problem.field[0], str) else ""
        where = " ".join(part for part in (problem.leaf, named) if part)
        yield f"      {where}: {problem.message}" if where else f"      {problem.message}"
        if problem.hint:
            yield f"      {problem.hint}"


def _comment(comment: Comment) -> Iterator[str]:
    from labtui.contribute.requests.remarks import SINCE

    when = f", {comment.at:%Y-%m-%d %H:%M}" if comment.at is not None else ""
    place = f"seed {comment.seed} of {comment.leaf}" if comment.seed else comment.leaf or comment.path
    where = f" on {place}" if place else ""
    settled = ", settled" if comment.resolved else ""
    since = f", {SINCE[comment.since]}" if comment.since else ""
    yield f"  {comment.author or 'somebody'}{when}{where}{settled}{since}"
    lines = [line.rstrip() for line in comment.text.splitlines() if line.strip()]
    for line in lines[:TEXT_LINES]:
        yield f"      {line}"
    if len(lines) > TEXT_LINES:
        yield f"      … {len(lines) - TEXT_LINES} more lines: {comment.url}"
