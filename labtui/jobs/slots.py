"""Devices that jobs need for themselves: first come, first served, without a daemon.

A slot is a lock file; its holder's name stands in it, for the others to tell what they wait for. Those who wait
hold a ticket each, in the order they came. A job takes all the slots it needs or none, and only when nobody who
came earlier waits for one of them, so that jobs can neither block each other for ever nor overtake.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from pathlib import Path

import msgspec

from labtui import paths
from labtui.errors import LabError, UsageError
from labtui.jobs import locks
from labtui.records import JobSpec

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds a slot, or waits for some; written into the lock file for others to read."""

    v: int = 1
    job: str
    """The job's folder."""
    id: str
    kind: str
    title: str
    slots: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.title}, {self.id.rpartition('-')[2]}"


def check(names: tuple[str, ...]) -> None:
    """Raises UsageError for a name that could not be a file's."""
    for name in names:
        if not NAME.fullmatch(name):
            raise UsageError(f"'{name}' is not a slot's name.", hint="Names are such as train-cpu or gpu0.")


def holder(name: str) -> Holder | None:
    """Who holds the slot now; None where it is free or its holder has not said."""
    path = _slot_file(name)
    return _read(path) if locks.held(path) else None


class Queue:
    """One job's place in the queue for its slots."""

    def __init__(self, spec: JobSpec, folder: Path) -> None:
        self.names = tuple(sorted(set(spec.slots)))
        check(self.names)
        self._me = Holder(job=str(folder), id=spec.id, kind=spec.kind, title=spec.title, slots=self.names)
        self._ticket: int | None = None
        self._ticket_file: Path | None = None
        self.descriptors: tuple[int, ...] = ()
        """The locks held, to be handed to the worker as well."""

    def try_take(self) -> str:
        """Takes all slots or none. Returns what it still waits for, empty when all are held. Raises LabError."""
        if not self.names:
            return ""
        try:
            self._queue_up()
            return self._ahead() or self._take_all()
        except OSError as error:
            raise LabError(
                f"The slot cannot be locked: {error.strerror}.",
                where=str(error.filename or paths.slots_dir()),
                hint="The folder must be writable: XDG_STATE_HOME says where it lies.",
            ) from error

    def leave(self) -> None:
        """Gives up the place in the queue; held slots stay held until the process ends."""
        if self._ticket_file is not None:
            with contextlib.suppress(OSError):
                self._ticket_file.unlink()
            self._ticket_file = None
        if self._ticket is not None:
            os.close(self._ticket)
            self._ticket = None

    def _queue_up(self) -> None:
        if self._ticket is not None:
            return
        folder = _queue_dir()
        folder.mkdir(parents=True, exist_ok=True)
        # Locked before it is visible: a ticket that is not locked is a dead job's and anybody may clear it away.
        name = f"{time.time_ns():020d}-{self._me.id}"
        hidden = folder / f".{name}"
        descriptor = locks.take(hidden)
        if descriptor is None:
            raise OSError(0, "the ticket is already taken", str(hidden))
        _write(descriptor, self._me)
        self._ticket, self._ticket_file = descriptor, folder / name
        os.rename(hidden, self._ticket_file)

    def _ahead(self) -> str:
        """The first live ticket that came earlier and wants one of the same slots, in words."""
        assert self._ticket_file is not None  # noqa: S101 - set by _queue_up just before
        for name in sorted(os.listdir(_queue_dir())):
            if name >= self._ticket_file.name or name.startswith("."):
                continue
            path = _queue_dir() / name
            if locks.held(path) is False:
                with contextlib.suppress(OSError):
                    path.unlink()
                continue
            other = _read(path)
            shared = sorted(set(other.slots) & set(self.names)) if other is not None else []
            if other is not None and shared:
                present = holder(shared[0])
                return f"{shared[0]} ({present})" if present is not None else f"{shared[0]} (after {other})"
        return ""

    def _take_all(self) -> str:
        taken: list[int] = []
        for name in self.names:
            path = _slot_file(name)
            # A little patience: somebody may be looking at the lock at this very moment.
            descriptor = locks.take(path, patience=0.1)
            if descriptor is None:
                for other in taken:
                    os.close(other)
                present = _read(path)
                return f"{name} ({present})" if present is not None else name
            _write(descriptor, self._me)
            taken.append(descriptor)
        self.descriptors = tuple(taken)
        self.leave()
        return ""


def _queue_dir() -> Path:
    return paths.slots_dir() / "queue"


def _slot_file(name: str) -> Path:
    return paths.slots_dir() / f"{name}.lock"


def _write(descriptor: int, who: Holder) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, msgspec.json.encode(who) + b"\n", 0)


def _read(path: Path) -> Holder | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Holder)
    except (OSError, msgspec.MsgspecError):
        return None
