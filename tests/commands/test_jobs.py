"""`labtui jobs` as a person and as a script use it: on pipes and on a real terminal."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import datetime

import pytest

from labtui import jobs
from labtui.journal import JobFolder
from labtui.records import State
from labtui.workspace import Workspace
from tests.jobs.conftest import count, kill_supervisor, kill_worker, status_of, wait_for, wait_for_units
from tests.terminal import Terminal, labtui, labtui_command


@pytest.fixture(autouse=True)
def inside(lab: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lab.root)


def short(folder: JobFolder) -> str:
    return jobs.short_id(folder)


def test_an_empty_list_is_an_answer(lab: Workspace) -> None:
    done = labtui("jobs", "list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no jobs here yet" in done.stderr
    assert json.loads(labtui("jobs", "list", "--json").stdout) == []


def test_the_list_says_how_each_stands(lab: Workspace) -> None:
    first = count(lab, "to three", steps=3)
    jobs.wait(first)
    second = count(lab, "broken [/] \x1b]52;c;aGk=\x07one", steps=3, fail_at=1)
    jobs.wait(second)
    third = count(lab, "long", steps=6000, seconds=0.02)
    wait_for_units(third, 2)
    done = labtui("jobs", "list")
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["JOB", short(third), short(second), short(first)]
    assert "▶ running" in lines[1] and "/6,000 steps" in lines[1]
    assert "✖ failed" in lines[2] and "The fifth wheel is missing." in lines[2]
    assert "✔ done" in lines[3] and "3/3 steps" in lines[3]
    assert "\x1b" not in done.stdout
    only = json.loads(labtui("jobs", "list", "--json", "--state", "failed", "--state", "done", "-n", "1").stdout)
    assert [job["id"] for job in only] == [second.id]
    jobs.stop(third, wait=30)


def test_json_is_one_document_with_utc_times(lab: Workspace) -> None:
    folder = count(lab, "四十雀", steps=3)
    jobs.wait(folder)
    done = labtui("jobs", "list", "--json")
    (job,) = json.loads(done.stdout)
    assert done.stderr == ""
    assert (job["id"], job["title"], job["state"], job["done"], job["total"]) == (folder.id, "四十雀", "done", 3, 3)
    for name in ("created", "started", "ended", "last_event"):
        assert datetime.fromisoformat(job[name]).utcoffset().total_seconds() == 0  # type: ignore[union-attr]
    assert job["folder"] == str(folder.path)


def test_the_list_imports_nothing_heavy(lab: Workspace) -> None:
    count(lab, steps=0)
    code = (
        "import sys; from labtui.cli import run; run(['jobs', 'list', '--json']); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)
    heavy = {"textual", "rich", "psutil", "yaml", "httpx", "git", "asyncio", "subprocess", "socket", "labtui.text"}
    assert not heavy & set(done.stderr.split())


def test_attach_follows_to_the_end_and_ends_with_its_result(lab: Workspace) -> None:
    folder = count(lab, "good", steps=10, seconds=0.05)
    done = labtui("jobs", "attach", short(folder))
    assert (done.returncode, done.stdout) == (0, "")
    assert "✔ steps good: done" in done.stderr
    bad = count(lab, "bad", steps=10, fail_at=3)
    done = labtui("jobs", "attach", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["state"] == "failed"
    assert "wheel 5: The fifth wheel is missing." in done.stderr
    assert f"labtui jobs log {bad.id}" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_detaches_and_the_job_goes_on(lab: Workspace) -> None:
    folder = count(lab, "counting on", steps=6000, seconds=0.02)
    with Terminal(labtui_command("jobs", "attach", short(folder)), columns=100) as terminal:
        terminal.wait_for("/6,000 steps")
        terminal.press("ctrl+c")
        terminal.wait_for(f"labtui jobs attach {short(folder)}")
        assert terminal.wait_for_exit() == 130
        assert "Traceback" not in terminal.text
    assert jobs.current(folder) is State.RUNNING
    jobs.stop(folder, wait=30)


@pytest.mark.parametrize("environment", [{}, {"COLUMNS": "200"}], ids=["plain", "stale_columns"])
def test_on_a_terminal_one_line_is_drawn_over_and_fits(lab: Workspace, environment: dict[str, str]) -> None:
    folder = count(lab, "四十雀の巣の中で" * 6, steps=60, seconds=0.05)
    with Terminal(labtui_command("jobs", "attach"), columns=60, environment=environment) as terminal:
        assert terminal.wait_for_exit() == 0
        drawn = [line for line in terminal.lines if line and "✔" not in line]
    assert jobs.current(folder) is State.DONE
    assert not [line for line in drawn if "▶" in line], "the line of progress is gone at the end"


def test_a_closed_terminal_reaches_neither_job_nor_supervisor(lab: Workspace) -> None:
    """The job is submitted from within the terminal that is then closed under it."""
    script = (
        "import sys, time; from pathlib import Path; from labtui import jobs, workspace\n"
        f"lab = workspace.Workspace(Path({str(lab.root)!r}))\n"
        "print('id', jobs.submit(lab, 'steps', 'survivor', {'steps': 60, 'seconds': 0.05}).id, flush=True)\n"
        "time.sleep(600)"
    )
    with Terminal([sys.executable, "-c", script]) as terminal:
        terminal.wait_for("id 2")
        folder = jobs.find(lab, "last")
        wait_for_units(folder, 1)
        before = status_of(folder)
        terminal.hang_up()
        wait_for(lambda: not terminal.alive, "the end of the program")
    view = jobs.wait(folder)
    assert (view.state, view.attempt) == (State.DONE, 1)
    assert status_of(folder).worker_pid == before.worker_pid


def test_a_killed_follower_stops_nothing(lab: Workspace) -> None:
    folder = count(lab, steps=60, seconds=0.03)
    follower = subprocess.Popen(labtui_command("jobs", "attach"), stderr=subprocess.PIPE, text=True)
    assert follower.stderr is not None
    assert "steps" in follower.stderr.readline()
    follower.send_signal(signal.SIGTERM)
    follower.communicate()
    assert jobs.wait(folder).state is State.DONE


def test_without_a_terminal_a_line_now_and_then(lab: Workspace) -> None:
    count(lab, "quiet", steps=100, seconds=0.02)
    done = labtui("jobs", "attach")
    assert "\r" not in done.stderr and "\x1b" not in done.stderr
    assert 2 <= len(done.stderr.splitlines()) <= 8


def test_the_log_is_cleaned_folded_and_cut(lab: Workspace) -> None:
    folder = count(lab, steps=0)
    jobs.wait(folder)
    folder.log_file.write_bytes(
        b"first\n 10%\r 50%\r100%\r\n\x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07\x9bclip\nlast, \xff without end"
    )
    done = labtui("jobs", "log")
    lines = done.stdout.splitlines()
    assert (lines[0], lines[1]) == ("first", "100%")
    assert lines[2].startswith("red ") and "aGk=" not in lines[2]
    assert lines[3].startswith("last, ")
    assert not set(done.stdout) & set("\x1b\x07\x9b\r")
    assert labtui("jobs", "log", "-n", "2").stdout.splitlines() == lines[2:]
    assert labtui("jobs", "log", "-n", "0").stdout.splitlines() == []
    raw = subprocess.run(labtui_command("jobs", "log", "--raw"), capture_output=True, check=True).stdout
    assert raw == folder.log_file.read_bytes()


def test_raw_bytes_do_not_go_to_a_terminal(lab: Workspace) -> None:
    jobs.wait(count(lab, steps=0))
    with Terminal(labtui_command("jobs", "log", "--raw")) as terminal:
        assert terminal.wait_for_exit() == 2
        assert "--raw" in terminal.text


def test_the_log_is_followed_to_the_end(lab: Workspace) -> None:
    folder = count(lab, steps=30, seconds=0.03, output_bytes=20)
    done = labtui("jobs", "log", "-f", short(folder))
    assert done.returncode == 0
    assert done.stdout == ("x" * 20 + "\n") * 30
    folder = count(lab, steps=30, seconds=0.03, output_bytes=20)
    raw = labtui("jobs", "log", "-f", "--raw")
    assert raw.stdout == ("x" * 20 + "\n") * 30


def test_a_reader_that_goes_away_is_no_error(lab: Workspace) -> None:
    folder = count(lab, steps=0)
    jobs.wait(folder)
    folder.log_file.write_bytes(b"line\n" * 200_000)
    command = " ".join(labtui_command("jobs", "log"))
    done = subprocess.run(["sh", "-c", f"{command} | head -n 1"], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("line\n", "")


def test_stop_waits_resume_goes_on_and_wait_tells(lab: Workspace) -> None:
    folder = count(lab, "stops", steps=60, seconds=0.03)
    wait_for_units(folder, 2)
    done = labtui("jobs", "stop", short(folder))
    assert done.returncode == 0
    assert "30 s to save" in done.stderr and "stopped" in done.stderr
    assert jobs.current(folder) is State.STOPPED
    assert "ended already" in labtui("jobs", "stop").stderr
    assert labtui("jobs", "wait").returncode == 3
    done = labtui("jobs", "resume", "--detach")
    assert (done.returncode, done.stdout.strip()) == (0, folder.id)
    assert labtui("jobs", "resume").returncode == 3, "it runs"
    done = labtui("jobs", "wait", "--json")
    assert done.returncode == 0
    assert [(job["state"], job["attempt"]) for job in json.loads(done.stdout)] == [("done", 2)]
    done = labtui("jobs", "resume")
    assert done.returncode == 2
    assert "nothing left to resume" in done.stderr


def test_waiting_has_an_end(lab: Workspace) -> None:
    folder = count(lab, steps=6000, seconds=0.02)
    done = labtui("jobs", "wait", "--timeout", "0.2")
    assert done.returncode == 1
    assert "has not ended after 0.2 s" in done.stderr
    labtui("jobs", "stop", "--no-wait")
    assert jobs.wait(folder).state is State.STOPPED


def test_a_lost_job_says_so_and_how_to_go_on(lab: Workspace) -> None:
    folder = count(lab, steps=60, seconds=0.03)
    wait_for_units(folder, 1)
    kill_supervisor(folder)
    kill_worker(folder)
    done = labtui("jobs", "attach")
    assert done.returncode == 3
    assert "was lost" in done.stderr and f"labtui jobs resume {folder.id}" in done.stderr
    assert labtui("jobs", "resume").returncode == 0
    assert jobs.current(folder) is State.DONE


def test_prune_says_what_it_removes(lab: Workspace) -> None:
    folder = count(lab, steps=0)
    jobs.wait(folder)
    assert json.loads(labtui("jobs", "prune", "--json").stdout) == {"removed": [], "dry_run": False}
    done = labtui("jobs", "prune", "--days", "0", "--dry-run")
    assert done.stdout.split() == [folder.id]
    assert folder.path.exists()
    done = labtui("jobs", "prune", "--days", "0")
    assert "1 job removed" in done.stderr
    assert not folder.path.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("attach", "nothing"), 2, "There is no job 'nothing'."),
        (("stop", "--grace", "-1"), 2, "--grace"),
        (("list", "--state", "odd"), 2, "--state"),
        (("prune", "--state", "running"), 2, "--state"),
        (("fly",), 2, "fly"),
    ],
)
def test_wrong_usage_ends_with_two(lab: Workspace, arguments: tuple[str, ...], code: int, words: str) -> None:
    jobs.wait(count(lab, steps=0))
    done = labtui("jobs", *arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_workspace_there_is_a_way_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    done = labtui("jobs", "list")
    assert done.returncode == 2
    assert "labtui init" in done.stderr


@pytest.mark.parametrize("name", ["list", "attach", "log", "stop", "resume", "wait", "prune"])
def test_every_command_has_help(name: str) -> None:
    done = labtui("jobs", name, "--help")
    assert done.returncode == 0
    assert f"labtui jobs {name}" in done.stdout
