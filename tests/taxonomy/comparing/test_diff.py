"""A taxonomy and its base, leaf by leaf: renames, near misses, files beside, links, odd names, what cannot be read."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from labtui import git
from labtui.taxonomy.comparing import diff as module
from labtui.taxonomy.comparing.base import resolve
from labtui.taxonomy.comparing.diff import TaxonomyDiff, compare_side, diff, sides
from labtui.taxonomy.comparing.leaf_change import LeafChange
from labtui.taxonomy.comparing.leaf_renames import COMMON_LINE
from tests.taxonomy.leaves import ATTRIBUTION, SKILL
from tests.taxonomy.repos import BIRDS, KNOWLEDGE, WORDS, clone, commit, make, person, put


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return make(tmp_path / "repo")


def differing(repo: Path, rev: str | None = None) -> TaxonomyDiff:
    found = diff(repo, resolve(repo, rev))
    msgspec.json.encode(found)
    return found


def states(repo: Path, rev: str | None = None) -> dict[str, str]:
    return {leaf.id: leaf.state.value for leaf in differing(repo, rev).leaves}


def only(repo: Path) -> LeafChange:
    (leaf,) = differing(repo).leaves
    return leaf


def test_nothing_differs(repo: Path) -> None:
    put(repo, {"README.md": "changed\n", "docs/new.md": "x"})
    assert differing(repo).leaves == []


def test_added_changed_deleted_and_untracked(repo: Path) -> None:
    put(repo, {"knowledge/staged/qna.yaml": SKILL})
    git.run(repo, "add", "--all")
    put(
        repo,
        {f"{WORDS}/qna.yaml": SKILL.replace("uno", "un"), f"{BIRDS}/qna.yaml": None, "knowledge/n/qna.yaml": "a: 1"},
    )
    assert states(repo) == {
        "compositional_skills/words": "changed",
        "knowledge/birds": "deleted",
        "knowledge/n": "untracked",
        "knowledge/staged": "added",
    }


def test_a_file_written_anew_with_the_same_content_is_no_change(repo: Path) -> None:
    path = repo / WORDS / "qna.yaml"
    path.write_text(SKILL)
    os.utime(path, (1, 1))
    git.run(repo, "rm", "--quiet", "--cached", "--", f"{BIRDS}/qna.yaml")
    assert states(repo) == {}


@pytest.mark.parametrize("how", ["git mv", "mv", "git mv of the folder above", "mv and edited", "another case"])
def test_a_leaf_that_was_moved_is_one_renamed_leaf(repo: Path, how: str) -> None:
    old, new = repo / BIRDS, repo / "knowledge" / ("Birds" if how == "another case" else "animals/birds")
    commit(repo, {f"{BIRDS}/attribution.txt": ATTRIBUTION, f"{BIRDS}/more/a.md": "beside"})
    if how == "git mv of the folder above":
        git.run(repo, "mv", "knowledge", "compositional_skills/knowledge")
        new = repo / "compositional_skills/knowledge/birds"
    else:
        new.parent.mkdir(parents=True, exist_ok=True)
        if how == "git mv":
            git.run(repo, "mv", "--", str(old), str(new))
        else:
            shutil.move(old, new)
    if how == "mv and edited":
        (new / "qna.yaml").write_text(KNOWLEDGE.replace("All winter.", "In summer."))
    leaf = only(repo)
    assert (leaf.state, leaf.old_id, leaf.id) == ("renamed", BIRDS, new.relative_to(repo).as_posix())
    assert [seed.number for seed in leaf.seeds] == ([1] if how == "mv and edited" else [])
    assert (leaf.attribution, leaf.files) == (None, ())


def test_leaves_with_nothing_in_common_are_not_renamed(repo: Path) -> None:
    put(repo, {f"{BIRDS}/qna.yaml": None, "knowledge/other/qna.yaml": "version: 3\ncreated_by: bob\nnothing: alike\n"})
    assert states(repo) == {BIRDS: "deleted", "knowledge/other": "untracked"}


def test_which_of_many_renamed_leaves_is_which(repo: Path) -> None:
    count = COMMON_LINE + 20
    names = [f"knowledge/a/leaf{number}" for number in range(count)]
    commit(repo, {f"{name}/qna.yaml": KNOWLEDGE.replace("small bird", f"bird number {name[-3:]}") for name in names})
    shutil.move(repo / "knowledge/a", repo / "knowledge/b")
    for number in (3, 33):
        path = repo / f"knowledge/b/leaf{number}/qna.yaml"
        path.write_text(path.read_text() + "# edited\n")
    found = {leaf.id: leaf.old_id for leaf in differing(repo).leaves}
    assert found == {name.replace("/a/", "/b/"): name for name in names}


def test_what_lies_beside_a_leaf_counts_to_it(repo: Path) -> None:
    commit(repo, {f"{WORDS}/attribution.txt": ATTRIBUTION, f"{WORDS}/notes/b.md": "x", f"{WORDS}/gone.md": "x"})
    put(repo, {f"{WORDS}/attribution.txt": ATTRIBUTION.replace("4.0", "3.0"), f"{WORDS}/gone.md": None})
    put(repo, {f"{WORDS}/notes/a.md": "new", f"{WORDS}/notes/b.md": "changed"})
    leaf = only(repo)
    assert (leaf.id, leaf.state, leaf.fields, leaf.seeds) == (WORDS, "changed", (), ())
    assert leaf.attribution is not None
    assert [leaf.attribution.before[slice(*span)] for span in leaf.attribution.removed] == ["4"]
    assert [(file.path, file.state.value) for file in leaf.files] == [
        ("gone.md", "deleted"),
        ("notes/a.md", "untracked"),
        ("notes/b.md", "changed"),
    ]


def test_an_attribution_that_came_and_one_that_went(repo: Path) -> None:
    put(repo, {f"{WORDS}/attribution.txt": ATTRIBUTION})
    came = only(repo).attribution
    assert came is not None and (came.before, came.after) == ("", ATTRIBUTION)
    commit(repo, {})
    put(repo, {f"{WORDS}/attribution.txt": None})
    went = only(repo).attribution
    assert went is not None and (went.before, went.after) == (ATTRIBUTION, "")


def test_a_leaf_within_a_leaf_owns_its_own_files(repo: Path) -> None:
    commit(repo, {f"{WORDS}/inner/qna.yaml": SKILL})
    put(repo, {f"{WORDS}/inner/a.md": "x", f"{WORDS}/b.md": "x"})
    assert {leaf.id: [file.path for file in leaf.files] for leaf in differing(repo).leaves} == {
        WORDS: ["b.md"],
        f"{WORDS}/inner": ["a.md"],
    }


def test_near_misses_are_pointed_out(repo: Path) -> None:
    put(
        repo,
        {f"knowledge/a/{name}": SKILL for name in ("qna.yml", "QNA.yaml", "other.yaml", "qna.yaml.bak", ".qna.yaml")},
    )
    put(repo, {"docs/qna_draft.yml": SKILL, "docs/settings.yaml": "x", f"{WORDS}/Qna.YAML": SKILL})
    found = differing(repo)
    assert found.leaves == []
    assert found.misnamed == [
        f"{WORDS}/Qna.YAML",
        "docs/qna_draft.yml",
        "knowledge/a/QNA.yaml",
        "knowledge/a/other.yaml",
        "knowledge/a/qna.yml",
    ]


def test_empty_takes_every_leaf_with_or_without_git(repo: Path, tmp_path: Path) -> None:
    assert states(repo, "empty") == {WORDS: "added", BIRDS: "added"}
    put(tmp_path / "plain", {f"{WORDS}/qna.yaml": SKILL})
    assert states(tmp_path / "plain", "empty") == {WORDS: "added"}


def test_a_leaf_that_is_a_link_now_and_one_that_was(repo: Path) -> None:
    commit(repo, {"knowledge/was/qna.yaml": SKILL})
    (repo / "knowledge/link").mkdir()
    (repo / "knowledge/link/qna.yaml").symlink_to("../birds/qna.yaml")
    commit(repo, {})
    (repo / "knowledge/was/qna.yaml").unlink()
    (repo / "knowledge/was/qna.yaml").symlink_to("/etc/passwd")
    put(repo, {"knowledge/link/qna.yaml": None})
    put(repo, {"knowledge/link/qna.yaml": SKILL})
    was, link = sorted(differing(repo).leaves, key=lambda leaf: leaf.id, reverse=True)
    assert was.problem.startswith("It is a link now")
    assert link.problem.startswith("It was a link")
    assert [line.text for line in was.lines if line.sign == "+"] == ["/etc/passwd"]
    assert [line.text for line in link.lines if line.sign == "-"] == ["../birds/qna.yaml"]


@pytest.mark.parametrize("kind", ["folder", "pipe", "huge", "unreadable bytes"])
def test_what_stands_where_a_leaf_was_is_said(repo: Path, kind: str) -> None:
    path = repo / WORDS / "qna.yaml"
    if kind == "huge":
        path.write_bytes(b"#" * (5 * 1024 * 1024))
    elif kind == "unreadable bytes":
        path.write_bytes(b"\xff" * 100)
    else:
        path.unlink()
        os.mkfifo(path) if kind == "pipe" else path.mkdir()
    leaf = only(repo)
    assert leaf.id == WORDS
    assert leaf.state == ("deleted" if kind == "folder" else "changed")
    assert leaf.problem or leaf.state == "deleted"


def test_a_huge_file_of_the_past_is_not_read(repo: Path) -> None:
    commit(repo, {"knowledge/huge/qna.yaml": b"#" * (5 * 1024 * 1024)})
    put(repo, {"knowledge/huge/qna.yaml": SKILL})
    assert "too large" in only(repo).problem


def test_a_partial_clone_says_what_it_lacks(repo: Path, tmp_path: Path) -> None:
    commit(repo, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "un")})
    for name in ("allowFilter", "allowAnySHA1InWant"):
        git.run(repo, "config", f"uploadpack.{name}", "true")
    mine = tmp_path / "mine"
    # Git's own hands: our runner takes away what a fetch of single files needs.
    subprocess.run(["git", "clone", "--quiet", "--filter=blob:none", "--", repo.as_uri(), mine], check=True)
    shutil.move(repo, tmp_path / "offline")
    (leaf,) = differing(mine, "HEAD~1").leaves
    assert leaf.id == WORDS
    assert "only a part of the history" in leaf.problem


def test_a_leaf_in_conflict(repo: Path, tmp_path: Path) -> None:
    mine = clone(repo, tmp_path / "mine")
    commit(repo, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "ein")})
    commit(mine, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "un")})
    git.run(mine, "fetch", "--quiet")
    git.run(mine, "merge", "origin/main", check=False, environment=person())
    found = differing(mine)
    assert found.under_way == "merge"
    assert [(leaf.id, leaf.state.value, leaf.kind) for leaf in found.leaves] == [(WORDS, "conflict", "unreadable")]


def test_a_name_that_is_no_utf8(repo: Path) -> None:
    folder = os.fsencode(repo / "knowledge") + b"/caf\xe9"
    os.mkdir(folder)
    shutil.copyfile(repo / WORDS / "qna.yaml", folder + b"/qna.yaml")
    leaf = only(repo)
    assert (leaf.id, leaf.seeds_after) == ("knowledge/caf\\xe9", 5)


def test_leaves_are_read_in_batches(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 3)
    monkeypatch.setattr("labtui.git_objects.AT_ONCE", 500)
    names = [f"knowledge/leaf{number}" for number in range(8)]
    commit(repo, {f"{name}/qna.yaml": SKILL for name in names})
    put(repo, {f"{name}/qna.yaml": SKILL.replace("uno", f"un{number}") for number, name in enumerate(names)})
    assert [leaf.seeds[0].parts[1].text.before for leaf in differing(repo).leaves] == ["uno"] * 8


def test_which_leaves_differ_is_known_without_reading_them(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(repo, {f"{WORDS}/qna.yaml": SKILL + "\n"})

    def never(*_: object) -> None:
        raise AssertionError("was read")

    monkeypatch.setattr(module, "blobs", never)
    monkeypatch.setattr(module, "read_bytes", never)
    assert [leaf.id for leaf in sides(repo, resolve(repo, None)).leaves] == [WORDS]


def test_one_leaf_with_its_unsaved_text(repo: Path) -> None:
    put(repo, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "un")})
    (side,) = sides(repo, resolve(repo, None)).leaves
    assert [seed.number for seed in compare_side(repo, side).seeds] == [1]
    typed = SKILL.replace("uno", "un").replace("due", "deux").encode()
    assert [seed.number for seed in compare_side(repo, side, typed).seeds] == [1, 2]
    assert compare_side(repo, side, SKILL.encode()).empty
