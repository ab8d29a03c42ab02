"""The frame of every worker: what it is given, what it does with every way to end."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import msgspec
import pytest

from labtui import worker
from labtui.journal import JobFolder, Reporter, atomic_write, dump, read_events
from labtui.records import Error, JobSpec, Stage, now


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    made = JobFolder(tmp_path / "jobs" / "one")
    made.path.mkdir(parents=True)
    spec = JobSpec(
        id="one", kind="x", title="x", created=now(), workspace=str(tmp_path), arguments={"n": 1}, grace_seconds=0.3
    )
    atomic_write(made.spec_file, dump(spec))
    return made


def test_a_path_in_a_workspace_that_was_moved_is_found_where_it_lies_now(folder: JobFolder, tmp_path: Path) -> None:
    spec = msgspec.structs.replace(folder.spec(), workspace="/old/lab")
    job = worker.Job(folder, spec, Reporter(folder, 1))
    assert job.here("/old/lab/models/birds") == str(tmp_path / "models" / "birds")
    assert job.here("/old/laboratory/birds") == "/old/laboratory/birds"
    assert job.here("/elsewhere/birds") == "/elsewhere/birds"


def run(folder: JobFolder, work: str, *, lifeline: bytes | None = None, keep_open: bool = False) -> int:
    """Runs `def work(job)` in a worker process of its own; `lifeline` is what a supervisor sends at the start."""
    script = "from labtui import worker\n" + textwrap.dedent(work) + "\nworker.main(work)\n"
    environment = {**os.environ, worker.ATTEMPT: "2"}
    if lifeline is None:
        return subprocess.run([sys.executable, "-c", script, str(folder.path)], env=environment, timeout=60).returncode
    hear, say = os.pipe()
    os.write(say, lifeline)
    if not keep_open:
        os.close(say)
    try:
        return subprocess.run(
            [sys.executable, "-c", script, str(folder.path)],
            env={**environment, worker.LIFELINE: str(hear), worker.HELD: str(hear)},
            pass_fds=(hear,),
            process_group=0,
            timeout=60,
        ).returncode
    finally:
        os.close(hear)
        if keep_open:
            os.close(say)


def test_a_worker_runs_without_a_supervisor_as_well(folder: JobFolder) -> None:
    assert run(folder, "def work(job): job.report.stage(job.workspace.root.name + str(job.arguments(dict)['n']))") == 0
    (event,) = read_events(folder)
    assert isinstance(event, Stage)
    assert (event.name, event.attempt) == (folder.path.parents[1].name + "1", 2)


def test_it_begins_only_when_told_to(folder: JobFolder) -> None:
    work = "def work(job): job.report.stage('begun')"
    assert run(folder, work, lifeline=b"") == worker.EXIT_ORPHANED
    assert not folder.events_file.exists()
    assert run(folder, work, lifeline=worker.GO, keep_open=True) == 0
    assert len(read_events(folder)) == 1


def test_an_orphan_saves_and_takes_what_it_started_with_it(folder: JobFolder) -> None:
    work = """
    def work(job):
        while not job.wait(0.05):
            pass
        job.report.stage('saved')
    """
    assert run(folder, work, lifeline=worker.GO) == -9
    assert [event.name for event in read_events(folder) if isinstance(event, Stage)] == ["saved"]


def test_an_orphan_that_does_not_hear_is_ended_after_its_grace(folder: JobFolder) -> None:
    work = """
    import time
    def work(job):
        time.sleep(600)
    """
    assert run(folder, work, lifeline=worker.GO) == -9


@pytest.mark.parametrize(
    ("work", "code", "words"),
    [
        ("def work(job): raise ValueError('odd')", 3, "ValueError: odd"),
        ("def work(job): raise MemoryError()", 3, "ran out of memory"),
        ("def work(job): open('/nowhere/at/all')", 3, "No such file or directory."),
        ("def work(job): raise SystemExit(0)", 3, "left in the middle"),
        ("from labtui.errors import AnswerNo\ndef work(job): raise AnswerNo('no')", 1, "no"),
    ],
)
def test_every_failure_is_an_event_and_an_exit_code(folder: JobFolder, work: str, code: int, words: str) -> None:
    assert run(folder, work) == code
    (event,) = read_events(folder)
    assert isinstance(event, Error)
    assert words in event.message


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_failure_that_cannot_be_put_on_record_keeps_its_exit_code(folder: JobFolder) -> None:
    work = """
    import os
    def work(job):
        full = os.open('/dev/full', os.O_WRONLY)
        os.dup2(full, job.report._lines._file.fileno())
        os.dup2(full, 1)
        os.dup2(full, 2)
        print('lost', flush=False)
        raise ValueError('odd')
    """
    assert run(folder, work) == 3


@pytest.mark.parametrize(
    ("answer", "code"), [("None", worker.EXIT_STOPPED), ("False", worker.EXIT_STOPPED), ("True", 0)]
)
def test_asked_to_stop_it_may_still_have_finished(folder: JobFolder, answer: str, code: int) -> None:
    work = f"""
    import os, signal
    def work(job):
        os.kill(os.getpid(), signal.SIGTERM)
        job.wait(30)
        return {answer}
    """
    assert run(folder, work) == code


def test_a_stop_file_is_heard_inside_native_code(folder: JobFolder) -> None:
    """The main thread never gets to its signals; another thread sees the request."""
    work = """
    import threading, time
    def work(job):
        def look():
            while not job.stopping:
                time.sleep(0.01)
            job.report.stage('heard')
            import os
            os._exit(7)
        threading.Thread(target=look).start()
        job.folder.stop_file.touch()
        threading.Lock().acquire()
        blocked = threading.Lock(); blocked.acquire(); blocked.acquire()
    """
    assert run(folder, work) == 7


def test_a_spec_that_cannot_be_read_is_said_in_the_log(folder: JobFolder) -> None:
    folder.spec_file.write_text("{}")
    done = subprocess.run(
        [sys.executable, "-c", "from labtui import worker; worker.main(print)", str(folder.path)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert "is not a labtui job file" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's choice can be led on Linux only")
def test_where_memory_runs_out_the_kernel_takes_the_worker_first(folder: JobFolder) -> None:
    work = "def work(job): job.report.stage(open('/proc/self/oom_score_adj').read().strip())"
    assert run(folder, work) == 0
    (event,) = read_events(folder)
    assert isinstance(event, Stage)
    assert int(event.name) > int(Path("/proc/self/oom_score_adj").read_text())
