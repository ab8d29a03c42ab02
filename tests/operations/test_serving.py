from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui import config, jobs, paths, workspace
from labtui.errors import LabError, MissingExtra, UsageError
from labtui.operations import models, serving
from labtui.serve import engines
from labtui.serve.models import ModelInfo, list_models, write_model
from labtui.serve.target import Target
from labtui.workspace import Workspace


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Workspace]:
    made = workspace.create(tmp_path / "lab")
    workspace.remember_workspace(made.root)
    yield made
    for folder in serving.living(made):
        jobs.stop(folder, wait=20)


def store(name: str, **fields: object) -> None:
    folder = paths.models_dir() / name
    folder.mkdir(parents=True)
    (folder / "model.gguf").write_bytes(b"GGUF")
    write_model(folder, ModelInfo(name=name, kind="gguf", path=str(folder / "model.gguf"), **fields))  # type: ignore[arg-type]


def adapter(lab: Workspace, name: str, **fields: object) -> None:
    folder = lab.models / name
    folder.mkdir(parents=True)
    (folder / "adapter.gguf").write_bytes(b"GGUF")
    write_model(folder, ModelInfo(name=name, kind="adapter", path=str(folder), **fields))  # type: ignore[arg-type]


REMOTE = "serve.remotes={far: {url: 'http://host:1/v1/', model: big, api_key_env: FAR_KEY, context: 9000}}"


def test_the_model_that_is_meant_without_a_name(lab: Workspace) -> None:
    with pytest.raises(UsageError, match="no model yet"):
        serving.default_model(lab, config.load(lab))
    store("one")
    assert serving.default_model(lab, config.load(lab)) == "one"
    store("two")
    with pytest.raises(UsageError, match="2 models to choose from"):
        serving.default_model(lab, config.load(lab))
    assert serving.default_model(lab, config.load(lab, ["chat.model=two"])) == "two"


def test_an_adapter_brings_its_base(lab: Workspace) -> None:
    store("base", architecture="llama")
    adapter(lab, "tuned", base="base", architecture="llama")
    for asked in (("", "tuned"), ("tuned", ""), ("base", "tuned")):
        choice = serving.choose(lab, config.load(lab), *asked)
        assert (choice.model.name, choice.adapter_name, choice.label) == ("base", "tuned", "base + tuned")


def test_an_adapter_that_does_not_fit(lab: Workspace) -> None:
    store("other", architecture="qwen3")
    adapter(lab, "tuned", base="base", architecture="llama")
    adapter(lab, "orphan")
    with pytest.raises(UsageError, match="is for llama models"):
        serving.choose(lab, config.load(lab), "other", "tuned")
    with pytest.raises(UsageError, match="belongs to is not known"):
        serving.choose(lab, config.load(lab), "", "orphan")
    with pytest.raises(UsageError, match="no adapter 'nope'"):
        serving.choose(lab, config.load(lab), "other", "nope")


def test_a_remote_has_its_target_at_once(lab: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = config.load(lab, [REMOTE])
    with pytest.raises(LabError, match="key of 'far' is not set") as error:
        serving.ensure_served(lab, settings, "far", say=print)
    assert "FAR_KEY" in error.value.hint
    monkeypatch.setenv("FAR_KEY", " geheim\n")
    target = serving.ensure_served(lab, settings, "far", say=print)
    assert (target.url, target.model, target.key, target.context) == ("http://host:1/v1", "big", "geheim", 9000)
    assert serving.living(lab) == []
    with pytest.raises(UsageError, match="served by somebody else"):
        serving.start_server(lab, settings, "far")


def test_without_an_engine_it_names_the_command(lab: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    store("one")
    monkeypatch.setattr(engines, "installed", lambda name: False)
    with pytest.raises(MissingExtra, match="needs packages") as error:
        serving.start_server(lab, config.load(lab), "one")
    assert error.value.hint == "Install them with: pip install 'labtui[local]'"
    with pytest.raises(MissingExtra) as error:
        serving.start_server(lab, config.load(lab, ["serve.engine=llama_cpp"]), "one")
    assert "labtui[llama]" in error.value.hint


def test_a_model_is_used_by_its_adapters(lab: Workspace) -> None:
    store("base")
    adapter(lab, "tuned", base="base")
    settings = config.load(lab)
    found = models.find_for_removal(lab, settings, "base")
    assert isinstance(found, ModelInfo)
    assert models.uses(lab, settings, found) == ["It is the base of the adapter tuned, which is of no use without it."]
    other = workspace.create(lab.root.parent / "other")
    assert "in " in models.uses(other, config.load(other), found)[0]


def test_what_can_be_removed(lab: Workspace) -> None:
    store("base")
    half = paths.models_dir() / "half"
    half.mkdir()
    (half / "model.gguf.part").write_bytes(b"12345")
    settings = config.load(lab, [REMOTE])
    assert [(rest.name, rest.size) for rest in models.unfinished()] == [("half", 5)]
    models.remove(lab, models.find_for_removal(lab, settings, "half"))
    models.remove(lab, models.find_for_removal(lab, settings, "base"))
    assert list_models(lab, config.load(lab).settings) == []
    assert models.unfinished() == []
    with pytest.raises(UsageError, match="stands in the settings"):
        models.find_for_removal(lab, settings, "far")
    with pytest.raises(UsageError, match="no model 'gone'"):
        models.find_for_removal(lab, settings, "gone")


@pytest.mark.model
def test_two_callers_at_once_start_one_server(lab: Workspace, demo_store: ModelInfo) -> None:
    settings = config.load(lab)
    said: list[str] = []
    targets: list[Target] = []

    def call() -> None:
        targets.append(serving.ensure_served(lab, settings, "", say=said.append))

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({target.job for target in targets}) == 1
    assert len(list(lab.jobs.glob("*-serve-*"))) == 1
    assert said.count(f"Starting {demo_store.name}…") == 1
    # Found again without a word, and named where none is named.
    said.clear()
    assert serving.ensure_served(lab, settings, "smollm2-135m", say=said.append).job == targets[0].job
    assert said == []
    with pytest.raises(LabError, match="served already"):
        serving.start_server(lab, settings, "smollm2-135m")


@pytest.mark.model
def test_a_served_model_is_seen_used_and_stopped(lab: Workspace, demo_store: ModelInfo) -> None:
    settings = config.load(lab)
    serving.ensure_served(lab, settings, demo_store.name, say=print)
    row = models.overview(lab, settings)[0]
    (server,) = row.servers
    assert server.ready
    assert server.memory > demo_store.size
    assert server.idle_minutes == settings.settings.serve.idle_minutes
    assert models.uses(lab, settings, row.info) == ["It is being served."]
    models.remove(lab, row.info)
    assert models.overview(lab, settings) == []
    assert serving.living(lab) == []
    # Its file was only referenced, so it is still there.
    assert Path(demo_store.path).is_file()
