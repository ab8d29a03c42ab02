"""Planning and starting trainings: what is counted, what is refused, and that the job then runs to its end."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from labtui import config, jobs, paths, workspace
from labtui.config import Config
from labtui.errors import LabError, MissingExtra, UsageError
from labtui.operations import training, training_choices
from labtui.records import State
from labtui.serve import gguf_file, models
from labtui.train import data
from labtui.train.arguments import TrainArguments
from labtui.workspace import Workspace
from tests.train.tiny import sample, write_data, write_tiny

pytest.importorskip("torch")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with a data set and a tiny model in the user's store; no job of it outlives the test."""
    made = workspace.create(tmp_path / "lab")
    write_data(made.data / "things" / data.FILE, [sample(number) for number in range(8)])
    add_tiny("tiny")
    yield made
    for folder in jobs.folders(made):
        jobs.stop(folder, wait=60, grace=0)


def add_tiny(name: str, **changes: Any) -> None:
    folder = paths.models_dir() / name
    folder.mkdir(parents=True)
    file = write_tiny(folder / "model.gguf", **changes)
    info = gguf_file.describe(file, name=name)
    models.write_model(folder, msgspec.structs.replace(info, sha256=f"hash of {name}"))


def settings(lab: Workspace, *overrides: str) -> Config:
    return config.load(lab, ("train.threads=1", "train.epochs=3", *overrides))


def test_a_plan_counts_samples_steps_and_tokens_without_loading_anything_heavy(lab: Workspace) -> None:
    plan = training.plan_training(lab, settings(lab), lab.data / "things", epochs=3)
    assert (plan.samples, plan.steps, plan.epochs, plan.model, plan.name) == (8, 6, 3.0, "tiny", "things")
    exact = exact_tokens(lab)
    assert plan.tokens == pytest.approx(exact, rel=0.6)
    assert 0 < plan.trained_tokens < plan.tokens
    assert 0 < plan.seconds.low < plan.seconds.expected < plan.seconds.high
    assert 0 < plan.memory_bytes.low < plan.memory_bytes.expected < plan.memory_bytes.high
    assert "rule of thumb" in plan.basis


def exact_tokens(lab: Workspace) -> int:
    from labtui.train.tokens import encode_all
    from labtui.train.weights import load_tokenizer

    tokenizer = load_tokenizer(paths.models_dir() / "tiny" / "model.gguf")
    fit, _ = encode_all(tokenizer, data.read(lab.data / "things").samples, 512)
    return sum(len(one.tokens) for one in fit)


def test_planning_imports_no_torch() -> None:
    import subprocess
    import sys

    code = (
        "import sys, labtui.operations.training; "
        "print([m for m in ('torch', 'transformers', 'numpy', 'peft', 'textual', 'yaml') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_adapter_is_as_large_as_planned(lab: Workspace) -> None:
    from labtui.train.loop import add_adapter
    from labtui.train.weights import load_model

    plan = training.plan_training(lab, settings(lab), lab.data / "things", rank=4)
    arguments = TrainArguments(data="", model="tiny", model_path="", name="a", out="", rank=4)
    model = add_adapter(load_model(paths.models_dir() / "tiny" / "model.gguf", lambda done, total: None), arguments)
    assert plan.parameters == sum(weight.numel() for weight in model.parameters() if weight.requires_grad)


def test_the_command_of_a_plan_asks_for_the_same(lab: Workspace) -> None:
    from labtui.commands.train import command

    plan = training.plan_training(lab, settings(lab), lab.data / "things", steps=7, rank=4, out="mine")
    words = shlex.split(plan.command_line)
    assert words[:2] == ["labtui", "train"]
    asked = command.make_context("train", words[2:]).params
    again = training.plan_training(
        lab,
        settings(lab),
        asked["data"],
        model=asked["model"],
        steps=asked["steps"],
        epochs=asked["epochs"],
        rank=asked["rank"],
        out=asked["name"],
    )
    assert (again.steps, again.parameters, again.name, again.samples) == (7, plan.parameters, "mine", 8)


def test_too_long_samples_are_foreseen(lab: Workspace) -> None:
    long = [sample(number, answer="word " * 900) for number in (20, 21)]
    write_data(lab.data / "long" / data.FILE, [*(sample(number) for number in range(8)), *long])
    plan = training.plan_training(lab, settings(lab), lab.data / "long")
    assert (plan.samples, plan.left_out) == (8, 2)
    assert "2 of 10" in plan.warnings[0]
    write_data(lab.data / "all" / data.FILE, long)
    with pytest.raises(LabError, match="longer than 512"):
        training.plan_training(lab, settings(lab), lab.data / "all")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"model": "nothing"}, "no model 'nothing'"),
        ({"steps": 0}, "At least one step"),
        ({"epochs": -1.0}, "At least one step"),
        ({"steps": 3, "epochs": 1.0}, "contradict"),
        ({"rank": 0}, "rank"),
        ({"out": "../evil"}, "cannot be a model's name"),
        ({"out": "tiny"}, "in use"),
    ],
)
def test_what_cannot_be_is_said_before_anything_starts(lab: Workspace, asked: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        training.start_training(lab, settings(lab), lab.data / "things", say=lambda words: None, **asked)
    assert jobs.list_jobs(lab) == []


def test_models_that_cannot_be_trained_say_why(lab: Workspace) -> None:
    add_tiny("mamba", architecture="mamba")
    add_tiny("plain", template="")
    asked = settings(lab, 'serve.remotes={there: {url: "http://127.0.0.1:9/v1"}}')
    for name, says in (("mamba", "architecture 'mamba'"), ("plain", "no chat template"), ("there", "somebody else")):
        with pytest.raises(LabError, match=says):
            training.plan_training(lab, asked, lab.data / "things", model=name)
    assert [info.name for info in training_choices.trainable_models(lab, asked)] == ["plain", "tiny"]


def test_a_missing_extra_is_named_with_its_command(lab: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PACKAGES", ("a_package_that_is_not_there",))
    with pytest.raises(MissingExtra) as caught:
        training.start_training(lab, settings(lab), lab.data / "things", say=lambda words: None)
    assert "pip install 'labtui[train]'" in caught.value.hint


def test_a_full_disk_is_said_before_the_start(lab: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: type("Usage", (), {"free": 10})())
    with pytest.raises(LabError, match="disk is too full"):
        training.start_training(lab, settings(lab), lab.data / "things", say=lambda words: None)


def test_free_names_count_on(lab: Workspace) -> None:
    assert training_choices.free_name(lab, "tiny") == "tiny-v2"
    (lab.models / "tiny-v2").mkdir(parents=True)
    assert training_choices.free_name(lab, "tiny") == "tiny-v3"
    assert training_choices.free_name(lab, "../a b/ü") == "a-b"
    assert training_choices.free_name(lab, "…") == "adapter"


def test_data_sets_are_named_by_what_they_teach_newest_first(lab: Workspace) -> None:
    import os

    made = write_data(lab.data / "20260101T000000Z-generate-abcde" / data.FILE, [sample(1)])
    card = {"v": 1, "leaves": [{"id": "knowledge/birds/chickadee"}]}
    (made.parent / "dataset.json").write_text(json.dumps(card))
    write_data(lab.data / "loose.jsonl", [sample(1), sample(2)])
    for age, path in enumerate((made, lab.data / "loose.jsonl", lab.data / "things" / data.FILE)):
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    found = training_choices.data_sets(lab)
    assert [(choice.title, choice.samples) for choice in found] == [("chickadee", 1), ("loose.jsonl", 2), ("things", 8)]
    assert training.plan_training(lab, settings(lab), made).name == "chickadee"


def test_a_training_runs_as_a_job_to_its_adapter(lab: Workspace) -> None:
    said: list[str] = []
    folder = training.start_training(
        lab, settings(lab), lab.data / "things", steps=3, out="first", rank=4, say=said.append
    )
    assert folder.id in said[-1]
    with pytest.raises(UsageError, match="in use"):
        training.plan_training(lab, settings(lab), lab.data / "things", out="first")
    view = jobs.wait(folder, timeout=200)
    assert view.state is State.DONE, folder.log_file.read_text()
    assert (view.done, view.total, view.unit) == (3, 3, "steps")
    assert view.spec.slots == ("train-cpu",)
    assert view.spec.inputs["model"] == "hash of tiny"
    adapter = models.find_model("first", lab, settings(lab).settings)
    assert (adapter.kind, adapter.base, adapter.file.is_file()) == ("adapter", "tiny", True)
    with pytest.raises(UsageError, match="is an adapter") as caught:
        training.plan_training(lab, settings(lab), lab.data / "things", model="first")
    assert "--model tiny" in caught.value.hint
    # What was measured counts for more than a rule, from now on.
    assert training.plan_training(lab, settings(lab), lab.data / "things").basis == "what first took here"
