"""Workspaces: how one is found, made, and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtui import paths, workspace
from labtui.errors import LabError, UsageError


def test_create_makes_the_folders_and_leaves_an_existing_one_alone(tmp_path: Path) -> None:
    made = workspace.create(tmp_path / "lab")
    assert sorted(path.name for path in made.root.iterdir()) == sorted([*workspace.FOLDERS, workspace.MARK])
    made.settings_file.write_text("version: 1\nchat:\n  model: mine\n")
    workspace.create(made.root)
    assert "mine" in made.settings_file.read_text()


def test_found_in_the_documented_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named, variable, upwards, last = (workspace.create(tmp_path / name).root for name in "abcd")
    workspace.remember_workspace(last)
    deep = upwards / "data" / "x"
    deep.mkdir()
    assert (found := workspace.find(start=tmp_path)) and found.root == last
    assert (found := workspace.find(start=deep)) and found.root == upwards
    monkeypatch.setenv("LABTUI_WORKSPACE", str(variable))
    assert (found := workspace.find(start=deep)) and found.root == variable
    assert (found := workspace.find(named, start=deep)) and found.root == named


def test_none_is_an_error_only_where_one_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert workspace.find() is None
    with pytest.raises(UsageError, match="no workspace") as caught:
        workspace.require()
    assert "labtui init" in caught.value.hint


def test_a_named_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        workspace.find(tmp_path)
    assert "--workspace" in caught.value.where


def test_a_forgotten_last_workspace_is_not_an_error(tmp_path: Path) -> None:
    workspace.remember_workspace(tmp_path / "gone")
    assert workspace.find(start=tmp_path) is None


def test_a_newer_workspace_is_refused(tmp_path: Path) -> None:
    made = workspace.create(tmp_path / "lab")
    made.settings_file.write_text("# made elsewhere\nversion: 99\n")
    with pytest.raises(LabError, match="newer labtui") as caught:
        workspace.find(made.root)
    assert str(made.settings_file) in caught.value.where


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a place nobody may write to; macOS has no /proc")
def test_a_place_that_cannot_be_written_is_a_sentence() -> None:
    # /proc takes no folders from anybody, root included.
    with pytest.raises(LabError, match="cannot be made"):
        workspace.create(Path("/proc/labtui"))


def test_recent_is_newest_first_without_repeats(tmp_path: Path) -> None:
    for name in ("a", "b", "a"):
        workspace.remember_workspace(tmp_path / name)
    assert workspace.remembered().recent == [str(tmp_path / "a"), str(tmp_path / "b")]


@pytest.mark.parametrize("data", [b"", b"[]", b'{"recent": 3}', b"\xff"])
def test_a_damaged_state_file_counts_as_empty(data: bytes) -> None:
    file = paths.state_dir() / "state.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(data)
    assert workspace.remembered() == workspace.Remembered()


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_home_falls_back_to_the_accounts_own(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name)
    if value is not None:
        monkeypatch.setenv("HOME", value)
    assert paths.home().is_absolute()
    assert paths.state_dir().is_absolute()


def test_a_relative_xdg_variable_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "data")
    assert paths.data_dir() == paths.home() / ".local" / "share" / "labtui"
