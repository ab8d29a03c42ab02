"""Reading data sets: what is refused is named by file and line."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from labtui.errors import LabError, UsageError
from labtui.train import data
from tests.train.tiny import sample, write_data


def test_a_file_and_its_folder_are_the_same_data_set(tmp_path: Path) -> None:
    file = write_data(tmp_path / "set" / "messages.jsonl", [sample(1), sample(2, unmask=True)])
    by_file, by_folder = data.read(file), data.read(tmp_path / "set")
    assert by_file == by_folder
    assert by_file.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert [(one.id, one.unmask) for one in by_file.samples] == [("s1", False), ("s2", True)]
    assert [message.role for message in by_file.samples[0].messages] == ["user", "assistant"]


def test_samples_without_an_id_are_named_by_their_line(tmp_path: Path) -> None:
    file = write_data(tmp_path / "a.jsonl", [sample(1, id=""), sample(2, id=7)])
    assert [one.id for one in data.read(file).samples] == ["line 1", "7"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"messages": [', "not JSON"),
        ('{"id": "x"}', "messages"),
        ('{"messages": "hello"}', "array"),
        ('{"messages": [{"role": "user"}]}', "content"),
        ('{"messages": [{"role": "user", "content": 3}]}', "str"),
        ("[1, 2]", "object"),
        ('{"messages": [], "id": "s1"}', "used on line 1"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, says: str) -> None:
    file = write_data(tmp_path / "a.jsonl", [sample(1)])
    with open(file, "a") as stream:
        stream.write(f"\n{line}\n")
    with pytest.raises(LabError) as caught:
        data.read(file)
    assert caught.value.where == f"{file}:3"
    assert says in caught.value.what


def test_bytes_that_are_no_text_are_a_wrong_line(tmp_path: Path) -> None:
    file = write_data(tmp_path / "a.jsonl", [sample(1)])
    with open(file, "ab") as stream:
        stream.write(b'{"id": "\xff", "messages": []}\n')
    with pytest.raises(LabError) as caught:
        data.read(file)
    assert caught.value.where == f"{file}:2"


def test_all_wrong_lines_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("no\n" * 9)
    with pytest.raises(LabError) as caught:
        data.read(file)
    assert "line 2" in caught.value.hint
    assert "4 lines more" in caught.value.hint


def test_what_is_not_there_or_empty(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such data set"):
        data.read(tmp_path / "nothing.jsonl")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match=r"messages\.jsonl"):
        data.read(tmp_path / "folder")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(LabError, match="empty"):
        data.read(tmp_path / "empty.jsonl")
