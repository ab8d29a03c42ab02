"""Repositories for tests: real git, a fixed person, a taxonomy and whoever works on it."""

from __future__ import annotations

from pathlib import Path

from labtui import git
from tests.taxonomy.leaves import SKILL

BIRDS = "knowledge/birds"
WORDS = "compositional_skills/words"


def person(name: str = "Ann") -> dict[str, str]:
    return {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (
            ("NAME", name),
            ("EMAIL", f"{name.lower()}@example.org"),
            ("DATE", "2026-01-02T03:04:05+0000"),
        )
    }


def put(folder: Path, files: dict[str, str | bytes | None]) -> None:
    """Writes files; None removes one."""
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)


def commit(folder: Path, files: dict[str, str | bytes | None], message: str = "More", who: str = "Ann") -> str:
    """Commits everything as it lies there; the commit's full name."""
    put(folder, files)
    git.run(folder, "add", "--all")
    git.run(folder, "commit", "--quiet", "--allow-empty", "--no-verify", "-m", message, environment=person(who))
    found = git.head(folder)
    assert found is not None
    return found.sha


def make(folder: Path, files: dict[str, str | bytes | None] | None = None) -> Path:
    """A repository with one commit: by default a taxonomy with two leaves."""
    folder.mkdir(parents=True, exist_ok=True)
    git.run(folder, "init", "--quiet", "--initial-branch=main")
    default: dict[str, str | bytes | None] = {
        f"{BIRDS}/qna.yaml": KNOWLEDGE,
        f"{WORDS}/qna.yaml": SKILL,
        "README.md": "hello\n",
    }
    commit(folder, default if files is None else files, "First")
    return folder


def clone(source: Path, target: Path) -> Path:
    git.clone(source.as_uri(), target)
    return target


KNOWLEDGE = """\
version: 3
created_by: ann
domain: birds
document_outline: What chickadees are
document:
  repo: https://example.org/birds.git
  commit: 0123456789012345678901234567890123456789
  patterns:
    - chickadee.md
seed_examples:
  - context: |
      The chickadee is a small bird of the north. It sings all winter and stores
      its food in the bark of trees.
    questions_and_answers:
      - question: What is a chickadee?
        answer: A small bird.
      - question: When does it sing?
        answer: All winter.
      - question: Where does it store food?
        answer: In bark.
  - context: |
      The nuthatch walks down trees head first.
    questions_and_answers:
      - question: How does a nuthatch walk down a tree?
        answer: Head first.
      - question: What walks down trees?
        answer: The nuthatch.
      - question: Which way does its head point?
        answer: Down.
"""
