"""A contribution to be tried: a skill's draft, a tiny model to be tuned and a scripted teacher that writes samples."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from labtui import config, jobs, paths
from labtui import worker as frame
from labtui.config import Config
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.contribute.records import ContributedLeaf
from labtui.journal import JobFolder, atomic_write, dump, read_events
from labtui.operations.trying_asked import trial_of
from labtui.records import JobSpec, Metric, Stage, now
from labtui.serve import gguf_file, models
from labtui.trying.arguments import KIND, TryArguments
from labtui.workspace import Workspace
from tests.generate.teaching import SKILL, make_workspace
from tests.scripted_server import ScriptedServer
from tests.train.tiny import write_tiny

QUESTIONS = tuple(CheckQuestion(question=f"What is the opposite of {word}?") for word in ("big", "early", "loud"))
SETTINGS = """\
train: {{model: tiny, epochs: 2, checkpoint_steps: 1, rank: 4, threads: 1}}
generate: {{teacher: scripted}}
serve:
  remotes:
    scripted: {{url: '{url}', context: 4096}}
"""
PATIENCE = 120.0


def make_lab(root: Path, teacher: ScriptedServer) -> Workspace:
    """A workspace whose models are the tiny one and the scripted teacher."""
    folder = paths.models_dir() / "tiny"
    folder.mkdir(parents=True)
    info = gguf_file.describe(write_tiny(folder / "model.gguf"), name="tiny")
    models.write_model(folder, msgspec.structs.replace(info, sha256="tiny"))
    paths.config_file().parent.mkdir(parents=True, exist_ok=True)
    paths.config_file().write_text(SETTINGS.format(url=teacher.url))
    return make_workspace(root)


def make_draft(lab: Workspace, *leaves: str) -> DraftFolder:
    """A contribution of copies of the workspace's own leaves."""
    folder = store.new(lab, title="Opposites")
    for name in leaves or (SKILL,):
        atomic_write(folder.leaf_file(name), (lab.taxonomy / name / "qna.yaml").read_bytes())
        folder.change(lambda draft, name=name: draft.leaves.append(ContributedLeaf(id=name, placed=True)))
    return folder


def settings_of(lab: Workspace) -> Config:
    return config.load(lab, ())


def arguments_of(lab: Workspace, draft: DraftFolder, teacher: str = "") -> TryArguments:
    """What a try is asked, with answers short enough for the tiny model's window."""
    wanted: dict[str, Any] = {"model": "", "teacher": teacher, "samples": 3, "steps": 4}
    found = trial_of(lab, settings_of(lab), draft, QUESTIONS, **wanted)
    return msgspec.structs.replace(found.arguments, answer_tokens=24)


def make_job(lab: Workspace, draft: DraftFolder, teacher: str = "") -> JobFolder:
    """A job folder as submitting leaves it, without a supervisor: for workers that are started by hand."""
    spec = JobSpec(
        id=jobs.launch.new_id(KIND),
        kind=KIND,
        title="Opposites",
        created=now(),
        workspace=str(lab.root),
        arguments=msgspec.to_builtins(arguments_of(lab, draft, teacher)),
        grace_seconds=5.0,
    )
    folder = JobFolder(lab.jobs / spec.id)
    folder.path.mkdir(parents=True)
    atomic_write(folder.spec_file, dump(spec))
    return folder


def start(folder: JobFolder, attempt: int = 1) -> subprocess.Popen[bytes]:
    """Starts the worker in a process group of its own, as the supervisor does."""
    with open(folder.log_file, "ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "labtui.trying.worker", str(folder.path)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, frame.ATTEMPT: str(attempt)},
        )


def run(folder: JobFolder, attempt: int = 1) -> int:
    return start(folder, attempt).wait(PATIENCE)


def log_of(folder: JobFolder) -> str:
    return folder.log_file.read_text(errors="replace")[-3000:]


def metric(folder: JobFolder, name: str, attempt: int = 0) -> float:
    """The last value of that metric, of one attempt or of all."""
    found = [
        event.values[name]
        for event in read_events(folder)
        if isinstance(event, Metric) and name in event.values and attempt in (0, event.attempt)
    ]
    return found[-1] if found else 0.0


def stages_of(folder: JobFolder, attempt: int = 1) -> list[str]:
    """The stages an attempt went through, each once."""
    found = [event.name for event in read_events(folder) if isinstance(event, Stage) and event.attempt == attempt]
    return list(dict.fromkeys(found))


def children(group: int) -> list[int]:
    """Processes of a worker's group that still run, the worker itself left out."""
    import psutil

    found = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == group and process.pid != group and process.status() != "zombie":
                found.append(process.pid)
        except (psutil.Error, ProcessLookupError):
            continue
    return found
