"""Unsaved edits outlive the process, a rename of the taxonomy and a move of the leaf; they never replace a file."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from labtui.errors import LabError
from labtui.taxonomy.editing import LeafEditor, draft_files, drafts
from labtui.taxonomy.editing.saving import save
from tests.taxonomy.leaves import SKILL, write

NAME = "compositional_skills/words/synonyms"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "taxonomy", NAME)
    return tmp_path / "taxonomy"


def begun(root: Path, by: str = "bob") -> tuple[Path, LeafEditor]:
    path = root / NAME / "qna.yaml"
    editor = LeafEditor.open(path.read_bytes())
    editor.set(("created_by",), by)
    drafts.keep(path, editor, root=root)
    return path, editor


def test_kept_and_offered(root: Path) -> None:
    path, editor = begun(root)
    draft = drafts.offered(path, root=root)
    assert draft is not None
    assert (draft.data, draft.base) == (editor.data(), SKILL.encode())
    assert not draft.changed_on_disk
    assert not draft.kept.elsewhere
    assert draft.kept.id == NAME
    assert list(drafts.all_unsaved(root)) == [NAME]
    assert path.read_text() == SKILL


def test_only_the_user_can_read_them(root: Path) -> None:
    begun(root)
    (file,) = drafts.folder().iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(drafts.folder().stat().st_mode) == 0o700


def test_forgotten_when_saved_or_undone(root: Path) -> None:
    path, editor = begun(root)
    editor.undo()
    drafts.keep(path, editor, root=root)
    assert drafts.offered(path, root=root) is None
    path, editor = begun(root)
    drafts.forget(path, root=root)
    assert drafts.all_unsaved(root) == {}
    assert not list(drafts.folder().iterdir())


def test_a_draft_that_says_what_the_file_says_is_not_offered(root: Path) -> None:
    path, editor = begun(root)
    path.write_bytes(editor.data())
    assert drafts.offered(path, root=root) is None
    assert drafts.all_unsaved(root) == {}


def test_a_change_on_disk_is_told(root: Path) -> None:
    path, _ = begun(root)
    path.write_text(SKILL + "# more\n")
    draft = drafts.offered(path, root=root)
    assert draft is not None
    assert draft.changed_on_disk
    path.unlink()
    draft = drafts.offered(path, root=root)
    assert draft is not None
    assert (draft.changed_on_disk, draft.disk_sha256) == (True, "")


def test_a_renamed_taxonomy(root: Path) -> None:
    _, editor = begun(root)
    renamed = root.rename(root.with_name("elsewhere"))
    for given in (renamed, None):
        draft = drafts.offered(renamed / NAME / "qna.yaml", root=given)
        assert draft is not None
        assert draft.data == editor.data()
    assert list(drafts.all_unsaved(renamed)) == [NAME]
    drafts.forget(renamed / NAME / "qna.yaml", root=renamed)
    assert drafts.all_unsaved(renamed) == {}


def test_another_taxonomy_with_a_leaf_of_that_name_has_no_draft(root: Path, tmp_path: Path) -> None:
    begun(root)
    other = tmp_path / "other"
    write(other, NAME)
    assert drafts.offered(other / NAME / "qna.yaml", root=other) is None
    assert drafts.all_unsaved(other) == {}


def test_by_way_of_a_link(root: Path, tmp_path: Path) -> None:
    _, editor = begun(root)
    link = tmp_path / "link"
    link.symlink_to(root)
    draft = drafts.offered(link / NAME / "qna.yaml", root=link)
    assert draft is not None
    assert draft.data == editor.data()
    assert list(drafts.all_unsaved(link)) == [NAME]


def test_a_moved_leaf(root: Path) -> None:
    path, editor = begun(root)
    new = root / "compositional_skills/other/qna.yaml"
    new.parent.mkdir()
    path.rename(new)
    drafts.moved(path, new, root=root)
    draft = drafts.offered(new, root=root)
    assert draft is not None
    assert draft.data == editor.data()
    assert list(drafts.all_unsaved(root)) == ["compositional_skills/other"]


def test_the_file_beside_it_has_a_draft_of_its_own(root: Path) -> None:
    path, editor = begun(root)
    beside = LeafEditor.open(b"", new=True)
    beside.replace("Title of work: x\n")
    drafts.keep(path.with_name("attribution.txt"), beside, root=root)
    found = drafts.offered(path.with_name("attribution.txt"), root=root)
    assert found is not None
    assert (found.data, found.kept.base_sha256, found.changed_on_disk) == (b"Title of work: x\n", "", False)
    draft = drafts.offered(path, root=root)
    assert draft is not None
    assert draft.data == editor.data()
    assert list(drafts.all_unsaved(root)) == [NAME]


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "newer"])
def test_a_damaged_draft_is_not_offered(root: Path, damage: str) -> None:
    path, _ = begun(root)
    (file,) = drafts.folder().iterdir()
    content = file.read_bytes()
    match damage:
        case "cut":
            file.write_bytes(content[:-5])
        case "changed":
            file.write_bytes(content[:-5] + b"xxxxx")
        case "empty":
            file.write_bytes(b"")
        case "newer":
            file.write_bytes(content.replace(b'"v":1', b'"v":9', 1))
    assert drafts.offered(path, root=root) is None


def test_the_oldest_make_room(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_files, "MOST", 3)
    for number in range(5):
        path = write(root, f"compositional_skills/leaf{number}")
        editor = LeafEditor.open(SKILL.encode())
        editor.set(("created_by",), "bob")
        drafts.keep(path, editor, root=root)
        os.utime(draft_files.file_of(path), (number, number))
    assert sorted(drafts.all_unsaved(root)) == [f"compositional_skills/leaf{number}" for number in (2, 3, 4)]


def test_where_nothing_can_be_kept_it_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts.folder().parent.mkdir(parents=True)
    drafts.folder().write_text("in the way")
    with pytest.raises(LabError, match="cannot be kept"):
        begun(root)


CRASH = """
import os, sys, time
from pathlib import Path
from labtui.taxonomy.editing import LeafEditor, drafts
path, root = Path(sys.argv[1]), Path(sys.argv[2])
editor = LeafEditor.open(path.read_bytes())
number = 0
while True:
    number += 1
    editor.set(("created_by",), f"writer {number} " + "x" * number)
    drafts.keep(path, editor, root=root)
    print(number, flush=True)
"""


def test_killed_in_the_middle(root: Path, fault_rounds: int) -> None:
    """Whenever the process is killed, what was kept last is whole and offered; the file is as it was."""
    path = root / NAME / "qna.yaml"
    for round_ in range(max(2, fault_rounds)):
        with subprocess.Popen(
            [sys.executable, "-c", CRASH, str(path), str(root)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            reached = 0
            while reached < 3 + 7 * round_ % 23:
                reached = int(process.stdout.readline())
            process.send_signal(signal.SIGKILL)
            reached = max([reached, *(int(line) for line in process.stdout if line.strip().isdigit())])
        draft = drafts.offered(path, root=root)
        assert draft is not None
        kept = LeafEditor.open(draft.data).text_at(("created_by",))
        assert int(kept.split()[1]) >= reached
        assert not draft.kept.elsewhere
        assert path.read_text() == SKILL


def test_saving_a_leaf_that_was_offered(root: Path) -> None:
    path, editor = begun(root)
    draft = drafts.offered(path, root=root)
    assert draft is not None
    again = LeafEditor.open(draft.base)
    again.replace_data(draft.data)
    assert again.unsaved
    save(path, again, draft.kept.base_sha256)
    drafts.keep(path, again, root=root)
    assert path.read_bytes() == editor.data()
    assert drafts.all_unsaved(root) == {}
