"""Differences as lines: right enough for patch, safe enough for a screen."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.taxonomy.fixing.unified import COMPARED, DiffLine, Kind, counts, shown, unified_diff


def text(before: str, after: str) -> list[str]:
    return [str(line) for line in unified_diff(before.encode(), after.encode(), "a/qna.yaml")]


def test_nothing_where_they_are_equal() -> None:
    assert unified_diff(b"x\n", b"x\n", "p") == []


def test_a_line_between_others() -> None:
    before = "".join(f"{number}\n" for number in range(1, 21))
    assert text(before, before.replace("\n10\n", "\nten\n")) == [
        "--- a/qna.yaml", "+++ a/qna.yaml", "@@ -7,7 +7,7 @@", " 7", " 8", " 9", "-10", "+ten", " 11", " 12", " 13",
    ]  # fmt: skip


def test_a_missing_newline_is_told() -> None:
    assert text("a\nb", "a\nb\n")[2:] == ["@@ -1,2 +1,2 @@", " a", "-b", "\\ No newline at end of file", "+b"]


def test_a_rename_alone_is_a_change() -> None:
    assert [str(line) for line in unified_diff(b"x\n", b"x\n", "qna.yml", "qna.yaml")] == [
        "--- qna.yml",
        "+++ qna.yaml",
    ]


def test_lines_know_their_numbers() -> None:
    lines = unified_diff(b"a\nb\nc\n", b"a\nx\ny\nc\n", "p")[3:]
    assert [(line.kind.value, line.before, line.after) for line in lines] == [
        ("same", 1, 1), ("removed", 2, 0), ("added", 0, 2), ("added", 0, 3), ("same", 3, 4),
    ]  # fmt: skip
    assert counts(lines) == (2, 1)


ROWS = st.lists(st.sampled_from(["a\n", "b\n", "c  \n", "\n", "x\r\n", "é\u2028\n"]), max_size=30).map("".join)


@given(ROWS, ROWS, st.booleans())
def test_patch_makes_the_one_of_the_other(
    tmp_path_factory: pytest.TempPathFactory, before: str, after: str, cut: bool
) -> None:
    after = after.rstrip("\n") if cut else after
    folder = tmp_path_factory.mktemp("patch")
    (folder / "f").write_bytes(before.encode())
    difference = "".join(f"{line}\n" for line in unified_diff(before.encode(), after.encode(), "f"))
    done = subprocess.run(
        ["git", "apply", "--allow-empty", "--unidiff-zero", "-p0", "-"],
        cwd=folder, input=difference.encode(), capture_output=True, check=False,
    )  # fmt: skip
    if before != after:
        assert done.returncode == 0, done.stderr
    assert Path(folder / "f").read_bytes() == after.encode()


def test_a_huge_difference_is_told_at_once() -> None:
    before = "".join(f"{number}\n" for number in range(COMPARED))
    after = "".join(f"  {number}\n" for number in range(COMPARED))
    lines = unified_diff(f"head\n{before}tail\n".encode(), f"head\n{after}tail\n".encode(), "p")
    assert counts(lines) == (COMPARED, COMPARED)
    assert [str(line) for line in (lines[3], lines[-1])] == [" head", " tail"]


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        (DiffLine(Kind.REMOVED, "a  "), "-a··"),
        (DiffLine(Kind.REMOVED, "a\t\r"), "-a→␍"),
        (DiffLine(Kind.ADDED, "\tb"), "+→b"),
        (DiffLine(Kind.SAME, "c  \r"), " c  "),
        (DiffLine(Kind.ADDED, "\x1b]52;c;eA==\x07x\u202ey"), "+␛x‹U+202E›y"),
        (DiffLine(Kind.FILE, "--- a\x1b[2J"), "--- a␛"),
    ],
)
def test_what_cannot_be_seen_is_made_visible(line: DiffLine, seen: str) -> None:
    assert shown(line) == seen
