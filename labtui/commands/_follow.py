"""Following a job from the command line: one line of progress on a terminal, a line now and then elsewhere.

Shared by every command that starts a job. Following never stops the job: ctrl+c detaches, and so does anything
else that ends the command.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from labtui import jobs, records, signs
from labtui.commands._common import columns_drawn_on, note
from labtui.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, LabError
from labtui.jobs import JobView, Watcher
from labtui.journal import JobFolder
from labtui.records import AnyEvent, State
from labtui.widgets import job_words

LOOK_SECONDS = 0.2
QUIET_SECONDS = 15.0
"""Without a terminal, progress is told this often: enough for a log, not too much for one."""
BAR_CELLS = 20
WIDE = 100
"""Columns from which on there is room for a bar."""
LEAST_HEAD = 20
LEAST_LINE = 20
ECHO_CELLS = 3
"""Left free at the end of the line: a terminal shows ctrl+c as ^C there, and must not begin a new line for it."""


def follow(folder: JobFolder, *, until: Callable[[JobView], bool] | None = None) -> JobView:
    """Shows a job's progress on standard error until it has ended, or until `until` says so, and returns it.

    Raises LabError when the job failed, was stopped or was lost (exit code 3), and leaves with 130 on ctrl+c.
    """
    view = watch(folder, until=until)
    if view.state.ended and view.state is not State.DONE:
        raise failure(view)
    return view


def watch(folder: JobFolder, *, until: Callable[[JobView], bool] | None = None) -> JobView:
    """As `follow`, but however the job ended, it is only returned."""
    watcher = Watcher(folder)
    shown = _Terminal() if on_terminal() else _Lines()
    with detaching(folder, shown.clear):
        while True:
            view = watcher.view
            # The end is written after the last event: read on to the end of the events, then nothing is missing.
            for event in watcher.catch_up() if view.state.ended else watcher.poll():
                if (line := _told(event)) and event.attempt == view.attempt:
                    shown.say(line)
            view = watcher.view
            if view.state.ended or (until is not None and until(view)):
                shown.clear()
                return view
            shown.show(view)
            if not watcher.behind:
                time.sleep(LOOK_SECONDS)


def failure(view: JobView) -> LabError:
    """What to tell of a job that did not come to a good end."""
    words = {State.STOPPED: "was stopped", State.LOST: "was lost", State.FAILED: "failed"}
    what = f"The job {words.get(view.state, str(view.state))}."
    reason = view.error if view.error not in ("", "It was stopped on request.") else ""
    hints = [view.hint] if view.hint else []
    if view.state is State.FAILED:
        hints.append(f"Its log: labtui jobs log {view.folder.id}")
    if "labtui jobs resume" not in view.hint:
        hints.append(f"Go on from where it was: labtui jobs resume {view.folder.id}")
    return LabError(f"{what} {reason}".strip(), where=view.folder.id, hint="\n".join(hints))


def exit_code(view: JobView) -> int:
    """0 for a job that is done, 3 for every other end."""
    return EXIT_OK if view.state is State.DONE else EXIT_FAILED


def on_terminal() -> bool:
    """Whether a line on standard error can be drawn over again."""
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


@contextmanager
def detaching(folder: JobFolder, clear: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Within it ctrl+c leaves with exit code 130 and says how to return; the job goes on."""
    try:
        yield
    except KeyboardInterrupt:
        clear()
        view = jobs.view(folder)
        short = jobs.short_id(folder)
        if view.state.ended:
            note(f"The job has ended ({view.state}): labtui jobs log {short}")
        else:
            note(f"Detached; the job goes on.\nReturn: labtui jobs attach {short}   Stop it: labtui jobs stop {short}")
        raise click.exceptions.Exit(EXIT_INTERRUPTED) from None


def progress_line(view: JobView, columns: int = 0) -> str:
    """`▶ train quick · steps  ████──── 41 %  412/1,000 steps  ETA 3 m 20 s  2.1 steps/s`, cleaned.

    With `columns` (0: no limit) what is too long is cut: first the title, for the numbers say more.
    """
    from labtui.text import shorten, width

    head = _drawable(f"{job_words.sign(view.state)} {view.spec.kind} {view.spec.title}")
    tail = _drawable("  ".join(part for part in _numbers(view, BAR_CELLS if columns >= WIDE else 0) if part))
    if not columns:
        return f"{head}  {tail}" if tail else head
    head = shorten(head, max(LEAST_HEAD, columns - width(tail) - 2))
    return shorten(f"{head}  {tail}", columns)


def _numbers(view: JobView, bar_cells: int) -> list[str]:
    if view.state is not State.RUNNING:
        return [job_words.state(view)]
    share = job_words.fraction(view)
    bar = f"{job_words.bar(share, bar_cells)} " if share is not None and bar_cells else ""
    return [
        view.stage,
        bar + job_words.percent(view),
        job_words.progress(view),
        *job_words.times(view),
        job_words.silence(view),
    ]


def _drawable(line: str) -> str:
    """One line without anything a terminal would obey, in signs the terminal has."""
    from labtui.text import clean

    cleaned = clean(line, lines=False)
    return cleaned if "utf" in (sys.stderr.encoding or "").lower() else signs.in_ascii(cleaned)


def _told(event: AnyEvent) -> str:
    """Events that deserve a line of their own."""
    match event:
        case records.Warning():
            return f"! {event.message}" + (f" {event.hint}" if event.hint else "")
        case records.Artifact() if event.note and event.kind != "checkpoint":
            return f"{event.kind}: {event.note}"
        case _:
            return ""


class _Terminal:
    """One line, drawn over and over; everything else scrolls up above it."""

    def __init__(self) -> None:
        self._drawn = ""

    def show(self, view: JobView) -> None:
        line = progress_line(view, max(LEAST_LINE, columns_drawn_on() - ECHO_CELLS))
        if line != self._drawn:
            sys.stderr.write(f"\r{line}\x1b[K")
            sys.stderr.flush()
            self._drawn = line

    def say(self, line: str) -> None:
        self.clear()
        note(line)

    def clear(self) -> None:
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._drawn = ""


class _Lines:
    """For logs and pipes: a line when the state or the stage changes, and one now and then in between."""

    def __init__(self) -> None:
        self._last: tuple[str, str] = ("", "")
        self._due = 0.0

    def show(self, view: JobView) -> None:
        if view.state is State.WAITING and not view.waits_for:
            # It is only just starting.
            return
        now = (job_words.state(view), view.stage)
        if now != self._last or (view.state is State.RUNNING and time.monotonic() >= self._due):
            self._last = now
            self._due = time.monotonic() + QUIET_SECONDS
            note(progress_line(view))

    def say(self, line: str) -> None:
        note(line)

    def clear(self) -> None:
        return
