"""Chat through the screen against the same request straight to the server.

Two servers: a scripted one that sends 150 tokens a second, and the real small model at its fastest thread count.
The application runs in a real pseudo-terminal; how fast an answer came stands in the conversation it saves. The
baseline, alternating with it in the same run, is the bare client reading the same answer.

    python benchmarks/chat.py [--rounds 3] [--tokens 600] [--wheel FILE] [--only scripted|model]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import Pty, conditions, environment, median, verdict

if TYPE_CHECKING:
    from labtui.serve.target import Target
    from labtui.workspace import Workspace

GOALS = {"scripted": 0.97, "model": 0.85}
# With temperature 0 the small model answers this at any length asked for.
QUESTION = "What is the capital of France?"
WARM_UP = 2.0
"""Seconds after the application's start that are not measured."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=600)
    parser.add_argument("--wheel", type=Path, help="the demo model's wheel, already fetched")
    parser.add_argument("--only", choices=["scripted", "model"])
    parser.add_argument("--columns", type=int, default=120)
    parser.add_argument("--rows", type=int, default=40)
    options = parser.parse_args()
    print(conditions())
    met = True
    with tempfile.TemporaryDirectory(prefix="labtui-bench-") as folder:
        env = environment(Path(folder) / "home")
        os.environ.update(env)
        for name in ("LABTUI_WORKSPACE", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            os.environ.pop(name, None)
        if options.only != "model":
            met = scripted(Path(folder), env, options) and met
        if options.only != "scripted":
            met = model(Path(folder), env, options) and met
    return 0 if met else 1


def scripted(folder: Path, env: dict[str, str], options: argparse.Namespace) -> bool:
    from labtui import paths, workspace
    from tests.scripted_server import ServerProcess

    lab = workspace.create(folder / "scripted")
    with ServerProcess(rate=150, tokens=options.tokens) as server:
        paths.config_file().parent.mkdir(parents=True, exist_ok=True)
        paths.config_file().write_text(f"serve:\n  remotes:\n    box: {{url: '{server.url}', context: 32768}}\n")
        return compare("scripted", lab, "box", server.target(), env, options)


def model(folder: Path, env: dict[str, str], options: argparse.Namespace) -> bool:
    from labtui import config, paths, workspace
    from labtui.operations import serving
    from labtui.serve.add import add_model

    lab = workspace.create(folder / "model")
    info = add_model("demo", wheel=options.wheel)
    speeds: dict[int, float] = {}
    targets = {}
    threads = sorted({1, 2, os.cpu_count() or 1})
    try:
        for count in threads:
            stop_all(lab)
            settings = config.load(lab, (f"serve.threads={count}",))
            targets[count] = serving.ensure_served(lab, settings, info.name, say=lambda text: None)
            speeds[count] = max(direct(targets[count], options.tokens) for _ in range(2))
        best = max(speeds, key=lambda count: speeds[count])
        print("; ".join(f"{count} threads {speed:.0f} tokens/s" for count, speed in speeds.items()))
        paths.config_file().parent.mkdir(parents=True, exist_ok=True)
        paths.config_file().write_text(f"serve:\n  threads: {best}\n")
        stop_all(lab)
        target = serving.ensure_served(lab, config.load(lab), info.name, say=lambda text: None)
        return compare("model", lab, info.name, target, env, options)
    finally:
        stop_all(lab)


def stop_all(lab: Workspace) -> None:
    from labtui import jobs

    for view in jobs.list_jobs(lab):
        if not view.state.ended:
            jobs.stop(view.folder, wait=30)


def compare(
    name: str, lab: Workspace, model_name: str, target: Target, env: dict[str, str], options: argparse.Namespace
) -> bool:
    bare: list[float] = []
    shown: list[float] = []
    shares: list[float] = []
    for _ in range(options.rounds):
        bare.append(direct(target, options.tokens))
        speed, share = through_screen(lab, model_name, env, options)
        shown.append(speed)
        shares.append(share)
    print(
        f"{name}: straight {median(bare):.1f}, through the screen {median(shown):.1f} tokens/s "
        f"(medians of {options.rounds}); the application used {100 * median(shares):.0f} % of one core"
    )
    return verdict(f"chat, {name}", median(shown) / median(bare), GOALS[name], at_most=False)


def direct(target: Target, tokens: int) -> float:
    """Tokens a second as the bare client reads them."""
    from labtui.serve.client import Sampling, complete

    sampling = Sampling(temperature=0, max_tokens=tokens)
    found = asyncio.run(complete(target, [{"role": "user", "content": QUESTION}], sampling))
    return found.finished.tokens_per_second


def through_screen(
    lab: Workspace, model_name: str, env: dict[str, str], options: argparse.Namespace
) -> tuple[float, float]:
    """Tokens a second as the chat screen reads and draws them, and the share of a core the application used."""
    from labtui.chat.store import ChatStore

    store = ChatStore(lab.chats)
    before = {summary.id for summary in store.summaries()}
    command = [sys.executable, "-m", "labtui", "--workspace", str(lab.root)]
    command += ["--set", "chat.temperature=0", "--set", f"chat.max_tokens={options.tokens}"]
    terminal = Pty([*command, "chat", "--model", model_name], env, columns=options.columns, rows=options.rows)
    try:
        terminal.wait_for(b"Ask anything")
        terminal.drain(WARM_UP)
        used, began = terminal.processor_seconds(), time.perf_counter()
        terminal.press(QUESTION.encode() + b"\r")
        while True:
            terminal.drain(0.25)
            for summary in store.summaries():
                turns = [] if summary.id in before or summary.problem else store.load(summary.id).turns
                if turns and turns[-1].speed and turns[-1].end in ("done", "cut"):
                    share = (terminal.processor_seconds() - used) / (time.perf_counter() - began)
                    return turns[-1].speed.tokens_per_second, share
            if time.perf_counter() - began > 300:
                raise TimeoutError("no answer in 300 s")
    finally:
        terminal.close()


if __name__ == "__main__":
    sys.exit(main())
