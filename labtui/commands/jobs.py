"""`labtui jobs`: what runs, what ran, and every way to follow, stop and resume it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

import click

from labtui import jobs
from labtui.commands import _follow
from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json, table
from labtui.errors import AnswerNo, UsageError
from labtui.jobs import JobView
from labtui.jobs.documents import document
from labtui.records import State
from labtui.widgets import job_words

F = TypeVar("F", bound=Callable[..., Any])

ENDED = tuple(str(state) for state in State if state.ended)
SLACK_SECONDS = 15.0
"""How much longer than the grace `stop` waits: to kill, and to write the end on a busy machine."""


TITLE_CELLS = 32
"""On a terminal; a pipe gets the whole title."""


@click.group("jobs")
def command() -> None:
    """List, follow, stop and resume what runs.

    JOB is a job's id, its beginning or its short last part, a path, or `last` for the newest one.
    """


def job_argument(function: F) -> F:
    return click.argument("job", required=False, default="last", metavar="[JOB]")(function)


@command.command("list")
@click.option(
    "--state", "states", multiple=True, type=click.Choice([str(s) for s in State]), help="Only in this state."
)
@click.option("--kind", help="Only of this kind: serve, generate, train.")
@click.option("-n", "--last", "count", type=click.IntRange(min=1), help="At most so many, the newest.")
@json_option
@pass_lab
def list_(lab: Lab, states: tuple[str, ...], kind: str | None, count: int | None, as_json: bool) -> None:
    """List the jobs of the workspace, newest first."""
    views = [
        view
        for view in jobs.list_jobs(lab.workspace())
        if (not states or str(view.state) in states) and (kind is None or view.spec.kind == kind)
    ][:count]
    if as_json:
        print_json([document(view) for view in views])
        return
    if not views:
        note("There are no jobs here yet." if not (states or kind) else "There is no such job.")
        return
    _print_table(table([_row(view) for view in views], ["JOB", "STATE", "KIND", "TITLE", "PROGRESS"]))


def _print_table(text: str) -> None:
    """Whole lines in a pipe; on a terminal each is cut to its width, so that a job is one line."""
    if sys.stdout.isatty():
        import shutil

        from labtui.text import shorten

        columns = shutil.get_terminal_size().columns
        text = "\n".join(shorten(line, columns) for line in text.splitlines())
    out(text)


def _row(view: JobView) -> list[str]:
    state = f"{job_words.sign(view.state)} {view.state}"
    if view.problem:
        return _cleaned(view.folder.id, state, view.spec.kind, view.spec.title, view.problem)
    parts = [job_words.percent(view), job_words.progress(view), *job_words.times(view), job_words.silence(view)]
    if view.endpoint is not None:
        parts = [f"{view.endpoint.model} at {view.endpoint.url}", *parts]
    if view.waits_for:
        parts = [job_words.state(view)]
    if view.state in (State.FAILED, State.LOST, State.UNCONFIRMED) and view.error:
        parts = [view.error]
    progress = "  ".join(part for part in parts if part)
    return _cleaned(jobs.short_id(view.folder), state, view.spec.kind, _cut(view.spec.title), progress)


def _cut(title: str) -> str:
    from labtui.text import shorten

    return shorten(title, TITLE_CELLS) if sys.stdout.isatty() else title


def _cleaned(*cells: str) -> list[str]:
    from labtui.text import clean

    return [clean(cell, lines=False) for cell in cells]


@command.command()
@job_argument
@json_option
@pass_lab
def attach(lab: Lab, job: str, as_json: bool) -> None:
    """Follow a job until it ends, and end with its result.

    ctrl+c detaches; nothing done here stops the job. Exit code 0: it is done, 3: it failed, was stopped or lost.
    """
    _conclude(_follow.watch(jobs.find(lab.workspace(), job)), as_json)


@command.command()
@job_argument
@click.option("-f", "--follow", "following", is_flag=True, help="Go on until the job ends.")
@click.option("-n", "--lines", "count", type=click.IntRange(min=0), help="Begin so many lines before the end.")
@click.option("--raw", is_flag=True, help="The bytes as they are; not to a terminal.")
@pass_lab
def log(lab: Lab, job: str, following: bool, count: int | None, raw: bool) -> None:
    """Print what a job's processes wrote, terminal sequences taken out."""
    folder = jobs.find(lab.workspace(), job)
    if raw and sys.stdout.isatty():
        raise UsageError(
            "The log's bytes may hold sequences that act on the terminal.",
            where="--raw",
            hint="Leave --raw out, or send the output to a file or a pipe.",
        )
    from labtui.jobs.logs import LogFollower, copy_raw

    ended: Callable[[], bool] = lambda: not following or _has_ended(folder)  # noqa: E731
    with _follow.detaching(folder):
        if raw:
            copy_raw(folder.log_file, sys.stdout.buffer, ended, count)
            return
        follower = LogFollower(folder.log_file, count)
        while True:
            last = ended()
            lines = follower.poll()
            for line in lines:
                _print(line)
            if not lines and not follower.behind:
                if last:
                    break
                sys.stdout.flush()
                time.sleep(_follow.LOOK_SECONDS)
        if rest := follower.rest():
            _print(rest)


def _print(line: str) -> None:
    from labtui.text import sgr_spans

    # Colours are taken out with the rest: what is left is text.
    sys.stdout.write("".join(text for text, _ in sgr_spans(line)) + "\n")


def _has_ended(folder: Any) -> bool:
    return jobs.current(folder).ended


@command.command()
@job_argument
@click.option("--grace", type=click.FloatRange(min=0), help="Seconds to save before it is killed; 0 kills at once.")
@click.option("--no-wait", is_flag=True, help="Ask and return.")
@json_option
@pass_lab
def stop(lab: Lab, job: str, grace: float | None, no_wait: bool, as_json: bool) -> None:
    """Ask a job to save what it has and end, and wait until it has.

    It can go on from there with `labtui jobs resume`.
    """
    folder = jobs.find(lab.workspace(), job)
    seconds = folder.spec().grace_seconds if grace is None else grace
    already = jobs.current(folder)
    if not already.ended and not no_wait and not as_json:
        note(f"Asked to stop; it has {job_words.duration(seconds)} to save.")
    try:
        jobs.stop(folder, wait=None if no_wait else seconds + SLACK_SECONDS, grace=grace)
    except KeyboardInterrupt:
        note("It goes on stopping without you.")
        raise
    view = jobs.view(folder)
    if as_json:
        print_json(document(view))
    elif already.ended:
        note(f"It had ended already: {view.state}.")
    elif view.state.ended:
        note(_epilogue(view))


@command.command()
@job_argument
@click.option("--detach", is_flag=True, help="Print the job's id at once instead of following it.")
@click.option("--elsewhere", is_flag=True, help="It was another machine's, and is known to run there no more.")
@json_option
@pass_lab
def resume(lab: Lab, job: str, detach: bool, elsewhere: bool, as_json: bool) -> None:
    """Go on with a job that was stopped, failed or lost, from where it was."""
    from labtui.operations.resuming import resume_job

    folder = jobs.find(lab.workspace(), job)
    resume_job(lab.workspace(), lab.config(), folder, note, elsewhere=elsewhere)
    if detach:
        print_json(document(jobs.view(folder))) if as_json else out(folder.id)
        return
    _conclude(_follow.watch(folder), as_json)


@command.command()
@click.argument("job", nargs=-1, metavar="[JOB]...")
@click.option("--timeout", type=click.FloatRange(min=0), help="Give up after so many seconds, with exit code 1.")
@json_option
@pass_lab
def wait(lab: Lab, job: tuple[str, ...], timeout: float | None, as_json: bool) -> None:
    """Wait until jobs have ended, saying nothing meanwhile.

    Exit code 0: all are done; 3: one failed, was stopped or lost; 1: not ended in time.
    """
    folders = [jobs.find(lab.workspace(), each) for each in job or ("last",)]
    deadline = None if timeout is None else time.monotonic() + timeout
    views = []
    for folder in folders:
        with _follow.detaching(folder):
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            views.append(jobs.wait(folder, timeout=left))
    if as_json:
        print_json([document(view) for view in views])
    for view in views:
        if view.state.ended and view.state is not State.DONE:
            raise _follow.failure(view)
    if waiting := [view for view in views if not view.state.ended]:
        late = waiting[0]
        raise AnswerNo(
            f"It has not ended after {timeout:g} s: {late.state}.",
            where=late.folder.id,
            hint=f"It goes on. Follow it with: labtui jobs attach {late.folder.id}",
        )


@command.command()
@click.option("--days", type=click.FloatRange(min=0), help="Older than so many days (else the setting jobs.keep_days).")
@click.option("--state", "states", multiple=True, type=click.Choice(ENDED), help="Only in this state; repeatable.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed.")
@json_option
@pass_lab
def prune(lab: Lab, days: float | None, states: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Remove the folders of ended jobs; what they made elsewhere stays. Running jobs are never touched."""
    older = days if days is not None else lab.config().settings.jobs.keep_days
    chosen = [State(name) for name in states or ENDED]
    if dry_run:
        removed = [folder.id for folder in jobs.old_jobs(lab.workspace(), older, chosen)]
    else:
        removed = jobs.prune(lab.workspace(), older, chosen)
    if as_json:
        print_json({"removed": removed, "dry_run": dry_run})
        return
    for name in removed:
        out(name)
    verb = "would be removed" if dry_run else "removed"
    note(f"{len(removed)} job{'' if len(removed) == 1 else 's'} {verb}, older than {older:g} days.")


def _conclude(view: JobView, as_json: bool) -> None:
    """Says how a followed job ended; raises LabError where that was no good end."""
    if as_json:
        print_json(document(view))
    if view.state is not State.DONE:
        raise _follow.failure(view)
    if not as_json:
        note(_epilogue(view))


def _epilogue(view: JobView) -> str:
    """`✔ train quick: done, took 3 m 20 s`, and what it left."""
    head = f"{job_words.sign(view.state)} {view.spec.kind} {view.spec.title}: {view.state}"
    took = [words for words in job_words.times(view) if words.startswith("took")]
    made = [f"{artifact.kind}: {artifact.path}" for artifact in view.artifacts if artifact.kind != "checkpoint"]
    reason = [view.error] if view.error else []
    return "\n".join([", ".join([head, *took]), *reason, *made])
