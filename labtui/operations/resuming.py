"""Resuming a job: first whatever its worker needs besides itself, then a new attempt in the same folder."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from labtui import jobs
from labtui.config import Config
from labtui.errors import LabError
from labtui.journal import JobFolder
from labtui.records import JobSpec
from labtui.workspace import Workspace


def resume_job(
    workspace: Workspace,
    config: Config,
    folder: JobFolder,
    say: Callable[[str], None] = lambda words: None,
    *,
    elsewhere: bool = False,
) -> None:
    """Starts a new attempt. A generation's teacher is served again first. Blocks; raises LabError.

    `elsewhere`: the user knows that a job of another machine runs there no more.
    """
    jobs.check_resumable(folder, elsewhere=elsewhere)
    spec = folder.spec()
    if spec.kind == "generate":
        _serve_teacher(workspace, config, spec, say)
    jobs.resume(folder, elsewhere=elsewhere)


def _serve_teacher(workspace: Workspace, config: Config, spec: JobSpec, say: Callable[[str], None]) -> None:
    from labtui.generate.arguments import GenerateArguments
    from labtui.operations.serving import ensure_served

    try:
        asked = msgspec.convert(spec.arguments, GenerateArguments)
    except msgspec.ValidationError as error:
        raise LabError(
            f"The job's arguments do not fit: {error}.",
            where=spec.id,
            hint="Another version of labtui made it: ask for the same anew.",
        ) from error
    # One that somebody else serves answers by itself.
    if asked.remote is None:
        ensure_served(workspace, config, asked.teacher, say=say)
