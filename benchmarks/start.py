"""Start until the whole Home is painted, against an empty Textual application, in turns, in the same run.

Each start is a process on a pseudo-terminal of its own. Home counts as painted when its stages, its jobs and its
meters have all been written; the empty application when its one word has. The workspace is a demo's: a git taxonomy
with leaves of every kind, and jobs that ended. Medians, and their ratio.

    python benchmarks/start.py [--rounds 11] [--columns 120] [--rows 40]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import Pty, conditions, environment, median, verdict

GOAL = 1.5

EMPTY = """\
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("empty-and-painted")

Empty().run()
"""
STAGES = (b"Experiment", b"Contribute", b"Review", b"Generate", b"Train", b"Evaluate", b"Release")
JOBS = (b"birds",)
METERS = (b"CPU", b"MEM")
# What only a reading can say: the numbers beside the stages and the meters.
READ = (b"leaves", b"GB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--columns", type=int, default=120)
    parser.add_argument("--rows", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="labtui-bench-") as folder:
        return measure(Path(folder), options)


def measure(folder: Path, options: argparse.Namespace) -> int:
    env = environment(folder / "home")
    lab = folder / "lab"
    made = [sys.executable, "-m", "labtui", "init", str(lab), "--demo"]
    subprocess.run(made, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    write_jobs(lab)
    empty = folder / "empty.py"
    empty.write_text(EMPTY)
    labtui = [sys.executable, "-m", "labtui", "--workspace", str(lab)]

    def start(command: list[str], *markers: bytes) -> float:
        terminal = Pty(command, env, columns=options.columns, rows=options.rows)
        try:
            return terminal.wait_for(*markers) - terminal.started
        finally:
            terminal.close()

    whole = (*STAGES, *JOBS, *METERS, *READ)
    for command, markers in (([sys.executable, str(empty)], (b"empty-and-painted",)), (labtui, whole)):
        # The first start of each compiles and fills the disk's cache.
        start(command, *markers)
    bare, first, home = [], [], []
    for _ in range(options.rounds):
        bare.append(start([sys.executable, str(empty)], b"empty-and-painted"))
        home.append(start(labtui, *whole))
        first.append(start(labtui, *STAGES))
    print(f"conditions: {options.rounds} starts each in turns, {options.columns}x{options.rows}, {conditions()}")
    for name, values in (("empty Textual app", bare), ("Home's stages", first), ("whole Home", home)):
        print(f"{name}: median {median(values) * 1000:.0f} ms, fastest {min(values) * 1000:.0f} ms")
    print(f"ratio of the first paint (stages only): {median(first) / median(bare):.2f}")
    return 0 if verdict("whole Home to empty app", median(home) / median(bare), GOAL, at_most=True) else 1


def write_jobs(lab: Path) -> None:
    """Jobs that ended, as their processes left them."""
    from labtui.journal import JobFolder, Reporter, atomic_write, dump
    from labtui.records import JobSpec, JobStatus, State, now

    for number in range(5):
        moment = now()
        folder = JobFolder(lab / "jobs" / f"20260101T00000{number}Z-train-aaaa{number}")
        folder.path.mkdir()
        spec = JobSpec(id=folder.id, kind="train", title="birds", created=moment, workspace=str(lab), arguments={})
        status = JobStatus(
            state=State.DONE,
            attempt=1,
            host=os.uname().nodename,
            boot="",
            supervisor_pid=1,
            supervisor_started=0.0,
            submitted=moment,
            started=moment,
            ended=moment,
        )
        atomic_write(folder.spec_file, dump(spec))
        atomic_write(folder.status_file, dump(status))
        report = Reporter(folder, 1)
        for step in range(200):
            report.metric(step, loss=1.0 / (step + 1))
        report.progress(200, 200, "steps")
        report.close()


if __name__ == "__main__":
    sys.exit(main())
