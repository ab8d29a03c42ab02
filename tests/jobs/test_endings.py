"""How an end is told: every exit code and signal, with and without a stop asked for."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from labtui.jobs.endings import STOPPED, Asked, ending, last_line, oom_kills
from labtui.records import State
from labtui.worker import EXIT_ORPHANED, EXIT_STOPPED

STOP = Asked(stop=STOPPED)
KILLED = Asked(stop=STOPPED, killed_after=5)


@pytest.mark.parametrize(
    ("returncode", "asked", "state", "words"),
    [
        (0, Asked(), State.DONE, ""),
        (0, STOP, State.DONE, ""),
        (EXIT_STOPPED, STOP, State.STOPPED, "on request"),
        (EXIT_STOPPED, Asked(), State.STOPPED, "from outside labtui"),
        (EXIT_ORPHANED, Asked(), State.FAILED, "pipe"),
        (3, Asked(), State.FAILED, "exit code 3"),
        (3, STOP, State.FAILED, "exit code 3"),
        (-signal.SIGTERM, STOP, State.STOPPED, "on request"),
        (-signal.SIGTERM, Asked(), State.FAILED, "SIGTERM from outside"),
        (-signal.SIGKILL, KILLED, State.STOPPED, "within 5 s and was killed"),
        (-signal.SIGKILL, STOP, State.FAILED, "killed from outside"),
        (-signal.SIGKILL, Asked(), State.FAILED, "killed from outside"),
        (-signal.SIGSEGV, Asked(), State.FAILED, "native code (SIGSEGV)"),
        (-signal.SIGILL, Asked(), State.FAILED, "lack an instruction"),
        (-63, Asked(), State.FAILED, "signal 63"),
    ],
)
def test_every_end_has_its_state_and_reason(returncode: int, asked: Asked, state: State, words: str) -> None:
    found = ending(returncode, asked)
    assert found.state is state
    assert words in found.reason
    assert bool(found.reason) == (state is not State.DONE)
    assert (found.exit_code, found.signal) == ((returncode, None) if returncode >= 0 else (None, -returncode))


def test_a_kill_for_lack_of_memory_is_told_from_any_other() -> None:
    assert "out of memory" in ending(-signal.SIGKILL, Asked(), oom_kills=1).reason
    assert "out of memory" not in ending(-signal.SIGTERM, Asked(), oom_kills=1).reason
    assert "within 5 s" in ending(-signal.SIGKILL, KILLED, oom_kills=1).reason
    assert oom_kills() >= 0


def test_a_worker_without_words_of_its_own_is_quoted(tmp_path: Path) -> None:
    log = tmp_path / "output.log"
    assert last_line(log) == ""
    log.write_bytes(b"Traceback\n\xff" + b"x" * 9000 + b"\nImportError: no such thing\n\n  \n")
    assert last_line(log) == "ImportError: no such thing"
    assert ending(1, Asked(), last_words=last_line(log)).reason.endswith("ImportError: no such thing")
