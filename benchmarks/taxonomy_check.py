"""Checking many leaves against the reference validator, and checking them again against merely reading them.

Cold: every file of the corpus, nothing remembered, process start included. The baseline is the reference's own
parser over the same files in one process, with yamllint on its PATH and without yq (Debian's program of that name is
another one and would make it six times slower). Compared are the rules both have; the full set of rules is printed
beside it. Warm: `labtui taxonomy check` when every content was seen before, against a bare script that reads and
hashes the same files. Without the corpus, copies of the demo's leaves are checked, and figures say little.

    python benchmarks/taxonomy_check.py [--rounds 3] [--corpus FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import ROOT, conditions, environment, median, verdict

FILES = 808
COLD_GOAL, WARM_GOAL = 8.0, 3.0

REFERENCE = """
import logging, sys
from pathlib import Path
from instructlab.schema.taxonomy import TaxonomyParser
logging.disable(logging.CRITICAL)
parser = TaxonomyParser(schema_version=0, yamllint_strict=True, message_format="LOGGING")
parser.yq_available = False
found = 0
for file in sorted(Path(sys.argv[1]).rglob("*.y*ml")):
    try:
        found += parser.parse(file).errors
    except Exception:
        found += 1
print(found)
"""
OURS = """
import sys
from pathlib import Path
from labtui.taxonomy.checking.many import check_all
from labtui.taxonomy.checking.gathering import gather
checked = check_all(list(gather([Path(sys.argv[1])])), beyond=False, processes=int(sys.argv[2]))
print(sum(finding.level == "error" for finding in checked.findings))
"""
BARE = """
import hashlib, os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if "qna" in name:
            with open(os.path.join(folder, name), "rb") as file:
                hashlib.sha256(file.read()).hexdigest()
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    options = parser.parse_args()
    print(conditions())
    with tempfile.TemporaryDirectory(prefix="labtui-bench-") as folder:
        files = Path(folder) / "files"
        count = lay_out(options.corpus, files)
        print(f"{count} files" if options.corpus.is_dir() else f"{count} copies of the demo's leaves: no corpus here")
        bench = Bench(files, Path(folder))
        met = cold(bench, options.rounds)
        return 0 if warm(bench, options.rounds) and met else 1


def lay_out(corpus: Path, target: Path) -> int:
    """Each submission at `<id>/<path it was submitted under>`."""
    if corpus.is_dir():
        verdicts = json.loads((corpus / "verdicts.json").read_text())
        places = {f"{name}/{entry['path']}": corpus / "qna" / f"{name}.yaml" for name, entry in verdicts.items()}
    else:
        demo = ROOT / "labtui" / "demo" / "taxonomy"
        leaves = sorted(demo.rglob("qna.yaml"))
        places = {
            f"{number}/{leaf.relative_to(demo)}": leaf for number in range(FILES // len(leaves) + 1) for leaf in leaves
        }
    for place, source in list(places.items())[:FILES]:
        (target / place).parent.mkdir(parents=True, exist_ok=True)
        (target / place).write_bytes(source.read_bytes())
    return min(len(places), FILES)


class Bench:
    def __init__(self, files: Path, folder: Path) -> None:
        self._files = str(files)
        self._environment = environment(folder / "home")
        # The reference starts the linter by its name.
        self._environment["PATH"] = f"{Path(sys.executable).parent}:{self._environment.get('PATH', os.defpath)}"

    def script(self, text: str, *arguments: str) -> tuple[float, str]:
        return self._run([sys.executable, "-c", text, self._files, *arguments])

    def command(self, *options: str) -> tuple[float, str]:
        return self._run([sys.executable, "-m", "labtui", "taxonomy", "check", *options, self._files])

    def _run(self, command: list[str]) -> tuple[float, str]:
        """Seconds from the start of the process to its end, and what it said."""
        began = time.perf_counter()
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - began
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr)
        return seconds, done.stdout


def cold(bench: Bench, rounds: int) -> bool:
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        reference, theirs = bench.script(REFERENCE)
        two, ours = bench.script(OURS, "2")
        one, _ = bench.script(OURS, "1")
        full, _ = bench.command("--no-cache")
        if theirs != ours:
            raise RuntimeError(f"the reference finds {theirs.strip()} errors, this finds {ours.strip()}")
        for name, seconds in (("reference", reference), ("two", two), ("one", one), ("full", full)):
            times.setdefault(name, []).append(seconds)
    reference = median(times["reference"])
    print(f"cold, reference validator: {reference:.2f} s, {theirs.strip()} errors")
    one = median(times["one"])
    print(f"cold, the same rules, one process: {one:.2f} s ({reference / one:.1f} times)")
    print(f"cold, the same rules, two processes: {median(times['two']):.2f} s")
    full = median(times["full"])
    print(f"cold, all rules and the whole command, two processes: {full:.2f} s ({reference / full:.1f} times)")
    return verdict("cold, times as fast as the reference", reference / median(times["two"]), COLD_GOAL, at_most=False)


def warm(bench: Bench, rounds: int) -> bool:
    bench.command()
    ours, bare = [], []
    for _ in range(5 * rounds):
        ours.append(bench.command("--json")[0])
        bare.append(bench.script(BARE)[0])
    print(f"warm: {1000 * median(ours):.0f} ms; reading and hashing alone: {1000 * median(bare):.0f} ms")
    return verdict("warm, times the bare script", median(ours) / median(bare), WARM_GOAL, at_most=True)


if __name__ == "__main__":
    sys.exit(main())
