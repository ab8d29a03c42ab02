"""The supervisor's pen for status.json, with room reserved for the end so that a full disk cannot swallow it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from labtui.journal import JobFolder, atomic_write, dump
from labtui.records import JobStatus

RESERVED_BYTES = 8192
"""More than any status takes; reasons are cut to fit."""
REASON_CHARACTERS = 1000


class StatusFile:
    """Writes status.json, replacing it atomically. One holder of the job's lock at a time has one."""

    def __init__(self, folder: JobFolder) -> None:
        self._path = folder.status_file
        self._spare: Path | None = folder.path / ".status.spare"

    def reserve(self) -> None:
        """Sets aside the space for one more status on the disk. Raises OSError where there is none."""
        assert self._spare is not None  # noqa: S101 - a spare is used up only at the very end
        descriptor = os.open(self._spare, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            _fill(descriptor, b"")
        finally:
            os.close(descriptor)

    def write(self, status: JobStatus, *, last: bool = False) -> None:
        """Raises OSError where it cannot be written; the file is then the old one. `last` may use the reserve."""
        data = dump(status)
        try:
            atomic_write(self._path, data)
        except OSError:
            if not (last and self._write_into_spare(data)):
                raise

    def close(self) -> None:
        if self._spare is not None:
            with contextlib.suppress(OSError):
                self._spare.unlink()
            self._spare = None

    def _write_into_spare(self, data: bytes) -> bool:
        """Writes over bytes that already have their place on the disk, then renames; blanks after JSON are JSON."""
        if self._spare is None or len(data) > RESERVED_BYTES:
            return False
        try:
            descriptor = os.open(self._spare, os.O_WRONLY)
            try:
                _fill(descriptor, data)
            finally:
                os.close(descriptor)
            os.rename(self._spare, self._path)
        except OSError:
            return False
        self._spare = None
        return True


def _fill(descriptor: int, data: bytes) -> None:
    rest = memoryview(data + b" " * (RESERVED_BYTES - len(data) - 1) + b"\n")
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    os.fsync(descriptor)
