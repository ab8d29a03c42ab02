"""The quick commands against a Python that does nothing, in turns, in the same run: processes, start to end.

python benchmarks/cli.py [--rounds 21]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import conditions, environment, median, verdict
from benchmarks.start import write_jobs

VERSION_GOAL = 6.0
LIST_GOAL = 10.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=21)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="labtui-bench-") as folder:
        return measure(Path(folder), options.rounds)


def measure(folder: Path, rounds: int) -> int:
    env = environment(folder / "home")
    lab = folder / "lab"
    installed = Path(sys.executable).with_name("labtui")
    labtui = [str(installed)] if installed.exists() else [sys.executable, "-m", "labtui"]
    subprocess.run([*labtui, "init", str(lab)], env=env, check=True, capture_output=True)
    write_jobs(lab)
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "labtui --version": [*labtui, "--version"],
        "labtui jobs list --json (5 jobs)": [*labtui, "--workspace", str(lab), "jobs", "list", "--json"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # The first turn fills the disk's cache and compiles.
            if turn:
                taken[name].append(time.perf_counter() - began)
    print(f"conditions: {rounds} turns, {conditions()}")
    for name, values in taken.items():
        print(f"{name}: median {median(values) * 1000:.0f} ms, fastest {min(values) * 1000:.0f} ms")
    bare, version, listed = (median(values) for values in taken.values())
    met = [
        verdict("labtui --version to python -c pass", version / bare, VERSION_GOAL, at_most=True),
        verdict("labtui jobs list --json to python -c pass", listed / bare, LIST_GOAL, at_most=True),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
