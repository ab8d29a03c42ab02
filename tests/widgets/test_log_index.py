"""The line index of a log: the right lines whatever was appended, cut or replaced, at any block size."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtui.widgets import log_index
from labtui.widgets.log_index import LogIndex, RawLine


def shown(line: bytes) -> bytes:
    """What the last carriage return of a line left, said the slow way."""
    parts = [part for part in line.split(b"\r") if part]
    return parts[-1] if parts else b""


def lines_of(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    return [shown(line) for line in (lines if lines[-1] else lines[:-1])]


def settle(index: LogIndex) -> None:
    for _ in range(1000):
        if index.poll().behind == 0:
            return
    pytest.fail("the index never caught up")


def everything(index: LogIndex) -> list[bytes]:
    return [line.data for line in index.read(0, index.lines)]


pieces = st.lists(
    st.sampled_from([b"\n", b"\r", b"a", b"bc", b"\r\n", "日本".encode(), b"x" * 9, b"z" * 40]), max_size=60
)


@settings(max_examples=100, deadline=None)
@given(appends=st.lists(pieces.map(b"".join), min_size=1, max_size=5), block=st.sampled_from([1, 3, 8, 64]))
def test_any_growth_gives_the_lines_of_the_file(appends: list[bytes], block: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.multiple(log_index, BLOCK=block, SLICE=block * 4, TAIL=block * 4),
    ):
        path = Path(folder) / "output.log"
        index = LogIndex(path)
        written = b""
        for data in appends:
            with open(path, "ab") as stream:
                stream.write(data)
            written += data
            settle(index)
            expected = lines_of(written)
            assert everything(index) == expected
            middle = len(expected) // 2
            assert [line.data for line in index.read(middle, middle + 2)] == expected[middle : middle + 2]
        assert index.generation == 0
        index.close()


def test_the_end_of_a_large_file_is_there_before_the_beginning_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(b"".join(b"line %d\n" % number for number in range(400_000)))
    index = LogIndex(path)
    first = index.poll(seconds=0)
    assert not first.complete
    assert first.behind > 0
    assert index.read(first.lines - 1, first.lines)[0].data == b"line 399999"
    shift, last = 0, first
    while last.behind:
        last = index.poll(seconds=0)
        shift += last.shift
    assert last.complete
    assert last.lines == first.lines + shift == 400_000
    assert [line.data for line in index.read(200_000, 200_002)] == [b"line 200000", b"line 200001"]
    index.close()


def test_an_unfinished_line_is_shown_and_grows(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(b"one\n 10%|#   \r 20%|##  ")
    index = LogIndex(path)
    settle(index)
    assert index.read(0, 9) == [RawLine(b"one"), RawLine(b" 20%|##  ", finished=False)]
    with open(path, "ab") as stream:
        stream.write(b"\r 30%|### \r")
    settle(index)
    assert index.read(1, 2) == [RawLine(b" 30%|### ", finished=False)]
    with open(path, "ab") as stream:
        stream.write(b"\ndone\n")
    settle(index)
    assert everything(index) == [b"one", b" 30%|### ", b"done"]
    index.close()


def test_a_file_that_was_cut_short_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(b"old one\nold two\n")
    index = LogIndex(path)
    settle(index)
    path.write_bytes(b"new\n")
    settle(index)
    assert index.generation == 1
    assert everything(index) == [b"new"]
    index.close()


def test_a_file_written_anew_in_place_and_longer_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(b"old one\nold two\n")
    index = LogIndex(path)
    settle(index)
    path.write_bytes(b"this is not what stood here\nbefore\nat all\n")
    os.utime(path, ns=(1, 1))
    settle(index)
    assert index.generation == 1
    assert everything(index) == [b"this is not what stood here", b"before", b"at all"]
    index.close()


def test_a_replaced_file_is_opened_anew(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(b"first\n")
    index = LogIndex(path)
    settle(index)
    other = tmp_path / "other"
    other.write_bytes(b"second\nthird\n")
    other.replace(path)
    settle(index)
    assert index.generation == 1
    assert everything(index) == [b"second", b"third"]
    index.close()


def test_a_file_that_is_not_there_yet_is_awaited_and_a_removed_one_stays_readable(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    index = LogIndex(path)
    assert index.poll().exists is False
    assert index.lines == 0
    path.write_bytes(b"here\n")
    settle(index)
    path.unlink()
    assert index.poll().exists is False
    assert everything(index) == [b"here"]
    index.close()


def test_a_line_longer_than_a_block_is_cut_and_its_neighbours_are_not(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    long = b"y" * (3 * log_index.BLOCK + 17)
    path.write_bytes(b"before\n" + long + b"\nafter\n")
    index = LogIndex(path)
    settle(index)
    before, cut, after = index.read(0, 3)
    assert (before.data, after.data) == (b"before", b"after")
    assert cut.data == long[: log_index.LINE_LIMIT]
    assert cut.hidden == len(long) - log_index.LINE_LIMIT
    index.close()


def test_a_progress_bar_longer_than_a_block_shows_its_last_state(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(b"start\n" + b"".join(b"\r%6d/100000" % step for step in range(20_000)))
    index = LogIndex(path)
    settle(index)
    assert index.read(1, 2) == [RawLine(b" 19999/100000", finished=False)]
    index.close()
