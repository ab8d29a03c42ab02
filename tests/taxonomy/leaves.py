"""Leaves for tests."""

from __future__ import annotations

from pathlib import Path

SKILL = """\
version: 3
created_by: ann
task_description: Name three synonyms.
seed_examples:
  - question: One?
    answer: uno
  - question: Two?
    answer: due
  - question: Three?
    answer: tre
  - question: Four?
    answer: quattro
  - question: Five?
    answer: cinque
"""


def write(root: Path, name: str, text: str | bytes = SKILL) -> Path:
    path = root / name / "qna.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


ATTRIBUTION = """\
Title of work: Synonyms
Link to work: -
License of the work: CC-BY-SA-4.0
Creator names: Ann
"""


def attributed(root: Path, name: str, text: str | bytes = SKILL) -> Path:
    """As `write`, with what says whose work it is beside it: a leaf that nothing is wrong with."""
    path = write(root, name, text)
    path.with_name("attribution.txt").write_text(ATTRIBUTION)
    return path
