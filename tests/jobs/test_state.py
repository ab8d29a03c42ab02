"""State is derived: from the lock, the host, the boot and the files, and from nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from labtui import jobs
from labtui.errors import LabError
from labtui.jobs import locks, machine
from labtui.journal import JobFolder, atomic_write, dump
from labtui.records import JobSpec, JobStatus, State, now
from labtui.workspace import Workspace
from tests.jobs.conftest import count, no_unit_twice, status_of, wait_for_units


def made(lab: Workspace, *, status: JobStatus | None = None, host: str = "") -> JobFolder:
    """A job folder as some supervisor may have left it."""
    name = f"{now():%Y%m%dT%H%M%SZ}-steps-{os.urandom(3).hex()}"
    folder = JobFolder(lab.jobs / name)
    folder.path.mkdir()
    spec = JobSpec(
        id=name, kind="steps", title="made", created=now(), host=host, workspace=str(lab.root), arguments={"steps": 3}
    )
    atomic_write(folder.spec_file, dump(spec))
    if status is not None:
        atomic_write(folder.status_file, dump(status))
    folder.lock_file.touch()
    return folder


def status(**changes: object) -> JobStatus:
    standing = JobStatus(
        state=State.RUNNING,
        attempt=1,
        host=machine.host(),
        boot=machine.boot(),
        supervisor_pid=os.getpid(),
        supervisor_started=machine.started_at(os.getpid()),
        submitted=now(),
        started=now(),
    )
    return msgspec.structs.replace(standing, **changes)


@pytest.mark.parametrize("state", [State.DONE, State.FAILED, State.STOPPED])
def test_a_written_end_counts_whatever_else_is_so(lab: Workspace, state: State) -> None:
    for changes in ({}, {"host": "elsewhere"}, {"boot": "another"}):
        folder = made(lab, status=status(state=state, ended=now(), **changes))
        assert jobs.current(folder) is state
        held = locks.take(folder.lock_file)
        assert held is not None
        assert jobs.current(folder) is state
        os.close(held)


@pytest.mark.parametrize("state", [State.RUNNING, State.WAITING])
def test_the_lock_decides_on_this_host_and_boot(lab: Workspace, state: State) -> None:
    folder = made(lab, status=status(state=state))
    assert jobs.current(folder) is State.LOST, "its recorded process lives, but it does not hold the lock"
    held = locks.take(folder.lock_file)
    assert held is not None
    assert jobs.current(folder) is state
    os.close(held)
    assert jobs.current(folder) is State.LOST


@pytest.mark.parametrize("changes", [{"host": "elsewhere"}, {"boot": "another"}])
def test_of_another_host_or_boot_nothing_is_claimed(lab: Workspace, changes: dict[str, str]) -> None:
    folder = made(lab, status=status(**changes))
    view = jobs.view(folder)
    assert view.state is State.UNCONFIRMED
    assert not view.state.ended
    assert ("elsewhere" if "host" in changes else "before its last boot") in view.error


def test_without_a_status_the_lock_and_the_spec_decide(lab: Workspace) -> None:
    folder = made(lab, host=machine.host())
    held = locks.take(folder.lock_file)
    assert held is not None
    assert jobs.current(folder) is State.WAITING
    os.close(held)
    assert jobs.current(folder) is State.LOST
    assert "never started" in jobs.view(folder).error
    assert jobs.current(made(lab, host="elsewhere")) is State.UNCONFIRMED


def test_a_missing_lock_file_is_a_free_lock(lab: Workspace) -> None:
    folder = made(lab, status=status())
    folder.lock_file.unlink()
    assert jobs.current(folder) is State.LOST


@pytest.mark.parametrize("which", ["supervisor", "worker", "both"])
def test_a_pid_alone_is_nobodys_identity(lab: Workspace, which: str) -> None:
    """The job is lost, and its pids belong to a bystander by now, a session and a group of its own."""
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    pids = {
        "supervisor_pid": 2_000_000_001,
        "worker_pid": 2_000_000_002,
        "worker_started": 1.0,
        "supervisor_started": 1.0,
    }
    for name in ("supervisor", "worker"):
        if which in (name, "both"):
            pids[f"{name}_pid"] = bystander.pid
    try:
        folder = made(lab, status=status(**pids))
        assert jobs.current(folder) is State.LOST
        jobs.stop(folder)
        jobs.resume(folder)
        assert jobs.wait(folder).state is State.DONE
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_no_signal_goes_to_a_reused_pid_even_while_the_lock_is_held(lab: Workspace) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    started = machine.started_at(bystander.pid)
    folder = made(lab, status=status(supervisor_pid=bystander.pid, supervisor_started=started - 60))
    held = locks.take(folder.lock_file)
    assert held is not None
    try:
        folder.stop_file.mkdir()
        with pytest.raises(LabError, match="cannot be asked to stop"):
            jobs.stop(folder)
        assert bystander.poll() is None
        assert not machine.alive(bystander.pid, started - 60)
        assert machine.alive(bystander.pid, started)
    finally:
        os.close(held)
        bystander.kill()
        bystander.wait()


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="needs a way to wait without reaping")
def test_a_zombie_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    started = machine.started_at(child.pid)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not machine.alive(child.pid, started)
    child.wait()
    assert machine.started_at(child.pid) == 0.0


def test_of_another_machine_a_job_is_resumed_only_by_one_who_knows(lab: Workspace) -> None:
    folder = made(lab, status=status(host="elsewhere"))
    with pytest.raises(LabError, match="cannot be seen from here") as caught:
        jobs.resume(folder)
    assert "--elsewhere" in caught.value.hint
    jobs.resume(folder, elsewhere=True)
    view = jobs.wait(folder)
    assert (view.state, view.attempt) == (State.DONE, 2)


def test_after_a_reboot_a_job_is_resumed_without_asking(lab: Workspace) -> None:
    folder = made(lab, status=status(boot="before"))
    jobs.resume(folder)
    assert jobs.wait(folder).state is State.DONE


def test_a_done_or_running_job_is_not_resumed(lab: Workspace) -> None:
    folder = count(lab, steps=40, seconds=0.02)
    wait_for_units(folder, 1)
    with pytest.raises(LabError, match="still running"):
        jobs.resume(folder)
    jobs.wait(folder)
    with pytest.raises(LabError, match="nothing left to resume"):
        jobs.resume(folder)
    assert status_of(folder).attempt == 1
    no_unit_twice(folder, 40)


def test_looking_leaves_no_trace(lab: Workspace) -> None:
    folder = made(lab, status=status())
    before = sorted(os.listdir(folder.path))
    jobs.view(folder)
    jobs.list_jobs(lab)
    assert sorted(os.listdir(folder.path)) == before
    lock = locks.take(folder.lock_file)
    assert lock is not None, "looking holds no lock afterwards"
    os.close(lock)


def test_a_lock_is_one_however_many_copies_hold_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = locks.take(path)
    assert first is not None
    holder = subprocess.Popen(
        [sys.executable, "-c", "input()"], pass_fds=(first,), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    os.close(first)
    assert locks.held(path) is True
    assert locks.take(path) is None
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    assert locks.held(path) is False
