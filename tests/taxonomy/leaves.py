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
