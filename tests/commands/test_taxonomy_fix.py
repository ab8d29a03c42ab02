"""`labtui taxonomy fix` and `upgrade`, as they are typed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from labtui.cli import run
from tests.taxonomy.leaves import SKILL, write

SPOILT = SKILL.replace("uno", "uno  ").rstrip("\n")
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def leaf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(Path(), "compositional_skills/a", SPOILT)


def test_the_difference_is_shown_and_nothing_written_without_a_terminal(leaf: Path, capsys: Captured) -> None:
    assert run(["taxonomy", "fix", "compositional_skills"]) == 2
    captured = capsys.readouterr()
    assert captured.out.splitlines()[:2] == [f"--- {leaf}", f"+++ {leaf}"]
    assert "-    answer: uno  \n+    answer: uno\n" in captured.out
    assert "no terminal to ask on" in captured.err
    assert "labtui taxonomy fix --yes" in captured.err
    assert leaf.read_text() == SPOILT


def test_yes_writes(leaf: Path, capsys: Captured) -> None:
    assert run(["taxonomy", "fix", "--yes", str(leaf)]) == 0
    captured = capsys.readouterr()
    assert "Put right: 2 findings in 1 file." in captured.err
    assert "left for a person" in captured.err  # it has no attribution.txt
    assert leaf.read_text() == SKILL
    assert run(["taxonomy", "fix", "--yes", str(leaf)]) == 0
    captured = capsys.readouterr()
    assert (captured.out, "nothing that a machine" in captured.err) == ("", True)


def test_what_is_printed_is_a_patch(leaf: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    leaf.write_bytes(SPOILT.replace("\n", "\r\n").replace("due", "due 四").encode())
    assert run(["taxonomy", "fix", "--dry-run", str(leaf)]) == 0
    patch = capsysbinary.readouterr().out
    done = subprocess.run(["git", "apply", "-p0", "-"], input=patch, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert leaf.read_bytes() == SKILL.replace("\n", "\r\n").replace("due", "due 四").encode()


def test_dry_run_writes_nothing(leaf: Path, capsys: Captured) -> None:
    assert run(["taxonomy", "fix", "--dry-run"]) == 2  # there is no workspace
    assert run(["taxonomy", "fix", "--dry-run", "compositional_skills"]) == 0
    assert "Nothing was written. It would be: 2 findings in 1 file." in capsys.readouterr().err
    assert leaf.read_text() == SPOILT
    assert run(["taxonomy", "fix", "--dry-run", "--yes", str(leaf)]) == 2
    assert leaf.read_text() == SPOILT


def test_json(leaf: Path, capsys: Captured) -> None:
    assert run(["taxonomy", "fix", "--json", str(leaf)]) == 2
    capsys.readouterr()
    assert run(["taxonomy", "fix", "--json", "--dry-run", str(leaf)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["written"], answer["files"], answer["refused"]) == (False, 1, [])
    (change,) = answer["changes"]
    assert (change["path"], change["new_path"], change["missing"]) == (str(leaf), str(leaf), [])
    assert [finding["rule"] for finding in change["fixed"]] == ["lint.trailing-spaces", "lint.new-line-at-end-of-file"]
    assert change["diff"].startswith(f"--- {leaf}\n")
    assert run(["taxonomy", "fix", "--json", "--yes", str(leaf)]) == 0
    assert json.loads(capsys.readouterr().out)["written"] is True
    assert run(["taxonomy", "fix", "--json", str(leaf)]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []


def test_several_files_one_patch(leaf: Path, capsys: Captured) -> None:
    other = write(Path(), "compositional_skills/b", SPOILT)
    odd = leaf.rename(leaf.with_name("qna.yml"))
    assert run(["taxonomy", "fix", "--yes", "compositional_skills"]) == 0
    captured = capsys.readouterr()
    assert [line for line in captured.out.splitlines() if line.startswith(("---", "+++"))] == [
        f"--- {odd}", f"+++ {leaf}", f"--- {other}", f"+++ {other}",
    ]  # fmt: skip
    assert (leaf.read_text(), other.read_text(), odd.exists()) == (SKILL, SKILL, False)


def test_a_leaf_of_the_workspace_by_its_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "lab", "--demo"]) == 0
    monkeypatch.chdir("lab")
    leaf = write(Path("taxonomy"), "compositional_skills/a", SPOILT)
    assert run(["taxonomy", "fix", "--yes", "compositional_skills/a"]) == 0
    assert leaf.read_text() == SKILL
    assert run(["taxonomy", "fix", "--yes"]) == 0
    assert run(["taxonomy", "fix", "compositional_skills/nowhere"]) == 2
    assert "no leaf" in capsys.readouterr().err


def test_upgrade_lists_what_a_person_must_add(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "created_by: ann\nseed_examples:\n" + "".join(f"- question: q{n}\n  answer: a\n" for n in range(6))
    leaf = write(Path(), "knowledge/a", text)
    assert run(["taxonomy", "upgrade", "--yes", str(leaf)]) == 0
    captured = capsys.readouterr()
    assert "+version: 3" in captured.out
    assert f"{leaf}: " in captured.err
    assert "left for a person:" in captured.err
    assert "    Seeds 1 to 6: 'context' is empty, not text." in captured.err
    assert f"Each with its line: labtui taxonomy check {leaf}" in captured.err
    assert "Upgraded: 1 file." in captured.err
    assert leaf.read_text().startswith("version: 3\n")
    assert run(["taxonomy", "upgrade", "--yes", str(leaf)]) == 0
    assert "Nothing is of an old version." in capsys.readouterr().err


def test_what_cannot_be_upgraded_is_told_and_the_rest_done(leaf: Path, capsys: Captured) -> None:
    leaf.write_text(SKILL.replace("version: 3", "version: 1"))
    write(Path(), "compositional_skills/bad", "a: [\n")
    assert run(["taxonomy", "upgrade", "--yes", "compositional_skills"]) == 1
    captured = capsys.readouterr()
    assert "1 file could not be upgraded." in captured.err
    assert "compositional_skills/bad/qna.yaml: It cannot be read: Not valid YAML" in captured.err
    assert leaf.read_text() == SKILL


def test_file_names_and_texts_say_nothing_to_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    import sys

    monkeypatch.chdir(tmp_path)
    leaf = write(Path(), "compositional_skills/a\x1b]52;c;eA==\x07b", SPOILT.replace("due", "due \u202e四 "))
    assert run(["taxonomy", "fix", "--dry-run", "compositional_skills"]) == 0
    capsys.readouterr()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert run(["taxonomy", "fix", "--dry-run", "compositional_skills"]) == 0
    captured = capsys.readouterr()
    assert "uno··" in captured.out
    assert not {"\x1b", "\x07", "\u202e"} & set(captured.out + captured.err)
    assert leaf.exists()
