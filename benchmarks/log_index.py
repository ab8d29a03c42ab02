"""A log of 2,000,000 lines: until its end can be shown, until every line can, a jump to the middle, a search.

Baselines in the same run, on the same file (in the disk's cache for all): reading the whole file into a list of
lines, as a viewer without an index does; `Log.write_lines` of Textual's own log widget, for which the file must be
read first; and for the search `grep -c -F`, a C program.

    python benchmarks/log_index.py [--lines 2000000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import conditions, median
from labtui.widgets.log_index import LogIndex
from labtui.widgets.log_lines import decode
from labtui.widgets.log_search import Search

SCREEN = 40
NEEDLE = "step 1999"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="labtui-bench-") as folder:
        path = Path(folder) / "output.log"
        write(path, options.lines)
        measure(path, options.lines, options.rounds)
    return 0


def write(path: Path, lines: int) -> None:
    with open(path, "wb") as stream:
        for number in range(lines):
            stream.write(
                b"2026-11-22T20:%02d:%02d step %7d \x1b[32mloss\x1b[0m %.5f tokens 14200/s %s\n"
                % (number // 60 % 60, number % 60, number, 1 / (number + 1), b"x" * (number % 40))
            )


def measure(path: Path, lines: int, rounds: int) -> None:
    tail: list[float] = []
    whole: list[float] = []
    middle: list[float] = []
    search: list[float] = []
    read: list[float] = []
    grep: list[float] = []
    before = memory()
    for _ in range(rounds):
        index = LogIndex(path)
        tail.append(timed(lambda index=index: show(index, index.poll().lines - SCREEN)))
        whole.append(tail[-1] + timed(lambda index=index: count(index)))
        assert index.lines == lines
        middle.append(timed(lambda index=index: show(index, random.randrange(lines))))
        finder = Search(index, NEEDLE)
        search.append(timed(lambda finder=finder: find(finder)))
        grown = memory() - before
        grep.append(timed(lambda: subprocess.run(["grep", "-c", "-F", NEEDLE, path], stdout=subprocess.DEVNULL)))
        index.close()
    for _ in range(rounds):
        read.append(timed(lambda: lines_of(path)))
    widget = asyncio.run(textual_log(path))
    print(f"conditions: {lines:,} lines, {path.stat().st_size / 1e6:.0f} MB, {rounds} rounds, {conditions()}")
    print(f"the end on screen after {median(tail) * 1000:.1f} ms, every line within reach after", end=" ")
    print(f"{median(whole) * 1000:.0f} ms")
    print(f"a jump to a random line: {median(middle) * 1000:.2f} ms; memory for all of it: {grown / 1e6:.1f} MB")
    print(f"search for {NEEDLE!r}: {median(search) * 1000:.0f} ms")
    print(f"baseline, all lines into a list: {median(read) * 1000:.0f} ms")
    print(f"baseline, read and handed to Textual's Log.write_lines: {widget * 1000:.0f} ms")
    print(f"baseline, grep -c -F: {median(grep) * 1000:.0f} ms" if shutil.which("grep") else "no grep here")
    print(f"ratio, the end on screen to all lines into a list: {median(tail) / median(read):.4f}")
    print(f"ratio, every line within reach to all lines into a list: {median(whole) / median(read):.2f}")
    print(f"ratio, every line within reach to Log.write_lines: {median(whole) / widget:.2f}")
    print(f"ratio, search to grep: {median(search) / median(grep):.1f}")


def lines_of(path: Path) -> list[str]:
    return path.read_text(errors="replace").split("\n")


def show(index: LogIndex, start: int) -> None:
    shown = [decode(line) for line in index.read(start, start + SCREEN)]
    assert len(shown) == SCREEN or start + SCREEN > index.lines


def count(index: LogIndex) -> None:
    while index.poll().behind:
        pass


def find(search: Search) -> None:
    while search.step():
        pass
    assert search.found


async def textual_log(path: Path) -> float:
    """Seconds until Textual's own log widget holds the file: read, then written in one batch."""
    from textual.app import App
    from textual.widgets import Log

    class Host(App[None]):
        def compose(self):  # type: ignore[no-untyped-def]
            yield Log()

    app = Host()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        began = time.perf_counter()
        app.query_one(Log).write_lines(lines_of(path))
        await pilot.pause()
        return time.perf_counter() - began


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def memory() -> float:
    """Peak memory of this process in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    sys.exit(main())
