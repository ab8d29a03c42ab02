"""From `make run` done to the tuned model's answer beside the base's, with the defaults offered.

Goal: under five minutes on two cores, so the ratio printed is to 300 seconds. Everything is the real thing: the
demo workspace, SmolLM2-135M in the model store, the commands a user types. What `make run` has already done
(installing, laying out the demo, fetching the model) is not counted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOAL_SECONDS = 300.0
LEAF = "compositional_skills/writing/three_line_answers"
QUESTION = "How do I keep my bicycle from rusting?"


def labtui(lab: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "labtui", "--workspace", str(lab), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="labtui-loop-") as folder:
        home = Path(folder)
        os.environ.update(HOME=folder, XDG_STATE_HOME=f"{folder}/state", XDG_CONFIG_HOME=f"{folder}/config")
        for variable in ("XDG_DATA_HOME", "LABTUI_WORKSPACE"):
            os.environ.pop(variable, None)
        lab = home / "lab"
        subprocess.run([sys.executable, "-m", "labtui", "init", str(lab), "--demo"], check=True, capture_output=True)
        labtui(lab, "model", "add", "demo")
        try:
            measure(lab)
        finally:
            labtui(lab, "model", "stop", "--all")


def measure(lab: Path) -> None:
    started = time.monotonic()
    stages: list[tuple[str, float]] = []

    def stage(name: str, *arguments: str) -> str:
        before = time.monotonic()
        said = labtui(lab, *arguments)
        stages.append((name, time.monotonic() - before))
        return said

    model = json.loads(labtui(lab, "model", "list", "--json"))[0]["name"]
    stage("generate", "generate", LEAF)
    (data,) = (lab / "data").iterdir()
    stage("train", "train", "--data", str(data), "--out", "tuned")
    base = stage("ask the base model", "chat", QUESTION, "--model", model)
    tuned = stage("ask the tuned model", "chat", QUESTION, "--model", model, "--adapter", "tuned")
    total = time.monotonic() - started

    print(f"cores {os.cpu_count()}, leaf {LEAF}")
    for name, seconds in stages:
        print(f"  {name:24} {seconds:7.1f} s")
    print(f"question: {QUESTION}\nbase:  {base.strip()}\ntuned: {tuned.strip()}")
    print(f"loop: {total:.0f} s, ratio to the goal of {GOAL_SECONDS:.0f} s: {total / GOAL_SECONDS:.2f} (goal: below 1)")


if __name__ == "__main__":
    main()
