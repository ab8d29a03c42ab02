"""Taking over what others did: over real transports, and everything that keeps it from being a plain step forward."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from labtui import git
from labtui.errors import LabError
from labtui.operations.taxonomy_updating import Standing, Update, forward, look
from tests.git_server import GitServer, available
from tests.taxonomy.leaves import ATTRIBUTION, SKILL
from tests.taxonomy.repos import BIRDS, KNOWLEDGE, WORDS, clone, commit, make, person, put

EDITED = SKILL.replace("uno", "ein")


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    return make(tmp_path / "theirs")


@pytest.fixture
def mine(theirs: Path, tmp_path: Path) -> Path:
    return clone(theirs, tmp_path / "mine")


def looked(root: Path) -> Update:
    found = look(root)
    msgspec.json.encode(found)
    return found


def head(repo: Path) -> str:
    return git.run(repo, "rev-parse", "HEAD").text.strip()


def picture(repo: Path) -> dict[str, bytes]:
    """Every file of the working tree, with what is staged and where the branch stands."""
    files = {
        str(path.relative_to(repo)): path.read_bytes()
        for path in sorted(repo.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(repo).parts
    }
    return {**files, "?index": git.run(repo, "ls-files", "--stage").out, "?head": head(repo).encode()}


def test_nothing_new(mine: Path) -> None:
    found = looked(mine)
    assert (found.standing, found.branch, found.upstream, found.commits) == (Standing.CURRENT, "main", "origin/main", 0)
    with pytest.raises(LabError, match="nothing to take over"):
        forward(mine, found)


def test_what_came_leaf_by_leaf(mine: Path, theirs: Path) -> None:
    commit(theirs, {f"{WORDS}/qna.yaml": EDITED}, "Ein is a number too", "Bob")
    commit(theirs, {f"{WORDS}/qna.yaml": EDITED.replace("due", "zwei")}, "So is zwei", "四十雀")
    commit(theirs, {"knowledge/new/qna.yaml": KNOWLEDGE.replace("bird", "fish").replace("tree", "reef")}, "A new leaf")
    commit(theirs, {"knowledge/new/attribution.txt": ATTRIBUTION, "docs/a.md": "x"}, "Whose it is")
    commit(theirs, {f"{BIRDS}/qna.yaml": None, "knowledge/animals/birds/qna.yaml": KNOWLEDGE}, "Elsewhere")
    found = looked(mine)
    assert (found.standing, found.commits, found.other_files) == (Standing.BEHIND, 5, 1)
    shown = {leaf.id: (leaf.state.value, leaf.summary, leaf.authors, leaf.subjects) for leaf in found.leaves}
    assert shown == {
        WORDS: ("changed", "2 seeds edited", ["四十雀", "Bob"], ["So is zwei", "Ein is a number too"]),
        "knowledge/animals/birds": ("renamed", "", ["Ann"], ["Elsewhere"]),
        "knowledge/new": ("added", "2 seeds", ["Ann"], ["Whose it is", "A new leaf"]),
    }
    assert found.leaves[1].old_id == BIRDS
    done = forward(mine, found)
    assert done.done
    assert picture(mine) == picture(theirs)
    assert looked(mine).standing is Standing.CURRENT


@pytest.mark.skipif(not available(), reason="this git has no http-backend")
def test_over_http_with_progress(theirs: Path, tmp_path: Path) -> None:
    with GitServer(tmp_path) as server:
        mine = tmp_path / "over-http"
        git.clone(f"{server.address}/theirs/.git", mine)
        for number in range(60):
            put(theirs, {f"knowledge/leaf{number}/qna.yaml": KNOWLEDGE.replace("bird", f"bird{number}")})
        commit(theirs, {})
        steps: list[git.Step] = []
        found = look(mine, steps.append)
        assert len(found.leaves) == 60
        assert "receiving" in {step.stage for step in steps}
        assert forward(mine, found).done
        assert picture(mine) == picture(theirs)


def test_a_fetch_from_a_server_that_never_answers_can_be_broken_off(mine: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        git.run(mine, "remote", "set-url", "origin", f"http://127.0.0.1:{silent.getsockname()[1]}/t.git")
        stop = threading.Event()
        timer = threading.Timer(0.3, stop.set)
        timer.start()
        with pytest.raises(LabError, match="stopped"):
            look(mine, stop=stop)
        with pytest.raises(LabError, match="stopped"):
            look(mine, stop=stop)


def test_uncommitted_work_elsewhere_stays_as_it_is(mine: Path, theirs: Path) -> None:
    commit(theirs, {f"{WORDS}/qna.yaml": EDITED})
    put(mine, {f"{BIRDS}/qna.yaml": "mine\n", "knowledge/new/qna.yaml": "new\n", "staged": "x"})
    git.run(mine, "add", "--", "staged")
    forward(mine, looked(mine))
    assert (mine / WORDS / "qna.yaml").read_text() == EDITED
    assert (mine / BIRDS / "qna.yaml").read_text() == "mine\n"
    assert git.status(mine).changed == {
        f"{BIRDS}/qna.yaml": "changed",
        "knowledge/new/qna.yaml": "new",
        "staged": "new",
    }


IN_THE_WAY = {
    "changed": ({f"{WORDS}/qna.yaml": SKILL + "\n"}, {f"{WORDS}/qna.yaml": EDITED}, f"{WORDS}/qna.yaml"),
    "changed alike": ({f"{WORDS}/qna.yaml": EDITED}, {f"{WORDS}/qna.yaml": EDITED}, f"{WORDS}/qna.yaml"),
    "deleted": ({f"{WORDS}/qna.yaml": None}, {f"{WORDS}/qna.yaml": EDITED}, f"{WORDS}/qna.yaml"),
    "changed here, deleted there": ({f"{WORDS}/qna.yaml": EDITED}, {f"{WORDS}/qna.yaml": None}, f"{WORDS}/qna.yaml"),
    "untracked": ({"knowledge/n/qna.yaml": "mine"}, {"knowledge/n/qna.yaml": SKILL}, "knowledge/n/qna.yaml"),
    "a file for a folder": ({"knowledge/n": "mine"}, {"knowledge/n/qna.yaml": SKILL}, "knowledge/n"),
    "a folder for a file": ({"notes/a.md": "mine"}, {"notes": "theirs"}, "notes/a.md"),
    "no UTF-8": ({os.fsdecode(b"caf\xe9"): "mine"}, {os.fsdecode(b"caf\xe9"): "theirs"}, "caf\\xe9"),
}


@pytest.mark.parametrize("staged", [False, True])
@pytest.mark.parametrize("what", IN_THE_WAY)
def test_work_in_the_way_is_named_and_nothing_is_done(what: str, staged: bool, mine: Path, theirs: Path) -> None:
    ours, came, named = IN_THE_WAY[what]
    commit(theirs, {f"{BIRDS}/qna.yaml": "also\n"})
    commit(theirs, dict(came))
    put(mine, dict(ours))
    if staged:
        git.run(mine, "add", "--all")
    before = picture(mine)
    found = looked(mine)
    assert (found.standing, found.in_the_way) == (Standing.BLOCKED, [named])
    assert named in found.advice
    with pytest.raises(LabError, match="uncommitted"):
        forward(mine, found)
    assert picture(mine) == before


def test_work_that_came_about_in_between_is_not_overwritten(mine: Path, theirs: Path) -> None:
    commit(theirs, {f"{WORDS}/qna.yaml": EDITED})
    found = looked(mine)
    put(mine, {f"{WORDS}/qna.yaml": "mine\n"})
    before = picture(mine)
    with pytest.raises(LabError, match="uncommitted"):
        forward(mine, found)
    assert picture(mine) == before
    git.run(mine, "checkout", "--quiet", "--", ".")
    commit(mine, {"x": "1"})
    with pytest.raises(LabError, match="Another commit"):
        forward(mine, found)


def test_an_ignored_file_is_not_overwritten(mine: Path, theirs: Path) -> None:
    put(mine, {".git/info/exclude": "secret.txt\n", "secret.txt": "mine\n"})
    commit(theirs, {"secret.txt": "theirs\n"})
    found = looked(mine)
    with pytest.raises(LabError, match="stays as it is"):
        forward(mine, found)
    assert (mine / "secret.txt").read_text() == "mine\n"
    assert head(mine) == found.before


def test_a_change_only_the_index_knows_is_not_overwritten(mine: Path, theirs: Path) -> None:
    put(mine, {f"{WORDS}/qna.yaml": "staged\n"})
    git.run(mine, "add", "--all")
    put(mine, {f"{WORDS}/qna.yaml": SKILL})
    commit(theirs, {f"{WORDS}/qna.yaml": EDITED})
    before = picture(mine)
    with pytest.raises(LabError):
        forward(mine, looked(mine))
    assert picture(mine) == before


def test_branches_that_went_apart(mine: Path, theirs: Path) -> None:
    commit(theirs, {f"{WORDS}/qna.yaml": EDITED})
    commit(mine, {"a": "1"})
    commit(mine, {"b": "1"})
    before = picture(mine)
    found = looked(mine)
    assert (found.standing, found.own, found.commits) == (Standing.DIVERGED, 2, 1)
    assert "rebase origin/main" in found.advice and "2 commits" in found.advice
    with pytest.raises(LabError, match="rebase"):
        forward(mine, found)
    assert picture(mine) == before


def test_commits_of_ones_own_alone_are_nothing_to_do(mine: Path) -> None:
    commit(mine, {"a": "1"})
    found = looked(mine)
    assert (found.standing, found.own) == (Standing.CURRENT, 1)


def test_a_rewritten_upstream(mine: Path, theirs: Path) -> None:
    commit(theirs, {"a": "1"})
    git.run(mine, "pull", "--quiet", "--ff-only")
    git.run(theirs, "reset", "--quiet", "--hard", "HEAD~1")
    commit(theirs, {"b": "1"})
    before = picture(mine)
    found = looked(mine)
    assert found.standing is Standing.REWRITTEN
    assert "reset --keep origin/main" in found.advice
    assert picture(mine) == before
    git.run(mine, "reset", "--quiet", "--keep", "origin/main")
    assert looked(mine).standing is Standing.CURRENT


def test_a_linked_taxonomy_moves_where_it_lies(mine: Path, theirs: Path, tmp_path: Path) -> None:
    commit(theirs, {f"{WORDS}/qna.yaml": EDITED})
    link = tmp_path / "link"
    link.symlink_to(mine)
    forward(link, looked(link))
    assert head(mine) == head(theirs)


def test_before_the_first_commit(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    git.run(None, "init", "--quiet", "--bare", "--initial-branch=main", "--", str(theirs))
    mine = clone(theirs, tmp_path / "mine")
    git.run(None, "clone", "--quiet", "--", theirs.as_uri(), str(tmp_path / "third"))
    commit(tmp_path / "third", {f"{WORDS}/qna.yaml": SKILL})
    git.run(tmp_path / "third", "push", "--quiet", "origin", "HEAD:main")
    put(mine, {f"{WORDS}/qna.yaml": "mine\n"})
    assert looked(mine).in_the_way == [f"{WORDS}/qna.yaml"]
    put(mine, {f"{WORDS}/qna.yaml": None})
    found = looked(mine)
    assert (found.standing, found.before, [leaf.id for leaf in found.leaves]) == (Standing.BEHIND, "", [WORDS])
    forward(mine, found)
    assert (mine / WORDS / "qna.yaml").read_text() == SKILL


def test_a_shallow_clone(theirs: Path, tmp_path: Path) -> None:
    commit(theirs, {"a": "1"})
    mine = tmp_path / "shallow"
    git.run(None, "clone", "--quiet", "--depth=1", "--", theirs.as_uri(), str(mine))
    commit(theirs, {f"{WORDS}/qna.yaml": EDITED})
    found = looked(mine)
    assert (found.standing, found.commits) == (Standing.BEHIND, 1)
    forward(mine, found)
    assert (mine / WORDS / "qna.yaml").read_text() == EDITED


# -- where it cannot be done at all ----------------------------------------------------------------------------------


def refused(root: Path) -> LabError:
    before = picture(root)
    with pytest.raises(LabError) as caught:
        look(root)
    assert picture(root) == before
    assert caught.value.hint
    return caught.value


def test_offline(mine: Path, theirs: Path, tmp_path: Path) -> None:
    shutil.move(theirs, tmp_path / "gone")
    assert refused(mine).what.startswith("What is new cannot be fetched: ")
    git.run(mine, "remote", "set-url", "origin", "https://ann:s3cret@127.0.0.1:9/t.git")
    error = refused(mine)
    assert "s3cret" not in str(error)
    assert "127.0.0.1:9" in error.where


def test_a_detached_head(mine: Path) -> None:
    git.run(mine, "checkout", "--quiet", "--detach")
    assert "switch main" in refused(mine).hint


def test_no_remote(theirs: Path) -> None:
    assert "remote add origin" in refused(theirs).hint


def test_a_branch_that_follows_nothing(mine: Path) -> None:
    git.run(mine, "checkout", "--quiet", "-b", "work")
    assert "--set-upstream-to=origin/main work" in refused(mine).hint


@pytest.mark.parametrize("remembered", [True, False])
def test_a_remote_branch_that_is_gone(remembered: bool, mine: Path, theirs: Path) -> None:
    if not remembered:
        git.run(mine, "update-ref", "-d", "refs/remotes/origin/main")
    git.run(theirs, "branch", "--quiet", "--move", "main", "trunk")
    assert refused(mine).what == "The remote branch origin/main is gone."


@pytest.mark.parametrize("operation", ["merge", "rebase", "cherry-pick", "revert", "bisect"])
def test_something_begun_and_not_ended(operation: str, mine: Path, theirs: Path) -> None:
    commit(mine, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "un")})
    commit(mine, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "um")})
    commit(theirs, {f"{WORDS}/qna.yaml": EDITED})
    git.run(mine, "fetch", "--quiet")
    words = {"revert": ("revert", "HEAD~1"), "bisect": ("bisect", "start")}.get(operation, (operation, "origin/main"))
    git.run(mine, *words, check=False, environment=person())
    error = refused(mine)
    assert f"A {operation} is under way" in error.what
    assert operation in error.hint


def test_a_folder_inside_another_repository(mine: Path) -> None:
    inside = mine / "knowledge"
    with pytest.raises(LabError, match="inside another repository"):
        look(inside)


def test_without_git_or_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LabError, match="not under git"):
        look(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match="git is not installed"):
        look(tmp_path)


# -- a repository that somebody else made ----------------------------------------------------------------------------

HOOKS = (
    "post-merge",
    "pre-merge-commit",
    "post-checkout",
    "reference-transaction",
    "post-index-change",
    "post-rewrite",
)


@pytest.fixture
def trapped(mine: Path, tmp_path: Path) -> Iterator[Path]:
    """A taxonomy whose own configuration names programs; none of them may have run."""
    marker = tmp_path / "marker"
    for name in HOOKS:
        hook = mine / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {marker}\n")
        hook.chmod(0o755)
    with open(mine / ".git" / "config", "a") as stream:
        stream.write(
            f'[filter "evil"]\n\tsmudge = touch {marker}; cat\n\tclean = touch {marker}; cat\n\trequired = true\n'
            f'[merge "evil"]\n\tdriver = touch {marker}\n[merge]\n\tautoStash = true\n'
            f'[remote "origin"]\n\tuploadpack = touch {marker}; git-upload-pack\n'
            f"[core]\n\tfsmonitor = touch {marker}\n\tsshCommand = touch {marker}\n"
            f"[diff]\n\texternal = touch {marker}\n"
        )
    yield mine
    assert not marker.exists()


def test_nothing_of_a_hostile_repository_runs(trapped: Path, theirs: Path) -> None:
    attributes = {".gitattributes": "* filter=evil merge=evil diff=evil\n"}
    commit(theirs, {**attributes, f"{WORDS}/qna.yaml": EDITED, f"{BIRDS}/qna.yaml": None})
    found = looked(trapped)
    assert forward(trapped, found).done
    assert picture(trapped) == picture(theirs)


def test_the_traps_are_real(trapped: Path, theirs: Path, tmp_path: Path) -> None:
    import subprocess

    commit(theirs, {f"{WORDS}/qna.yaml": EDITED})
    subprocess.run(["git", "-C", str(trapped), "pull", "--quiet", "--ff-only"], capture_output=True)
    marker = tmp_path / "marker"
    assert marker.exists()
    marker.unlink()


def test_names_and_subjects_of_strangers_are_only_text(mine: Path, theirs: Path) -> None:
    subject = "\x1b[2J\x02 [red]x[/] \x01 y"
    commit(theirs, {f"{WORDS}/qna.yaml": EDITED}, subject, "Eve\x1b]0;x\x07")
    (leaf,) = looked(mine).leaves
    assert leaf.id == WORDS
