"""A job from submission to its end: what is written, what is told, what the processes are given."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from labtui import jobs
from labtui.errors import LabError, UsageError
from labtui.jobs import locks, machine
from labtui.journal import read_events
from labtui.records import Artifact, State
from labtui.workspace import Workspace
from tests.jobs.conftest import count, kill_worker, no_unit_twice, status_of, units, wait_for, wait_for_units


def test_a_job_runs_to_its_end(lab: Workspace) -> None:
    folder = count(lab, "to five", steps=5)
    assert folder.status() is not None, "a submitted job has a status at once"
    seen: list[object] = []
    view = jobs.wait(folder, seen.extend)
    assert view.state is State.DONE
    assert (view.done, view.total, view.unit, view.stage) == (5, 5, "steps", "count")
    assert view.metrics == {"loss": 0.2}
    assert view.error == ""
    assert len(seen) == len(read_events(folder)) == 11
    no_unit_twice(folder, 5)
    assert status_of(folder).exit_code == 0


def test_the_folder_is_private_and_named_by_time_kind_and_short_id(lab: Workspace) -> None:
    folder = count(lab, steps=1)
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    stamp, kind, short = folder.id.split("-")
    assert (kind, len(stamp), len(short)) == ("steps", 16, 5)
    assert folder.spec().id == folder.id
    jobs.wait(folder)
    assert not list(folder.path.glob(".*")), "nothing temporary is left"


def test_processes_stand_apart_from_the_terminal(lab: Workspace) -> None:
    folder = count(lab, steps=500, seconds=0.05)
    wait_for_units(folder, 1)
    status = status_of(folder)
    assert os.getsid(status.supervisor_pid) == status.supervisor_pid != os.getsid(0)
    assert os.getpgid(status.worker_pid) == status.worker_pid
    assert os.getsid(status.worker_pid) == status.supervisor_pid
    assert psutil.Process(status.worker_pid).ppid() == status.supervisor_pid
    jobs.stop(folder, wait=30)


def test_supervisor_imports_nothing_heavy(lab: Workspace) -> None:
    code = "import sys, labtui.jobs.supervisor; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    for heavy in ("textual", "rich", "click", "yaml", "httpx", "git", "numpy", "torch", "asyncio"):
        assert heavy not in loaded


def test_listing_loads_no_process_tools(lab: Workspace) -> None:
    count(lab, steps=1)
    code = (
        "import sys; from pathlib import Path; from labtui import jobs, workspace\n"
        f"assert jobs.list_jobs(workspace.Workspace(Path({str(lab.root)!r})))\n"
        "print(*sorted(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    for heavy in ("psutil", "subprocess", "socket", "yaml", "textual", "shutil", "tempfile", "hashlib"):
        assert heavy not in loaded


def test_an_error_is_told_in_words(lab: Workspace) -> None:
    folder = count(lab, steps=5, fail_at=2)
    view = jobs.wait(folder)
    assert view.state is State.FAILED
    assert view.error == "wheel 5: The fifth wheel is missing."
    assert view.hint == "Bring one."
    assert status_of(folder).exit_code == UsageError.exit_code
    assert "Traceback" in folder.log_file.read_text()
    assert len(units(folder)) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"crash_at": 1}, "crashed in native code (SIGSEGV)"),
        ({"leave_at": 1}, "left in the middle"),
        ({"steps": "many"}, "arguments do not fit"),
    ],
)
def test_every_other_end_has_a_true_reason(lab: Workspace, arguments: dict[str, object], words: str) -> None:
    view = jobs.wait(jobs.submit(lab, "steps", "odd", arguments))
    assert view.state is State.FAILED
    assert words in view.error


def test_a_worker_that_cannot_even_start_says_why(lab: Workspace) -> None:
    view = jobs.wait(jobs.submit(lab, "nonsense", "no such stage", {}))
    assert view.state is State.FAILED
    assert "No module named 'labtui.nonsense'" in view.error


def test_a_killed_worker_is_a_failed_job(lab: Workspace) -> None:
    folder = count(lab, steps=500, seconds=0.05)
    wait_for_units(folder, 2)
    kill_worker(folder)
    view = jobs.wait(folder)
    assert view.state is State.FAILED
    assert status_of(folder).signal == signal.SIGKILL
    assert "killed from outside labtui (SIGKILL)" in view.error


def test_what_a_worker_leaves_behind_is_ended_with_it(lab: Workspace) -> None:
    folder = count(lab, steps=500, seconds=0.05, child=True)
    wait_for_units(folder, 1)
    child = next(int(event.path) for event in read_events(folder) if isinstance(event, Artifact))
    assert psutil.pid_exists(child)
    kill_worker(folder)
    assert jobs.wait(folder).state is State.FAILED
    wait_for(lambda: not machine.left_behind(status_of(folder)), "the child's end")


def test_locks_reach_the_worker_and_nobody_it_starts(lab: Workspace) -> None:
    folder = count(lab, steps=500, seconds=0.05, child=True, slots=("train-cpu",))
    wait_for_units(folder, 1)
    child = next(int(event.path) for event in read_events(folder) if isinstance(event, Artifact))
    assert _holds(status_of(folder).worker_pid, folder.lock_file)
    assert _holds(status_of(folder).supervisor_pid, folder.lock_file)
    assert not _holds(child, folder.lock_file)
    environment = psutil.Process(child).environ()
    assert not {name for name in environment if name in ("LABTUI_LIFELINE_FD", "LABTUI_HELD_FDS", "LABTUI_LOCK_FD")}
    jobs.stop(folder, wait=30)


def _holds(pid: int, path: Path) -> bool:
    return str(path) in {opened.path for opened in psutil.Process(pid).open_files()}


def test_a_folder_that_is_worked_on_cannot_slip_in_modules(lab: Workspace) -> None:
    (lab.root / "msgspec.py").write_text("raise SystemExit('foreign code ran')")
    (lab.root / "labtui").mkdir()
    (lab.root / "labtui" / "__init__.py").write_text("raise SystemExit('foreign code ran')")
    folder = count(lab, steps=1)
    (folder.path / "signal.py").write_text("raise SystemExit('foreign code ran')")
    assert jobs.wait(folder).state is State.DONE


def test_relative_entries_of_the_module_path_keep_their_meaning(
    lab: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.path.relpath(os.environ["PYTHONPATH"]) + os.pathsep)
    assert jobs.wait(count(lab, steps=1)).state is State.DONE


def test_nothing_is_left_where_a_job_cannot_be_written(lab: Workspace) -> None:
    lab.jobs.rmdir()
    lab.jobs.write_text("in the way")
    with pytest.raises(LabError, match="cannot be written"):
        count(lab)
    lab.jobs.unlink()


@pytest.mark.parametrize("kind", ["", "Train", "a.b", "a-b", "../x"])
def test_a_kind_is_a_plain_word(lab: Workspace, kind: str) -> None:
    with pytest.raises(UsageError):
        jobs.submit(lab, kind, "odd", {})
    assert not list(lab.jobs.iterdir())


def test_a_supervisor_that_does_not_come_up_leaves_no_job(lab: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = lab.root / "broken"
    broken.mkdir()
    (broken / "psutil.py").write_text("raise ImportError('psutil is broken')")
    monkeypatch.setenv("PYTHONPATH", str(broken))
    with pytest.raises(LabError, match="psutil is broken"):
        count(lab)
    assert jobs.list_jobs(lab) == []


def test_nobody_gets_the_lock_between_submission_and_end(lab: Workspace) -> None:
    folder = count(lab, steps=30, seconds=0.02)
    while not jobs.current(folder).ended:
        assert locks.held(folder.lock_file) or jobs.current(folder).ended
    assert jobs.view(folder).state is State.DONE


def test_stages_find_the_spec_as_it_was_asked(lab: Workspace) -> None:
    folder = jobs.submit(
        lab, "steps", "四十雀", {"steps": 1}, inputs={"leaf": "ab"}, commit="c0ffee", command=("labtui", "x")
    )
    spec = json.loads(folder.spec_file.read_text())
    assert (spec["title"], spec["inputs"], spec["commit"]) == ("四十雀", {"leaf": "ab"}, "c0ffee")
    assert spec["versions"].keys() == {"labtui", "python"}
    jobs.wait(folder)


def test_a_workspace_that_is_gone_takes_no_job(lab: Workspace) -> None:
    lab.settings_file.unlink()
    with pytest.raises(LabError, match="workspace is gone") as caught:
        count(lab, steps=1)
    assert caught.value.where == str(lab.root)
    assert not lab.jobs.exists() or not list(lab.jobs.iterdir())
