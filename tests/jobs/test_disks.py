"""Full and read-only disks, for real: a small file system of its own in a mount namespace."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.jobs import kinds


def _namespaces_work() -> bool:
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    trial = ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/tmp"]
    return subprocess.run(trial, capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not _namespaces_work(), reason="needs Linux with user and mount namespaces")


def on_a_small_disk(tmp_path: Path, script: str, *, kilobytes: int = 512) -> str:
    """Runs a script with `root`, a workspace on a file system of that size; returns what it printed."""
    disk = tmp_path / "disk"
    disk.mkdir()
    code = textwrap.dedent(PROLOGUE) + textwrap.dedent(script)
    mount = f'mount -t tmpfs -o size={kilobytes}k tmpfs "{disk}" && exec "$0" -c "$1" "{disk}"'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, sys.executable, code],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(kinds.HERE / "site")},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


PROLOGUE = """
    import os, subprocess, sys, time
    from pathlib import Path
    from labtui import jobs, workspace
    from labtui.errors import LabError

    disk = Path(sys.argv[1])
    lab = workspace.create(disk / "lab")

    def fill():
        with open(disk / "filler", "ab", buffering=0) as stream:
            for size in (65536, 4096, 1):
                try:
                    while True:
                        stream.write(b"x" * size)
                except OSError:
                    pass

    def until(reached):
        deadline = time.monotonic() + 60
        while not reached():
            assert time.monotonic() < deadline
            time.sleep(0.02)
"""


def test_a_job_that_fills_the_disk_has_failed_and_says_so(tmp_path: Path) -> None:
    printed = on_a_small_disk(
        tmp_path,
        """
        folder = jobs.submit(lab, "steps", "grows", {"steps": 1000, "seconds": 0, "output_bytes": 20000})
        view = jobs.wait(folder, timeout=60)
        print(view.state, view.status.state, "|", view.error)
        lines = (folder.path / "events.jsonl").read_bytes()
        assert lines.endswith(b"\\n")
        units = len((folder.path / "units.jsonl").read_bytes().splitlines())
        assert 0 < units < 1000
        os.truncate(folder.log_file, 0)
        spec = folder.spec_file
        spec.write_text(spec.read_text().replace("20000", "10"))
        jobs.resume(folder)
        view = jobs.wait(folder, timeout=60)
        print(view.state, view.attempt)
        """,
    )
    first, second = printed.splitlines()
    assert first.startswith("failed failed |"), "the end was written although the disk is full"
    assert second == "done 2"


def test_a_disk_filled_by_others_swallows_no_end(tmp_path: Path) -> None:
    """The worker writes nothing any more and is killed: the supervisor alone must put the end on record."""
    printed = on_a_small_disk(
        tmp_path,
        """
        folder = jobs.submit(lab, "steps", "sleeps", {"steps": 1, "seconds": 600})
        until(lambda: jobs.view(folder).stage)
        fill()
        os.kill(folder.status().worker_pid, 9)
        view = jobs.wait(folder, timeout=60)
        print(view.state, "|", view.error, "|", view.status.signal)
        """,
    )
    assert printed.startswith("failed | The worker was killed from outside labtui")
    assert printed.endswith("| 9\n")


def test_stopping_works_on_a_full_disk(tmp_path: Path) -> None:
    printed = on_a_small_disk(
        tmp_path,
        """
        folder = jobs.submit(lab, "steps", "sleeps", {"steps": 1, "seconds": 600}, grace_seconds=0.5)
        until(lambda: jobs.view(folder).stage)
        fill()
        print(jobs.stop(folder, wait=60), jobs.view(folder).status.state)
        """,
    )
    assert printed == "stopped stopped\n"


def test_without_room_no_job_is_started(tmp_path: Path) -> None:
    printed = on_a_small_disk(
        tmp_path,
        """
        fill()
        try:
            jobs.submit(lab, "steps", "count", {"steps": 1})
        except LabError as error:
            print(error.what)
        print(list(lab.jobs.iterdir()))
        """,
    )
    what, left = printed.splitlines()
    assert "No space left on device" in what
    assert left == "[]"


def test_a_read_only_disk_can_be_looked_at(tmp_path: Path) -> None:
    printed = on_a_small_disk(
        tmp_path,
        """
        done = jobs.submit(lab, "steps", "count", {"steps": 3})
        jobs.wait(done)
        stopped = jobs.submit(lab, "steps", "count", {"steps": 3, "seconds": 600}, grace_seconds=0)
        jobs.stop(stopped, wait=60)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        print([str(view.state) for view in jobs.list_jobs(lab)])
        for action in (
            lambda: jobs.submit(lab, "steps", "count", {"steps": 1}),
            lambda: jobs.resume(stopped),
            lambda: jobs.prune(lab, 0),
        ):
            try:
                print("not refused", action())
            except LabError as error:
                print(error.what)
        print([str(view.state) for view in jobs.list_jobs(lab)])
        """,
    )
    before, submitted, resumed, pruned, after = printed.splitlines()
    assert before == after == "['stopped', 'done']"
    for words in (submitted, resumed, pruned):
        assert "Read-only file system" in words
