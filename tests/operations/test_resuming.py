"""Resuming from outside: what else a worker needs is started first, and only where there is something to resume."""

from __future__ import annotations

import pytest

from labtui import config, jobs
from labtui.errors import LabError, UsageError
from labtui.journal import JobFolder, atomic_write, dump
from labtui.operations.resuming import resume_job
from labtui.records import JobSpec, State, now
from labtui.workspace import Workspace
from tests.jobs.conftest import count, lab, wait_for_units

__all__ = ["lab"]


def test_a_job_that_needs_nothing_else_just_goes_on(lab: Workspace) -> None:
    folder = count(lab, steps=40, seconds=0.02)
    wait_for_units(folder, 1)
    jobs.stop(folder, wait=60)
    said: list[str] = []
    resume_job(lab, config.load(lab), folder, said.append)
    assert jobs.wait(folder).state is State.DONE
    assert said == []


def generation(lab: Workspace, **arguments: object) -> JobFolder:
    folder = JobFolder(lab.jobs / "20261122T205128Z-generate-k3f9x")
    folder.path.mkdir()
    spec = JobSpec(
        id=folder.id, kind="generate", title="t", created=now(), workspace=str(lab.root), arguments=dict(arguments)
    )
    atomic_write(folder.spec_file, dump(spec))
    return folder


def test_a_generation_whose_teacher_is_gone_is_not_started(lab: Workspace) -> None:
    folder = generation(lab, taxonomy="", leaves=[], teacher="gone", teacher_model="gone")
    assert jobs.current(folder) is State.LOST
    with pytest.raises(UsageError, match="gone"):
        resume_job(lab, config.load(lab), folder)
    assert folder.status() is None, "no attempt was begun"


def test_arguments_of_another_labtui_are_said(lab: Workspace) -> None:
    with pytest.raises(LabError, match="arguments do not fit"):
        resume_job(lab, config.load(lab), generation(lab, teacher=5))


def test_what_is_done_is_not_prepared_for(lab: Workspace) -> None:
    folder = count(lab, steps=0)
    jobs.wait(folder)
    with pytest.raises(UsageError, match="nothing left to resume"):
        resume_job(lab, config.load(lab), folder)
