"""`labtui taxonomy check`, as it is typed: its options, its JSON, its exit codes and what it says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from labtui.cli import run
from labtui.taxonomy.demo import commit_all
from tests.taxonomy.leaves import SKILL, write
from tests.terminal import Terminal

KEYS = ["path", "line", "column", "level", "rule", "message", "hint", "fixable"]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A taxonomy of two leaves, committed, and two changes; no workspace."""
    root = tmp_path / "taxonomy"
    write(root, "compositional_skills/same", SKILL + "extra: 1\n")
    write(root, "compositional_skills/changed", SKILL.replace("version: 3", "version: 2"))
    commit_all(root, "First")
    write(root, "compositional_skills/changed", SKILL.replace("version: 3", "version: 2") + "\n\n")
    write(root, "compositional_skills/new", SKILL.replace("One?", "Uno?"))
    monkeypatch.chdir(root)
    return root


def found(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> list[dict[str, Any]]:
    assert run(["taxonomy", "check", "--json", *arguments]) == code
    findings: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert all(list(finding) == KEYS for finding in findings)
    assert {finding["level"] for finding in findings} <= {"error", "warning", "info"}
    return findings


def leaves(findings: list[dict[str, Any]]) -> set[str]:
    return {Path(finding["path"]).parent.name for finding in findings}


def test_only_what_changed_since_the_base(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert leaves(found(capsys, ".", code=1)) == {"same", "changed", "new"}
    assert leaves(found(capsys, "--base=HEAD", ".", code=1)) == {"changed", "new"}
    assert leaves(found(capsys, "--base", "HEAD", "compositional_skills/new")) == {"new"}
    assert leaves(found(capsys, "--base=empty", ".", code=1)) == {"same", "changed", "new"}


def test_changed_leaves_are_compared_with_all(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    near = [one for one in found(capsys, "--base=HEAD", ".", code=1) if one["rule"] == "quality.near-duplicate"]
    assert leaves(near) == {"changed", "new"}
    assert any("compositional_skills/same" in one["message"] for one in near)


def test_upstream_holds_what_changed_to_the_newest_schema(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    findings = found(capsys, "--profile", "upstream", ".", code=1)
    assert leaves(findings) == {"same", "changed", "new"}
    by_leaf = {name: {one["rule"] for one in findings if f"/{name}/" in one["path"]} for name in leaves(findings)}
    assert "schema.const" in by_leaf["changed"]
    levels = {one["level"] for one in findings if one["rule"] == "lint.empty-lines"}
    assert levels <= {"error", "warning"}
    committed = root / "compositional_skills/changed"
    commit_all_again(root)
    assert "schema.const" not in {one["rule"] for one in found(capsys, "--profile", "upstream", str(committed), code=1)}


def commit_all_again(root: Path) -> None:
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "Second"], check=True)


def test_draft_is_mild(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, "compositional_skills/begun", "version: 3\ncreated_by: ann\n")
    assert found(capsys, "compositional_skills/begun", code=1)
    assert {one["level"] for one in found(capsys, "--profile", "draft", "compositional_skills/begun")} <= {
        "warning",
        "info",
    }


def test_bases_that_are_none(root: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["taxonomy", "check", "--base=nowhere", "."]) == 2
    assert "nowhere" in capsys.readouterr().err
    write(tmp_path / "plain", "compositional_skills/a")
    assert run(["taxonomy", "check", "--base=HEAD", str(tmp_path / "plain")]) == 3
    assert "Traceback" not in capsys.readouterr().err
    assert run(["taxonomy", "check", "--base=empty", str(tmp_path / "plain")]) == 0
    assert run(["taxonomy", "check", "--profile", "upstream", str(tmp_path / "plain")]) == 1
    assert run(["taxonomy", "check", "--profile", "mild", "."]) == 2


def test_a_path_that_base_takes_for_its_own_is_given_back(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With `.` as the base nothing is left to check, and there is no workspace either: both are beside the point."""
    for arguments, advice in (
        (["--base", "."], "--changed ."),
        (["--base", "compositional_skills/new", "."], "--changed compositional_skills/new ."),
    ):
        assert run(["taxonomy", "check", *arguments]) == 2
        error = capsys.readouterr().err
        assert "is a path" in error
        assert f"labtui taxonomy check {advice}\n" in error
    assert run(["taxonomy", "check", "--changed", "--base", "HEAD", "."]) == 2
    assert "another one" in capsys.readouterr().err
    assert leaves(found(capsys, "--changed", ".", code=1)) == {"changed", "new"}


def test_another_repository_has_a_base_of_its_own(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The workspace used last counts everywhere; the branch its taxonomy is compared with does not."""
    assert run(["init", str(tmp_path / "lab"), "--demo"]) == 0
    (tmp_path / "lab/labtui.yaml").write_text("version: 1\ntaxonomy:\n  base: upstream/theirs\n")
    capsys.readouterr()
    assert leaves(found(capsys, "--changed", ".", code=1)) == {"changed", "new"}
    assert "schema.const" in {one["rule"] for one in found(capsys, "--profile", "upstream", ".", code=1)}
    monkeypatch.chdir(tmp_path / "lab")
    assert run(["taxonomy", "check", "--changed"]) == 2
    assert "upstream/theirs" in capsys.readouterr().err


def test_an_empty_path_is_not_the_folder_one_is_in(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Such as a variable of a script that is not set."""
    for command in (["check", ""], ["fix", "--yes", ""], ["upgrade", "--yes", ".", ""]):
        assert run(["taxonomy", *command]) == 2
        assert "A path is empty." in capsys.readouterr().err
    assert "version: 2" in (root / "compositional_skills/changed/qna.yaml").read_text()


def test_nothing_changed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit_all_again(root)
    assert run(["taxonomy", "check", "--base=HEAD", "."]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "Nothing was checked: no leaf differs from the base.\n")


def test_the_workspaces_own_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "lab", "--demo"]) == 0
    monkeypatch.chdir(tmp_path / "lab")
    write(tmp_path / "lab" / "taxonomy", "compositional_skills/mine")
    capsys.readouterr()
    assert leaves(found(capsys, "--changed")) == {"mine"}
    assert leaves(found(capsys, "--base")) == {"mine"}
    assert leaves(found(capsys, "--changed", "compositional_skills")) == {"mine"}
    assert found(capsys, "--changed", "knowledge") == []
    assert run(["taxonomy", "check", "compositional_skills/mien"]) == 2
    error = capsys.readouterr().err
    assert "no leaf 'compositional_skills/mien', and no file or folder" in error
    assert "Did you mean 'compositional_skills/mine'" in error
    assert run(["taxonomy", "check", "compositional_skills/mine"]) == 0
    assert "/mine/qna.yaml:1:1: warning" in capsys.readouterr().out


def test_a_leaf_of_the_workspace_is_compared_with_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "lab", "--demo"]) == 0
    monkeypatch.chdir(tmp_path / "lab")
    source = tmp_path / "lab/taxonomy/compositional_skills/linguistics/synonyms/qna.yaml"
    write(tmp_path / "lab" / "taxonomy", "compositional_skills/copy", source.read_bytes())
    capsys.readouterr()
    near = [one for one in found(capsys, "compositional_skills/copy") if one["rule"] == "quality.near-duplicate"]
    assert len(near) >= 5
    assert all("compositional_skills/linguistics/synonyms" in one["message"] for one in near)


def test_documents_are_looked_for_on_request(root: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "a.md").write_text("# A\n")
    commit_all(documents, "First")
    commit = subprocess.run(
        ["git", "-C", str(documents), "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()
    text = (
        "version: 3\ncreated_by: ann\ndomain: x\ndocument_outline: x\nseed_examples: []\n"
        f"document:\n  repo: {documents}\n  commit: {commit}\n  patterns:\n    - b.md\n"
    )
    write(root, "knowledge/points", text)
    rule = "quality.document-patterns"
    assert rule not in {one["rule"] for one in found(capsys, "knowledge", code=1)}
    (finding,) = (one for one in found(capsys, "--documents", "knowledge", code=1) if one["rule"] == rule)
    assert (finding["path"], finding["line"], finding["level"]) == ("knowledge/points/qna.yaml", 10, "error")
    draft = found(capsys, "--documents", "--profile", "draft", "knowledge")
    assert {one["level"] for one in draft if one["rule"] == rule} == {"warning"}


def test_a_flood_is_counted_and_only_json_lists_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, "compositional_skills/flood", SKILL + "created_by: ann\n" * 250)
    assert run(["taxonomy", "check", "compositional_skills/flood"]) == 1
    captured = capsys.readouterr()
    lines = [line for line in captured.out.splitlines() if "[lint.key-duplicates]" in line]
    assert len(lines) == 101
    place, _, more = lines[-1].partition(": error: ")
    assert place.endswith("/qna.yaml:115:1")
    assert more == "150 more of the kind from here on; --json lists each. [lint.key-duplicates]"
    assert "250 errors" in captured.err
    rules = [one["rule"] for one in found(capsys, "compositional_skills/flood", code=1)]
    assert rules.count("lint.key-duplicates") == 250


def test_what_can_be_put_right_is_said_with_the_paths(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, "compositional_skills/my own", SKILL + "\n\n\n")
    for arguments, advice in (
        (["."], "fix ."),
        (["compositional_skills/my own"], "fix 'compositional_skills/my own'"),
        (
            ["--profile", "upstream", "compositional_skills/my own"],
            "fix --profile upstream 'compositional_skills/my own'",
        ),
        (["--base", "HEAD", "."], "fix compositional_skills/changed/qna.yaml 'compositional_skills/my own/qna.yaml'"),
        (["."] + [f"compositional_skills/{name}" for name in ("same", "changed", "new")], "fix PATH…"),
    ):
        run(["taxonomy", "check", *arguments])
        assert f"at once: labtui taxonomy {advice}\n" in capsys.readouterr().err


def test_a_folder_one_may_not_list_is_told_of(root: Path) -> None:
    """Root may list everything, so it is run without that right."""
    prefix: list[str] = []
    if os.geteuid() == 0:
        prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        if shutil.which(prefix[0]) is None or subprocess.run([*prefix, "true"], capture_output=True).returncode:
            pytest.skip("root lists every folder, and setpriv cannot take that right away here")
    closed = root / "compositional_skills" / "closed shelf"
    write(root, "compositional_skills/closed shelf/within")
    closed.chmod(0)
    try:
        for arguments in (["compositional_skills"], ["--base", "HEAD", "."], ["compositional_skills/closed shelf"]):
            command = [*prefix, sys.executable, "-m", "labtui", "taxonomy", "check", "--json", *arguments]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 1, done.stderr
            (finding,) = [one for one in json.loads(done.stdout) if one["rule"] == "quality.folder-unreadable"]
            assert (finding["path"], finding["level"]) == ("compositional_skills/closed shelf", "error")
            assert "Permission denied" in finding["message"]
            assert "chmod u+rx 'compositional_skills/closed shelf'" in finding["hint"]
        (root.parent / "labtui.yaml").write_text("version: 1\n")
        of_the_workspace = ["--workspace", str(root.parent), "taxonomy", "list"]
        for arguments in (
            ["taxonomy", "fix", "--dry-run", "."],
            ["taxonomy", "upgrade", "--dry-run", "."],
            of_the_workspace,
        ):
            command = [*prefix, sys.executable, "-m", "labtui", *arguments]
            said = subprocess.run(command, capture_output=True, text=True, check=False)
            assert "closed shelf" in said.stderr and "cannot be listed" in said.stderr, (arguments, said)
    finally:
        closed.chmod(0o755)


def test_many_findings_are_summed_up(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(6):
        write(root, f"compositional_skills/more{number}", SKILL.replace("tre", "tre ") + "extra: 1\n")
    assert run(["taxonomy", "check", "."]) == 1
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    start = lines.index("")
    assert lines[start + 1].split() == ["COUNT", "FILES", "FIXABLE", "LEVEL", "RULE"]
    rows = {line.split()[-1]: line.split()[:-1] for line in lines[start + 2 :]}
    assert rows["lint.trailing-spaces"] == ["6", "6", "6", "error"]
    assert rows["schema.unevaluatedProperties"] == ["7", "7", "error"]
    assert "can be put right at once: labtui taxonomy fix" in captured.err
    assert all(":" in line.split(" ")[0] for line in lines[:start] if not line.startswith("    "))


def test_on_a_terminal_findings_stand_below_their_file(root: Path) -> None:
    """In a real terminal: nothing of a leaf's own gets through to it."""
    write(root, "compositional_skills/odd", SKILL + '"\\e[31mextra\\e[0m": 1\n')
    with Terminal(
        [sys.executable, "-m", "labtui", "taxonomy", "check", "compositional_skills/odd"], columns=60, folder=root
    ) as terminal:
        terminal.wait_for("file has errors")
        lines = terminal.text.splitlines()
        assert b"\x1b[31m" not in terminal.raw
    assert lines[0].rstrip() == "compositional_skills/odd/qna.yaml"
    assert any(line.split()[:2] == ["15:1", "✖"] for line in lines)
    assert any(line.startswith("          ") and "Remove it" in line for line in lines)


def test_how_far_it_is_is_told_on_a_terminal_only(root: Path) -> None:
    command = [sys.executable, "-m", "labtui", "taxonomy", "check", "."]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert "Checked" not in done.stderr
    assert "\r" not in done.stderr
