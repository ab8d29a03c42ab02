"""Leaves similar to a draft among ten thousand: the first time, for a new question, while typing, after a change.

Made-up leaves of five seeds in folders of twenty. For each of a number of leaves a draft is made that shares one seed
with it, two words of which are changed, and whose words are otherwise drawn anew. Told are the time of a question, the
time to notice a changed leaf, the time of the first reading, memory, and how often the right leaf came first. The
baseline is the plain way: read every leaf as YAML and compare every seed, per question.

    python benchmarks/contribute_similar.py [--leaves 10000]
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import conditions, median, percentile, verdict
from labtui.contribute.similar.finding import SimilarLeaves, Wanted
from labtui.taxonomy.checking.sketches import likeness, shingles, words
from labtui.taxonomy.find import leaf_id
from labtui.taxonomy.layout import leaf_files
from labtui.taxonomy.leaf import read_leaf_file

ASK_GOAL = 0.3
"""Seconds of a question not asked before: what one waits for once."""
TYPING_GOAL = 0.1
"""Seconds of the same question with a word more: what one waits for while typing."""
NOTICE_GOAL = 0.7
FIRST_GOAL = 8.0
FOUND_GOAL = 0.95
DRAFTS = 40
BASELINE_LEAVES = 300
"""The baseline is measured on so many and scaled."""
STARTS = [f"{consonant}{vowel}" for consonant in "bcdfghklmnprstv" for vowel in "aeiou"]
VOCABULARY = [f"{start}{end}" for start in STARTS for end in range(80)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leaves", type=int, default=10_000)
    options = parser.parse_args()
    print(conditions())
    dice = random.Random(4)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = [write(root, number, dice) for number in range(options.leaves)]
        baseline(root, options.leaves)
        before = memory()
        index = SimilarLeaves(root)
        began = time.perf_counter()
        index.refresh()
        first = time.perf_counter() - began
        print(f"the first reading: {first:.1f} s, {memory() - before:,} MB")
        asked, typed, found = questions(index, root, files, dice)
        files[0].write_text(files[0].read_text() + "\n")
        began = time.perf_counter()
        index.refresh()
        noticed = time.perf_counter() - began
    kept = [
        verdict("a question, the slowest of twenty", percentile(asked, 0.95), ASK_GOAL, at_most=True, unit=" s"),
        verdict("a word more, the slowest of twenty", percentile(typed, 0.95), TYPING_GOAL, at_most=True, unit=" s"),
        verdict("a changed leaf noticed", noticed, NOTICE_GOAL, at_most=True, unit=" s"),
        verdict("the first reading", first, FIRST_GOAL, at_most=True, unit=" s"),
        verdict("the right leaf comes first", found, FOUND_GOAL, at_most=False),
    ]
    print(f"in the middle: a question {median(asked):.3f} s, a word more {median(typed):.3f} s")
    return 0 if all(kept) else 1


def write(root: Path, number: int, dice: random.Random) -> Path:
    file = (
        root / "compositional_skills" / f"area{number // 400}" / f"field{number // 20}" / f"leaf{number}" / "qna.yaml"
    )
    file.parent.mkdir(parents=True)
    lines = ["version: 3", "created_by: somebody", f"task_description: {said(dice, 12)}", "seed_examples:"]
    for _ in range(5):
        lines += [f"  - question: {said(dice, 14)}", f"    answer: {said(dice, 30)}"]
    file.write_text("\n".join(lines) + "\n")
    return file


def said(dice: random.Random, count: int) -> str:
    return " ".join(dice.choices(VOCABULARY, k=count))


def questions(
    index: SimilarLeaves, root: Path, files: list[Path], dice: random.Random
) -> tuple[list[float], list[float], float]:
    """Seconds of each question, of the same with a word more, and the share of right answers."""
    times: list[float] = []
    more: list[float] = []
    right = 0
    for file in dice.sample(files, DRAFTS):
        leaf = read_leaf_file(file, leaf_id(root, file))
        near = f"{leaf.seeds[2].pairs[0].question} {leaf.seeds[2].pairs[0].answer}".split()
        near[3], near[-3] = dice.choice(VOCABULARY), dice.choice(VOCABULARY)
        wanted = Wanted(about=said(dice, 12), seeds=(*(said(dice, 44) for _ in range(4)), " ".join(near)))
        began = time.perf_counter()
        found = index.find(wanted)
        times.append(time.perf_counter() - began)
        right += bool(found) and found[0].id == leaf.id
        wanted = msgspec.structs.replace(wanted, about=f"{wanted.about} {dice.choice(VOCABULARY)}")
        began = time.perf_counter()
        index.find(wanted)
        more.append(time.perf_counter() - began)
    return times, more, right / DRAFTS


def baseline(root: Path, leaves: int) -> None:
    wanted = shingles(words(" ".join(VOCABULARY[:44])))
    began = time.perf_counter()
    for number, file in enumerate(leaf_files(root)):
        if number == BASELINE_LEAVES:
            break
        for seed in read_leaf_file(file, leaf_id(root, file)).seeds:
            likeness(wanted, shingles(words(f"{seed.pairs[0].question} {seed.pairs[0].answer}")))
    seconds = (time.perf_counter() - began) / min(BASELINE_LEAVES, leaves) * leaves
    print(f"baseline, a question over {leaves:,} leaves read as YAML: about {seconds:.0f} s")


def memory() -> int:
    """Megabytes this process took at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
