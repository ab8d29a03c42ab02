"""The job folder's format, as files: atomic writes, append-only journals, readers that follow by offset.

Ground level: stages report through it and viewers read through it, and neither needs to know how a job is
started or stopped (that is `labtui.jobs`).
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

import msgspec

from labtui import records
from labtui.errors import LabError
from labtui.records import AnyEvent, JobSpec, JobStatus

T = TypeVar("T")

READ_BUDGET = 256 * 1024
"""Bytes a follower reads at most in one poll, so that a viewer stays responsive (measured: 2-4 ms of parsing)."""

_json = msgspec.json
_event_decoder = msgspec.json.Decoder(AnyEvent)


def atomic_write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replaces `path` with `data` so that a reader or a crash sees the old file or the new one, never a mixture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def dump(value: object) -> bytes:
    """Indented JSON with a final newline: what a person may open."""
    return _json.format(_json.encode(value), indent=2) + b"\n"


class JobFolder:
    """The paths of one job folder and the reading of its small files."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"JobFolder({str(self.path)!r})"

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def spec_file(self) -> Path:
        return self.path / "spec.json"

    @property
    def status_file(self) -> Path:
        return self.path / "status.json"

    @property
    def events_file(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def log_file(self) -> Path:
        return self.path / "output.log"

    @property
    def lock_file(self) -> Path:
        return self.path / "lock"

    @property
    def stop_file(self) -> Path:
        return self.path / "stop"

    @property
    def key_file(self) -> Path:
        """A server's access key, mode 0600; only served models have one."""
        return self.path / "key"

    @property
    def used_file(self) -> Path:
        """Touched by every client of a served model; its age is how long the server has been idle."""
        return self.path / "used"

    def spec(self) -> JobSpec:
        """Raises LabError where the file is missing, unreadable or of a newer format."""
        return _read(self.spec_file, JobSpec)

    def status(self) -> JobStatus | None:
        """None until the supervisor wrote it for the first time."""
        if not self.status_file.exists():
            return None
        return _read(self.status_file, JobStatus)


def _read(path: Path, kind: type[T]) -> T:
    try:
        value: Any = _json.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise LabError(f"cannot be read ({error.strerror}).", where=str(path)) from error
    except msgspec.MsgspecError as error:
        raise LabError(f"is not a labtui job file ({error}).", where=str(path)) from error
    if value.v > records.FORMAT:
        raise LabError(
            f"was written by a newer labtui (format {value.v}, this one reads {records.FORMAT}).",
            where=str(path),
            hint="Update labtui to open it.",
        )
    return value  # type: ignore[no-any-return]


class JsonLines:
    """An append-only journal of JSON lines. Each line is written whole and handed to the kernel at once.

    Opening repairs a torn last line (a writer killed inside a write) by cutting it off. Only the holder of the
    job's lock may open a journal for writing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        repair(path)
        self._file: IO[bytes] = open(path, "ab", buffering=0)  # noqa: SIM115 - lives as long as the writer

    def append(self, value: object) -> None:
        self._file.write(_json.encode(value) + b"\n")

    def sync(self) -> None:
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def repair(path: Path) -> None:
    """Cuts an incomplete last line off a journal, if there is one."""
    try:
        with open(path, "r+b") as stream:
            size = stream.seek(0, os.SEEK_END)
            end = size
            while end > 0:
                start = max(0, end - 65536)
                stream.seek(start)
                block = stream.read(end - start)
                found = block.rfind(b"\n")
                if found >= 0:
                    end = start + found + 1
                    break
                end = start
            if end < size:
                stream.truncate(end)
    except FileNotFoundError:
        return


def read_lines(path: Path, kind: type[T]) -> Iterator[T]:
    """Every complete line of a journal, decoded; lines of another shape or torn ones are skipped."""
    decoder = _json.Decoder(kind)
    try:
        stream = open(path, "rb")
    except FileNotFoundError:
        return
    with stream:
        for line in stream:
            if not line.endswith(b"\n"):
                return
            with contextlib.suppress(msgspec.MsgspecError):
                yield decoder.decode(line)


class LineFollower:
    """Reads the complete lines that were appended to a file since the last poll, in budgets.

    An incomplete last line waits for next time. A file that shrank (a repaired torn line never was delivered,
    so this means it was replaced) is read again from its start.
    """

    def __init__(self, path: Path, offset: int = 0) -> None:
        self.path = path
        self.offset = offset

    def poll(self, budget: int = READ_BUDGET) -> list[bytes]:
        """The next complete lines without their newline; empty when there is nothing new."""
        try:
            with open(self.path, "rb") as stream:
                size = os.fstat(stream.fileno()).st_size
                if size < self.offset:
                    self.offset = 0
                if size == self.offset:
                    return []
                stream.seek(self.offset)
                block = stream.read(budget)
                if b"\n" not in block and len(block) == budget:
                    block += stream.readline()
        except FileNotFoundError:
            return []
        end = block.rfind(b"\n") + 1
        self.offset += end
        return block[:end].split(b"\n")[:-1]


class Follower(LineFollower, Generic[T]):
    """A LineFollower that decodes each line as `kind`; a line it does not know is skipped."""

    def __init__(self, path: Path, kind: Any, offset: int = 0) -> None:
        super().__init__(path, offset)
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)

    def read(self, budget: int = READ_BUDGET) -> list[T]:
        found = []
        for line in self.poll(budget):
            with contextlib.suppress(msgspec.MsgspecError):
                found.append(self._decoder.decode(line))
        return found


def follow_events(folder: JobFolder, offset: int = 0) -> Follower[AnyEvent]:
    """A follower of a job's events from its start (or from an offset an earlier follower reached)."""
    return Follower(folder.events_file, AnyEvent, offset)


def read_events(folder: JobFolder) -> list[AnyEvent]:
    """All events of a job at once; for tests and small queries. Viewers follow instead."""
    return list(read_lines(folder.events_file, AnyEvent))  # type: ignore[arg-type]


class Reporter:
    """The worker's pen: appends typed events to events.jsonl."""

    def __init__(self, folder: JobFolder, attempt: int) -> None:
        self.attempt = attempt
        self._lines = JsonLines(folder.events_file)

    def send(self, event: AnyEvent) -> None:
        event.attempt = self.attempt
        self._lines.append(event)

    def stage(self, name: str, detail: str = "") -> None:
        self.send(records.Stage(name=name, detail=detail))

    def progress(self, done: float, total: float, unit: str, base: float = 0) -> None:
        self.send(records.Progress(done=done, total=total, unit=unit, base=base))

    def metric(self, step: int, **values: float) -> None:
        self.send(records.Metric(step=step, values=values))

    def artifact(self, kind: str, path: Path | str, sha256: str = "", note: str = "") -> None:
        self.send(records.Artifact(kind=kind, path=str(path), sha256=sha256, note=note))

    def warning(self, message: str, hint: str = "") -> None:
        self.send(records.Warning(message=message, hint=hint))

    def error(self, message: str, where: str = "", hint: str = "") -> None:
        self.send(records.Error(message=message, where=where, hint=hint))

    def close(self) -> None:
        self._lines.close()
