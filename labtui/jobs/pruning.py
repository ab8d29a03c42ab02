"""Removing old job folders: ended ones only, and only while nobody can be at work in them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection
from datetime import datetime, timedelta

from labtui.errors import LabError
from labtui.jobs import locks, state
from labtui.jobs.folders import folders
from labtui.jobs.launch import HIDDEN
from labtui.journal import JobFolder
from labtui.records import JobSpec, JobStatus, State, now
from labtui.workspace import Workspace

ENDED = (State.DONE, State.FAILED, State.STOPPED, State.LOST)
GONE = ".gone-"
"""How the name of a folder begins that is being removed; what is left of one is removed next time."""


def old_jobs(workspace: Workspace, older_than_days: float, states: Collection[State] = ENDED) -> list[JobFolder]:
    """What `prune` would remove. Jobs that run, wait or cannot be confirmed to have ended are never among them."""
    limit = now() - timedelta(days=older_than_days)
    return [folder for folder in folders(workspace) if _is_old(folder, limit, states)]


def _is_old(folder: JobFolder, limit: datetime, states: Collection[State]) -> bool:
    if folder.path.is_symlink():
        return False
    try:
        spec = folder.spec()
        found, status = state.derive(folder, spec, folder.status())
    except LabError:
        # Broken or of a newer labtui: not ours to throw away.
        return False
    return found.ended and found in states and _last_moment(spec, status) <= limit


def _last_moment(spec: JobSpec, status: JobStatus | None) -> datetime:
    return spec.created if status is None else status.ended or status.started or status.submitted


def prune(workspace: Workspace, older_than_days: float, states: Collection[State] = ENDED) -> list[str]:
    """Removes ended jobs older than so many days and returns their ids. Raises LabError where the disk refuses."""
    removed = []
    for folder in old_jobs(workspace, older_than_days, states):
        try:
            if _remove(folder):
                removed.append(folder.id)
        except OSError as error:
            raise LabError(
                f"The job cannot be removed: {error.strerror}.", where=str(error.filename or folder.path)
            ) from error
    _sweep(workspace)
    return removed


def _remove(folder: JobFolder) -> bool:
    """Under the lock: nobody can resume it meanwhile, and whoever waits for the lock finds the folder gone."""
    before = state.readable(folder)
    lock = locks.take(folder.lock_file, patience=0.2)
    if lock is None:
        return False
    try:
        if state.readable(folder) != before:
            return False
        import shutil

        gone = folder.path.with_name(f"{GONE}{folder.id}")
        os.rename(folder.path, gone)
        shutil.rmtree(gone)
    finally:
        os.close(lock)
    return True


def _sweep(workspace: Workspace) -> None:
    """What a killed submission or removal left half done."""
    import shutil

    with contextlib.suppress(OSError):
        for name in os.listdir(workspace.jobs):
            path = workspace.jobs / name
            abandoned = name.startswith(HIDDEN) and now().timestamp() - path.stat().st_mtime > 3600
            if name.startswith(GONE) or (abandoned and not locks.held(path / "lock")):
                shutil.rmtree(path, ignore_errors=True)
