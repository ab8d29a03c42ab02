"""Searching a log: the lines that show the text, colours and overwritten bars aside, along with growth."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from labtui.widgets import log_search
from labtui.widgets.log_index import LogIndex
from labtui.widgets.log_search import Search


def found(index: LogIndex, search: Search) -> list[int]:
    while index.poll().behind or search.step(0):
        pass
    return list(search.found)


def opened(path: Path, data: bytes) -> LogIndex:
    path.write_bytes(data)
    index = LogIndex(path)
    index.poll()
    return index


def test_small_letters_find_any_case_and_a_capital_its_own(tmp_path: Path) -> None:
    index = opened(tmp_path / "log", b"Loss 1\nloss 2\nnothing\nLOSS 3\n")
    assert found(index, Search(index, "loss")) == [0, 1, 3]
    assert found(index, Search(index, "LOSS")) == [3]


def test_japanese_is_found(tmp_path: Path) -> None:
    index = opened(tmp_path / "log", "学習\n損失 1.2\n".encode())
    assert found(index, Search(index, "損失")) == [1]


def test_colours_do_not_hide_a_word(tmp_path: Path) -> None:
    index = opened(tmp_path / "log", b"a \x1b[31mlo\x1b[0mss b\n")
    assert found(index, Search(index, "loss")) == [0]


def test_what_a_carriage_return_overwrote_is_not_found(tmp_path: Path) -> None:
    index = opened(tmp_path / "log", b" 10%\r 20%\r 30%\r\n 20%\n")
    assert found(index, Search(index, "20%")) == [1]
    assert found(index, Search(index, "30%")) == [0]


def test_the_search_goes_on_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "log"
    index = opened(path, b"needle\nhay\nneed")
    search = Search(index, "needle")
    assert found(index, search) == [0]
    with open(path, "ab") as stream:
        stream.write(b"le\nhay\nneedle")
    assert found(index, search) == [0, 2, 4]
    with open(path, "ab") as stream:
        stream.write(b"\rgone\n")
    assert found(index, search) == [0, 2]


def test_a_replaced_file_is_searched_again(tmp_path: Path) -> None:
    path = tmp_path / "log"
    index = opened(path, b"needle\nneedle\nneedle\n")
    search = Search(index, "needle")
    assert found(index, search) == [0, 1, 2]
    path.write_bytes(b"hay\nneedle\n")
    assert found(index, search) == [1]


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.text("abn\r ", max_size=30), max_size=30),
    chunk=st.sampled_from([4, 16, 1000]),
)
def test_any_chunking_finds_the_lines_that_show_it(lines: list[str], chunk: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder, mock.patch.object(log_search, "CHUNK", chunk):
        index = opened(Path(folder) / "log", "".join(f"{line}\n" for line in lines if "\r" not in line).encode())
        shown = [line.data for line in index.read(0, index.lines)]
        expected = [number for number, line in enumerate(shown) if b"an" in line]
        assert found(index, Search(index, "an")) == expected
