"""Leaves in batches, with what is wrong and what git says of them."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from labtui import git
from labtui.taxonomy.checking.survey import Surveyed, changes, places, survey, together
from labtui.taxonomy.demo import commit_all
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


def test_what_is_in_sight_comes_first(tmp_path: Path) -> None:
    """Of leaves nobody ever checked and of leaves that are remembered alike, and though the sight moves meanwhile."""
    for number in range(300):
        write(tmp_path, f"compositional_skills/{number:03}", SKILL.replace("One?", f"{number}?"))
    found = places(tmp_path)
    for _ in range(2):
        sight = [f"compositional_skills/{number}" for number in (298, 299)]
        came: list[str] = []
        for batch in survey(found, {}, in_sight=lambda: sight):  # noqa: B023
            came += [leaf.id for leaf in batch]
            sight = ["compositional_skills/250"]
        assert sorted(came) == [leaf.id for leaf in found]
        # Begun first; the other of the two processes may meanwhile have done a few more.
        assert {"compositional_skills/298", "compositional_skills/299"} <= set(came[:60])


def test_a_survey_that_ends_early_leaves_no_process(tmp_path: Path) -> None:
    for number in range(100):
        write(tmp_path, f"compositional_skills/{number:03}", SKILL.replace("One?", f"{number}?"))
    seen: list[Surveyed] = []
    for batch in survey(places(tmp_path), {}, lambda: bool(seen)):
        seen.extend(batch)
    assert 0 < len(seen) < 100
    going = survey(places(tmp_path), {})
    next(going)
    going.close()
    children = psutil.Process().children()
    assert not any("taxonomy.checking.worker" in word for child in children for word in child.cmdline())


def test_an_attribution_that_changes_is_noticed(tmp_path: Path) -> None:
    path = write(tmp_path, "compositional_skills/a")
    before = read(tmp_path)
    path.with_name("attribution.txt").write_text(ATTRIBUTION)
    after = read(tmp_path, before)
    assert before["compositional_skills/a"].level == "warning"  # type: ignore[attr-defined]
    assert after["compositional_skills/a"].level is None  # type: ignore[attr-defined]
    path.with_name("attribution.txt").unlink()
    assert read(tmp_path, after)["compositional_skills/a"].level == "warning"  # type: ignore[attr-defined]


def test_what_leaves_show_together_comes_and_goes(tmp_path: Path) -> None:
    first, second = write(tmp_path, "compositional_skills/a"), write(tmp_path, "compositional_skills/b")
    leaves: dict[str, Surveyed] = read(tmp_path)  # type: ignore[assignment]

    def near() -> dict[str, int]:
        for batch in together(list(leaves.values())):
            leaves.update({leaf.id: leaf for leaf in batch})
        rule = "quality.near-duplicate"
        return {
            path.name: sum(one.rule == rule for one in leaves[f"compositional_skills/{path.name}"].findings)
            for path in (first.parent, second.parent)
        }

    assert near() == {"a": 5, "b": 5}
    assert near() == {"a": 5, "b": 5}, "and the same again, remembered"
    second.write_text(SKILL.replace("?", " else, in words of its own, would that be?"))
    leaves.update(read(tmp_path, leaves))  # type: ignore[arg-type]
    assert near() == {"a": 0, "b": 0}


def test_comparing_can_be_cancelled(tmp_path: Path) -> None:
    write(tmp_path, "compositional_skills/a"), write(tmp_path, "compositional_skills/b")
    leaves: list[Surveyed] = list(read(tmp_path).values())  # type: ignore[arg-type]
    assert list(together(leaves, lambda: True)) == []


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
