"""How quick the quick commands are: `labtui --version` and `labtui jobs list --json` against a bare `python -c pass`.

Each is run in turn, so that all meet the same load; compared are the medians of the wall clock. The workspace holds
thirty finished jobs.

    python benchmarks/commands.py [--rounds 20]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import conditions, environment, median, verdict

GOALS = {"labtui --version": 6.0, "labtui jobs list --json": 10.0}
JOBS = 30


def make_workspace(root: Path) -> None:
    from labtui import journal, workspace
    from labtui.records import JobSpec, JobStatus, State, now

    made = workspace.create(root)
    workspace.remember_workspace(root)
    for number in range(JOBS):
        moment = now() - timedelta(hours=number)
        folder = journal.JobFolder(made.jobs / f"{moment:%Y%m%dT%H%M%SZ}-train-a{number:03d}")
        folder.path.mkdir()
        spec = JobSpec(id=folder.id, kind="train", title="quick", created=moment, workspace=str(root), arguments={})
        status = JobStatus(
            state=State.DONE,
            attempt=1,
            host="here",
            boot="",
            supervisor_pid=1,
            supervisor_started=0.0,
            submitted=moment,
            started=moment,
            ended=moment,
            exit_code=0,
        )
        folder.spec_file.write_bytes(journal.dump(spec))
        folder.status_file.write_bytes(journal.dump(status))
        pen = journal.Reporter(folder, 1)
        for step in range(100):
            pen.metric(step, loss=1.0)
        pen.close()


def seconds(command: list[str], folder: Path, variables: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, env=variables, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        variables = environment(folder / "home")
        os.environ.update(variables)
        make_workspace(folder / "lab")
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "labtui --version": [sys.executable, "-m", "labtui", "--version"],
            "labtui jobs list --json": [sys.executable, "-m", "labtui", "jobs", "list", "--json"],
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for round_number in range(options.rounds + 1):
            for name, command in commands.items():
                took = seconds(command, folder, variables)
                # The first round fills the caches of the file system and compiles what is imported.
                if round_number:
                    taken[name].append(took)
    bare = median(taken["python -c pass"])
    print(f"quick commands, {options.rounds} rounds, {JOBS} jobs ({conditions()})")
    print(f"python -c pass: {bare * 1000:.0f} ms")
    met = [verdict(f"{name}, ratio", median(taken[name]) / bare, goal, at_most=True) for name, goal in GOALS.items()]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
