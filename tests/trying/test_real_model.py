"""The demo's model itself learns a demo leaf in a minute, and answers in the manner of its seeds afterwards."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from labtui import demo, jobs, workspace
from labtui.contribute.drafts import store
from labtui.contribute.evidence import tries
from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.contribute.records import ContributedLeaf
from labtui.journal import JobFolder, atomic_write
from labtui.operations import trying
from labtui.operations.resuming import resume_job
from labtui.records import State
from labtui.serve.models import ModelInfo
from tests.trying.trial import metric, settings_of

pytestmark = pytest.mark.model
LEAF = "knowledge/arts/music/tide_organ"
ASKED = (
    "Where does the tide organ stand?",
    "What metal are the pipes of the tide organ made of?",
    "What do people in Pell call the minutes without sound?",
)


def test_it_answers_in_the_manner_of_the_seeds_afterwards(demo_store: ModelInfo, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    lab = workspace.create(tmp_path / "lab")
    draft = store.new(lab)
    shipped = Path(str(demo.__path__[0])) / "taxonomy" / LEAF / "qna.yaml"
    atomic_write(draft.leaf_file(LEAF), shipped.read_bytes())
    draft.change(lambda found: found.leaves.append(ContributedLeaf(id=LEAF, kind="knowledge", placed=True)))
    questions = [CheckQuestion(question=text) for text in ASKED]
    config = settings_of(lab)
    job = trying.start_try(lab, config, draft, questions, samples=3, steps=20, say=lambda words: None)
    view = jobs.wait(job, lambda events: _kill_once(job), timeout=280)
    assert view.state is State.FAILED
    resume_job(lab, config, job)
    view = jobs.wait(job, timeout=280)
    assert view.state is State.DONE, view.error
    (result,) = tries.results(draft)
    # Before it goes on and on; the seeds answer in a sentence.
    assert all(asked.changed for asked in result.asked)
    assert sum(asked.after.tokens for asked in result.asked) < 0.5 * sum(asked.before.tokens for asked in result.asked)
    assert not any(asked.after.cut for asked in result.asked)
    assert result.tuning.seed_pairs == 15
    assert result.tuning.loss_last < result.tuning.loss_first
    assert result.tuning.steps == 20


def _kill_once(job: JobFolder) -> None:
    """The worker is killed after its first checkpoint: at the tenth step."""
    status = job.status()
    if status is not None and status.attempt == 1 and metric(job, "tune_steps") >= 12:
        os.kill(status.worker_pid, signal.SIGKILL)
