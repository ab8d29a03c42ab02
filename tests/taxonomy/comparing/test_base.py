"""What a taxonomy is compared with: names into commits, and what differs from them, on real repositories."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from labtui import git
from labtui.errors import LabError, UsageError
from labtui.taxonomy.comparing.base import Base, changed_files, find_default, resolve
from tests.taxonomy.leaves import SKILL
from tests.taxonomy.repos import BIRDS, WORDS, clone, commit, make, person, put


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return make(tmp_path / "origin")


@pytest.fixture
def mine(origin: Path, tmp_path: Path) -> Path:
    return clone(origin, tmp_path / "mine")


def sha(repo: Path, name: str = "HEAD") -> str:
    return git.run(repo, "rev-parse", name).text.strip()


def test_a_remote_branch_comes_before_a_local_one_of_the_same_name(mine: Path) -> None:
    first = sha(mine)
    git.run(mine, "branch", "origin/main", first)
    commit(mine, {"x": "1"})
    git.run(mine, "update-ref", "refs/heads/origin/main", sha(mine))
    assert resolve(mine, "origin/main").commit == first


def test_a_local_branch_comes_before_a_tag_of_the_same_name(mine: Path) -> None:
    first = sha(mine)
    git.run(mine, "branch", "same", first)
    git.run(mine, "tag", "same", commit(mine, {"x": "1"}))
    assert resolve(mine, "same").commit == first


@pytest.mark.parametrize("name", ["main", "v1", "HEAD~1", "refs/remotes/origin/main", "origin/feature/x", "feature/y"])
def test_anything_git_calls_a_commit(mine: Path, origin: Path, name: str) -> None:
    git.run(origin, "branch", "feature/x")
    git.run(mine, "fetch", "--quiet")
    first = sha(mine)
    git.run(mine, "tag", "-a", "-m", "one", "v1", environment=person())
    git.run(mine, "branch", "feature/y")
    git.run(mine, "checkout", "--quiet", "-b", "work")
    commit(mine, {"x": "1"})
    base = resolve(mine, name)
    assert (base.name, base.commit, base.everything, base.source) == (name, first, False, "--base")
    assert resolve(mine, first[:9]).commit == first


def test_compared_is_with_the_merge_base(mine: Path, origin: Path) -> None:
    first = sha(mine)
    commit(origin, {"knowledge/theirs/qna.yaml": SKILL})
    git.run(mine, "fetch", "--quiet")
    commit(mine, {"knowledge/ours/qna.yaml": SKILL})
    base = resolve(mine, "origin/main")
    assert base.commit == first
    assert changed_files(mine, base) == {"knowledge/ours/qna.yaml": "added"}


def test_the_default_is_the_setting_then_the_remote_then_the_last_commit(mine: Path, origin: Path) -> None:
    assert resolve(mine, None).name == "origin/main"
    git.run(mine, "branch", "other")
    assert (resolve(mine, None, "other").name, resolve(mine, None, "other").source) == ("other", "taxonomy.base")
    assert resolve(mine, "main", "other").name == "main"
    assert resolve(origin, None).name == "HEAD"
    assert resolve(origin, None, "  ").name == "HEAD"


def test_the_default_branch_of_the_remote_is_found(tmp_path: Path) -> None:
    origin = make(tmp_path / "origin")
    git.run(origin, "checkout", "--quiet", "-b", "trunk")
    mine = clone(origin, tmp_path / "mine")
    assert find_default(mine) == "origin/trunk"
    git.run(mine, "remote", "rename", "origin", "elsewhere")
    assert find_default(mine) == "elsewhere/trunk"
    git.run(mine, "symbolic-ref", "--delete", "refs/remotes/elsewhere/HEAD")
    assert find_default(mine) == "elsewhere/main"


def test_empty_needs_neither_git_nor_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"knowledge/a/qna.yaml": SKILL, "knowledge/b/qna.yml": SKILL, "notes.yaml": "x"})
    monkeypatch.setenv("PATH", str(tmp_path))
    base = resolve(tmp_path, "empty")
    assert base == Base("empty", "", True, "--base")
    assert changed_files(tmp_path, base) == {"knowledge/a/qna.yaml": "added", "knowledge/b/qna.yml": "added"}


@pytest.mark.parametrize("name", ["-x", "--output=/tmp/x", "", " ", "a\nb", "a\0b", "\x1b[2J"])
def test_a_name_that_is_none_is_refused_before_git_sees_it(mine: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is not the name of"):
        resolve(mine, name)
    if name.strip():
        with pytest.raises(UsageError) as caught:
            resolve(mine, None, name)
        assert caught.value.where == "taxonomy.base"


@pytest.mark.parametrize("name", ["orign/main", "HEAD~99", "main:README.md", "main..main", "^main", ":/First", "@{9}"])
def test_a_name_that_stands_for_nothing_says_so(mine: Path, name: str) -> None:
    with pytest.raises(UsageError, match="There is no branch, tag or commit") as caught:
        resolve(mine, name)
    assert caught.value.hint


def test_the_nearest_name_is_offered(mine: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean 'origin/main'"):
        resolve(mine, "orign/main")
    with pytest.raises(UsageError, match=r"the setting taxonomy\.base"):
        resolve(mine, None, "gone/main")


def test_without_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LabError, match="not under git"):
        resolve(tmp_path, None)
    with pytest.raises(LabError, match="no such folder"):
        resolve(tmp_path / "nowhere", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match="git is not installed"):
        resolve(tmp_path, "origin/main")


def test_before_the_first_commit_everything_is_new(tmp_path: Path) -> None:
    repo = tmp_path / "new"
    git.run(None, "init", "--quiet", "--", str(repo))
    put(repo, {"knowledge/a/qna.yaml": SKILL})
    base = resolve(repo, None)
    assert base.everything
    assert changed_files(repo, base) == {"knowledge/a/qna.yaml": "added"}
    assert resolve(repo, "HEAD").everything


def test_no_commit_in_common(mine: Path) -> None:
    git.run(mine, "checkout", "--quiet", "--orphan", "alone")
    commit(mine, {"x": "1"})
    with pytest.raises(LabError, match="no commit in common"):
        resolve(mine, "origin/main")


def test_a_shallow_clone_whose_common_commit_is_cut_off(origin: Path, tmp_path: Path) -> None:
    git.run(origin, "checkout", "--quiet", "-b", "work")
    commit(origin, {"a": "1"})
    commit(origin, {"a": "2"})
    git.run(origin, "checkout", "--quiet", "main")
    commit(origin, {"b": "1"})
    commit(origin, {"b": "2"})
    shallow = tmp_path / "shallow"
    git.run(None, "clone", "--quiet", "--depth=1", "--no-single-branch", "--", origin.as_uri(), str(shallow))
    with pytest.raises(LabError, match="fetch --unshallow"):
        resolve(shallow, "origin/work")
    git.run(shallow, "fetch", "--quiet", "--unshallow")
    assert resolve(shallow, "origin/work").commit


def test_a_detached_head_and_a_merge_under_way_are_no_hindrance(mine: Path, origin: Path) -> None:
    git.run(mine, "checkout", "--quiet", "--detach")
    assert changed_files(mine, resolve(mine, None)) == {}
    git.run(mine, "checkout", "--quiet", "main")
    commit(origin, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "ein")})
    commit(mine, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "un")})
    git.run(mine, "fetch", "--quiet")
    assert git.run(mine, "merge", "origin/main", check=False, environment=person()).code == 1
    assert changed_files(mine, resolve(mine, None)) == {f"{WORDS}/qna.yaml": "conflict"}


def test_every_kind_of_change(mine: Path) -> None:
    commit(mine, {"knowledge/committed/qna.yaml": SKILL})
    put(mine, {"knowledge/staged/qna.yaml": SKILL, "knowledge/meant/qna.yaml": SKILL, "a b\nc": "odd name"})
    git.run(mine, "add", "--", "knowledge/staged")
    git.run(mine, "add", "--intent-to-add", "--", "knowledge/meant")
    put(mine, {f"{WORDS}/qna.yaml": SKILL + "\n", f"{BIRDS}/qna.yaml": None, "knowledge/new/qna.yaml": SKILL})
    git.run(mine, "rm", "--quiet", "--cached", "README.md")
    put(mine, {".gitignore": "ignored/\n", "ignored/qna.yaml": SKILL})
    assert changed_files(mine, resolve(mine, None)) == {
        ".gitignore": "untracked",
        "README.md": "changed",
        "a b\nc": "untracked",
        "knowledge/birds/qna.yaml": "deleted",
        "knowledge/committed/qna.yaml": "added",
        "knowledge/meant/qna.yaml": "added",
        "knowledge/new/qna.yaml": "untracked",
        "knowledge/staged/qna.yaml": "added",
        "compositional_skills/words/qna.yaml": "changed",
    }


def test_names_that_are_no_utf8_can_be_opened(mine: Path) -> None:
    folder = os.fsencode(mine / "knowledge") + b"/caf\xe9"
    os.mkdir(folder)
    shutil.copyfile(mine / WORDS / "qna.yaml", folder + b"/qna.yaml")
    (path,) = changed_files(mine, resolve(mine, None))
    assert (mine / path).read_text() == SKILL


def test_a_folder_of_a_repository_sees_only_itself(mine: Path) -> None:
    put(mine, {"README.md": "changed\n", f"{BIRDS}/qna.yaml": "changed\n", "knowledge/new/qna.yaml": SKILL})
    inside = mine / "knowledge"
    assert changed_files(inside, resolve(inside, None)) == {"birds/qna.yaml": "changed", "new/qna.yaml": "untracked"}


def test_a_link_to_a_taxonomy_elsewhere(mine: Path, tmp_path: Path) -> None:
    put(mine, {"knowledge/new/qna.yaml": SKILL})
    link = tmp_path / "link"
    link.symlink_to(mine)
    assert changed_files(link, resolve(link, None)) == {"knowledge/new/qna.yaml": "untracked"}


def test_submodules_and_repositories_within_are_left_out(mine: Path, origin: Path) -> None:
    git.run(mine, "-c", "protocol.file.allow=always", "submodule", "add", "--quiet", str(origin), "documents")
    make(mine / "inner")
    found = changed_files(mine, resolve(mine, None))
    assert set(found) == {".gitmodules"}
    commit(mine / "documents", {"x": "1"})
    assert set(changed_files(mine, resolve(mine, None))) == {".gitmodules"}


@pytest.mark.parametrize("trap", ["a clean filter", "a file system monitor", "a diff driver"])
def test_nothing_of_a_hostile_repository_runs(mine: Path, tmp_path: Path, trap: str) -> None:
    from tests.test_git import HOSTILE

    marker = tmp_path / "marker"
    text = HOSTILE[trap].format(touch=f"touch {marker}", hooks="", origin="", included="")
    with open(mine / ".git" / "config", "a") as stream:
        stream.write(text)
    put(mine, {".gitattributes": "* filter=evil diff=evil\n", f"{WORDS}/qna.yaml": SKILL + "\n"})
    base = resolve(mine, "origin/main")
    assert changed_files(mine, base)[f"{WORDS}/qna.yaml"] == "changed"
    assert not marker.exists()
