"""Before and after the application: no terminal, a dumb one, an error of ours, what keeps going."""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from labtui import journal, paths, running, workspace
from labtui.errors import EXIT_FAILED, EXIT_OK, EXIT_USAGE, UsageError
from labtui.jobs import locks
from labtui.records import JobSpec, JobStatus, State, now
from tests.terminal import Terminal, labtui, labtui_command

CRASH = """
import sys
from labtui import app
from labtui.errors import LabError

class Broken(app.LabApp):
    def action_open(self, name):
        raise RuntimeError("the \\x1b[31337Xwheel came off [/]")

app.LabApp = Broken
from labtui.__main__ import main
sys.argv = ["labtui"]
main()
"""


def test_no_terminal_is_a_sentence_and_an_exit_code(tmp_path: Path) -> None:
    workspace.create(tmp_path)
    ended = labtui(cwd=tmp_path, stdin=-3)
    assert ended.returncode == EXIT_USAGE
    assert ended.stdout == ""
    assert "needs a terminal" in ended.stderr
    assert "labtui --help" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("kind", ["dumb", "unknown", ""])
def test_a_terminal_that_cannot_place_text_is_named(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", kind)
    with pytest.raises(UsageError, match="cannot place text"):
        running.need_terminal()


@pytest.mark.e2e
def test_a_dumb_terminal_in_earnest(tmp_path: Path) -> None:
    workspace.create(tmp_path)
    with Terminal(labtui_command(), folder=tmp_path, environment={"TERM": "dumb"}) as terminal:
        assert terminal.wait_for_exit() == EXIT_USAGE
        assert "TERM=dumb" in terminal.text
        assert b"\x1b[?1049h" not in terminal.raw


@pytest.mark.e2e
def test_an_error_of_ours_restores_the_terminal_and_names_the_log(tmp_path: Path) -> None:
    workspace.create(tmp_path)
    with Terminal([sys.executable, "-c", CRASH], folder=tmp_path) as terminal:
        terminal.wait_for("the loop")
        terminal.press("0")
        assert terminal.wait_for_exit() == EXIT_FAILED
        assert terminal.raw.count(b"\x1b[?1049h") == terminal.raw.count(b"\x1b[?1049l") == 1
        assert b"\x1b[?25h" in terminal.raw[terminal.raw.rindex(b"\x1b[?1049l") - 200 :]
        said = " ".join(terminal.text.split())
        assert "Something went wrong inside labtui" in said
        assert "Traceback" not in said
        assert str(paths.log_file()).replace(" ", "") in "".join(terminal.text.split())
        assert b"\x1b[31337X" not in terminal.raw
    log = paths.log_file().read_text(encoding="utf-8")
    assert "RuntimeError" in log
    assert "action_open" in log


@pytest.mark.e2e
def test_q_restores_the_terminal_and_leaves_without_a_word_where_nothing_runs(tmp_path: Path) -> None:
    workspace.create(tmp_path)
    with Terminal(labtui_command(), folder=tmp_path) as terminal:
        terminal.wait_for("the loop")
        terminal.press("q")
        assert terminal.wait_for_exit() == EXIT_OK
        assert terminal.raw.count(b"\x1b[?1049l") == 1
        assert "keep" not in terminal.text


@pytest.mark.e2e
def test_a_hang_up_ends_the_application(tmp_path: Path) -> None:
    workspace.create(tmp_path)
    with Terminal(labtui_command(), folder=tmp_path) as terminal:
        terminal.wait_for("the loop")
        os.kill(terminal.pid, signal.SIGHUP)
        assert terminal.wait_for_exit() != 0


@pytest.mark.parametrize(
    ("kinds", "sentence"),
    [
        ([], ""),
        (["train"], "1 job keeps going. `labtui` shows them again.\n"),
        (["train", "generate"], "2 jobs keep going. `labtui` shows them again.\n"),
        (["serve"], "1 served model keeps going. `labtui` shows them again.\n"),
        (["train", "serve", "serve"], "1 job and 2 served models keep going. `labtui` shows them again.\n"),
    ],
)
def test_what_keeps_going_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kinds: list[str], sentence: str
) -> None:
    made = workspace.create(tmp_path)
    held = [locks.take(under_way(made, kind, number)) for number, kind in enumerate(kinds)]
    running.goodbye(made)
    assert capsys.readouterr().err == sentence
    for descriptor in held:
        assert descriptor is not None
        os.close(descriptor)


def under_way(made: workspace.Workspace, kind: str, number: int) -> Path:
    """A job folder as a running job has it; returns its lock, to be held."""
    from labtui.jobs import machine

    moment = now() - timedelta(seconds=number)
    folder = journal.JobFolder(made.jobs / f"{moment:%Y%m%dT%H%M%SZ}-{kind}-job{number}")
    folder.path.mkdir()
    spec = JobSpec(id=folder.id, kind=kind, title=kind, created=moment, workspace=str(made.root), arguments={})
    folder.spec_file.write_bytes(journal.dump(spec))
    status = JobStatus(
        state=State.RUNNING,
        attempt=1,
        host=machine.host(),
        boot=machine.boot(),
        supervisor_pid=os.getpid(),
        supervisor_started=machine.started_at(os.getpid()),
        submitted=moment,
        started=moment,
    )
    folder.status_file.write_bytes(journal.dump(status))
    folder.lock_file.touch()
    return folder.lock_file
