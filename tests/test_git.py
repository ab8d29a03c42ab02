"""Real git, real repositories, hostile ones among them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from labtui import git
from labtui.errors import LabError

IDENTITY = {
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05+0000",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.org",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+0000",
}


def make(folder: Path, files: dict[str, str], message: str = "First") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    git.run(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, files, message)
    return folder


def commit(folder: Path, files: dict[str, str], message: str) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    git.run(folder, "add", "--all")
    git.run(folder, "commit", "--quiet", "--no-verify", "-m", message, environment=IDENTITY)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return make(tmp_path / "repo", {"knowledge/birds/qna.yaml": "version: 3\n", "README.md": "hello\n"})


def test_head_says_who_when_and_what(repo: Path) -> None:
    commit_ = git.head(repo)
    assert commit_ is not None
    assert (commit_.author, commit_.subject) == ("Ann", "First")
    assert commit_.when.isoformat() == "2026-01-02T03:04:05+00:00"
    assert commit_.sha.startswith(commit_.short)


def test_before_the_first_commit_there_is_no_head(tmp_path: Path) -> None:
    git.run(None, "init", "--quiet", "--initial-branch=main", "--", str(tmp_path / "new"))
    assert git.head(tmp_path / "new") is None
    status = git.status(tmp_path / "new")
    assert (status.branch, status.head, status.changed) == ("main", None, {})


def test_status_names_every_kind_of_change(repo: Path) -> None:
    (repo / "README.md").write_text("other\n")
    (repo / "knowledge/birds/qna.yaml").unlink()
    (repo / "knowledge" / "四十雀").mkdir()
    (repo / "knowledge" / "四十雀" / "qna.yaml").write_text("version: 3\n")
    (repo / "a b\nc").write_text("a name with a space and a line break")
    git.run(repo, "add", "--", "a b\nc")
    assert git.status(repo).changed == {
        "README.md": "changed",
        "knowledge/birds/qna.yaml": "deleted",
        "knowledge/四十雀/qna.yaml": "new",
        "a b\nc": "new",
    }


def test_status_counts_ahead_and_behind(repo: Path, tmp_path: Path) -> None:
    git.clone(str(repo), tmp_path / "clone")
    commit(tmp_path / "clone", {"x": "1"}, "Mine")
    commit(tmp_path / "clone", {"y": "1"}, "Mine too")
    commit(repo, {"z": "1"}, "Theirs")
    git.run(tmp_path / "clone", "fetch", "--quiet")
    status = git.status(tmp_path / "clone")
    assert (status.branch, status.upstream, status.ahead, status.behind) == ("main", "origin/main", 2, 1)


def test_detached_head_has_no_branch(repo: Path) -> None:
    git.run(repo, "checkout", "--quiet", "--detach")
    assert git.status(repo).branch == ""


def test_clone_reports_progress_and_needs_no_identity(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "")
    steps: list[git.Step] = []
    git.clone(repo.as_uri(), tmp_path / "clone", steps.append)
    assert (tmp_path / "clone/knowledge/birds/qna.yaml").read_text() == "version: 3\n"
    assert "receiving" in {step.stage for step in steps}
    assert any(step.total and step.done == step.total for step in steps)


def test_clone_works_without_home(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    git.clone(str(repo), tmp_path / "clone")
    assert git.head(tmp_path / "clone") == git.head(repo)


def test_clone_from_a_bare_repository(repo: Path, tmp_path: Path) -> None:
    git.run(None, "clone", "--quiet", "--bare", "--", str(repo), str(tmp_path / "bare.git"))
    git.clone(str(tmp_path / "bare.git"), tmp_path / "clone")
    assert git.head(tmp_path / "clone") == git.head(repo)


@pytest.mark.parametrize(
    "source",
    [
        "/nowhere/at/all",
        "https://127.0.0.1:9/taxonomy.git",
        "ext::sh -c 'touch {marker}'",
        "--upload-pack=touch {marker}",
    ],
)
def test_a_clone_that_cannot_be_says_why_and_leaves_nothing(source: str, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    with pytest.raises(LabError) as caught:
        git.clone(source.format(marker=marker), tmp_path / "clone")
    assert caught.value.what.startswith("The repository cannot be cloned: ")
    assert not (tmp_path / "clone").exists()
    assert not marker.exists()


def test_a_token_in_an_address_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(LabError) as caught:
        git.clone("https://ann:s3cret@127.0.0.1:9/t.git", tmp_path / "clone")
    assert "s3cret" not in str(caught.value)
    assert "127.0.0.1:9" in str(caught.value)


def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    with pytest.raises(LabError) as caught:
        git.status(tmp_path)
    assert "not a git repository" in caught.value.what
    assert caught.value.where == str(tmp_path)
    assert git.root(tmp_path) is None


def test_root_is_found_from_inside(repo: Path) -> None:
    assert git.root(repo / "knowledge" / "birds") == repo.resolve()


def test_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not git.available()
    with pytest.raises(LabError, match="git is not installed"):
        git.head(tmp_path)


def test_no_git_and_variables_to_take_away(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "env").symlink_to("/usr/bin/env")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    with pytest.raises(LabError, match="git is not installed"):
        git.head(repo)


def test_variables_of_a_surrounding_git_do_not_lead_elsewhere(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make(tmp_path / "other", {"a": "b"}, "Other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_TRACE", "1")
    found = git.head(repo)
    assert found is not None and found.subject == "First"


def test_a_command_that_hangs_is_ended(tmp_path: Path) -> None:
    repo = make(tmp_path / "repo", {"a": "b"})
    with pytest.raises(LabError, match="did not finish within"):
        git.run(repo, "-c", "alias.hang=!sleep 60", "hang", timeout=0.5)


def test_read_blob_gives_the_bytes_of_a_commit(repo: Path) -> None:
    (repo / "README.md").write_text("changed since\n")
    assert git.read_blob(repo, "HEAD", "README.md") == b"hello\n"
    with pytest.raises(LabError, match="nothing"):
        git.read_blob(repo, "HEAD", "nothing.md")


HOSTILE = {
    "a file system monitor": "[core]\n\tfsmonitor = {touch}\n",
    "hooks": "[core]\n\thooksPath = {hooks}\n",
    "a clean filter": '[filter "evil"]\n\tclean = {touch}; cat\n\tsmudge = {touch}; cat\n\trequired = true\n',
    "a long-running filter": '[filter "evil"]\n\tprocess = {touch}\n',
    "a text converter": '[diff "evil"]\n\ttextconv = {touch}; cat\n',
    "a diff driver": '[diff "evil"]\n\tcommand = {touch}\n[diff]\n\texternal = {touch}\n',
    "a pager": "[core]\n\tpager = {touch}; cat\n[pager]\n\tlog = {touch}; cat\n\tdiff = {touch}; cat\n",
    "signature checks": "[log]\n\tshowSignature = true\n[gpg]\n\tprogram = {touch}\n[commit]\n\tgpgSign = true\n",
    "credentials": "[credential]\n\thelper = !{touch}\n[core]\n\taskPass = {touch}\n",
    "ssh": '[core]\n\tsshCommand = {touch}\n[remote "origin"]\n\turl = ssh://127.0.0.1:9/x\n',
    "a server program": '[remote "origin"]\n\turl = {origin}\n\tuploadpack = {touch}; git-upload-pack\n',
    "a transport": '[remote "origin"]\n\turl = ext::{touch}\n\tvcs = evil\n[protocol "ext"]\n\tallow = always\n',
    "an included file": "[include]\n\tpath = {included}\n",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_repository_runs_nothing(kind: str, tmp_path: Path) -> None:
    origin = make(tmp_path / "origin", {"a": "b"})
    repo = make(tmp_path / "repo", {"x.txt": "one\n", ".gitattributes": "* filter=evil diff=evil\n"})
    commit(repo, {"x.txt": "two\n"}, "Second")
    marker = tmp_path / "marker"
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-index-change", "pre-commit", "post-checkout", "reference-transaction", "post-commit"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (hooks / name).chmod(0o755)
        (repo / ".git" / "hooks").mkdir(exist_ok=True)
        (repo / ".git" / "hooks" / name).write_bytes((hooks / name).read_bytes())
        (repo / ".git" / "hooks" / name).chmod(0o755)
    included = tmp_path / "included"
    included.write_text(f'[filter "evil"]\n\tclean = touch {marker}; cat\n')
    settings = HOSTILE[kind].format(touch=f"touch {marker}", hooks=hooks, origin=origin, included=included)
    with open(repo / ".git" / "config", "a") as stream:
        stream.write(settings)
    (repo / "x.txt").write_text("two\n")
    (repo / "new.txt").write_text("new\n")

    git.status(repo)
    git.head(repo)
    git.root(repo)
    git.read_blob(repo, "HEAD", "x.txt")
    git.run(repo, "diff")
    git.run(repo, "log", "-p", "-2")
    git.run(repo, "show", "HEAD")
    git.run(repo, "fetch", check=False)
    commit(repo, {"y.txt": "y"}, "Third")
    git.run(repo, "checkout", "--quiet", "HEAD~1")
    assert not marker.exists()
    assert (repo / "x.txt").read_text() == "two\n"


def test_the_traps_of_the_hostile_repository_are_real(tmp_path: Path) -> None:
    """The same repository does run its programs under a plain git: the test above can fail."""
    repo = make(tmp_path / "repo", {"x.txt": "one\n", ".gitattributes": "* filter=evil\n"})
    marker = tmp_path / "marker"
    with open(repo / ".git" / "config", "a") as stream:
        stream.write(HOSTILE["a clean filter"].format(touch=f"touch {marker}"))
    (repo / "x.txt").write_text("two\n")
    subprocess.run(["git", "-C", str(repo), "diff"], check=True, capture_output=True)
    assert marker.exists()


def test_a_setting_that_cannot_be_switched_off_is_refused(repo: Path) -> None:
    with open(repo / ".git" / "config", "a") as stream:
        stream.write('[filter "a=b"]\n\tclean = touch /tmp/x\n')
    with pytest.raises(LabError, match="cannot be switched off"):
        git.status(repo)


def test_what_the_user_configured_stays(repo: Path, clean_environment: Path) -> None:
    """A filter of the user's own settings (git-lfs, say) works on in a repository that names one too."""
    marker = clean_environment / "own-filter-ran"
    (clean_environment / ".gitconfig").write_text(f'[filter "evil"]\n\tclean = touch {marker}; cat\n')
    with open(repo / ".git" / "config", "a") as stream:
        stream.write('[filter "evil"]\n\tclean = false\n\trequired = true\n')
    (repo / ".gitattributes").write_text("*.md filter=evil\n")
    (repo / "README.md").write_text("changed\n")
    git.run(repo, "add", "--", "README.md")
    assert marker.exists()
