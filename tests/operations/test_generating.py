from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui import config, jobs
from labtui.errors import LabError, UsageError
from labtui.generate.dataset import read_card
from labtui.operations.generating import out_of, plan_facts, plan_generate, start_generate
from labtui.records import State
from labtui.workspace import Workspace
from tests.generate.teaching import FACTS, SKILL, TEXTS, answering, know, make_workspace
from tests.scripted_server import ScriptedServer


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Workspace]:
    made = make_workspace(tmp_path / "lab")
    with ScriptedServer(answering) as server:
        know(server)
        yield made


def test_the_plan_says_what_will_happen(lab: Workspace) -> None:
    plan = plan_generate(lab, config.load(lab), [SKILL, TEXTS, SKILL], samples=5)
    assert [leaf.id for leaf in plan.leaves] == [SKILL, TEXTS]
    assert (plan.samples, plan.requests, plan.seeds) == (10, (20, 80), 10)
    facts = dict(plan_facts(plan))
    assert facts["teacher"] == "scripted, served by somebody else"
    assert plan.command_line == f"labtui generate {SKILL} {TEXTS} --samples 5 --teacher scripted"


def test_a_generation_runs_as_a_job_and_can_be_resumed(lab: Workspace) -> None:
    said: list[str] = []
    folder = start_generate(lab, config.load(lab), [SKILL, FACTS], samples=4, say=said.append)
    view = jobs.wait(folder, timeout=60)
    assert view.state is State.DONE
    assert (view.done, view.total, view.unit) == (8, 8, "samples")
    assert view.spec.inputs[SKILL]
    assert out_of(folder) == lab.data / folder.id
    card = read_card(out_of(folder))
    assert card is not None
    assert card.job == folder.id
    assert jobs.list_jobs(lab)[0].spec.title == "opposites, birds, 4 samples each"
    moved = Workspace(lab.root.rename(lab.root.with_name("moved")))
    assert out_of(jobs.find(moved, folder.id)) == moved.data / folder.id


def test_a_leaf_that_is_not_there_names_the_nearest(lab: Workspace) -> None:
    with pytest.raises(UsageError) as caught:
        start_generate(lab, config.load(lab), ["compositional_skills/words/oposites"], say=print)
    assert SKILL in caught.value.hint
    assert jobs.list_jobs(lab) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 3\nseed_examples: []\n", "holds no seed examples"),
        ("version: 3\nseed_examples:\n  - question: Why?\n", "None of its seed examples has a question and an answer"),
        ("a: [", "Line"),
        ("", "empty"),
    ],
)
def test_a_leaf_nothing_can_be_made_of_says_why(lab: Workspace, text: str, said: str) -> None:
    (lab.taxonomy / SKILL / "qna.yaml").write_text(text)
    with pytest.raises(LabError) as caught:
        plan_generate(lab, config.load(lab), [SKILL])
    assert said in caught.value.what
    assert "qna.yaml" in caught.value.where


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"samples": 0}, "At least one sample"),
        ({"teacher": "scriptde"}, "no model 'scriptde'"),
        ({"out": Path("/etc")}, "not empty"),
    ],
)
def test_what_cannot_be_asked_is_refused(lab: Workspace, arguments: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan_generate(lab, config.load(lab), [SKILL], **arguments)  # type: ignore[arg-type]
    assert said in caught.value.what


def test_an_unknown_pipeline_in_the_settings_is_refused(lab: Workspace) -> None:
    with pytest.raises(UsageError, match="no pipeline 'best'"):
        plan_generate(lab, config.load(lab, ("generate.pipeline=best",)), [SKILL])


def test_without_a_taxonomy_it_says_how_to_get_one(lab: Workspace) -> None:
    lab.taxonomy.rename(lab.root / "elsewhere")
    with pytest.raises(LabError, match="no taxonomy") as caught:
        plan_generate(lab, config.load(lab), [SKILL])
    assert "labtui init" in caught.value.hint
