"""The plain data that everything passes: job specs, statuses and events.

These are the shapes of the files in a job folder (docs/architecture.md, contract 2). Every kind of file and
line carries a format version `v`; a reader skips an event type it does not know, so that an older labtui can
watch a newer one's job. All times are UTC.
"""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

FORMAT = 1

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time that knows its zone; one without would make every difference of times a crash."""


def now() -> datetime:
    """The present moment in UTC, to the millisecond (what the files hold)."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class State(enum.StrEnum):
    """What a job is doing. Derived by `labtui.jobs.state`, never remembered."""

    WAITING = "waiting"
    """The supervisor lives and waits for a slot (status.waits_for says which)."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    LOST = "lost"
    """The lock is free and no end was written: power loss, or supervisor and worker were killed."""
    UNCONFIRMED = "unconfirmed"
    """The job belongs to another host or to this host before its last boot; its lock says nothing here."""

    @property
    def ended(self) -> bool:
        return self in (State.DONE, State.FAILED, State.STOPPED, State.LOST)


class JobSpec(msgspec.Struct, frozen=True, kw_only=True):
    """spec.json: what was asked. Written once at submission; never changed, never a secret."""

    v: int = FORMAT
    id: str
    """Also the folder's name: `<utc>-<kind>-<short id>`."""
    kind: str
    """The stage that does the work: its worker is `python -m labtui.<kind>.worker DIR`."""
    title: str
    """What a person would call it, for lists: `synonyms, 30 samples`."""
    created: Moment
    host: str = ""
    """Where it was submitted: until there is a status, only that host can say what the lock means."""
    workspace: str
    arguments: dict[str, Any]
    """The worker's own arguments; each stage decodes them into a Struct of its own."""
    inputs: dict[str, str] = {}
    """What goes in, by content: name -> sha256."""
    versions: dict[str, str] = {}
    commit: str = ""
    """The taxonomy's git commit, where one counts."""
    slots: tuple[str, ...] = ()
    """Names of the devices it needs for itself, such as `train-cpu` or `gpu0`."""
    grace_seconds: float = 30.0
    """How long a stop waits for a checkpoint before it kills."""
    command: tuple[str, ...] = ()
    """The labtui command line that asks for the same."""


class JobStatus(msgspec.Struct, frozen=True, kw_only=True):
    """status.json: how it stands. Replaced atomically, only by the supervisor."""

    v: int = FORMAT
    state: State
    """What the supervisor last wrote: waiting, running, done, failed or stopped."""
    attempt: int
    """1 for the first run; a resume counts on."""
    host: str
    boot: str
    """Identity of the machine's boot, so that a lock from before a reboot is not asked."""
    supervisor_pid: int
    supervisor_started: float
    """Start time as psutil gives it, seconds since the epoch: a pid alone may be somebody else's."""
    worker_pid: int = 0
    """Also the worker's process group."""
    worker_started: float = 0.0
    waits_for: str = ""
    submitted: Moment
    started: Moment | None = None
    """When the worker of this attempt started."""
    ended: Moment | None = None
    exit_code: int | None = None
    signal: int | None = None
    reason: str = ""
    """One sentence where the end wants explaining."""


class Event(msgspec.Struct, kw_only=True, tag_field="type", tag=str.lower):
    """One line of events.jsonl. Subclasses are the known types; `type` is the class name in lower case."""

    v: int = FORMAT
    t: Moment = msgspec.field(default_factory=now)
    attempt: int = 1


class Stage(Event, kw_only=True):
    """The worker entered a stage of its work, such as `load` or `generate`."""

    name: str
    detail: str = ""


class Progress(Event, kw_only=True):
    """How far the present stage is. `total` 0 means unknown. Counts are absolute, over all attempts."""

    done: float
    total: float
    unit: str
    base: float = 0
    """What was already done when this attempt began, so that rate and ETA count this attempt only."""


class Metric(Event, kw_only=True):
    """Named numbers at a step: loss, rate, tokens_per_second."""

    step: int
    values: dict[str, float]


class Sample(Event, kw_only=True):
    """A generated sample arrived. The sample itself stands in the stage's own journal under `id`."""

    id: str
    leaf: str
    accepted: bool
    reason: str = ""
    """Why it was rejected, short: `duplicate`, `not parsed`."""
    question: str = ""
    answer: str = ""


class Artifact(Event, kw_only=True):
    """A file or folder was finished: a data set, a checkpoint, an adapter."""

    kind: str
    path: str
    sha256: str = ""
    note: str = ""


class Endpoint(Event, kw_only=True):
    """A served model answers at `url` (`http://127.0.0.1:PORT/v1`). Its key lies in the folder's `key` file."""

    url: str
    model: str
    engine: str
    context: int = 0
    adapter: str = ""
    threads: int = 0


class Warning(Event, kw_only=True):  # noqa: A001 - the event's own name; builtins.Warning is not used here
    message: str
    hint: str = ""


class Error(Event, kw_only=True):
    message: str
    where: str = ""
    hint: str = ""


AnyEvent = Stage | Progress | Metric | Sample | Artifact | Endpoint | Warning | Error
