"""A kind of job for tests, made known without a hook in the product.

The supervisor starts `python -m labtui.<kind>.worker`, so a worker for tests must be found inside the package
`labtui`. Python itself offers the door: a `sitecustomize` on PYTHONPATH is imported by every interpreter as it
starts, and the one in `site/` adds `stages/` to the places where `labtui` looks for its subpackages. The product
knows nothing of it, runs its own command line unchanged, and the environment is handed on from the launcher to
the supervisor to the worker exactly as it is for a real stage.

A kind of its own in the product ("run any command") was the other way; it would have been a feature nobody asked
for, kept alive by tests.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def make_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets every process started from here on find the kind `steps`."""
    monkeypatch.setenv("PYTHONPATH", str(HERE / "site"))
