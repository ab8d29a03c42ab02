"""Files that hang, eat memory or kill what checks them become findings; no process is left."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from labtui.errors import LabError
from labtui.taxonomy.checking import pool as worker_pool
from labtui.taxonomy.checking.pool import Pool
from labtui.taxonomy.checking.worker import Answer, Request
from tests.taxonomy.leaves import SKILL, write

SLOW = SKILL + "".join(f"  - question: Number {number}?\n    answer: a{number}\n" for number in range(60_000))
"""Takes seconds to check, and ends."""


def request(number: int, path: Path) -> Request:
    return Request(number, os.fsencode(path), "compositional_skills/a", "compositional_skills")


def rules(answer: Answer) -> list[str]:
    return [found.rule for found in answer.found]


def workers() -> list[psutil.Process]:
    found = []
    for child in psutil.Process().children():
        try:
            if any("taxonomy.checking.worker" in word for word in child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    assert workers() == []


def test_every_request_has_one_answer(tmp_path: Path) -> None:
    paths = [write(tmp_path, f"compositional_skills/{number}") for number in range(50)]
    with Pool(2) as pool:
        answers = list(pool.run(request(number, path) for number, path in enumerate(paths)))
        assert len(workers()) == 2
    assert sorted(answer.number for answer in answers) == list(range(50))
    assert {tuple(rules(answer)) for answer in answers} == {("legal.attribution-missing",)}
    assert all(len(answer.data) == 32 and answer.facts is not None and answer.facts.seeds == 5 for answer in answers)


def test_a_file_that_takes_too_long_is_a_finding_and_the_others_are_checked(tmp_path: Path) -> None:
    slow = write(tmp_path, "compositional_skills/slow", SLOW)
    good = write(tmp_path, "compositional_skills/good")
    with Pool(1, seconds=1) as pool:
        answers = {answer.number: answer for answer in pool.run([request(0, slow), request(1, good)])}
    assert rules(answers[0]) == ["safety.time"]
    assert answers[0].data == b"", "that it took too long is not to be remembered"
    assert rules(answers[1]) == ["legal.attribution-missing"]


def test_a_process_that_cannot_be_interrupted_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "WALL_SECONDS", 1.0)
    good = write(tmp_path, "compositional_skills/good")
    with Pool(1) as pool:
        pool.give(request(0, good))
        while pool.busy:
            pool.listen()
        (process,) = workers()
        process.suspend()
        pool.give(request(1, good))
        pool.give(request(2, good))
        answers = []
        while pool.busy:
            answers += pool.listen()
    assert [(answer.number, rules(answer)) for answer in answers] == [
        (1, ["safety.time"]),
        (2, ["legal.attribution-missing"]),
    ]


def test_a_process_that_dies_is_replaced_and_its_file_tried_once_more(tmp_path: Path) -> None:
    paths = [write(tmp_path, "compositional_skills/slow", SLOW), write(tmp_path, "compositional_skills/good")]
    killed = 0
    answers = []
    with Pool(1) as pool:
        for number, path in enumerate(paths):
            pool.give(request(number, path))
        while pool.busy:
            if killed < 2 and (found := [one for one in workers() if one.cpu_times().user > 0.5]):
                found[0].send_signal(signal.SIGKILL)
                killed += 1
            answers += pool.listen()
    assert [(answer.number, rules(answer)) for answer in answers] == [
        (0, ["safety.checker"]),
        (1, ["legal.attribution-missing"]),
    ]


@pytest.mark.skipif(not hasattr(psutil, "RLIMIT_AS"), reason="only Linux tells the bounds of another process")
def test_memory_is_bounded(tmp_path: Path) -> None:
    path = write(tmp_path, "compositional_skills/a")
    with Pool(1) as pool:
        list(pool.run([request(0, path)]))
        (process,) = workers()
        bound, _ = process.rlimit(psutil.RLIMIT_AS)
    assert 0 < bound <= 2 * 1024**3


def test_processes_end_with_whoever_started_them(tmp_path: Path) -> None:
    pool = Pool(2)
    pool.give(request(0, write(tmp_path, "compositional_skills/a")))
    until = time.monotonic() + 20
    while not workers() and time.monotonic() < until:
        time.sleep(0.01)  # a process that has just begun has no command line yet
    (process,) = workers()
    for worker in pool._workers:
        worker._input.close()
    assert process.wait(timeout=20) == 0
    pool.close()


def test_cancelling_ends_a_run(tmp_path: Path) -> None:
    slow = write(tmp_path, "compositional_skills/slow", SLOW)
    began = time.monotonic()
    with Pool(1) as pool:
        assert list(pool.run([request(0, slow)], lambda: time.monotonic() > began + 0.3)) == []


def test_a_process_that_cannot_start_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(broken))
    with Pool(1) as pool, pytest.raises(LabError, match="cannot be started") as error:
        list(pool.run([request(0, tmp_path)]))
    assert error.value.hint == "broken"
