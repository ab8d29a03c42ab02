"""Resuming a job: first whatever its worker needs besides itself, then a new attempt in the same folder."""

from __future__ import annotations

from collections.abc import Callable

from labtui import jobs
from labtui.config import Config
from labtui.journal import JobFolder
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
        _serve_teacher(workspace, config, spec.arguments, say)
    jobs.resume(folder, elsewhere=elsewhere)


def _serve_teacher(
    workspace: Workspace, config: Config, arguments: dict[str, object], say: Callable[[str], None]
) -> None:
    from labtui.operations.serving import ensure_served

    teacher = arguments.get("teacher")
    if isinstance(teacher, str) and teacher:
        ensure_served(workspace, config, teacher, say=say)
