"""From the start of the program until the whole Home is painted: stages, jobs, meters.

`labtui` in a real pseudo-terminal, on the demo's workspace with a finished job and a data set in it, against an empty
Textual application that shows one word. The two are started in turn, so that both meet the same load; compared are
the medians of the wall clock and, as a second figure that other programs disturb less, of the processor time.

    python benchmarks/start.py [--rounds 15] [--columns 120] [--rows 40]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import Pty, conditions, environment, median, verdict

GOAL = 1.5
EMPTY = """\
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("PAINTED")

Empty().run()
"""
HOME = (b"Release", b"6 leaves", b"7 samples", b"finished before", b"CPU", b"MEM")
"""One word of each part: the loop, its stages' state, the jobs, the meters."""


def make_workspace(root: Path) -> Path:
    """The demo, with one job that has ended and a data set of seven samples."""
    from labtui import journal
    from labtui.operations.init import init_workspace
    from labtui.records import JobSpec, JobStatus, State, now

    made = init_workspace(root, demo=True)
    data = made.data / "birds"
    data.mkdir()
    (data / "messages.jsonl").write_text('{"id": "x", "messages": []}\n' * 7)
    moment = now() - timedelta(hours=1)
    folder = journal.JobFolder(made.jobs / f"{moment:%Y%m%dT%H%M%SZ}-generate-abcd")
    folder.path.mkdir()
    spec = JobSpec(
        id=folder.id,
        kind="generate",
        title="finished before",
        created=moment,
        workspace=str(made.root),
        arguments={},
    )
    status = JobStatus(
        state=State.DONE,
        attempt=1,
        host="here",
        boot="",
        supervisor_pid=1,
        supervisor_started=0.0,
        submitted=moment,
        started=moment,
        ended=moment + timedelta(minutes=2),
        exit_code=0,
    )
    folder.spec_file.write_bytes(journal.dump(spec))
    folder.status_file.write_bytes(journal.dump(status))
    return made.root


def once(command: list[str], markers: tuple[bytes, ...], home: Path, columns: int, rows: int) -> tuple[float, float]:
    """(wall seconds, processor seconds) until all markers are painted."""
    program = Pty(command, environment(home), columns=columns, rows=rows)
    try:
        wall = program.wait_for(*markers) - program.started
        return wall, program.processor_seconds()
    finally:
        program.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--columns", type=int, default=120)
    parser.add_argument("--rows", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        # Making the workspace remembers it for the user whose home this is: `labtui` alone then opens it.
        os.environ.update(environment(home))
        make_workspace(Path(scratch) / "lab")
        empty, ours = [], []
        size = (options.columns, options.rows)
        for round_number in range(options.rounds + 1):
            pair = (
                once([sys.executable, "-c", EMPTY], (b"PAINTED",), home, *size),
                once([sys.executable, "-m", "labtui"], HOME, home, *size),
            )
            # The first round fills the caches of the file system and compiles what is imported.
            if round_number:
                empty.append(pair[0])
                ours.append(pair[1])
    wall = [median([one[0] for one in each]) for each in (empty, ours)]
    cpu = [median([one[1] for one in each]) for each in (empty, ours)]
    print(f"start until all is painted, {options.rounds} rounds ({conditions()})")
    print(f"empty Textual application: {wall[0] * 1000:.0f} ms, {cpu[0] * 1000:.0f} ms of processor")
    print(f"labtui, whole Home:        {wall[1] * 1000:.0f} ms, {cpu[1] * 1000:.0f} ms of processor")
    verdict("processor time, ratio", cpu[1] / cpu[0], GOAL, at_most=True)
    return 0 if verdict("wall clock, ratio", wall[1] / wall[0], GOAL, at_most=True) else 1


if __name__ == "__main__":
    sys.exit(main())
