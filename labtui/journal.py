"""The job folder's format, as files: atomic writes, append-only journals, readers that follow by offset.

Ground level: stages report through it and viewers read through it, and neither needs to know how a job is
started or stopped (that is `labtui.jobs`).
"""

from __future__ import annotations

import contextlib
import math
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from labtui import records
from labtui.errors import LabError
from labtui.records import AnyEvent, JobSpec, JobStatus

T = TypeVar("T")

READ_BUDGET = 256 * 1024
"""Bytes a follower reads at most in one poll, so that a viewer stays responsive (measured: 2-4 ms of parsing)."""

MAX_LINE = 8 * 1024 * 1024
"""Bytes of the longest line that is read; a longer one is no line of ours and is passed over."""

_json = msgspec.json


def atomic_write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replaces `path` with `data` so that a reader or a crash sees the old file or the new one, never a mixture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{path.name}.{os.getpid()}-{os.urandom(6).hex()}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
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
    job's lock may open a journal for writing. Any thread of that process may append.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        repair(path)
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115 - lives as long as the writer
        self._lock = threading.Lock()
        self._torn = False

    def append(self, value: object) -> None:
        """Adds one line, or nothing: a disk that fills up in the middle of it raises OSError and leaves no half."""
        line = _encode(value) + b"\n"
        with self._lock:
            # After a half that could not be taken back, a newline keeps the damage to that one line.
            data = memoryview(b"\n" + line if self._torn else line)
            written = 0
            try:
                # A write may be short without being an error, most of all on a disk that is nearly full.
                while written < len(data):
                    written += os.write(self._file.fileno(), data[written:])
            except OSError:
                if written:
                    self._take_back(written)
                raise
            self._torn = False

    def _take_back(self, count: int) -> None:
        try:
            size = os.fstat(self._file.fileno()).st_size
            os.ftruncate(self._file.fileno(), max(0, size - count))
        except OSError:
            self._torn = True

    def sync(self) -> None:
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def _encode(value: object) -> bytes:
    try:
        return _json.encode(value)
    except UnicodeEncodeError:
        # Half a surrogate pair, from a model's broken escape or a file name that is not UTF-8: no JSON holds that.
        return _json.encode(_without_surrogates(msgspec.to_builtins(value, builtin_types=())))


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(item) for item in value]
    return value


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
    with contextlib.suppress(FileNotFoundError), open(path, "rb") as stream:
        for line in stream:
            if not line.endswith(b"\n"):
                return
            with contextlib.suppress(msgspec.MsgspecError):
                yield decoder.decode(line)


class LineFollower:
    """Reads the complete lines that were appended to a file since the last poll, in budgets.

    An incomplete last line waits for next time. A file that shrank or was replaced is read again from its start
    (repairing a torn line does not count: such a line was never delivered). A line of more than MAX_LINE bytes
    is passed over.
    """

    def __init__(self, path: Path, offset: int = 0) -> None:
        self.path = path
        self.offset = offset
        """Bytes delivered or passed over so far; always the start of a line, except inside one that is too long."""
        self.behind = False
        """Whether the last poll left bytes unread because of its budget: poll again soon."""
        self._identity: int | None = None
        self._passing_over = False

    def poll(self, budget: int = READ_BUDGET) -> list[bytes]:
        """The next complete lines without their newline; empty when there is nothing new. Raises OSError."""
        try:
            with open(self.path, "rb") as stream:
                found = os.fstat(stream.fileno())
                if found.st_size < self.offset or self._identity not in (None, found.st_ino):
                    self.offset, self._passing_over = 0, False
                self._identity = found.st_ino
                stream.seek(self.offset)
                block = stream.read(budget)
                if b"\n" not in block and len(block) == budget:
                    block += stream.readline(max(0, MAX_LINE - len(block)))
        except FileNotFoundError:
            self.behind = False
            return []
        self.behind = self.offset + len(block) < found.st_size
        return self._take(block)

    def skip_to_last(self, count: int) -> None:
        """Passes over everything but the lines that begin within the last `count` bytes."""
        try:
            start = os.stat(self.path).st_size - count
        except FileNotFoundError:
            return
        if start > self.offset:
            self.offset, self._passing_over = start, True

    def _take(self, block: bytes) -> list[bytes]:
        start = 0
        if self._passing_over:
            start = block.find(b"\n") + 1
            if not start:
                self.offset += len(block)
                return []
            self._passing_over = False
        end = block.rfind(b"\n") + 1
        if not end and len(block) >= MAX_LINE:
            self.offset += len(block)
            self._passing_over = True
            return []
        self.offset += end
        return block[start:end].split(b"\n")[:-1]


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
        """Numbers at a step. JSON holds no NaN and no infinity: such a value becomes a warning instead."""
        finite = {name: value for name, value in values.items() if math.isfinite(value)}
        for name in values.keys() - finite.keys():
            self.warning(f"{name} is {values[name]} at step {step}.", "The run has come apart: try a lower rate.")
        if finite or not values:
            self.send(records.Metric(step=step, values=finite))

    def artifact(self, kind: str, path: Path | str, sha256: str = "", note: str = "") -> None:
        self.send(records.Artifact(kind=kind, path=str(path), sha256=sha256, note=note))

    def warning(self, message: str, hint: str = "") -> None:
        self.send(records.Warning(message=message, hint=hint))

    def error(self, message: str, where: str = "", hint: str = "") -> None:
        self.send(records.Error(message=message, where=where, hint=hint))

    def close(self) -> None:
        self._lines.close()
