"""One contribution on disk: what is written is read, two writers lose nothing, and nothing leads out of the folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from labtui import workspace
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.adding import add_leaf
from labtui.contribute.records import (
    ContributedLeaf,
    Draft,
    Evidence,
    LocalDocument,
    ModelAnswer,
    ModelUsed,
    Request,
    Step,
)
from labtui.errors import LabError, UsageError
from labtui.taxonomy.leaf import FREEFORM


@pytest.fixture
def folder(tmp_path: Path) -> DraftFolder:
    return store.new(workspace.create(tmp_path / "lab"), FREEFORM, "Words")


def test_what_is_written_is_read(folder: DraftFolder) -> None:
    request = Request(forge="gitlab", number=7, url="https://example.org/7")

    def change(draft: Draft) -> None:
        draft.step, draft.teaches, draft.request = Step.SEEDS, "日本語", request

    before = folder.load().changed
    changed = folder.change(change)
    assert folder.load() == changed
    assert (changed.step, changed.teaches, changed.request) == (Step.SEEDS, "日本語", request)
    assert changed.changed >= before


def test_a_change_that_changes_nothing_writes_nothing(folder: DraftFolder) -> None:
    before = folder.draft_file.stat()
    folder.change(lambda draft: setattr(draft, "title", "Words"))
    assert folder.draft_file.stat().st_ino == before.st_ino
    assert folder.draft_file.stat().st_mode & 0o777 == 0o600


def test_a_change_that_fails_changes_nothing(folder: DraftFolder) -> None:
    before = folder.draft_file.read_bytes()

    def change(draft: Draft) -> None:
        draft.title = "half"
        raise UsageError("no")

    with pytest.raises(UsageError):
        folder.change(change)
    assert folder.draft_file.read_bytes() == before
    assert folder.change(lambda draft: setattr(draft, "title", "whole")).title == "whole"


def test_threads_lose_nothing_of_each_other(folder: DraftFolder) -> None:
    def write(number: int) -> None:
        for _ in range(10):
            folder.change(lambda draft: setattr(draft, "teaches", draft.teaches + f"{number} "))
            folder.add_evidence(Evidence(question=str(number), answer="a", corrected="b"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(folder.load().teaches.split()) == sorted("0123" * 10)
    assert len(folder.evidence()) == 40


ADDER = """
import sys
from pathlib import Path
from labtui.contribute.drafts.draft_folder import DraftFolder
folder = DraftFolder(Path(sys.argv[1]))
for _ in range(15):
    folder.change(lambda draft: setattr(draft, "teaches", draft.teaches + "x"))
"""


def test_processes_lose_nothing_of_each_other(folder: DraftFolder) -> None:
    # No isolation of imports: the package may be run from its checkout.
    command = [sys.executable, "-c", ADDER, str(folder.path)]
    others = [subprocess.Popen(command, cwd=Path(__file__).parents[3]) for _ in range(2)]
    for _ in range(15):
        folder.change(lambda draft: setattr(draft, "teaches", draft.teaches + "y"))
    assert [other.wait() for other in others] == [0, 0]
    assert sorted(folder.load().teaches) == ["x"] * 30 + ["y"] * 15


def test_the_lock_may_be_nested_and_is_let_go(folder: DraftFolder) -> None:
    with folder.locked(), folder.locked():
        folder.change(lambda draft: setattr(draft, "title", "inside"))
    done: list[str] = []
    thread = threading.Thread(
        target=lambda: done.append(folder.change(lambda draft: setattr(draft, "title", "outside")).title)
    )
    thread.start()
    thread.join(10)
    assert done == ["outside"]


def test_one_submission_at_a_time(folder: DraftFolder) -> None:
    refused: list[str] = []

    def again() -> None:
        try:
            with folder.submission():
                pass
        except LabError as error:
            refused.append(error.what)

    with folder.submission():
        held = folder.is_submitting
        thread = threading.Thread(target=again)
        thread.start()
        thread.join()
        # What is typed meanwhile is kept all the same.
        folder.change(lambda draft: setattr(draft, "title", "meanwhile"))
    assert refused == ["This contribution is being submitted right now."]
    assert held and not folder.is_submitting
    again()
    assert len(refused) == 1


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"{", "is not a contribution of labtui"),
        (b"\xff\xfe", "is not a contribution of labtui"),
        (b'{"v": 99, "id": "x"}', "newer labtui"),
        (b'{"id": 3}', "is not a contribution of labtui"),
        (b'{"id": "x", "step": "dance"}', "is not a contribution of labtui"),
        (b'{"id": "x", "leaves": [{"id": "../../etc"}]}', "is no name of a leaf"),
        (b'{"id": "x", "leaves": [{"id": "/etc"}]}', "is no name of a leaf"),
        (b'{"id": "x", "leaves": [{"id": "knowledge/a", "was": "knowledge/../../b"}]}', "is no name of a leaf"),
        (b'{"id": "x", "documents": [{"leaf": "a", "name": ".."}]}', "is no name of a leaf or document"),
    ],
)
def test_what_is_no_contribution_is_said(folder: DraftFolder, written: bytes, said: str) -> None:
    folder.draft_file.write_bytes(written)
    with pytest.raises(LabError) as refused:
        folder.load()
    assert said in refused.value.what
    assert folder.draft_file.read_bytes() == written


def test_one_that_is_gone_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such contribution"):
        DraftFolder(tmp_path / "nowhere").load()
    with pytest.raises(LabError):
        DraftFolder(tmp_path / "nowhere").change(lambda draft: None)


def test_a_copied_folder_is_a_contribution_of_its_own(folder: DraftFolder) -> None:
    copy = folder.path.with_name("copy")
    shutil.copytree(folder.path, copy)
    assert DraftFolder(copy).load().id == "copy"


@pytest.mark.parametrize("name", ["../x", "/x", "a//b", "a/./b", "", "a\0b", ".git/hooks"])
def test_no_leaf_leads_out_of_the_folder(folder: DraftFolder, name: str) -> None:
    with pytest.raises(LabError):
        folder.leaf_file(name)
    with pytest.raises(LabError):
        folder.files(ContributedLeaf(id=name))


def test_a_link_is_never_sent(folder: DraftFolder, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("my key")
    leaf = folder.load().leaves[0]
    folder.attribution_file(leaf).unlink()
    folder.attribution_file(leaf).symlink_to(secret)
    for ask in (lambda: folder.files(leaf), folder.fingerprint):
        with pytest.raises(LabError, match="A link stands"):
            ask()
    folder.attribution_file(leaf).unlink()
    place = folder.leaf_file(leaf).parent
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LabError, match="A link stands"):
        folder.files(leaf)


@pytest.mark.parametrize(
    "name",
    [
        "evidence.jsonl",
        "answers.jsonl",
        "submit.jsonl",
        "base",
        "documents",
        "documents/notes",
        "try",
        "try/tries.jsonl",
        "taxonomy",
        "taxonomy/compositional_skills",
        "base/compositional_skills/untitled/qna.yaml",
    ],
)
def test_nothing_is_read_or_written_through_a_stranger_s_link(folder: DraftFolder, tmp_path: Path, name: str) -> None:
    def change(draft: Draft) -> None:
        draft.leaves[0].was = draft.leaves[0].id
        draft.documents = [LocalDocument(leaf=draft.leaves[0].id, name="notes")]

    folder.change(change)
    target = tmp_path / "theirs"
    target.mkdir() if "." not in name else target.write_text("mine")
    link = folder.path / name
    if link.is_dir():
        shutil.rmtree(link)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)
    with pytest.raises(LabError, match="A link stands") as refused:
        folder.load()
    assert refused.value.where == str(link)
    for act in (folder.fingerprint, lambda: folder.change(lambda draft: None)):
        with pytest.raises(LabError, match="A link stands"):
            act()
    if name.endswith("evidence.jsonl"):
        with pytest.raises(LabError, match="A link stands"):
            folder.add_evidence(Evidence(question="$(true)", answer="a", corrected="b"))
        assert target.read_text() == "mine"


def test_a_stranger_s_lock_file_makes_no_file_elsewhere(folder: DraftFolder, tmp_path: Path) -> None:
    (folder.path / ".lock").unlink()
    (folder.path / ".lock").symlink_to(tmp_path / "made")
    with pytest.raises(LabError):
        folder.change(lambda draft: None)
    assert not (tmp_path / "made").exists()


def test_the_fingerprint_is_of_all_that_would_be_committed(folder: DraftFolder) -> None:
    leaf = folder.load().leaves[0]
    known = [folder.fingerprint()]

    def another() -> bool:
        known.append(folder.fingerprint())
        return known[-1] not in known[:-1]

    folder.change(lambda draft: setattr(draft, "title", "another title"))
    folder.change(lambda draft: setattr(draft, "step", Step.CHECK))
    assert folder.fingerprint() == known[0]
    folder.leaf_file(leaf).write_text("version: 3\n")
    assert another()
    folder.attribution_file(leaf).write_text("Title of work: a\n")
    assert another()
    folder.change(lambda draft: setattr(draft, "message", "Add words"))
    assert another()
    add_leaf(folder, FREEFORM)
    assert another()
    notes = folder.documents / "notes"
    notes.mkdir(parents=True)
    (notes / "a.md").write_text("a")
    folder.change(lambda draft: draft.documents.append(LocalDocument(leaf=leaf.id, name="notes")))
    assert another()
    (notes / "a.md").rename(notes / "b.md")
    assert another()
    folder.change(lambda draft: setattr(draft.leaves[0], "change", "deleted"))
    assert another()


def test_journals_keep_what_was_appended_and_mend_a_torn_line(folder: DraftFolder) -> None:
    made = ModelUsed(model="small", sampling={"temperature": 0.5})
    first = Evidence(question="Q?", answer="\x1b[31mwrong", corrected="right", made=made)
    folder.add_evidence(first)
    with open(folder.evidence_file, "ab") as stream:
        stream.write(b'{"question": "torn')
    assert folder.evidence() == [first]
    second = msgspec.structs.replace(first, question="Half \ud83d?")
    folder.add_evidence(second)
    assert [line.question for line in folder.evidence()] == ["Q?", "Half ??"]
    answer = ModelAnswer(leaf="a", question="Q?", answer="A.", made=made)
    folder.add_answer(answer)
    assert folder.answers() == [answer]


def test_a_file_that_cannot_be_written_is_said(folder: DraftFolder) -> None:
    draft = folder.load()
    folder.draft_file.unlink()
    folder.draft_file.mkdir()
    with pytest.raises(LabError, match="cannot be saved"):
        folder.write(draft)
    assert [path.name for path in folder.path.iterdir() if path.name.startswith(".draft.json")] == []
