"""The basket: every keystroke is on disk, nothing of another application is lost, odd files do no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtui import workspace as workspaces
from labtui.contribute.teaching.lessons import Basket, Lesson, typed
from labtui.errors import LabError, UsageError
from labtui.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspaces.create(tmp_path / "lab")


def lesson(**given: str) -> Lesson:
    values = {"question": "What does a chickadee eat?", "answer": "Bread.", "corrected": "Seeds and insects.", **given}
    return Lesson(**values)  # type: ignore[arg-type]


def test_what_is_typed_is_there_after_a_crash(workspace: Workspace) -> None:
    basket = Basket(workspace)
    one = basket.begin(lesson(conversation="c", turn="t"))
    for text in ("S", "Se", "Seeds."):
        one.corrected = text
        basket.keep(one)
    assert [known.corrected for known in Basket(workspace).lessons()] == ["Seeds."]
    found = Basket(workspace).of_turn("c", "t")
    assert found is not None and found.id == one.id
    assert Basket(workspace).of_turn("c", "other") is None
    assert Basket(workspace).of_turn("", "") is None


def test_two_applications_keep_their_own(workspace: Workspace) -> None:
    mine, yours = Basket(workspace), Basket(workspace)
    first, second = mine.begin(lesson()), yours.begin(lesson(question="And in winter?"))
    mine.keep(first)
    yours.keep(second)
    mine.keep(first)
    assert {known.question for known in mine.lessons()} == {first.question, second.question}


def test_a_dropped_one_comes_back(workspace: Workspace) -> None:
    basket = Basket(workspace)
    one = basket.begin(lesson())
    basket.drop(one)
    basket.keep(one)
    basket.drop(one)
    assert basket.lessons() == []
    basket.undrop(one)
    assert [known.id for known in basket.lessons()] == [one.id]
    with pytest.raises(LabError, match="cannot be brought back"):
        basket.undrop(one)


def test_files_that_are_none_of_ours_stay_and_are_passed_over(workspace: Workspace) -> None:
    basket = Basket(workspace)
    one = basket.begin(lesson())
    basket.keep(one)
    file = basket.folder / f"{one.id}.json"
    odd = {
        "20260101-000000-00000a.json": b"\xff",
        "20260101-000000-00000b.json": b'{"v": 99, "question": "q", "answer": "a", "corrected": "c"}',
        "20260101-000000-00000c.json": b"[]",
        "notes.txt": b"mine",
    }
    for name, data in odd.items():
        (basket.folder / name).write_bytes(data)
    (basket.folder / "20260101-000000-00000d.json").symlink_to(file)
    (basket.folder / "20260101-000000-00000e.json").mkdir()
    assert [known.id for known in basket.lessons()] == [one.id]
    assert all((basket.folder / name).exists() for name in odd)


def test_a_name_inside_a_file_leads_nowhere(workspace: Workspace) -> None:
    basket = Basket(workspace)
    one = basket.begin(lesson())
    basket.keep(one)
    file = basket.folder / f"{one.id}.json"
    file.write_bytes(file.read_bytes().replace(one.id.encode(), b"../../labtui"))
    assert [known.id for known in basket.lessons()] == [one.id], "the file's name counts"
    one.id = "../../labtui"
    with pytest.raises(UsageError, match="no name"):
        basket.keep(one)


def test_a_folder_that_cannot_be_written_is_said(workspace: Workspace) -> None:
    basket = Basket(workspace)
    basket.folder.write_text("a file stands in its place")
    with pytest.raises(LabError, match="cannot be kept"):
        basket.keep(basket.begin(lesson()))
    assert basket.lessons() == []


def test_typed_text_is_fit_for_a_file() -> None:
    assert typed("  \x1b[31mRed\x1b[0m\r\nline  \n\n") == "Red\nline"
    assert typed("コガラ\u200d") == "コガラ\u200d", "invisible characters that scripts need stay"


def test_a_change_is_one_that_a_reader_sees() -> None:
    assert not lesson(corrected="bread").is_changed
    assert lesson().is_changed
