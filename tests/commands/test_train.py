"""`labtui train` as a person and as a script use it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from labtui import jobs, paths, workspace
from labtui.records import State
from labtui.serve import gguf_file, models
from labtui.train import data
from labtui.workspace import Workspace
from tests.terminal import labtui
from tests.train.tiny import sample, write_data, write_tiny

pytest.importorskip("torch")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A workspace to stand in, with a data set and a tiny model."""
    made = workspace.create(tmp_path / "lab")
    write_data(made.data / "things" / data.FILE, [sample(number) for number in range(6)])
    folder = paths.models_dir() / "tiny"
    folder.mkdir(parents=True)
    info = gguf_file.describe(write_tiny(folder / "model.gguf"), name="tiny")
    models.write_model(folder, msgspec.structs.replace(info, sha256="tiny"))
    monkeypatch.chdir(made.root)
    yield made
    for job in jobs.folders(made):
        jobs.stop(job, wait=60, grace=0)


def test_a_plan_starts_nothing(shop: Workspace) -> None:
    done = labtui("train", "--data", "data/things", "--steps", "4", "--plan")
    assert done.returncode == 0, done.stderr
    assert "samples   6" in done.stdout
    plan = json.loads(labtui("train", "--data", "data/things", "--steps", "4", "--plan", "--json").stdout)
    assert (plan["steps"], plan["model"], plan["name"]) == (4, "tiny", "things")
    assert jobs.list_jobs(shop) == []


def test_it_follows_to_the_adapter_and_says_how_to_try_it(shop: Workspace) -> None:
    done = labtui("train", "--data", "data/things", "--model", "tiny", "--steps", "2", "--out", "mine", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["adapter"], answer["done"]) == ("mine", True)
    assert (shop.models / "mine" / "adapter.gguf").is_file()
    again = labtui("train", "--data", "data/things", "--steps", "2", "--out", "mine")
    assert again.returncode == 2
    assert "'mine' is in use" in again.stderr
    assert "mine-v2" in again.stderr


def test_detached_it_prints_the_id_alone(shop: Workspace) -> None:
    done = labtui("train", "--data", "data/things", "--steps", "100000", "--detach")
    assert done.returncode == 0, done.stderr
    (view,) = jobs.list_jobs(shop)
    assert done.stdout.strip() == view.folder.id
    assert view.state in (State.RUNNING, State.WAITING)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--data", "nothing"], 2, "nothing: There is no such data set."),
        (["--data", "broken.jsonl"], 3, "broken.jsonl:2: It is not a sample"),
        (["--data", "data/things", "--model", "tinny"], 2, "'tiny'"),
        (["--data", "data/things", "--steps", "x"], 2, "--steps"),
        ([], 2, "--data"),
    ],
)
def test_bad_input_gets_a_sentence_and_the_right_code(shop: Workspace, words: list[str], code: int, says: str) -> None:
    line = json.dumps(sample(1))
    (shop.root / "broken.jsonl").write_text(f'{line}\n{{"id": "x"}}\n')
    done = labtui("train", *words)
    assert done.returncode == code
    assert says in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
