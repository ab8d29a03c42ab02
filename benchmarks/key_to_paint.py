"""From a key press to the paint it causes, in a real pseudo-terminal, while the job shown logs 5,000 lines a second.

The log of a running job is in front and follows its end. `up` pauses it, `G` follows again; both change one word of
the log's last line, and the time is taken from the write of the key to the arrival of that word. The baseline, in the
same run, is the same screen with the same job logging nothing.

    python benchmarks/key_to_paint.py [--presses 120] [--rate 5000] [--columns 120] [--rows 40]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import Pty, conditions, environment, median, percentile, verdict

GOAL_MS = 50.0

SITE = """\
import labtui
labtui.__path__.append({stages!r})
"""
WORKER = """\
import sys, time
from pathlib import Path
from labtui import worker

def work(job):
    gate = Path(job.spec.arguments["gate"])
    lines, began = 0, None
    job.report.stage("talk")
    while not job.stopping:
        rate = float(gate.read_text() or 0)
        if not rate:
            began = None
            job.wait(0.05)
            continue
        if began is None:
            began, lines = time.monotonic(), 0
        due = int((time.monotonic() - began) * rate)
        sys.stdout.write("".join(
            f"2026-11-22T20:00:00 step {number} \\x1b[32mloss\\x1b[0m {1 / (number + 1):.5f} tokens 14200/s\\n"
            for number in range(lines, due)))
        sys.stdout.flush()
        if due // 500 != lines // 500:
            job.report.progress(due, 10_000_000, "lines")
        lines = due
        job.wait(0.01)

if __name__ == "__main__":
    worker.main(work)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presses", type=int, default=120)
    parser.add_argument("--rate", type=float, default=5000)
    parser.add_argument("--columns", type=int, default=120)
    parser.add_argument("--rows", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="labtui-bench-") as folder:
        return measure(Path(folder), options)


def measure(folder: Path, options: argparse.Namespace) -> int:
    env = environment(folder / "home")
    gate = folder / "gate"
    gate.write_text("0")
    make_kind(folder)
    env["PYTHONPATH"] = f"{folder / 'site'}{os.pathsep}{env['PYTHONPATH']}"
    os.environ.update(env)

    from labtui import jobs, workspace

    lab = workspace.create(folder / "lab")
    job = jobs.submit(lab, "chatter", "talks", {"gate": str(gate)})
    terminal = Pty(
        [sys.executable, "-m", "labtui", "--workspace", str(lab.root)],
        env,
        columns=options.columns,
        rows=options.rows,
    )
    try:
        terminal.wait_for(b"talks")
        terminal.press(b"j")
        terminal.wait_for(b"copy")
        terminal.drain(1.0)
        terminal.press(b"l")
        terminal.wait_for(b"Asked")
        gate.write_text("2000")
        terminal.wait_for(b"following")
        terminal.drain(1.0)

        quiet: list[float] = []
        loud: list[float] = []
        written = 0.0
        # In turns, so that whatever else the machine does meets both alike.
        for _ in range(4):
            gate.write_text("0")
            terminal.drain(1.0)
            quiet += presses(terminal, options.presses // 4)
            gate.write_text(str(options.rate))
            terminal.drain(1.5)
            before, began = job.log_file.stat().st_size, time.monotonic()
            loud += presses(terminal, options.presses // 4)
            written += lines_between(job.log_file, before) / (time.monotonic() - began) / 4
    finally:
        terminal.close()
        jobs.stop(job, wait=30)

    print(f"conditions: {options.columns}x{options.rows}, {len(loud)} presses each, {conditions()}")
    print(f"the job logged {written:,.0f} lines a second; its log holds {job.log_file.stat().st_size / 1e6:.0f} MB")
    for name, values in (("silent job", quiet), ("logging job", loud)):
        figures = {f"p{share}": round(percentile(values, share / 100) * 1000, 1) for share in (50, 95, 99)}
        print(f"key to paint, {name}: {json.dumps(figures)} ms, worst {max(values) * 1000:.1f} ms")
    print(f"ratio of the medians, logging to silent: {median(loud) / median(quiet):.2f}")
    return (
        0
        if verdict("95th percentile while it logs", percentile(loud, 0.95) * 1000, GOAL_MS, at_most=True, unit=" ms")
        else 1
    )


def presses(terminal: Pty, count: int) -> list[float]:
    """Seconds from each key to its paint; pauses of odd lengths in between, as a person makes them."""
    taken = []
    terminal.press(b"G")
    terminal.drain(0.5)
    dice = random.Random(7)
    for number in range(count // 2 * 2):
        key, marker = ((b"\x1b[A", b"paused"), (b"G", b"following"))[number % 2]
        pressed = terminal.press(key)
        taken.append(terminal.wait_for(marker) - pressed)
        terminal.drain(dice.uniform(0.05, 0.25))
    return taken


def lines_between(path: Path, start: int) -> int:
    with open(path, "rb") as stream:
        stream.seek(start)
        return stream.read().count(b"\n")


def make_kind(folder: Path) -> None:
    """A kind of job that logs as fast as a file says, known to the processes of this benchmark only."""
    package = folder / "stages" / "chatter"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "worker.py").write_text(WORKER)
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(SITE.format(stages=str(folder / "stages")))


if __name__ == "__main__":
    sys.exit(main())
