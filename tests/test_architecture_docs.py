"""docs/architecture.md speaks of modules that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"


def named() -> list[str]:
    """Modules and folders in the first column of the tables, and modules named in the text."""
    text = PAGE.read_text(encoding="utf-8").partition("## Where this differs")[0]
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    found = re.findall(r"`([\w/*]+(?:\.py|/))`", " ".join(cells)) + re.findall(r"`([\w/]+\.py)`", text)
    # Files of a job's folder are no modules.
    return sorted(set(found) - {"leaves/"})


def test_it_names_most_of_the_house() -> None:
    assert len(named()) > 100


@pytest.mark.parametrize("name", named())
def test_what_is_named_is_there(name: str) -> None:
    places = [ROOT, ROOT / "labtui"]
    assert any((place / name).exists() for place in places) or any((ROOT / "labtui").rglob(name.rstrip("/"))), name


def test_every_package_has_its_place() -> None:
    text = PAGE.read_text(encoding="utf-8")
    packages = [path.parent.name for path in (ROOT / "labtui").glob("*/__init__.py")]
    assert [name for name in packages if f"{name}/" not in text] == []
