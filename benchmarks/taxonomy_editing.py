"""An edit in a file of 600 kB, beside what reading that file once takes.

    python benchmarks/taxonomy_editing.py

Baseline: PyYAML's fast loader (libyaml) reading the same text into values. An edit finds the value, writes it, reads
the whole file again to see that nothing else changed, and remembers how to take it back. Goal: a key press in long
texts takes at most 5 times as long; exits with 1 where it does not.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import conditions, median, verdict
from labtui.taxonomy.editing import LeafEditor
from labtui.taxonomy.parse import FAST

PATH = ("seed_examples", 300, "question")
ROUNDS = 15
MOST_TIMES = 5.0
LONG = "long texts"


def leaf(seeds: int, words: int) -> str:
    """A skill of so many seeds, each with a question and an answer of so many words."""
    pairs = (
        f"- question: |\n    What is {number}? {'word ' * words}end\n  answer: 'It is {number} {'word ' * words}'\n"
        for number in range(seeds)
    )
    return "version: 3\ncreated_by: ann\ntask_description: x\nseed_examples:\n" + "".join(pairs)


def timed(work: Callable[[int], object]) -> float:
    """Seconds of the median round."""
    took = []
    for number in range(ROUNDS):
        before = time.perf_counter()
        work(number)
        took.append(time.perf_counter() - before)
    return median(took)


def main() -> int:
    print(conditions())
    met = False
    for name, text in ((LONG, leaf(560, 100)), ("24,000 short texts", leaf(11_000, 0))):
        editor = LeafEditor.open(text.encode())
        _ = editor.value
        baseline = timed(lambda _, text=text: yaml.load(text, Loader=FAST))  # noqa: S506  # it is a safe loader
        typed = timed(lambda number, editor=editor: editor.set(PATH, f"New words {'x' * number}\nof two lines\n"))
        written = timed(lambda number, editor=editor: editor.replace(f"{editor.text}# {number}\n"))
        undone = timed(lambda number, editor=editor: editor.redo() if number % 2 else editor.undo())
        print(
            f"{name}, {len(text) // 1000} kB: read {baseline * 1000:.0f} ms · key press in the form "
            f"{typed * 1000:.0f} ms · in the YAML view {written * 1000:.1f} ms · undo {undone * 1000:.1f} ms"
        )
        if name == LONG:
            met = verdict("key press beside reading once", typed / baseline, MOST_TIMES, at_most=True, unit=" times")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
