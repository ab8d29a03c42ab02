"""Plans of what would be written, and writing them: all files as they were shown, or none."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from labtui.errors import LabError, UsageError
from labtui.operations import taxonomy_fixing as fixing
from labtui.operations import taxonomy_writing as writing
from labtui.operations.taxonomy_fixing import plan_fix, plan_upgrade
from labtui.operations.taxonomy_writing import apply
from tests.taxonomy.leaves import SKILL, write

SPOILT = SKILL.replace("uno", "uno  ")


def test_a_plan_writes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, "compositional_skills/a", SPOILT)
    write(tmp_path, "compositional_skills/b")
    plan = plan_fix([tmp_path])
    assert (plan.files, len(plan.changes), plan.refused) == (2, 1, ())
    (change,) = plan.changes
    assert (change.before, change.after) == (SPOILT.encode(), SKILL.encode())
    assert [finding.rule for finding in change.done] == ["lint.trailing-spaces"]
    assert path.read_bytes() == SPOILT.encode()


def test_what_was_shown_is_written_with_its_mode(tmp_path: Path) -> None:
    path = write(tmp_path, "compositional_skills/a", SPOILT.replace("\n", "\r\n"))
    path.chmod(0o640)
    apply(plan_fix([tmp_path]).changes)
    assert path.read_bytes() == SKILL.replace("\n", "\r\n").encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(path.parent) == ["qna.yaml"]
    assert plan_fix([tmp_path]).changes == ()


def test_nothing_is_written_where_one_file_changed_meanwhile(tmp_path: Path) -> None:
    first = write(tmp_path, "compositional_skills/a", SPOILT)
    second = write(tmp_path, "compositional_skills/b", SPOILT)
    plan = plan_fix([tmp_path])
    second.write_text(SPOILT.replace("ann", "bea"))
    with pytest.raises(LabError, match="changed meanwhile") as caught:
        apply(plan.changes)
    assert caught.value.where == str(second)
    assert first.read_bytes() == SPOILT.encode()
    second.unlink()
    with pytest.raises(LabError, match="changed meanwhile"):
        apply(plan.changes)
    assert first.read_bytes() == SPOILT.encode()


def test_a_write_protected_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "compositional_skills/a", SPOILT)
    # The tests may run as root, whom no mode stops.
    monkeypatch.setattr(os, "access", lambda place, mode: str(place) != str(path))
    with pytest.raises(LabError, match="write-protected"):
        apply(plan_fix([tmp_path]).changes)
    assert path.read_bytes() == SPOILT.encode()


def test_a_disk_that_fails_halfway_is_told_with_what_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write(tmp_path, "compositional_skills/a", SPOILT)
    second = write(tmp_path, "compositional_skills/b", SPOILT)
    plan = plan_fix([tmp_path])
    replace = os.replace

    def full(source: Path, target: Path) -> None:
        if Path(target) == second:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(LabError, match="No space left") as caught:
        apply(plan.changes)
    assert str(first) in caught.value.what
    assert (first.read_bytes(), second.read_bytes()) == (SKILL.encode(), SPOILT.encode())
    assert os.listdir(second.parent) == ["qna.yaml"]


def test_a_link_inside_the_taxonomy_stays_a_link(tmp_path: Path) -> None:
    real = write(tmp_path, "compositional_skills/a", SPOILT)
    link = tmp_path / "compositional_skills/b/qna.yaml"
    link.parent.mkdir()
    link.symlink_to(real)
    apply(plan_fix([link]).changes)
    assert link.is_symlink()
    assert real.read_bytes() == SKILL.encode()


@pytest.mark.parametrize("name", ["qna.yml", "QNA.yaml"])
def test_a_file_of_almost_the_right_name_gets_it(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, "compositional_skills/a", SPOILT)
    path.rename(odd := path.with_name(name))
    plan = plan_fix([tmp_path])
    (change,) = plan.changes
    assert {finding.rule for finding in change.done} == {"layout.name", "lint.trailing-spaces"}
    assert change.shown_target == str(path)
    apply(plan.changes)
    assert (path.read_bytes(), odd.exists()) == (SKILL.encode(), False)


def test_nothing_is_renamed_over_another_file(tmp_path: Path) -> None:
    path = write(tmp_path, "compositional_skills/a")
    odd = path.with_name("qna.yml")
    odd.write_text(SPOILT)
    assert plan_fix([tmp_path]).changes == ()
    path.unlink()
    plan = plan_fix([tmp_path])
    path.write_text("somebody else's")
    with pytest.raises(LabError, match="changed meanwhile"):
        apply(plan.changes)
    assert (path.read_text(), odd.read_text()) == ("somebody else's", SPOILT)


def test_a_rename_never_wins_a_race(tmp_path: Path) -> None:
    odd = tmp_path / "qna.yml"
    odd.write_text("mine")
    (tmp_path / "qna.yaml").write_text("theirs")
    with pytest.raises(FileExistsError):
        writing._rename(odd, tmp_path / "qna.yaml")
    assert (tmp_path / "qna.yaml").read_text() == "theirs"


def test_templates_are_told_and_left(tmp_path: Path) -> None:
    path = write(tmp_path, "compositional_skills/a", SPOILT)
    path.rename(path.with_name("template_qna.yaml"))
    plan = plan_fix([tmp_path])
    assert (plan.changes, plan.refused, plan.left) == ((), (), 1)


def test_what_cannot_be_read_is_told_with_the_rest(tmp_path: Path) -> None:
    write(tmp_path, "compositional_skills/a", "version: 2\n" + SKILL.partition("\n")[2])
    bad = write(tmp_path, "compositional_skills/b", b"\xff")
    (tmp_path / "compositional_skills/c/qna.yaml").mkdir(parents=True)
    os.mkfifo(write(tmp_path, "compositional_skills/d").parent / "qna.yml")
    plan = plan_upgrade([tmp_path])
    assert [Path(change.shown).parent.name for change in plan.changes] == ["a"]
    assert {Path(refused.path).parent.name for refused in plan.refused} == {"b", "c", "d"}
    assert str(bad) in {refused.path for refused in plan.refused}


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        plan_fix([tmp_path / "nothing"])


def test_a_file_named_twice_is_written_once(tmp_path: Path) -> None:
    path = write(tmp_path, "compositional_skills/a", SPOILT)
    plan = plan_fix([tmp_path, path])
    assert len(plan.changes) == 1
    apply(plan.changes)


def test_text_that_is_not_saved_yet(tmp_path: Path) -> None:
    path = write(tmp_path, "compositional_skills/a")
    change = fixing.fixed(path, SPOILT.encode())
    assert (change.before, change.after) == (SPOILT.encode(), SKILL.encode())
    assert fixing.upgraded(path, SKILL.replace("version: 3", "version: 2").encode()).after == SKILL.encode()


def test_many_files_are_looked_through_as_a_check_does(tmp_path: Path) -> None:
    for number in range(fixing.FEW + 5):
        write(tmp_path, f"compositional_skills/s{number:02}", SPOILT if number % 10 == 0 else SKILL)
    odd = write(tmp_path, "compositional_skills/odd")
    odd.rename(odd.with_name("qna.yml"))
    (tmp_path / "compositional_skills/folder/qna.yaml").mkdir(parents=True)
    told: list[tuple[int, int]] = []
    plan = plan_fix([tmp_path], lambda done, total: told.append((done, total)))
    one_by_one = [fixing.fixed(path) for path in fixing._files([tmp_path])[0] if path.is_file()]
    assert plan.changes == tuple(change for change in one_by_one if change.done)
    assert [Path(change.shown).parent.name for change in plan.changes] == ["odd", "s00", "s10", "s20"]
    assert [Path(refused.path).parent.name for refused in plan.refused] == ["folder"]
    assert plan.files == fixing.FEW + 7
    rest = [change for change in one_by_one if not change.done]
    # As a check does, it also compares the leaves with each other.
    assert plan.left >= sum(finding.level != "info" for change in rest for finding in change.left)
    assert told


def test_names_that_are_no_utf_8_are_written_as_escapes(tmp_path: Path) -> None:
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/compositional_skills/\xff")
    os.makedirs(folder)
    path = Path(folder) / "qna.yaml"
    path.write_text(SPOILT)
    plan = plan_fix([tmp_path])
    assert "\\xff" in plan.changes[0].shown
    plan.changes[0].shown.encode()
    apply(plan.changes)
    assert path.read_text() == SKILL
