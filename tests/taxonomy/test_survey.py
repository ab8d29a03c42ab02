"""Leaves in batches, with what is wrong and what git says of them."""

from __future__ import annotations

import os
from pathlib import Path

from labtui import git
from labtui.taxonomy.demo import commit_all
from labtui.taxonomy.survey import changes, places, survey
from tests.taxonomy.leaves import SKILL, write

ATTRIBUTION = """\
Title of work: Counting
Link to work: https://example.org/counting
License of the work: CC0-1.0
Creator names: ann
"""


def read(root: Path, known: dict[str, object] | None = None) -> dict[str, object]:
    return {leaf.id: leaf for batch in survey(places(root), known or {}) for leaf in batch}  # type: ignore[arg-type]


def test_every_leaf_is_read_and_checked(tmp_path: Path) -> None:
    good = write(tmp_path, "compositional_skills/good")
    good.with_name("attribution.txt").write_text(ATTRIBUTION)
    write(tmp_path, "compositional_skills/bad", SKILL + "extra: 1\n")
    write(tmp_path, "compositional_skills/empty", "")
    found = read(tmp_path)
    levels = {name.rpartition("/")[2]: leaf.level for name, leaf in found.items()}  # type: ignore[attr-defined]
    assert levels == {"good": None, "bad": "error", "empty": "warning"}
    assert "schema.unevaluatedproperties" in found["compositional_skills/bad"].about  # type: ignore[attr-defined]


def test_what_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    path = write(tmp_path, "compositional_skills/a")
    write(tmp_path, "compositional_skills/b")
    before = read(tmp_path)
    path.write_text(SKILL + "extra: 1\n")
    after = read(tmp_path, before)
    assert after["compositional_skills/b"] is before["compositional_skills/b"]
    assert after["compositional_skills/a"].level == "error"  # type: ignore[attr-defined]


def test_a_survey_can_be_cancelled(tmp_path: Path) -> None:
    write(tmp_path, "compositional_skills/a")
    assert list(survey(places(tmp_path), {}, lambda: True)) == []


def test_a_leaf_that_vanishes_is_no_crash(tmp_path: Path) -> None:
    path = write(tmp_path, "compositional_skills/a")
    found = places(tmp_path)
    os.unlink(path)
    ((leaf,),) = survey(found, {})
    assert leaf.kind == "unreadable"


def test_changes_are_told_by_leaf(tmp_path: Path) -> None:
    root = tmp_path / "repo" / "inside"
    first, second = write(root, "knowledge/a"), write(root, "knowledge/b")
    commit_all(tmp_path / "repo", "First")
    assert changes(root) == {}
    first.write_text(SKILL + "\n")
    (second.parent / "attribution.txt").write_text("x")
    write(root, "knowledge/四十雀")
    assert changes(root) == {"knowledge/a": "changed", "knowledge/b": "changed", "knowledge/四十雀": "new"}
    assert git.root(root) == (tmp_path / "repo").resolve()


def test_changes_without_a_repository(tmp_path: Path) -> None:
    assert changes(tmp_path) == {}
