"""Planning and starting a try, and questions a model proposes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from labtui import jobs, paths
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence import check_questions
from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.errors import LabError, UsageError
from labtui.journal import Reporter
from labtui.operations import trying
from labtui.operations.trying_progress import stages
from labtui.operations.trying_questions import propose_questions
from labtui.records import Metric, Stage
from labtui.serve.models import ModelInfo, write_model
from labtui.trying.arguments import AFTER, BEFORE, GENERATE, STAGES, TUNE, TryArguments
from labtui.workspace import Workspace
from tests.generate.teaching import FACTS, SKILL, TEXTS
from tests.scripted_server import Answer, ScriptedServer
from tests.trying.conftest import draft, lab, teacher
from tests.trying.trial import QUESTIONS, make_draft, make_job, settings_of

__all__ = ["draft", "lab", "teacher"]


@pytest.fixture
def stopped(lab: Workspace) -> Iterator[None]:
    yield
    for job in jobs.folders(lab):
        jobs.stop(job, wait=60, grace=0)


def plan(lab: Workspace, draft: DraftFolder, **others: object) -> trying.TryPlan:
    return trying.plan_try(lab, settings_of(lab), draft, QUESTIONS, **others)


def test_a_plan_says_what_would_happen(lab: Workspace, draft: DraftFolder) -> None:
    made = plan(lab, draft)
    assert (made.model, made.teacher, made.leaves) == ("tiny", "scripted", (SKILL,))
    assert (made.questions, made.samples, made.seed_pairs) == (3, 12, 5)
    # 17 pairs in batches of four are five steps a pass.
    assert made.steps == 10
    assert set(made.seconds) == set(STAGES)
    assert made.seconds_in_all == sum(made.seconds.values()) > 0
    assert made.command[:4] == ("labtui", "contribute", "try", draft.id)
    assert dict(trying.plan_facts(made))["samples"] == "12, written by scripted"
    assert jobs.list_jobs(lab) == []


def test_samples_are_shared_among_the_leaves(lab: Workspace) -> None:
    made = plan(lab, make_draft(lab, SKILL, TEXTS, FACTS), samples=7)
    assert (len(made.leaves), made.samples) == (3, 9)


def test_a_deleted_leaf_and_one_without_seeds_are_left_out(lab: Workspace) -> None:
    draft = make_draft(lab, SKILL, TEXTS, FACTS)
    draft.change(lambda found: setattr(found.leaves[1], "change", "deleted"))
    draft.leaf_file(FACTS).write_text("version: 3\nseed_examples: []\n")
    assert plan(lab, draft).leaves == (SKILL,)


def test_a_contribution_without_seeds_says_so(lab: Workspace) -> None:
    with pytest.raises(LabError, match="nothing to try yet"):
        plan(lab, store.new(lab))
    draft = make_draft(lab)
    draft.leaf_file(SKILL).write_text("version: 3\nseed_examples: []\n")
    with pytest.raises(LabError, match="holds no seed examples"):
        plan(lab, draft)
    draft.leaf_file(SKILL).write_bytes(b"\xff\xfe broken: [")
    with pytest.raises(LabError, match="nothing to try yet"):
        plan(lab, draft)


@pytest.mark.parametrize(
    ("others", "says"),
    [
        ({"model": "tinny"}, "tinny"),
        ({"model": "scripted"}, "served by somebody else"),
        ({"teacher": "nobody"}, "nobody"),
        ({"samples": 0}, "At least one sample"),
        ({"steps": 0}, "At least one step"),
    ],
)
def test_what_cannot_be_used_is_refused(
    lab: Workspace, draft: DraftFolder, others: dict[str, object], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        plan(lab, draft, **others)


def test_where_an_adapter_is_in_use_its_model_is_tried(lab: Workspace, draft: DraftFolder) -> None:
    folder = lab.models / "mine"
    folder.mkdir()
    (folder / "adapter.gguf").write_bytes(b"GGUF")
    info = ModelInfo(name="mine", kind="adapter", path=str(folder), architecture="llama", base="tiny", template=True)
    write_model(folder, info)
    paths.config_file().write_text(paths.config_file().read_text().replace("model: tiny", "model: mine"))
    assert plan(lab, draft).model == "tiny"
    with pytest.raises(UsageError, match="is an adapter"):
        plan(lab, draft, model="mine")


def test_memory_that_may_not_suffice_is_said_beforehand(
    lab: Workspace, draft: DraftFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert plan(lab, draft).warnings == ()
    monkeypatch.setattr(trying, "free_memory", lambda: 1_000_000)
    (warning,) = plan(lab, draft).warnings
    assert "1 MB are free" in warning
    assert dict(trying.plan_facts(plan(lab, draft)))["careful"] == warning


def test_a_full_disk_starts_nothing(lab: Workspace, draft: DraftFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "disk_bytes", lambda info, asked: 1 << 60)
    with pytest.raises(LabError, match="disk is too full"):
        trying.start_try(lab, settings_of(lab), draft, QUESTIONS, say=lambda words: None)
    assert jobs.list_jobs(lab) == []


def test_too_few_questions_start_nothing(lab: Workspace, draft: DraftFolder) -> None:
    with pytest.raises(UsageError, match="At least 3"):
        trying.start_try(lab, settings_of(lab), draft, QUESTIONS[:2], say=lambda words: None)
    assert jobs.list_jobs(lab) == []


@pytest.mark.usefixtures("stopped")
def test_two_tries_of_one_contribution_are_not_under_way_at_once(lab: Workspace, draft: DraftFolder) -> None:
    said: list[str] = []
    job = trying.start_try(lab, settings_of(lab), draft, QUESTIONS, steps=100_000, say=said.append)
    assert said[0].startswith(f"Trying {SKILL} on tiny: about ")
    newest = trying.job_of(lab, draft)
    assert newest is not None
    assert newest.id == job.id
    with pytest.raises(LabError, match="under way") as raised:
        trying.start_try(lab, settings_of(lab), draft, QUESTIONS, say=said.append)
    assert raised.value.where == job.id
    assert trying.job_of(lab, make_draft(lab, TEXTS)) is None


def test_the_stages_stand_as_the_job_said(lab: Workspace, draft: DraftFolder) -> None:
    job = make_job(lab, draft)
    report = Reporter(job, 1)
    report.stage(BEFORE)
    report.send(Metric(step=3, values={"answered_before": 3.0}))
    report.send(Stage(name=GENERATE))
    report.send(Metric(step=1, values={"samples": 1.0}))
    found = {stage.stage: stage for stage in stages(jobs.view(job))}
    assert list(found) == list(STAGES)
    assert [found[name].state for name in STAGES] == ["done", "now", "todo", "todo"]
    assert (found[BEFORE].done, found[BEFORE].total) == (3, 3)
    assert (found[GENERATE].done, found[GENERATE].total, found[TUNE].total, found[AFTER].done) == (1, 3, 0, 0)


def test_a_proposal_is_none_of_the_seeds_and_is_not_confirmed(
    lab: Workspace, draft: DraftFolder, teacher: ScriptedServer
) -> None:
    heard: list[CheckQuestion] = []
    found = propose_questions(lab, settings_of(lab), draft, count=3, found=heard.append)
    assert len(found) == 3
    assert found == heard
    # Questions alone are asked for: nobody needs their answers.
    assert all(request["messages"][-1]["content"].startswith("Topic:") for request in teacher.requests)
    assert all((one.origin, one.confirmed, one.leaf) == ("generated", False, SKILL) for one in found)
    assert all(problem.number == 0 for problem in trying.question_problems(draft, found))
    assert check_questions.confirmed(found) == ()
    more = propose_questions(lab, settings_of(lab), draft, count=3, known=found)
    assert not {one.question for one in more} & {one.question for one in found}


def test_knowledge_is_asked_without_its_text_and_a_grounded_skill_with_one(lab: Workspace) -> None:
    draft = make_draft(lab, FACTS, TEXTS)
    (fact,) = propose_questions(lab, settings_of(lab), draft, leaf=FACTS, count=1)
    assert (fact.leaf, fact.context) == (FACTS, "")
    (text,) = propose_questions(lab, settings_of(lab), draft, leaf=TEXTS, count=1)
    assert text.context
    with pytest.raises(UsageError, match="cannot be asked about"):
        propose_questions(lab, settings_of(lab), draft, leaf=SKILL)


def test_a_model_that_only_repeats_the_seeds_proposes_nothing(
    lab: Workspace, draft: DraftFolder, teacher: ScriptedServer
) -> None:
    teacher.answers = [Answer("What is the opposite of hot?")]
    with pytest.raises(LabError, match="wrote no question"):
        propose_questions(lab, settings_of(lab), draft)


def test_a_proposal_is_broken_off_when_nobody_wants_it(
    lab: Workspace, draft: DraftFolder, teacher: ScriptedServer
) -> None:
    heard: list[CheckQuestion] = []
    found = propose_questions(
        lab, settings_of(lab), draft, count=12, found=heard.append, cancelled=lambda: bool(teacher.requests)
    )
    assert found == heard
    assert len(found) < 12
    assert len(teacher.requests) <= 8


def test_everything_a_job_needs_stands_in_its_arguments(lab: Workspace, draft: DraftFolder) -> None:
    asked = msgspec.convert(make_job(lab, draft).spec().arguments, TryArguments)
    assert asked.leaves[0].text == draft.leaf_file(SKILL).read_text()
    assert Path(asked.draft) == draft.path
    assert asked.generate.remote is not None
    assert asked.teacher is None
    assert asked.generate.include_seeds
    assert asked.model.model_path.endswith("model.gguf")
