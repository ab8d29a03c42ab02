"""Output that nobody reads to its end (`labtui … | head`): all is done the same, and the exit code is the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.taxonomy.leaves import SKILL, attributed, write

MUCH = "".join(f"  - question: Number {number}?  \n    answer: '{number}'\n" for number in range(4000))
"""More than a pipe holds, each line of questions with blanks at its end."""


def cut_off(folder: Path, *arguments: str) -> tuple[int, str]:
    """Runs a command whose reader leaves at once. Its exit code and standard error."""
    process = subprocess.Popen(
        [sys.executable, "-m", "labtui", "taxonomy", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, error = process.communicate(timeout=60)
    return process.returncode, error.decode()


@pytest.mark.parametrize(("arguments", "code"), [(["check", "bad"], 1), (["check", "--json", "bad"], 1)])
def test_a_check_still_answers(tmp_path: Path, arguments: list[str], code: int) -> None:
    write(tmp_path, "bad", SKILL + MUCH)
    returned, error = cut_off(tmp_path, *arguments)
    assert returned == code
    assert "1 of 1 file has errors." in error
    assert "Traceback" not in error and "BrokenPipe" not in error


@pytest.mark.parametrize("arguments", [["rules"], ["rules", "--json"], ["check", "--json", "good"]])
def test_without_errors_it_is_none(tmp_path: Path, arguments: list[str]) -> None:
    attributed(tmp_path, "good")
    returned, error = cut_off(tmp_path, *arguments)
    assert returned == 0, error
    assert "Traceback" not in error and "BrokenPipe" not in error


def test_what_was_agreed_to_is_written(tmp_path: Path) -> None:
    leaf = write(tmp_path, "bad", SKILL + MUCH)
    returned, error = cut_off(tmp_path, "fix", "--yes", "bad")
    assert returned == 0
    assert "Put right: 4,000 findings in 1 file." in error
    assert "?  \n" not in leaf.read_text()
