"""`labtui taxonomy new` and `labtui taxonomy move`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labtui.cli import run


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "demo", "--demo"]) == 0
    capsys.readouterr()
    monkeypatch.chdir(tmp_path / "demo")
    return tmp_path / "demo" / "taxonomy"


@pytest.mark.parametrize(
    ("kind", "name", "made", "is_"),
    [
        ("knowledge", "science/birds", "knowledge/science/birds", "knowledge"),
        ("grounded", "writing/tone", "compositional_skills/writing/tone", "grounded skill"),
        ("freeform", "compositional_skills/rhymes", "compositional_skills/rhymes", "freeform skill"),
    ],
)
def test_new(demo: Path, capsys: pytest.CaptureFixture[str], kind: str, name: str, made: str, is_: str) -> None:
    assert run(["taxonomy", "new", kind, name, "--by", "ann"]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{demo / made / 'qna.yaml'}\n"
    assert f"labtui taxonomy check --profile draft {made}" in captured.err
    assert "created_by: ann\n" in (demo / made / "qna.yaml").read_text()
    assert (demo / made / "attribution.txt").is_file()
    assert run(["taxonomy", "check", "--profile", "draft", made]) == 0
    capsys.readouterr()
    assert run(["taxonomy", "new", kind, name]) == 2
    assert "already" in capsys.readouterr().err


def test_new_as_json(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["taxonomy", "new", "knowledge", "science/birds", "--json"]) == 0
    path = str(demo / "knowledge/science/birds/qna.yaml")
    assert json.loads(capsys.readouterr().out) == {"id": "knowledge/science/birds", "path": path, "kind": "knowledge"}


def test_an_odd_name_gets_a_proposal(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["taxonomy", "new", "knowledge", "Science/Black Birds"]) == 2
    assert "Take: knowledge/science/black_birds" in capsys.readouterr().err
    assert not (demo / "knowledge/Science").exists()


def test_move(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = "knowledge/arts/music/tide_organ", "knowledge/music/tide_organ"
    assert run(["taxonomy", "move", old, new]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{demo / new / 'qna.yaml'}\n"
    assert "git's index" in captured.err
    assert not (demo / "knowledge/arts").exists()
    assert run(["taxonomy", "check", new]) == 0
    capsys.readouterr()
    assert run(["taxonomy", "move", new, old, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer == {
        "old": new,
        "new": old,
        "path": str(demo / old / "qna.yaml"),
        "files": ["attribution.txt", "qna.yaml"],
        "tracked": True,
    }


def test_moves_that_are_refused(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["taxonomy", "move", "knowledge/nowhere", "knowledge/else"]) == 2
    assert run(["taxonomy", "move", "knowledge/arts/music/tide_organ", "knowledge/geography/islands/ostrevane"]) == 2
    assert run(["taxonomy", "move", "knowledge/arts/music/tide_organ", "compositional_skills/tide_organ"]) == 2
    assert (demo / "knowledge/arts/music/tide_organ/qna.yaml").is_file()
    assert "Traceback" not in capsys.readouterr().err
