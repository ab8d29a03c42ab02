"""Making workspaces: every way, twice, and every way it can go wrong."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from labtui import config, git, workspace
from labtui.errors import LabError, UsageError
from labtui.operations.init import init_workspace, instructlab_models, instructlab_taxonomy
from labtui.taxonomy.demo import commit_all
from labtui.taxonomy.tree import scan
from tests.taxonomy.leaves import write

FOLDERS = ["chats", "data", "drafts", "jobs", "labtui.yaml", "models", "taxonomy"]


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A taxonomy of the user's own, under git."""
    folder = tmp_path / "theirs"
    write(folder, "compositional_skills/a")
    commit_all(folder, "Theirs")
    return folder


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_plain_workspace_starts_with_an_empty_taxonomy(tmp_path: Path) -> None:
    made = init_workspace(tmp_path / "lab")
    assert entries(made.root) == FOLDERS
    assert git.status(made.taxonomy).branch == "main"
    assert scan(made.taxonomy) == []
    assert workspace.find(start=tmp_path / "lab" / "jobs") is not None
    assert workspace.remembered().workspace == str(tmp_path / "lab")


def test_the_demo(tmp_path: Path) -> None:
    made = init_workspace(tmp_path / "demo", demo=True)
    assert entries(made.root) == sorted([*FOLDERS, "documents"])
    assert len(scan(made.taxonomy)) == 6


def test_asking_twice_changes_nothing(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    init_workspace(root, demo=True)
    (root / "labtui.yaml").write_text("version: 1\nchat:\n  temperature: 0.1\n")
    (root / "taxonomy" / "mine.txt").write_text("mine")
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*") if ".git" not in path.parts and path.is_file()}
    said: list[str] = []
    init_workspace(root, demo=True, say=said.append)
    init_workspace(root)
    after = {path: path.stat().st_mtime_ns for path in root.rglob("*") if ".git" not in path.parts and path.is_file()}
    assert before == after
    assert "The taxonomy is there already and stays as it is." in said


@pytest.mark.parametrize("home", ["", None])
def test_without_home_and_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    if home is None:
        monkeypatch.delenv("HOME")
    else:
        monkeypatch.setenv("HOME", home)
    assert len(scan(init_workspace(tmp_path / "demo", demo=True).taxonomy)) == 6


def test_a_folder_stays_where_it_is(tmp_path: Path, theirs: Path) -> None:
    said: list[str] = []
    made = init_workspace(tmp_path / "lab", taxonomy=str(theirs), say=said.append)
    assert made.taxonomy.is_symlink()
    assert made.taxonomy.resolve() == theirs
    assert [leaf.id for leaf in scan(made.taxonomy)] == ["compositional_skills/a"]
    assert git.status(made.taxonomy).changed == {}
    write(made.taxonomy, "knowledge/new")
    assert (theirs / "knowledge/new/qna.yaml").is_file()
    assert any(str(theirs) in line for line in said)
    init_workspace(tmp_path / "lab", taxonomy=str(theirs))


def test_a_folder_without_git_is_taken_and_told(tmp_path: Path) -> None:
    write(tmp_path / "plain", "knowledge/a")
    said: list[str] = []
    init_workspace(tmp_path / "lab", taxonomy=str(tmp_path / "plain"), say=said.append)
    assert any("not a git repository" in line for line in said)


def test_an_address_is_cloned(tmp_path: Path, theirs: Path) -> None:
    steps: list[git.Step] = []
    made = init_workspace(tmp_path / "lab", taxonomy=theirs.as_uri(), on_progress=steps.append)
    assert not made.taxonomy.is_symlink()
    assert git.status(made.taxonomy).upstream == "origin/main"
    assert steps
    init_workspace(tmp_path / "lab", taxonomy=theirs.as_uri())


def test_a_bare_repository_is_cloned(tmp_path: Path, theirs: Path) -> None:
    git.run(None, "clone", "--quiet", "--bare", "--", str(theirs), str(tmp_path / "bare.git"))
    made = init_workspace(tmp_path / "lab", taxonomy=str(tmp_path / "bare.git"))
    assert not made.taxonomy.is_symlink()
    assert len(scan(made.taxonomy)) == 1


def test_a_taxonomy_that_lies_in_the_folder_already_is_adopted(tmp_path: Path, theirs: Path) -> None:
    root = tmp_path / "lab"
    root.mkdir()
    theirs.rename(root / "taxonomy")
    assert len(scan(init_workspace(root).taxonomy)) == 1


def test_the_current_folder_when_it_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert init_workspace().root == tmp_path / "empty"
    assert init_workspace().root == tmp_path / "empty"


def test_the_current_folder_when_it_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        init_workspace()
    assert "not empty (1 entry)" in caught.value.what
    assert "labtui init ." in caught.value.hint
    assert entries(tmp_path) == ["notes.txt"]
    assert init_workspace(Path()).root == tmp_path
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_taxonomy_is_no_workspace(theirs: Path) -> None:
    with pytest.raises(UsageError) as caught:
        init_workspace(theirs)
    assert f"--taxonomy {theirs}" in caught.value.hint


def test_demo_and_taxonomy_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        init_workspace(tmp_path / "lab", demo=True, taxonomy="x")


def test_another_taxonomy_is_never_replaced(tmp_path: Path, theirs: Path) -> None:
    init_workspace(tmp_path / "lab", taxonomy=str(theirs))
    write(tmp_path / "other", "knowledge/a")
    for demo, taxonomy in ((True, None), (False, str(tmp_path / "other")), (False, "https://127.0.0.1:9/x.git")):
        with pytest.raises(UsageError, match="does not replace"):
            init_workspace(tmp_path / "lab", demo=demo, taxonomy=taxonomy)
    assert (tmp_path / "lab" / "taxonomy").resolve() == theirs


@pytest.mark.parametrize(
    ("taxonomy", "error", "words"),
    [
        ("/nowhere", UsageError, "neither a folder nor an address"),
        ("{tmp}/empty", UsageError, "not a taxonomy"),
        ("{tmp}/theirs/compositional_skills/a", UsageError, "lies inside a taxonomy"),
        ("https://127.0.0.1:9/x.git", LabError, "cannot be cloned"),
        ("file:///nowhere", LabError, "cannot be cloned"),
        ("ext::sh -c true", UsageError, "neither"),
    ],
)
def test_a_taxonomy_that_cannot_be_had_leaves_nothing(
    tmp_path: Path, theirs: Path, taxonomy: str, error: type[LabError], words: str
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(error, match=words):
        init_workspace(tmp_path / "a" / "lab", taxonomy=taxonomy.format(tmp=tmp_path))
    assert not (tmp_path / "a").exists()
    assert workspace.remembered().workspace == ""


def test_a_clone_can_be_stopped(tmp_path: Path, theirs: Path) -> None:
    stop = threading.Event()
    stop.set()
    # A server that accepts and says nothing: the clone would wait for a minute.
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.git"
        with pytest.raises(LabError, match="stopped"):
            init_workspace(tmp_path / "lab", taxonomy=address, stop=stop)
    assert not (tmp_path / "lab").exists()


def test_a_link_that_leads_nowhere(tmp_path: Path, theirs: Path) -> None:
    made = init_workspace(tmp_path / "lab", taxonomy=str(theirs))
    theirs.rename(tmp_path / "moved")
    with pytest.raises(LabError, match="is gone"):
        init_workspace(made.root)
    init_workspace(made.root, taxonomy=str(tmp_path / "moved"))
    assert len(scan(made.taxonomy)) == 1


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "lab").write_text("mine")
    with pytest.raises(UsageError, match="is a file"):
        init_workspace(tmp_path / "lab")
    with pytest.raises(LabError, match="cannot be made"):
        init_workspace(tmp_path / "lab" / "inside")
    assert (tmp_path / "lab").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_one_may_not_write_to(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(LabError, match="Permission denied"):
        init_workspace(tmp_path / "lab", demo=True)


def test_a_workspace_of_a_newer_labtui(tmp_path: Path) -> None:
    (tmp_path / "labtui.yaml").write_text("version: 99\n")
    with pytest.raises(LabError, match="newer labtui"):
        init_workspace(tmp_path)


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match="git is not installed"):
        init_workspace(tmp_path / "demo", demo=True)
    assert not (tmp_path / "demo").exists()
    said: list[str] = []
    init_workspace(tmp_path / "lab", say=said.append)
    assert any("git is not installed" in line for line in said)


def test_what_instructlab_left_is_found(clean_environment: Path) -> None:
    assert instructlab_taxonomy() is None
    assert instructlab_models() == []
    write(clean_environment / "data" / "instructlab" / "taxonomy", "knowledge/a")
    models = clean_environment / "cache" / "instructlab" / "models"
    models.mkdir(parents=True)
    (models / "granite.gguf").write_bytes(b"GGUF")
    (models / "notes.txt").write_text("x")
    assert instructlab_taxonomy() == clean_environment / "data" / "instructlab" / "taxonomy"
    assert instructlab_models() == [models / "granite.gguf"]


def base_of(made: workspace.Workspace) -> str:
    return config.load(made, environment={}).settings.taxonomy.base


def test_the_base_is_the_default_branch_of_the_remote(theirs: Path, tmp_path: Path) -> None:
    git.run(theirs, "checkout", "--quiet", "-b", "trunk")
    assert base_of(init_workspace(tmp_path / "lab", taxonomy=theirs.as_uri())) == "origin/trunk"


def test_the_base_of_a_fork_is_where_it_came_from(theirs: Path, tmp_path: Path) -> None:
    git.clone(str(theirs), tmp_path / "fork")
    git.run(tmp_path / "fork", "remote", "add", "upstream", str(theirs))
    assert base_of(init_workspace(tmp_path / "one", taxonomy=str(tmp_path / "fork"))) == "origin/main"
    git.run(tmp_path / "fork", "fetch", "--quiet", "upstream")
    assert base_of(init_workspace(tmp_path / "two", taxonomy=str(tmp_path / "fork"))) == "upstream/main"


@pytest.mark.parametrize("how", ["no remote", "no git", "a remote with an odd name", "empty"])
def test_without_a_plain_remote_branch_no_base_is_written(theirs: Path, tmp_path: Path, how: str) -> None:
    folder: Path | None = theirs
    if how == "no git":
        folder = tmp_path / "plain"
        write(folder, "compositional_skills/a")
    elif how == "a remote with an odd name":
        git.run(theirs, "remote", "add", "2", str(theirs))
        git.run(theirs, "fetch", "--quiet", "2")
    made = init_workspace(tmp_path / "lab", taxonomy=None if how == "empty" else str(folder))
    assert base_of(made) == ""
    assert "base" not in made.settings_file.read_text()
