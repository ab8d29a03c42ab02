"""`labtui init` and `labtui taxonomy`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labtui.cli import run
from tests.taxonomy.leaves import SKILL, write


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "demo", "--demo"]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{tmp_path / 'demo'}\n"
    assert "Made the workspace" in captured.err
    monkeypatch.chdir(tmp_path / "demo")
    return tmp_path / "demo"


def test_list(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["taxonomy", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["LEAF", "KIND", "SEEDS"]
    assert lines[-1].split() == ["knowledge/geography/islands/ostrevane", "knowledge", "5"]
    assert run(["taxonomy", "list", "organ"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_list_as_json(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["taxonomy", "list", "--json"]) == 0
    leaves = json.loads(capsys.readouterr().out)
    assert [set(leaf) for leaf in leaves] == [{"id", "path", "kind", "seeds", "description"}] * 6


def test_check_says_that_all_is_well(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["taxonomy", "check"]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "Everything is in order.\n")


def test_check_says_where_there_was_nothing_to_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "elsewhere").mkdir()
    assert run(["taxonomy", "check", str(tmp_path / "elsewhere")]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "Nothing was checked: there is no leaf.\n")


def test_check_a_leaf_by_its_id(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(demo / "taxonomy", "knowledge/bad", "version: 3\n")
    assert run(["taxonomy", "check", "knowledge/bad"]) == 1
    captured = capsys.readouterr()
    assert captured.out.count("schema.required") == 5
    assert "5 errors and 1 warning found; 1 of 1 file has errors." in captured.err
    assert run(["taxonomy", "check", "knowledge/arts/music/tide_organ"]) == 0
    assert run(["taxonomy", "check", "tide_orgn"]) == 2
    assert "Did you mean 'knowledge/arts/music/tide_organ'?" in capsys.readouterr().err


def test_check_needs_neither_workspace_nor_git(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    write(Path(), "knowledge/x", SKILL.replace("answer: uno", "answer: 'uno"))
    assert run(["taxonomy", "check", "knowledge", "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)
    assert {finding["rule"] for finding in findings} == {"legal.attribution-missing", "yaml.syntax"}
    (finding,) = (finding for finding in findings if finding["rule"] == "yaml.syntax")
    assert list(finding) == ["path", "line", "column", "level", "rule", "message", "hint", "fixable"]
    assert (finding["path"], finding["level"], finding["rule"]) == ("knowledge/x/qna.yaml", "error", "yaml.syntax")


def test_without_a_workspace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["taxonomy", "list"]) == 2
    assert "labtui init --demo" in capsys.readouterr().err
    assert run(["taxonomy", "check", "nothing"]) == 2


def test_init_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").write_text("")
    assert run(["init"]) == 2
    assert "not empty" in capsys.readouterr().err
    assert run(["init", "lab", "--taxonomy", "file:///nowhere"]) == 3
    error = capsys.readouterr().err
    assert "cannot be cloned" in error
    assert "Traceback" not in error


def test_quick_commands_stay_quick(demo: Path) -> None:
    """Listing needs neither the validator nor the linter nor git nor Textual."""
    import subprocess
    import sys

    script = (
        "import sys; from labtui.cli import run; code = run(['taxonomy', 'list']);"
        "heavy = {'textual', 'jsonschema', 'yamllint', 'git', 'httpx', 'numpy', 'torch'} & set(sys.modules);"
        "sys.exit(f'{code} {heavy}' if code or heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
