"""The jobs of a workspace: which folders they are, how they are named on a command line, and all of them at once."""

from __future__ import annotations

import os
import re
from pathlib import Path

from labtui import ids
from labtui.errors import LabError, UsageError
from labtui.jobs.views import JobView, Watcher, broken
from labtui.journal import JobFolder
from labtui.records import State
from labtui.workspace import Workspace

ID = re.compile(r"\d{8}T\d{6}Z-[a-z][a-z0-9_]*-[0-9a-z]+")


def folders(workspace: Workspace) -> list[JobFolder]:
    """The job folders, newest first; other folders that lie there are left out. Raises LabError."""
    try:
        with os.scandir(workspace.jobs) as entries:
            names = [entry.name for entry in entries if _is_job(entry)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LabError(f"The jobs cannot be listed: {error.strerror}.", where=str(workspace.jobs)) from error
    return [JobFolder(workspace.jobs / name) for name in sorted(names, reverse=True)]


def _is_job(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or not entry.is_dir():
        return False
    return bool(ID.fullmatch(entry.name)) or os.path.exists(os.path.join(entry.path, "spec.json"))


def list_jobs(workspace: Workspace) -> list[JobView]:
    """Every job as it stands, newest first; a broken folder is listed as one. Raises LabError."""
    board = Board(workspace)
    return board.poll()


def find(workspace: Workspace, id_or_prefix: str) -> JobFolder:
    """The job meant by its id, the beginning of it, its short id (the last part), `last`, or a path.

    Raises UsageError where there is none or more than one.
    """
    text = id_or_prefix.strip()
    if os.sep in text:
        path = Path(text).expanduser().absolute()
        if JobFolder(path).spec_file.is_file():
            return JobFolder(path)
    known = folders(workspace)
    if not known:
        raise UsageError(
            "There are no jobs in this workspace yet.",
            where=str(workspace.root),
            hint="labtui generate, train and model serve start some; --workspace names another workspace.",
        )
    return ids.meant(text, known, lambda jobs: max(jobs, key=_created), "job", "labtui jobs list")


def short_id(job: JobFolder) -> str:
    return ids.short(job.id)


def _created(job: JobFolder) -> tuple[str, float]:
    """By the second of the name, then by the time of the spec: two may be submitted in one second."""
    try:
        return job.id.partition("-")[0], os.stat(job.spec_file).st_mtime
    except OSError:
        return job.id.partition("-")[0], 0.0


class Board:
    """All jobs of a workspace, kept up to date by polling: for lists, and for telling when one ends.

    Each poll reads only what is new. Not for two threads at once.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.just_ended: list[JobView] = []
        """Jobs that the last poll found ended and an earlier one had not: what a notification is about."""
        self._watchers: dict[str, Watcher] = {}
        self._states: dict[str, State] = {}

    def poll(self) -> list[JobView]:
        """Every job as it stands, newest first. Raises LabError where the folder of jobs cannot be read."""
        known = folders(self.workspace)
        self.just_ended = []
        views = [self._look(folder) for folder in known]
        for gone in self._watchers.keys() - {folder.id for folder in known}:
            del self._watchers[gone]
            self._states.pop(gone, None)
        return sorted(views, key=lambda view: (view.folder.id.partition("-")[0], view.spec.created), reverse=True)

    def _look(self, folder: JobFolder) -> JobView:
        watcher = self._watchers.get(folder.id)
        try:
            if watcher is None:
                watcher = self._watchers[folder.id] = Watcher(folder)
                watcher.skim()
            else:
                watcher.poll()
        except LabError as error:
            return broken(folder, error)
        view = watcher.view
        before = self._states.get(folder.id)
        if view.state.ended and before is not None and not before.ended:
            watcher.catch_up()
            view = watcher.view
            self.just_ended.append(view)
        self._states[folder.id] = view.state
        return view
