"""What is known of a job, for showing: read by offset in budgets, by any number of viewers, changing nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from labtui import records
from labtui.errors import LabError
from labtui.jobs import state as states
from labtui.jobs.pace import Pace
from labtui.journal import READ_BUDGET, JobFolder, follow_events
from labtui.records import AnyEvent, Artifact, Endpoint, JobSpec, JobStatus, State, now

LOOK_SECONDS = 0.2
SKIM_BUDGET = 24 * 1024
"""Bytes read at either end of a journal for a list: under a millisecond a job, however long it is."""


class JobView(msgspec.Struct, kw_only=True):
    """One job as it stood at one moment."""

    folder: JobFolder
    spec: JobSpec
    status: JobStatus | None
    state: State
    attempt: int = 1
    waits_for: str = ""
    stage: str = ""
    done: float = 0
    total: float = 0
    """0: not known."""
    unit: str = ""
    rate: float | None = None
    """Units a second, of this attempt: lately while it runs, its last while it ended."""
    eta: float | None = None
    """Seconds left of the present stage."""
    elapsed: float = 0.0
    """Seconds the worker of this attempt has run."""
    last_event: datetime | None = None
    silence: float | None = None
    """Seconds since a running job's last sign of life."""
    step: int = 0
    metrics: dict[str, float] = {}
    """The latest value of each."""
    accepted: int = 0
    rejected: int = 0
    error: str = ""
    """What went wrong in this attempt, or why it is in this state."""
    hint: str = ""
    warnings: int = 0
    endpoint: Endpoint | None = None
    artifacts: list[Artifact] = []
    problem: str = ""
    """Why the folder's own files cannot be read (broken, foreign, newer); then most of the rest is unknown."""

    @property
    def share(self) -> float | None:
        """Done of total, 0 to 1; None where the total is unknown."""
        return min(1.0, max(0.0, self.done / self.total)) if self.total > 0 else None


class Watcher:
    """Follows one job: each `poll` reads what is new and returns the new events, `view` says how it stands now.

    Made for loops and timers: a poll costs two `stat` calls when nothing is new and is bounded when much is.
    Raises LabError on creation where the folder is not a job's or was made by a newer labtui.
    """

    def __init__(self, folder: JobFolder, offset: int = 0) -> None:
        self.folder = folder
        self.spec = folder.spec()
        self._follower = follow_events(folder, offset)
        self._status: JobStatus | None = None
        self._stamp: tuple[int, int] | None = None
        self._problem = ""
        self._pace = Pace()
        self._seen = JobView(folder=folder, spec=self.spec, status=None, state=State.UNCONFIRMED)
        self._told: State | None = None
        self.behind = False
        """Whether there was more to read than the budget allowed: poll again soon."""
        self._read_status()

    def poll(self, budget: int = READ_BUDGET) -> list[AnyEvent]:
        """New events, oldest first, at most about `budget` bytes of them."""
        self._read_status()
        try:
            events = self._follower.read(budget)
        except OSError as error:
            self._problem = f"{self.folder.events_file}: cannot be read ({error.strerror})."
            self.behind = False
            return []
        self.behind = self._follower.behind
        for event in events:
            self._take(event)
        return events

    def catch_up(self) -> list[AnyEvent]:
        """Everything there is, however much."""
        events = self.poll()
        while self.behind:
            events += self.poll()
        return events

    def skim(self, budget: int = SKIM_BUDGET) -> None:
        """Reads the beginning and the end of a long journal and leaves out the middle: enough for a list."""
        self.poll(budget)
        if self.behind:
            self._follower.skip_to_last(budget)
            self.catch_up()

    @property
    def view(self) -> JobView:
        """How the job stands at this moment, by what was read so far. A fresh copy."""
        try:
            state, status = states.derive(self.folder, self.spec, self._status)
            problem = ""
        except LabError as error:
            state, status, problem = State.UNCONFIRMED, self._status, str(error)
        self._status = status
        return self._compose(state, status, problem or self._problem)

    def ended(self) -> bool:
        """True once: at the first asking after the job came to an end that this watcher had seen not ended before."""
        state = self.view.state
        fresh = state.ended and self._told is not None and not self._told.ended
        self._told = state
        return fresh

    def _read_status(self) -> None:
        self._problem = ""
        try:
            found = os.stat(self.folder.status_file)
        except OSError:
            self._status, self._stamp = None, None
            return
        stamp = (found.st_ino, found.st_mtime_ns)
        if stamp == self._stamp:
            return
        try:
            self._status, self._stamp = self.folder.status(), stamp
        except LabError as error:
            self._problem = str(error)

    def _take(self, event: AnyEvent) -> None:
        seen = self._seen
        if event.attempt != seen.attempt:
            seen.attempt = event.attempt
            seen.stage = seen.error = seen.hint = ""
            seen.warnings = 0
            seen.endpoint = None
            self._pace.reset()
        seen.last_event = event.t
        match event:
            case records.Stage():
                seen.stage = event.name
                seen.done = seen.total = 0
                seen.unit = ""
                self._pace.reset()
            case records.Progress():
                seen.done, seen.total, seen.unit = event.done, event.total, event.unit
                self._pace.add(event)
            case records.Metric():
                seen.step = event.step
                seen.metrics.update(event.values)
            case records.Sample():
                seen.accepted += event.accepted
                seen.rejected += not event.accepted
            case records.Artifact():
                seen.artifacts.append(event)
            case records.Endpoint():
                seen.endpoint = event
            case records.Warning():
                seen.warnings += 1
            case records.Error():
                seen.error = f"{event.where}: {event.message}" if event.where else event.message
                seen.hint = event.hint

    def _compose(self, state: State, status: JobStatus | None, problem: str) -> JobView:
        view = msgspec.structs.replace(
            self._seen,
            status=status,
            state=state,
            metrics=dict(self._seen.metrics),
            artifacts=list(self._seen.artifacts),
            problem=problem,
        )
        moment = now()
        if status is not None and status.attempt > view.attempt:
            # The events so far are an earlier attempt's: what they say of stage and errors is over.
            view.attempt = status.attempt
            view.stage = view.error = view.hint = ""
            view.warnings, view.endpoint = 0, None
        running = state is State.RUNNING
        if self._seen.attempt == view.attempt:
            view.rate = self._pace.rate(moment if running else None)
            view.eta = self._pace.eta(moment, view.total) if running else None
        view.waits_for = status.waits_for if status is not None and state is State.WAITING else ""
        view.elapsed = _elapsed(view, moment)
        if running and status is not None:
            signs = [sign for sign in (view.last_event, status.started) if sign is not None]
            view.silence = max(0.0, (moment - max(signs)).total_seconds()) if signs else None
        if state is not State.RUNNING:
            view.endpoint = None
        if state in (State.FAILED, State.STOPPED, State.LOST, State.UNCONFIRMED) and not view.error:
            view.error = states.explain(state, status)
        if state is State.DONE:
            view.error = view.hint = ""
        view.error = problem or view.error
        return view


def view(folder: JobFolder) -> JobView:
    """How one job stands. Never raises: a folder that cannot be read is shown as that."""
    try:
        watcher = Watcher(folder)
        watcher.catch_up()
        return watcher.view
    except LabError as error:
        return broken(folder, error)


def broken(folder: JobFolder, error: LabError) -> JobView:
    """What can be shown of a folder whose spec cannot be read."""
    try:
        made = datetime.fromtimestamp(os.stat(folder.path).st_mtime, UTC)
    except OSError:
        made = datetime.fromtimestamp(0, UTC)
    parts = folder.id.split("-")
    kind = "-".join(parts[1:-1]) or "?"
    spec = JobSpec(id=folder.id, kind=kind, title="", created=made, workspace="", arguments={})
    return JobView(folder=folder, spec=spec, status=None, state=State.UNCONFIRMED, problem=str(error), error=str(error))


def wait(
    folder: JobFolder,
    on_events: Callable[[list[AnyEvent]], Any] | None = None,
    timeout: float | None = None,
) -> JobView:
    """Follows a job until it has ended, or for `timeout` seconds; says how it stands then. Raises LabError."""
    watcher = Watcher(folder)
    deadline = None if timeout is None else time.monotonic() + timeout
    while True:
        seen = watcher.view
        # The end is written after the last event: read once more, then nothing is missing.
        events = watcher.catch_up() if seen.state.ended else watcher.poll()
        if events and on_events is not None:
            on_events(events)
        if seen.state.ended or (deadline is not None and time.monotonic() >= deadline):
            return watcher.view
        if not watcher.behind:
            time.sleep(LOOK_SECONDS)


def _elapsed(view: JobView, moment: datetime) -> float:
    status = view.status
    if status is None or status.started is None:
        return 0.0
    if status.ended is not None:
        until = status.ended
    elif view.state is State.RUNNING:
        until = moment
    else:
        until = view.last_event or status.started
    return max(0.0, (until - status.started).total_seconds())
