from __future__ import annotations

import json
from pathlib import Path

import pytest

from labtui import paths, workspace
from labtui.errors import LabError, UsageError
from labtui.serve.models import ModelInfo, find_model, folder_of, list_models, read_model, remove_model, write_model
from labtui.settings import Remote, Serve, Settings
from labtui.workspace import Workspace
from tests.serve.tiny import write_gguf


@pytest.fixture
def lab(tmp_path: Path) -> Workspace:
    return workspace.create(tmp_path / "lab")


def add(folder: Path, kind: str = "gguf", base: str = "") -> ModelInfo:
    folder.mkdir(parents=True)
    file = folder / ("adapter.gguf" if kind == "adapter" else "model.gguf")
    file.write_bytes(b"GGUF")
    path = folder if kind == "adapter" else file
    info = ModelInfo(name=folder.name, kind=kind, path=str(path), base=base)  # type: ignore[arg-type]
    write_model(folder, info)
    return info


def test_models_adapters_and_remotes_are_listed_in_that_order(lab: Workspace) -> None:
    add(lab.models / "Tuned", "adapter", "base")
    add(paths.models_dir() / "zeta")
    add(paths.models_dir() / "Alpha")
    settings = Settings(serve=Serve(remotes={"far": Remote(url="https://host/v1", context=9)}))
    found = list_models(lab, settings)
    assert [(info.name, info.kind) for info in found] == [
        ("Alpha", "gguf"),
        ("zeta", "gguf"),
        ("Tuned", "adapter"),
        ("far", "remote"),
    ]
    assert found[2].file == lab.models / "Tuned" / "adapter.gguf"
    assert [info.name for info in list_models(None, Settings())] == ["Alpha", "zeta"]


def test_half_added_broken_and_newer_entries_are_no_models(lab: Workspace) -> None:
    root = paths.models_dir()
    (root / "half").mkdir(parents=True)
    (root / "half" / "model.gguf.part").write_bytes(b"GG")
    (root / "broken").mkdir()
    (root / "broken" / "model.json").write_text("{")
    (root / "foreign").mkdir()
    (root / "foreign" / "model.json").write_text('{"v": 1}')
    add(root / "newer")
    path = root / "newer" / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "v": 99}))
    assert list_models(lab, Settings()) == []
    with pytest.raises(LabError, match="newer labtui"):
        read_model(root / "newer")


def test_a_moved_workspace_keeps_its_adapters(lab: Workspace, tmp_path: Path) -> None:
    add(lab.models / "tuned", "adapter")
    moved = Workspace(lab.root.rename(tmp_path / "elsewhere"))
    info = find_model("tuned", moved, Settings())
    assert info.file == moved.models / "tuned" / "adapter.gguf"
    assert not info.missing


def test_a_name_that_is_almost_right(lab: Workspace) -> None:
    add(paths.models_dir() / "smollm2-135m")
    with pytest.raises(UsageError, match="no model 'smolm2-135'") as error:
        find_model("smolm2-135", lab, Settings())
    assert "Did you mean 'smollm2-135m'?" in error.value.hint


def test_no_model_at_all_says_how_to_get_one(lab: Workspace) -> None:
    with pytest.raises(UsageError) as error:
        find_model("any", lab, Settings())
    assert "labtui model add demo" in error.value.hint


def test_a_model_whose_file_is_gone(lab: Workspace) -> None:
    info = add(paths.models_dir() / "lost")
    Path(info.path).unlink()
    with pytest.raises(LabError, match="is gone"):
        find_model("lost", lab, Settings())


def test_a_path_is_a_model_too(lab: Workspace, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "loose.gguf")
    info = find_model(str(path), lab, Settings())
    assert (info.name, info.path) == ("loose.gguf", str(path))


def test_kinds_are_told_apart(lab: Workspace) -> None:
    add(lab.models / "twin", "adapter")
    add(paths.models_dir() / "twin")
    assert find_model("twin", lab, Settings(), kinds=("adapter",)).kind == "adapter"
    assert find_model("twin", lab, Settings(), kinds=("gguf",)).kind == "gguf"


def test_removing(lab: Workspace) -> None:
    info = add(paths.models_dir() / "old")
    folder = folder_of(info, lab)
    assert folder is not None
    remove_model(folder)
    assert not folder.exists()
    assert list_models(lab, Settings()) == []
