"""Locks of a contribution's folder: one application at a time changes it, and one submits it.

The kernel lets go of them when their holder dies (flock), so nothing stays locked after a crash.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from labtui.errors import LabError

PATIENCE = 10.0
"""Seconds a change waits for another application's change to end; one takes some milliseconds."""
RETRY_SECONDS = 0.01
_BUSY = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)


class _Held(threading.local):
    def __init__(self) -> None:
        self.paths: set[str] = set()


_held = _Held()


@contextlib.contextmanager
def locked(path: Path, busy: str, *, patience: float = PATIENCE, hint: str = "") -> Iterator[None]:
    """Holds the lock file `path` inside. A thread that holds it already goes on at once.

    Raises LabError with the sentence `busy` where somebody else holds it for longer than `patience` seconds, and
    where the file cannot be made or locked.
    """
    name = os.path.abspath(path)
    if name in _held.paths:
        yield
        return
    descriptor = _take(path, busy, patience, hint)
    _held.paths.add(name)
    try:
        yield
    finally:
        _held.paths.discard(name)
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether anybody holds the lock now. Makes no file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in _BUSY
    finally:
        os.close(descriptor)
    return False


def _take(path: Path, busy: str, patience: float, hint: str) -> int:
    deadline = time.monotonic() + patience
    try:
        # A link here would have a file made wherever a stranger's folder says.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise LabError(f"The contribution cannot be changed: {error.strerror}.", where=str(path.parent)) from error
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return descriptor
            except OSError as error:
                if error.errno not in _BUSY:
                    raise LabError(
                        f"This file system cannot lock files ({error.strerror}).",
                        where=str(path),
                        hint="Put the workspace on a local disk.",
                    ) from error
                if time.monotonic() >= deadline:
                    raise LabError(busy, where=str(path.parent), hint=hint) from error
            time.sleep(RETRY_SECONDS)
    except BaseException:
        os.close(descriptor)
        raise
