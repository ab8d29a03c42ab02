"""docs/contribute.md quotes what forges' refusals say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCE = "\n".join(path.read_text() for path in (ROOT / "labtui" / "contribute" / "forges").glob("*.py"))


def quoted() -> list[str]:
    page = (ROOT / "docs" / "contribute.md").read_text(encoding="utf-8")
    section = page.partition("### The website answers something else")[2].partition("\n#")[0]
    return [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")][2:]


def test_every_refusal_has_a_line() -> None:
    assert len(quoted()) == 11


@pytest.mark.parametrize("words", quoted())
def test_the_sentence_is_one_of_the_program(words: str) -> None:
    # What differs from time to time stands as an ellipsis or in brackets; a duration is put in.
    for part in re.split(r"…|\(HTTP[^)]*\)| for 40 minutes|;", words):
        assert part.strip() in SOURCE, part
