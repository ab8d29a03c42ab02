from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.train.tiny import write_tiny

pytest.importorskip("torch")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model's file. Read only: it is shared."""
    return write_tiny(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


@pytest.fixture
def tokenizer(tiny: Path) -> Any:
    from labtui.train.weights import load_tokenizer

    return load_tokenizer(tiny)
