"""The job folder's files: whole lines or none, followers that miss and repeat nothing, torn ends, full disks."""

from __future__ import annotations

import itertools
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui import journal, records
from labtui.errors import LabError
from labtui.journal import (
    JobFolder,
    JsonLines,
    LineFollower,
    Reporter,
    atomic_write,
    follow_events,
    read_events,
    read_lines,
    repair,
)

LINES = st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b"")), max_size=12)
TAIL = st.binary(max_size=30).map(lambda line: line.replace(b"\n", b""))


class Numbered(msgspec.Struct):
    number: int
    text: str = ""


@given(lines=LINES, tail=TAIL, cuts=st.lists(st.integers(0, 600), max_size=8), budget=st.integers(1, 64))
def test_a_follower_delivers_every_line_once_however_it_is_split(
    lines: list[bytes], tail: bytes, cuts: list[int], budget: int
) -> None:
    whole = b"".join(line + b"\n" for line in lines) + tail
    points = sorted({0, len(whole), *(min(cut, len(whole)) for cut in cuts)})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines"
        follower = LineFollower(path)
        assert follower.poll(budget) == []
        got: list[bytes] = []
        for start, end in itertools.pairwise(points):
            with open(path, "ab") as stream:
                stream.write(whole[start:end])
            for _ in range(3):
                got += follower.poll(budget)
        while found := follower.poll(budget):
            got += found
        assert got == lines
        assert follower.offset == len(whole) - len(tail)
        assert not follower.behind
        assert LineFollower(path, follower.offset).poll() == []


@given(lines=LINES, tail=TAIL)
def test_repair_cuts_the_torn_end_and_nothing_else(lines: list[bytes], tail: bytes) -> None:
    whole = b"".join(line + b"\n" for line in lines)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines"
        path.write_bytes(whole + tail)
        follower = LineFollower(path)
        before = follower.poll()
        repair(path)
        assert path.read_bytes() == whole
        with open(path, "ab") as stream:
            stream.write(b"next\n")
        assert [*before, *follower.poll()] == [*lines, b"next"], "a follower goes on over a repair"


def test_repair_finds_an_end_far_back(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"whole\n" + b"x" * 300_000)
    repair(path)
    assert path.read_bytes() == b"whole\n"
    path.write_bytes(b"x" * 300_000)
    repair(path)
    assert path.read_bytes() == b""
    repair(tmp_path / "absent")


@given(texts=st.lists(st.text(max_size=30), max_size=10), cut=st.integers(1, 20))
def test_a_journal_torn_anywhere_in_its_last_line_loses_that_line_alone(texts: list[str], cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        lines = JsonLines(path)
        for number, text in enumerate(texts):
            lines.append(Numbered(number, text))
        lines.close()
        size = path.stat().st_size
        os.truncate(path, max(0, size - cut))
        whole = path.read_bytes().count(b"\n")
        kept = [line.number for line in read_lines(path, Numbered)]
        again = JsonLines(path)
        again.append(Numbered(99))
        again.close()
        assert [line.number for line in read_lines(path, Numbered)] == [*kept, 99]
        assert kept == list(range(whole))


def test_a_follower_reads_a_replaced_or_shortened_file_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"one\ntwo\n")
    follower = LineFollower(path)
    assert follower.poll() == [b"one", b"two"]
    path.write_bytes(b"new\n")
    assert follower.poll() == [b"new"]
    atomic_write(path, b"another, and longer than before\n")
    assert follower.poll() == [b"another, and longer than before"]
    path.unlink()
    assert follower.poll() == []


def test_a_line_longer_than_the_budget_arrives_whole(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"a" * 1000 + b"\nshort\n")
    follower = LineFollower(path)
    assert follower.poll(10) == [b"a" * 1000]
    assert follower.behind
    assert follower.poll(10) == [b"short"]
    assert not follower.behind


def test_a_line_without_end_is_passed_over_and_the_next_one_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MAX_LINE", 100)
    path = tmp_path / "lines"
    path.write_bytes(b"first\n" + b"x" * 250)
    follower = LineFollower(path)
    assert follower.poll(50) == [b"first"]
    for _ in range(10):
        assert follower.poll(50) == []
    with open(path, "ab") as stream:
        stream.write(b"xx\nafter\n")
    assert follower.poll(50) == [b"after"]


def test_skipping_to_the_end_begins_with_a_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"".join(b"%04d\n" % number for number in range(1000)))
    follower = LineFollower(path)
    assert follower.poll(10) == [b"0000", b"0001"]
    follower.skip_to_last(12)
    assert follower.poll() == [b"0998", b"0999"]
    follower.skip_to_last(5000)
    assert follower.poll() == []


def test_events_of_an_unknown_type_or_shape_are_skipped(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path)
    report = Reporter(folder, 3)
    report.stage("load")
    report.close()
    with open(folder.events_file, "ab") as stream:
        stream.write(b'{"type":"hologram","v":7}\nnot json\n{"type":"stage"}\n\x00\x00\x00\n')
        stream.write(b'{"type":"stage","t":"2026-01-01T00:00:00","attempt":1,"name":"no zone"}\n')
    report = Reporter(folder, 3)
    report.progress(1, 2, "steps")
    report.close()
    seen = follow_events(folder).read()
    assert [type(event).__name__ for event in seen] == ["Stage", "Progress"]
    assert seen == read_events(folder)
    assert {event.attempt for event in seen} == {3}


def test_numbers_that_are_none_become_a_warning(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path)
    report = Reporter(folder, 1)
    report.metric(7, loss=math.nan, rate=0.5)
    report.metric(8, loss=math.inf)
    first, second, third = read_events(folder)
    assert isinstance(first, records.Warning) and "loss is nan at step 7" in first.message
    assert isinstance(second, records.Metric) and second.values == {"rate": 0.5}
    assert isinstance(third, records.Warning) and "loss is inf at step 8" in third.message


def test_half_a_surrogate_pair_does_not_stop_a_journal(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path)
    report = Reporter(folder, 1)
    report.send(records.Sample(id="1", leaf="x", accepted=True, answer="bird \ud83d sings"))
    report.artifact("file", os.fsdecode(b"caf\xe9.md"))
    sample, artifact = read_events(folder)
    assert isinstance(sample, records.Sample) and sample.answer == "bird ? sings"
    assert isinstance(artifact, records.Artifact) and artifact.path == "caf?.md"


def test_threads_append_whole_lines(tmp_path: Path) -> None:
    lines = JsonLines(tmp_path / "journal.jsonl")

    def write(start: int) -> None:
        for number in range(start, start + 200):
            lines.append(Numbered(number, "x" * 500))

    threads = [threading.Thread(target=write, args=(start,)) for start in range(0, 800, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(line.number for line in read_lines(tmp_path / "journal.jsonl", Numbered)) == list(range(800))


def test_a_disk_that_fills_up_leaves_whole_lines_only(tmp_path: Path) -> None:
    """The kernel refuses to let the file grow beyond a limit, as a full disk would: first a short write, then none."""
    script = f"""
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, {resource.RLIM_INFINITY}))
from pathlib import Path
from labtui.journal import JsonLines
lines = JsonLines(Path({str(tmp_path / "journal.jsonl")!r}))
failed = 0
for number in range(50):
    try:
        lines.append({{"number": number, "text": "x" * 90}})
    except OSError:
        failed += 1
resource.setrlimit(resource.RLIMIT_FSIZE, ({resource.RLIM_INFINITY}, {resource.RLIM_INFINITY}))
lines.append({{"number": 99}})
print(failed)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    text = (tmp_path / "journal.jsonl").read_text()
    numbers = [json.loads(line)["number"] for line in text.splitlines()]
    assert numbers == [*range(len(numbers) - 1), 99]
    assert int(done.stdout) == 50 - (len(numbers) - 1) > 0


def test_a_file_is_replaced_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "status.json"
    atomic_write(path, b"old")
    atomic_write(path, b"new", mode=0o600)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(TypeError):
        atomic_write(path, "not bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"new"
    assert os.listdir(path.parent) == ["status.json"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not a labtui job file"),
        (b"[]", "is not a labtui job file"),
        (b'{"v":1}', "is not a labtui job file"),
        (b"\x00" * 64, "is not a labtui job file"),
    ],
)
def test_a_spec_that_is_none_is_an_error_with_its_place(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "spec.json").write_bytes(content)
    with pytest.raises(LabError, match=words) as caught:
        JobFolder(tmp_path).spec()
    assert caught.value.where == str(tmp_path / "spec.json")
