"""Documents of this machine, copied into a contribution."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from labtui import workspace
from labtui.contribute.documents import local_sources
from labtui.contribute.documents.local_documents import copies, drop, look, moved_since, of_leaf, set_licence, take
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import ContributedLeaf
from labtui.errors import LabError, UsageError

LEAF = "knowledge/untitled"
OTHER = "knowledge/other"


@pytest.fixture
def folder(tmp_path: Path) -> DraftFolder:
    made = store.new(workspace.create(tmp_path / "lab"))
    made.change(lambda draft: draft.leaves.extend([ContributedLeaf(id=LEAF), ContributedLeaf(id=OTHER)]))
    return made


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    top = tmp_path / "notes"
    (top / "deep" / "er").mkdir(parents=True)
    (top / "birds.md").write_text("# 四十雀\n\nA tit.\n", encoding="utf-8")
    (top / "deep" / "plain.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree")
    (top / "deep" / "er" / "[odd]*.md").write_text("odd")
    (top / "picture.png").write_bytes(b"\x89PNG")
    (top / ".git").mkdir()
    (top / ".git" / "hidden.md").write_text("hidden")
    (top / ".secret.md").write_text("hidden")
    return top


def below(top: Path) -> dict[str, bytes]:
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def test_a_folder_is_copied_as_markdown(folder: DraftFolder, notes: Path) -> None:
    before = below(notes)
    found = look(notes)
    assert [file.name for file in found.files] == ["birds.md", "deep/plain.md", "deep/er/_odd__.md"]
    assert found.others == 1
    document = take(folder, LEAF, found, licence="CC-BY-4.0")
    assert (document.name, document.leaf, document.licence) == ("notes", LEAF, "CC-BY-4.0")
    assert below(folder.documents / "notes") == {
        "birds.md": "# 四十雀\n\nA tit.\n".encode(),
        "deep/plain.md": b"one\ntwo\nthree\n",
        "deep/er/_odd__.md": b"odd\n",
    }
    assert folder.load().documents == [document]
    assert below(notes) == before
    assert sorted(path.name for path in folder.documents.iterdir()) == ["notes"]


def test_copies_are_shown_as_the_files_of_a_document(folder: DraftFolder, notes: Path) -> None:
    shown = copies(folder, take(folder, LEAF, look(notes / "birds.md")))
    assert [(file.path, file.text) for file in shown] == [("birds.md", "# 四十雀\n\nA tit.\n")]


def test_taking_again_replaces_and_keeps_what_was_said(folder: DraftFolder, notes: Path) -> None:
    first = take(folder, LEAF, look(notes / "birds.md"), licence="MIT")
    assert not moved_since(folder, first)
    (notes / "birds.md").write_text("changed")
    assert moved_since(folder, first)
    second = take(folder, LEAF, look(notes / "birds.md"))
    assert (second.name, second.licence) == ("birds", "MIT")
    assert (folder.documents / "birds" / "birds.md").read_text() == "changed\n"
    third = take(folder, OTHER, look(notes / "birds.md"))
    assert third.name == "birds_2"
    draft = folder.load()
    assert [document.leaf for document in draft.documents] == [LEAF, OTHER]
    # Another source for the first leaf: what it had before is gone, the other leaf's is not.
    take(folder, LEAF, look(notes / "deep"))
    assert sorted(path.name for path in folder.documents.iterdir()) == ["birds_2", "deep"]


def test_a_document_is_dropped(folder: DraftFolder, notes: Path) -> None:
    take(folder, LEAF, look(notes))
    drop(folder, LEAF)
    drop(folder, LEAF)
    assert folder.load().documents == []
    assert list(folder.documents.iterdir()) == []
    assert (notes / "birds.md").exists()


def test_the_licence_is_kept(folder: DraftFolder, notes: Path) -> None:
    take(folder, LEAF, look(notes))
    set_licence(folder, LEAF, " CC0-1.0\n")
    document = of_leaf(folder.load(), LEAF)
    assert document is not None
    assert document.licence == "CC0-1.0"
    assert of_leaf(folder.load(), OTHER) is None


def test_utf_16_is_read(folder: DraftFolder, tmp_path: Path) -> None:
    (tmp_path / "wide.txt").write_bytes("四十雀".encode("utf-16"))
    take(folder, LEAF, look(tmp_path / "wide.txt"))
    assert (folder.documents / "wide" / "wide.md").read_text(encoding="utf-8") == "四十雀\n"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("latin.txt", b"one\ncaf\xe9", "line 2 holds the byte 0xe9"),
        ("null.md", b"a\0b", "null bytes"),
        ("empty.md", b" \n", "empty"),
        ("word.docx", b"PK", ".docx is no Markdown"),
        ("none", b"text", "no Markdown"),
        ("large.md", b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
    ],
)
def test_what_cannot_be_taken_is_said(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError, match=says) as caught:
        look(tmp_path / name)
    assert caught.value.hint
    assert name in caught.value.where


def test_a_file_that_cannot_be_taken_does_not_keep_the_others(folder: DraftFolder, notes: Path) -> None:
    (notes / "latin.md").write_bytes(b"caf\xe9")
    found = look(notes)
    assert [file.path.name for file in found.left_out] == ["latin.md"]
    assert "0xe9" in found.left_out[0].problem
    take(folder, LEAF, found)
    assert "latin.md" not in below(folder.documents / "notes")


@pytest.mark.parametrize("name", ["missing", "missing/deeper.md", "\0", "~nobody-of-that-name/x.md"])
def test_a_path_that_leads_nowhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        look(Path(name) if name.startswith("~") else tmp_path / name)


def test_a_folder_without_documents(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no Markdown, text or PDF"):
        look(tmp_path / "empty")
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(UsageError, match="neither a file nor a folder"):
        look(tmp_path / "pipe.md")


def test_names_that_differ_in_their_ending_only(tmp_path: Path) -> None:
    for name in ("a.md", "a.txt", "A.markdown"):
        (tmp_path / name).write_text(name)
    assert sorted(file.name for file in look(tmp_path).files) == ["A.md", "a-2.md", "a-3.md"]


def test_more_than_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        (tmp_path / f"{number}.md").write_text("x" * 100)
    monkeypatch.setattr(local_sources, "MAX_FILES", 3)
    assert [file.path.name for file in look(tmp_path).left_out] == ["3.md"]
    monkeypatch.setattr(local_sources, "MAX_ALL", 250)
    assert [file.path.name for file in look(tmp_path).left_out] == ["2.md", "3.md"]
    monkeypatch.setattr(local_sources, "LOOKED_AT", 3)
    with pytest.raises(UsageError, match="more than 3 files"):
        look(tmp_path)


def test_stopped_in_the_middle_leaves_what_was(folder: DraftFolder, notes: Path) -> None:
    take(folder, LEAF, look(notes / "birds.md"))
    before = below(folder.documents), folder.load()
    calls: list[str] = []
    with pytest.raises(LabError, match="stopped"):
        take(folder, LEAF, look(notes), on_progress=calls.append, cancelled=lambda: len(calls) == 2)
    assert calls == ["copying birds.md (1 of 3)", "copying plain.txt (2 of 3)"]
    assert (below(folder.documents), folder.load()) == before
    assert sorted(path.name for path in folder.documents.iterdir()) == ["birds"]


def test_a_file_that_goes_away_meanwhile(folder: DraftFolder, notes: Path) -> None:
    found = look(notes)
    (notes / "birds.md").unlink()
    with pytest.raises(LabError, match="cannot be read"):
        take(folder, LEAF, found)
    assert folder.load().documents == []


def test_what_a_crash_left_behind_is_cleared(folder: DraftFolder, notes: Path) -> None:
    for name in (".new-dead", ".old-dead"):
        (folder.documents / name).mkdir(parents=True)
    take(folder, LEAF, look(notes))
    assert sorted(path.name for path in folder.documents.iterdir()) == ["notes"]


def test_a_leaf_that_is_not_there(folder: DraftFolder, notes: Path) -> None:
    with pytest.raises(UsageError, match="holds no leaf"):
        take(folder, "knowledge/else", look(notes))


def test_without_a_converter_a_pdf_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from labtui.contribute.documents import pdf

    monkeypatch.setattr(pdf, "available", lambda: False)
    (tmp_path / "book.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(UsageError, match="not installed") as caught:
        look(tmp_path / "book.pdf")
    assert "labtui[pdf]" in caught.value.hint


def test_a_link_that_leads_out_of_the_folder_is_not_taken(folder: DraftFolder, notes: Path, tmp_path: Path) -> None:
    private = tmp_path / "private.md"
    private.write_text("secret")
    (notes / "out.md").symlink_to(private)
    (notes / "in.md").symlink_to(notes / "birds.md")
    found = look(notes)
    assert [file.name for file in found.left_out] == ["out.md"]
    assert "link to a file outside" in found.left_out[0].problem
    take(folder, LEAF, found)
    assert sorted(below(folder.documents / "notes")) == ["birds.md", "deep/er/_odd__.md", "deep/plain.md", "in.md"]
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "out.md").symlink_to(private)
    with pytest.raises(UsageError, match="outside of the folder"):
        look(alone)
    # Named by itself it is what its owner wants.
    assert look(alone / "out.md").files
