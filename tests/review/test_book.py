"""Decisions on disk: nothing decided is lost, whoever writes at the same time, and others' come in once."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest

from labtui import workspace
from labtui.errors import LabError
from labtui.review.book import DecisionBook, file_name
from labtui.workspace import Workspace
from tests.review.test_standing import CONTENT, SAMPLE, decision

BO = "Bo <bo@example.org>"


@pytest.fixture
def lab(tmp_path: Path) -> Workspace:
    return workspace.create(tmp_path / "lab")


def test_a_decision_is_there_for_everybody(lab: Workspace) -> None:
    other = DecisionBook(lab)
    assert other.refresh().of(SAMPLE, CONTENT).state == "unseen"
    DecisionBook(lab).write([decision("reject", reason="wrong")])
    assert other.refresh().of(SAMPLE, CONTENT).state == "rejected"
    assert other.refresh().of(SAMPLE, CONTENT).reason == "wrong"


def test_the_later_one_counts_even_where_the_clock_went_back(lab: Workspace) -> None:
    book = DecisionBook(lab)
    book.write([decision("accept", 100)])
    (written,) = book.write([decision("reject", 0)])
    assert book.refresh().of(SAMPLE, CONTENT).state == "rejected"
    assert written.t > decision("accept", 100).t


def test_several_of_one_moment_keep_their_order(lab: Workspace) -> None:
    book = DecisionBook(lab)
    book.write([decision("accept"), decision("reject"), decision("undo"), decision("accept", parts={"answer": "x"})])
    assert DecisionBook(lab).refresh().of(SAMPLE, CONTENT).state == "edited"


def _writes(root: Path, number: int) -> None:
    book = DecisionBook(Workspace(root))
    for at in range(20):
        book.write([decision("accept", sample=f"{number:02d}{at:02d}")])


def test_two_applications_of_one_reviewer_lose_nothing(lab: Workspace) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_writes, args=(lab.root, number)) for number in range(3)]
    for one in writers:
        one.start()
    for one in writers:
        one.join(60)
        assert one.exitcode == 0
    written = [*DecisionBook(lab).every()]
    assert len({one.sample for one in written}) == 60
    assert len({one.t for one in written}) == 60, "each has a moment of its own"


def test_a_torn_last_line_costs_that_line_alone(lab: Workspace) -> None:
    book = DecisionBook(lab)
    book.write([decision("accept")])
    (journal,) = lab.reviews.glob("*.jsonl")
    with open(journal, "ab") as stream:
        stream.write(b'{"v":1,"reviewer":"Ann')
    assert DecisionBook(lab).refresh().of(SAMPLE, CONTENT).state == "accepted"
    book.write([decision("reject", 5)])
    assert [one.verdict for one in DecisionBook(lab).every()] == ["accept", "reject"]


def test_others_decisions_come_in_once(lab: Workspace, tmp_path: Path) -> None:
    away = DecisionBook(workspace.create(tmp_path / "away"))
    away.write([decision("reject", 1, BO, reason="unclear"), decision("accept", 2, BO)])
    book = DecisionBook(lab)
    book.write([decision("reject", 1)])
    assert book.add(away.every()) == (2, 0)
    assert book.add(away.every()) == (0, 2)
    assert book.refresh().of(SAMPLE, CONTENT).state == "disputed"
    assert [one.t for one in book.every() if one.reviewer == BO] == [one.t for one in away.every()]


def test_a_journal_replaced_by_git_is_read_anew(lab: Workspace) -> None:
    book = DecisionBook(lab)
    book.write([decision("reject", 1, BO)])
    assert book.refresh().of(SAMPLE, CONTENT).state == "rejected"
    (journal,) = lab.reviews.glob("*.jsonl")
    new = journal.with_name("new")
    new.write_bytes(b"")
    os.replace(new, journal)
    assert book.refresh().of(SAMPLE, CONTENT).state == "unseen"


def test_lines_that_are_no_decisions_are_passed_over(lab: Workspace) -> None:
    lab.reviews.mkdir()
    newer = b'{"v":99,"reviewer":"A","sample":"s","content":"c","verdict":"accept"}'
    (lab.reviews / "x.jsonl").write_bytes(b'{"reviewer":1}\n\xff\xfe\n[]\n' + newer + b"\n")
    assert [*DecisionBook(lab).refresh()] == []


def test_a_link_in_place_of_a_journal_is_not_written_through(lab: Workspace, tmp_path: Path) -> None:
    lab.reviews.mkdir()
    target = tmp_path / "precious"
    target.write_text("mine")
    (lab.reviews / f"{file_name(BO)}.jsonl").symlink_to(target)
    with pytest.raises(LabError, match="may not be a link"):
        DecisionBook(lab).write([decision("accept", who=BO)])
    assert target.read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_cannot_be_written_is_told(lab: Workspace) -> None:
    lab.reviews.mkdir(mode=0o500)
    with pytest.raises(LabError, match="could not be written"):
        DecisionBook(lab).write([decision("accept")])


def test_names_of_journals_are_readable_and_never_those_of_others() -> None:
    names = [file_name(who) for who in (BO, "bo <bo@example.org>", "../../etc", "", "山田 <y@example.jp>", "A" * 500)]
    assert len(set(names)) == len(names)
    assert all("/" not in name and not name.startswith(".") and len(name) < 100 for name in names)
    assert names[0].startswith("bo-bo@example.org-")
