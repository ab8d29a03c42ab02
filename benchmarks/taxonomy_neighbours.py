"""Comparing the seeds of very many leaves: the time and memory of ten times as many against a tenth of them.

Made-up leaves of five seeds: most different, one in a hundred the very same text, some in a hundred that text with
two words changed, some a copy of another leaf's seed with a word changed. A quadratic step anywhere would make ten
times as many cost a hundred times as much.

    python benchmarks/taxonomy_neighbours.py [--leaves 100000]
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import conditions, verdict
from labtui.taxonomy.checking.facts import FIELD, SEED, Facts, PairSketch, SeedSketch
from labtui.taxonomy.checking.neighbours import Member, compare
from labtui.taxonomy.checking.sketches import bands, digest

GOAL = 20.0
"""Times as long for ten times as many. Ten is what linear would be; larger tables miss the processor's cache more."""
SEEDS = 5
VOCABULARY = [f"word{number}" for number in range(5000)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leaves", type=int, default=100_000)
    options = parser.parse_args()
    print(conditions())
    few, many = (measure(count) for count in (options.leaves // 10, options.leaves))
    return 0 if verdict("ten times as many leaves, times as long", many / few, GOAL, at_most=True) else 1


def measure(count: int) -> float:
    """Seconds to compare so many leaves."""
    texts = made(count)
    members = [member(number, seeds) for number, seeds in enumerate(texts)]
    before = memory()
    began = time.perf_counter()
    found = compare(members, lambda leaf: facts(texts[leaf]))
    seconds = time.perf_counter() - began
    print(
        f"{count:,} leaves, {SEEDS * count:,} seeds: {seconds:.1f} s, {memory() - before:,} MB more, "
        f"{len(found):,} findings"
    )
    return seconds


def made(count: int) -> list[list[list[str]]]:
    dice = random.Random(1)
    template = dice.choices(VOCABULARY, k=60)
    leaves: list[list[list[str]]] = []
    for number in range(count):
        seeds = []
        for _ in range(SEEDS):
            share = dice.random()
            if share < 0.01:
                words = list(template)
            elif share < 0.03:
                words = list(template)
                words[dice.randrange(60)] = words[dice.randrange(60)] = dice.choice(VOCABULARY)
            elif share < 0.05 and number:
                words = ["changed", *dice.choice(leaves[dice.randrange(number)])[1:]]
            else:
                words = dice.choices(VOCABULARY, k=40)
            seeds.append(words)
        leaves.append(seeds)
    return leaves


def member(number: int, seeds: list[list[str]]) -> Member:
    sketches = tuple(
        SeedSketch(
            place, place, 1, digest(words), sketch, (PairSketch(1, place, 1, digest(words[:5]), digest(words[5:])),)
        )
        for place, (words, sketch) in enumerate(zip(seeds, bands(seeds), strict=True), 1)
    )
    return Member(f"knowledge/{number}", sketches, "knowledge")


def facts(seeds: list[list[str]]) -> Facts:
    texts = (FIELD.join(("", " ".join(words[:5]), " ".join(words[5:]))) for words in seeds)
    return Facts(kind="knowledge", seeds=SEEDS, text=SEED.join(("", *texts)))


def memory() -> int:
    """The most this process had so far, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    sys.exit(main())
