"""Locks that the kernel lets go of when their last holder dies (flock), so that nobody has to guess from a pid.

A lock belongs to the open file, not to the process: a descriptor handed to a child holds it as well, and it is
free only when every copy is closed. Never unlock explicitly: that would free it for all holders at once.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from pathlib import Path

from labtui.errors import LabError

RETRY_SECONDS = 0.02
_BUSY = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)


def take(path: Path, patience: float = 0.0) -> int | None:
    """Takes the lock for writing and returns its descriptor, or None where somebody else holds it.

    `patience` is for how many seconds to try again: a viewer that asks `held` has the lock for an instant, and
    a supervisor that has just written its end is still on its way out. Raises LabError where the file system
    cannot lock, and OSError where the file cannot be opened.
    """
    deadline = time.monotonic() + patience
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _BUSY:
                os.close(descriptor)
                raise LabError(
                    f"This file system cannot lock files ({error.strerror}).",
                    where=str(path),
                    hint="Put the workspace on a local disk.",
                ) from error
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return None
            time.sleep(RETRY_SECONDS)
        else:
            return descriptor


def held(path: Path) -> bool | None:
    """Whether somebody holds the lock; None where it cannot be asked. Works on a read-only disk."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError:
        return None
    try:
        # Shared, so that any number of viewers may ask at once without seeing each other.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return True if error.errno in _BUSY else None
    else:
        return False
    finally:
        os.close(descriptor)
