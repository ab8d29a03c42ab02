"""Names into commits and object names into contents, many at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtui import git, git_objects
from labtui.git_objects import Blob, blobs, commits, merge_base
from labtui.git_standing import how_to_end, under_way
from tests.test_git import commit, make


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return make(tmp_path / "repo", {"a": "one\n", "b": "", "c": "three\nlines\n\n"})


def oid(repo: Path, path: str) -> str:
    return git.run(repo, "rev-parse", f"HEAD:{path}").text.strip()


def test_names_are_answered_in_order(repo: Path) -> None:
    head = git.run(repo, "rev-parse", "HEAD").text.strip()
    tree = git.run(repo, "rev-parse", "HEAD^{tree}").text.strip()
    assert commits(repo, ["main", "nothing", "HEAD", tree, head[:8], "HEAD:a", "-x", "refs/heads/main", "a b"]) == [
        head, "", head, "", head, "", "", head, "",
    ]  # fmt: skip
    assert commits(repo, []) == []


def test_a_name_that_makes_git_give_up_spoils_none_of_the_others(repo: Path) -> None:
    head = git.run(repo, "rev-parse", "HEAD").text.strip()
    assert commits(repo, ["main", "@{99}", "main"]) == [head, "", head]


@pytest.mark.parametrize("name", ["", "a\nb", "a\0b"])
def test_what_is_no_name_is_not_asked_for(repo: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        commits(repo, [name])


def test_contents_are_exact_and_each_comes_once(repo: Path) -> None:
    names = [oid(repo, path) for path in ("c", "a", "b")]
    found = list(blobs(repo, [*names, names[0]]))
    assert [blob.oid for blob in found] == names
    assert [blob.data for blob in found] == [b"three\nlines\n\n", b"one\n", b""]
    assert list(blobs(repo, [])) == []


def test_what_is_not_there_or_too_large_is_said(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_objects, "LARGEST", 5)
    missing = "0" * 39 + "1"
    tree = git.run(repo, "rev-parse", "HEAD^{tree}").text.strip()
    found = {blob.oid: blob for blob in blobs(repo, [missing, oid(repo, "a"), oid(repo, "c"), tree])}
    assert found[missing] == Blob(missing, None)
    assert found[tree] == Blob(tree, None)
    assert found[oid(repo, "a")].data == b"one\n"
    assert found[oid(repo, "c")] == Blob(oid(repo, "c"), None, 13)


def test_many_are_read_in_batches(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, {f"many/{number}": f"{number}\n" * number for number in range(60)}, "Many")
    calls: list[int] = []
    real = git_objects._contents
    monkeypatch.setattr(git_objects, "AT_ONCE", 200)
    monkeypatch.setattr(git_objects, "_contents", lambda place, oids: calls.append(len(oids)) or real(place, oids))
    wanted = [oid(repo, f"many/{number}") for number in range(60)]
    assert [blob.data for blob in blobs(repo, wanted)] == [b"%d\n" % number * number for number in range(60)]
    assert len(calls) > 5


def test_the_common_ancestor(repo: Path) -> None:
    first = git.run(repo, "rev-parse", "HEAD").text.strip()
    git.run(repo, "checkout", "--quiet", "-b", "side")
    commit(repo, {"x": "1"}, "Side")
    git.run(repo, "checkout", "--quiet", "main")
    commit(repo, {"y": "1"}, "Main")
    one, other = commits(repo, ["main", "side"])
    assert merge_base(repo, one, other) == first
    git.run(repo, "checkout", "--quiet", "--orphan", "alone")
    commit(repo, {"z": "1"}, "Alone")
    assert merge_base(repo, one, commits(repo, ["alone"])[0]) == ""


def test_nothing_is_under_way(repo: Path, tmp_path: Path) -> None:
    assert under_way(repo) == ""
    assert under_way(tmp_path) == ""


def test_how_to_end_what_is_under_way(repo: Path) -> None:
    git.run(repo, "bisect", "start")
    assert under_way(repo) == "bisect"
    assert "bisect reset" in how_to_end("bisect", repo)
    assert "merge --abort" in how_to_end("merge", repo)
