"""What docs/troubleshooting.md quotes is what the program says."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "troubleshooting.md"
OPEN = "…"
"""Stands for what the program fills in."""


@cache
def sentences() -> str:
    """Every text in the source, one a line; what is filled in stands as OPEN."""
    found = []
    for path in (ROOT / "labtui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                found.append(
                    "".join(str(part.value) if isinstance(part, ast.Constant) else OPEN for part in node.values)
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return "\n".join(found)


def quoted() -> list[str]:
    """The quotations in the first column of the tables."""
    rows = [line.split("|")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [words for row in rows for words in re.findall(r'"([^"]+)"', row) if " " in words]


def test_something_is_quoted() -> None:
    assert len(quoted()) > 10


@pytest.mark.parametrize("words", quoted())
def test_the_program_says_what_is_quoted(words: str) -> None:
    assert re.search(".{1,3}".join(map(re.escape, words.split(OPEN))), sentences()), words
