"""What the last step shows, as finished lines: what is missing, the certificate, the steps, what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from labtui import signs
from labtui.contribute.records import Request, StepStanding
from labtui.contribute.submitting.records import STEP_WORDS, Offline, SubmitPlan, SubmitStep, SubmitStepName, Submitted
from labtui.screens.contribute.step_bar import NAMES
from labtui.text import clean
from labtui.widgets.job_words import bar
from labtui.widgets.leaf_text import wrapped

if TYPE_CHECKING:
    from labtui.errors import LabError

WIDE = 74
"""Cells from which on the certificate's own lines fit."""
STATES = {
    "waiting": (signs.NONE, "$quiet"),
    "running": (signs.RUNNING, "$primary"),
    "done": (signs.DONE, "$success"),
    "skipped": ("–", "$quiet"),
    "failed": (signs.FAILED, "$error"),
}


QUIET = (SubmitStepName.WORKTREE, SubmitStepName.TIDY)
"""What they say is a path of ours that nobody needs."""


def missing_lines(missing: Sequence[StepStanding], room: int) -> list[Content]:
    """The steps that are not done, with what each still wants."""
    lines = [*wrapped("These steps are not done yet:", room, "bold"), Content("")]
    for standing in missing:
        problem = standing.state == "problem"
        sign, style = (signs.FAILED, "$error") if problem else (signs.NONE, "$warning")
        words = clean(standing.says, lines=False) or next((one.message for one in standing.problems), "")
        rows = Content.assemble((NAMES[standing.step], "bold"), "  ", (clean(words, lines=False), "$quiet"))
        lines += _signed(sign, style, rows.wrap(max(10, room - 2)))
    return lines


def ready_lines(plan: SubmitPlan, room: int, *, opened: bool = False) -> list[Content]:
    """What submitting will do, in plain words. `opened`: whether the request is there already."""
    files = len(plan.files)
    lines: list[Content] = []
    for step, words in _planned(plan, files, opened):
        rows = Content.assemble((STEP_WORDS[step], "bold"), (f"  {words}" if words else "", "$quiet"))
        lines += _signed(signs.NONE, "$quiet", rows.wrap(max(10, room - 2)))
    return lines


def _planned(plan: SubmitPlan, files: int, there: bool) -> Iterable[tuple[SubmitStepName, str]]:
    if plan.documents:
        yield SubmitStepName.DOCUMENTS, clean(", ".join(one.repository for one in plan.documents), lines=False)
    if plan.base_remote:
        yield SubmitStepName.BASE, clean(plan.base, lines=False)
    yield SubmitStepName.WORKTREE, "your own changes stay as they are"
    who = clean(plan.identity.signature, lines=False) if plan.identity is not None else ""
    yield SubmitStepName.COMMIT, f"{files} {'file' if files == 1 else 'files'}, as {who}"
    if plan.push_to:
        fork = " (your fork)" if plan.fork else ""
        yield SubmitStepName.PUSH, clean(f"{plan.branch} to {plan.push_to}{fork}", lines=False)
        opened = "so that its reviewers see it" if plan.web_address else "where the remote is on a forge"
        opened = "it is there already; what you changed reaches it" if plan.update and there else opened
        known = f" (your token: {plan.token})" if plan.token else ""
        yield SubmitStepName.REQUEST, f"{opened}{known}"


def certificate_lines(plan: SubmitPlan, room: int) -> list[Content]:
    """The Developer Certificate of Origin, word for word, and the line that says one agrees."""
    from labtui.contribute.submitting.dco import IN_SHORT, TEXT

    lines = [
        *wrapped(f"In short: {IN_SHORT}", room, "$quiet"),
        Content(""),
        *wrapped("This line in the commit says that you agree:", room),
        *wrapped(plan.sign_off, room, "bold $success"),
        Content(""),
    ]
    if plan.documents:
        words = "It stands with your documents too, which are on this machine only until you submit."
        lines += [*wrapped(words, room), Content("")]
    for line in paragraphs(TEXT) if room < WIDE else TEXT.strip("\n").split("\n"):
        lines += wrapped(line, room) or (Content(""),)
    return lines


def paragraphs(text: str) -> list[str]:
    """The same words, each paragraph as one line to be wrapped anew where its own lines do not fit."""
    found: list[str] = []
    for paragraph in text.strip("\n").split("\n\n"):
        found += [" ".join(line.strip() for line in paragraph.strip("\n").split("\n")), ""]
    return found[:-1]


def step_lines(steps: dict[SubmitStepName, SubmitStep], room: int) -> list[Content]:
    """Every step of a submission that is under way or ended."""
    lines: list[Content] = []
    for name in SubmitStepName:
        step = steps.get(name)
        if step is None:
            continue
        sign, style = STATES[step.state]
        quiet = "$quiet" if step.state in ("waiting", "skipped") else "bold"
        lines += _signed(sign, style, Content.styled(STEP_WORDS[name], quiet).wrap(max(10, room - 2)))
        inner = max(10, room - 4)
        if step.state == "running" and step.total:
            share = step.done / step.total
            lines.append(
                Content.assemble("    ", (bar(share, min(30, inner - 6)), "$primary"), f" {int(share * 100)} %")
            )
        if step.state != "failed" and name not in QUIET:
            lines += [Content.assemble("    ", row) for row in wrapped(step.says, inner, "$quiet")]
    return lines


def error_lines(error: LabError, room: int) -> list[Content]:
    """What went wrong and what to do; nothing is lost by it."""
    lines = _signed(signs.FAILED, "$error", wrapped(error.what, max(10, room - 2), "bold"))
    where = [Content.assemble("  ", row) for row in wrapped(error.where, max(10, room - 2), "$quiet")]
    hint = [Content.assemble("  ", row) for row in wrapped(error.hint, max(10, room - 2))]
    kept = "Your contribution is kept, and nothing is done twice: enter tries again. b and p write it into a file."
    return [*lines, *where, *hint, Content(""), *wrapped(kept, room, "$quiet")]


def done_lines(done: Submitted, room: int) -> list[Content]:
    """What came of it: the address first."""
    if done.request is not None:
        words = "It is handed in." if not done.again else "It was handed in already; nothing was left to do."
        lines = _signed(signs.DONE, "$success", wrapped(words, max(10, room - 2), "bold"))
        lines += [Content(""), *wrapped(done.request.url, room, "bold $primary"), Content("")]
        lines += wrapped(
            "Reviewers read it there. Their questions come back to the seeds they speak of.", room, "$quiet"
        )
    elif done.pushed_to:
        lines = _signed(signs.DONE, "$success", wrapped("The branch is pushed.", max(10, room - 2), "bold"))
        lines += [Content(""), *wrapped(f"{done.branch}, at {done.pushed_to}", room, "$quiet")]
        if done.web_address:
            lines += [Content(""), *wrapped("Open the request there by hand (y copies the address):", room)]
            lines += wrapped(done.web_address, room, "bold $primary")
    else:
        words = "The branch stands on this machine only."
        lines = _signed(signs.DONE, "$success", wrapped(words, max(10, room - 2), "bold"))
        lines += [Content(""), *wrapped(f"{done.branch} ({done.commit[:12]})", room, "$quiet"), Content("")]
        lines += wrapped("b writes it as a bundle, p as a patch by mail: files that can be sent by any means.", room)
    for note in done.notes:
        lines += [Content(""), *_signed(signs.WARNING, "$warning", wrapped(note, max(10, room - 2)))]
    return lines


def handed_in_lines(request: Request | None, room: int) -> list[Content]:
    """What stands here when nothing is left to submit."""
    lines = _signed(signs.DONE, "$success", wrapped("It is submitted as it is now.", max(10, room - 2), "bold"))
    return [*lines, Content(""), *wrapped(request.url if request is not None else "", room, "bold $primary")]


def offline_lines(offline: Offline, room: int) -> list[Content]:
    """What was written, and what its receiver does with it."""
    lines = _signed(signs.DONE, "$success", wrapped("Written:", max(10, room - 2), "bold"))
    for name in offline.files:
        lines += [Content.assemble("  ", row) for row in wrapped(name, max(10, room - 2), "$primary")]
    lines += [Content(""), *wrapped("Whoever receives it types:", room, "$quiet")]
    for line in offline.how.strip().split("\n"):
        lines += [Content.assemble("  ", row) for row in wrapped(line, max(10, room - 2), "bold")]
    return lines


def _signed(sign: str, style: str, rows: Iterable[Content]) -> list[Content]:
    return [
        Content.assemble((f"{sign} " if number == 0 else "  ", f"bold {style}"), row) for number, row in enumerate(rows)
    ]
