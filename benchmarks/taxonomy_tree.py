"""Browsing a large taxonomy: the first usable paint, the filter, moving about, and memory.

The real application in a pseudo-terminal, over a taxonomy of made-up leaves as long as those of the corpus (3.9 kB of
words of a made-up language in which few words are frequent and many rare), in a temporary folder.

Opening: from the key that opens the screen to the first rows of 10,000 leaves, and on to the answer to a key pressed
then; baseline in the same run: 100 leaves. Both with nothing remembered of any check.

Filter: at 100,000 leaves words are typed letter by letter; the time is taken from the write of each key to the arrival
of the last byte that makes the rows those of the answer. What the answer is was looked at before, when the same letters
had been typed and everything had come to rest; keys that change no row are not counted. For this part the checks are
left out (each leaf counts as read, with no findings, as if remembered): the files, the texts and the index are real.

Moving: `down` at 100,000 leaves while all of them are being checked in the background, cold.

Memory: of the application's process at 100,000 leaves, all texts taken in, beside the same at 100 leaves; the index of
the texts alone.

    python benchmarks/taxonomy_tree.py [--leaves 100000] [--opened 10000] [--words 12] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import Pty, conditions, environment, median, percentile, verdict

GOAL_MS = 50.0
COLUMNS, ROWS = 120, 40
TREE = slice(1, 47)
"""The columns of the tree."""
DRAWN_AFTER = 0.25
"""Seconds between two letters, as of somebody who types at leisure."""
LEAF_ROW = re.compile(r"[✔✖!◌] ([\w.-]+)")

LEAF = """\
version: 3
domain: {domain}
created_by: {author}
seed_examples:
{seeds}document_outline: |
  {outline}
document:
  repo: https://example.org/{author}/documents.git
  commit: 0123456789abcdef0123456789abcdef01234567
  patterns:
    - '*.md'
"""
SEED = """\
  - context: |
{context}
    questions_and_answers:
{pairs}"""
PAIR = """\
      - question: {question}
        answer: |
          {answer}
"""


class Words:
    """A made-up language: word number n is about n times as rare as the first."""

    def __init__(self, dice: random.Random) -> None:
        parts = [c + v for c in "bdfghjklmnprstvz" for v in ("a", "e", "i", "o", "u", "an", "el", "is", "or")]
        self._dice = dice
        self.all = sorted({"".join(dice.choices(parts, k=dice.randint(1, 4))) for _ in range(24_000)}, key=len)
        dice.shuffle(self.all)
        self._weights = [1 / (place + 2) for place in range(len(self.all))]
        self._drawn: list[str] = []

    def line(self, count: int) -> str:
        if len(self._drawn) < count:
            self._drawn = self._dice.choices(self.all, weights=self._weights, k=50_000)
        taken, self._drawn = self._drawn[:count], self._drawn[count:]
        return " ".join(taken)


def make(root: Path, count: int) -> Words:
    """`count` leaves below `root`, some twenty to a folder."""
    dice = random.Random(11)
    words = Words(dice)
    authors = [words.line(1) + str(number) for number in range(200)]
    for number in range(count):
        top = ("knowledge", "compositional_skills")[number % 7 == 0]
        area, topic = number // 20 % 60, number // 20
        folder = root / top / f"area_{words.all[area]}" / f"{words.all[topic % 9000]}_{topic}"
        folder = folder / f"{words.all[number % 11_000]}_{number}"
        folder.mkdir(parents=True)
        seeds = "".join(
            SEED.format(
                context="\n".join(f"      {words.line(12)}" for _ in range(5)),
                pairs="".join(PAIR.format(question=f"{words.line(8)}?", answer=words.line(10)) for _ in range(3)),
            )
            for _ in range(5)
        )
        leaf = LEAF.format(domain=words.line(1), author=dice.choice(authors), seeds=seeds, outline=words.line(10))
        (folder / "qna.yaml").write_text(leaf)
    return words


class Screen:
    """The terminal with its picture. Bytes are stamped by a thread as they come; the picture is drawn afterwards."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        import pyte

        self.pty = Pty(command, env, columns=COLUMNS, rows=ROWS)
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self._chunks: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        self._ended = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while not self._ended.is_set():
            if chunk := self.pty._read(0.2):
                self._chunks.put((time.perf_counter(), chunk))

    def wait(self, true: Callable[[], object], patience: float = 120.0) -> float:
        """The moment at which the bytes came that made `true()` so."""
        deadline = time.perf_counter() + patience
        while not true():
            try:
                # A clock that ticks on the screen must not keep this waiting for ever.
                moment, chunk = self._chunks.get(timeout=deadline - time.perf_counter())
            except (queue.Empty, ValueError):
                raise TimeoutError("\n".join(self._screen.display)) from None
            self._stream.feed(chunk)
            if true():
                return moment
        return time.perf_counter()

    def time_of(self, key: bytes, true: Callable[[Any], object], of: Any) -> float:
        """Seconds from the write of a key to the bytes that make `true(of)` so.

        The picture is drawn when they are there: drawing would hold up the thread that looks at the clock.
        """
        pressed = self.pty.press(key)
        time.sleep(DRAWN_AFTER)
        return self.wait(lambda: true(of)) - pressed

    def rest(self, seconds: float) -> None:
        """Draws what comes, until the tree was the same for so long, or for four times as long at most.

        The meters go on moving: what comes for them is no change.
        """
        began = still = time.perf_counter()
        rows = self.rows
        while (now := time.perf_counter()) < min(still + seconds, began + 4 * seconds):
            try:
                self._stream.feed(self._chunks.get(timeout=still + seconds - now)[1])
            except queue.Empty:
                return
            if self.rows != rows:
                rows, still = self.rows, time.perf_counter()

    def wait_for(self, text: str, patience: float = 120.0) -> float:
        return self.wait(lambda: text in "\n".join(self._screen.display), patience)

    @property
    def rows(self) -> list[str]:
        return [line[TREE] for line in self._screen.display[2:-2]]

    @property
    def leaves(self) -> list[str]:
        """The names of the leaves in sight."""
        return [found[1] for row in self.rows if (found := LEAF_ROW.search(row))]

    @property
    def cursor(self) -> int:
        return next((number for number, row in enumerate(self.rows) if row.startswith("▌")), -1)

    def close(self) -> None:
        self._ended.set()
        self.pty.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leaves", type=int, default=100_000)
    parser.add_argument("--opened", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=12)
    parser.add_argument("--keep", type=Path, help="make the taxonomies here and leave them, for another run")
    parser.add_argument("--unchecked", nargs=2, metavar=("ROOT", "FACTS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.unchecked:
        return application(*map(Path, options.unchecked))
    with tempfile.TemporaryDirectory(prefix="labtui-bench-") as folder:
        return measure(Path(folder), options.keep or Path(folder), options)


def lab(folder: Path, count: int) -> Path:
    """A workspace with so many leaves; one that is there already is taken."""
    from labtui import workspace

    root = folder / f"lab{count}"
    if not (root / "made").exists():
        made = workspace.create(root)
        make(made.taxonomy, count)
        (root / "made").touch()
    return root


def measure(folder: Path, place: Path, options: argparse.Namespace) -> int:
    env = environment(folder / "home")
    os.environ.update(env)
    print(f"conditions: {COLUMNS}x{ROWS}, {conditions()}")
    small, middle, large = (lab(place, count) for count in (100, options.opened, options.leaves))

    opening: dict[Path, list[tuple[float, float]]] = {small: [], middle: []}
    for _ in range(3):
        for root, times in opening.items():
            times.append(open_once(root, env))
    for root, times in opening.items():
        shown, usable = median([one[0] for one in times]), median([one[1] for one in times])
        print(
            f"opening {root.name[3:]} leaves: {shown:.2f} s to the first rows, {usable:.2f} s until a key is answered"
        )
    few, many = (median([one[1] for one in times]) for times in opening.values())
    print(f"ratio {options.opened:,} leaves to 100: {many / few:.1f}")

    moving = move_about(large, env)
    figures = {f"p{share}": round(percentile(moving, share / 100) * 1000, 1) for share in (50, 95, 99)}
    print(f"moving while {options.leaves:,} leaves are checked: {json.dumps(figures)} ms")

    _, little = type_words(small, folder, env, 0)
    taken, much = type_words(large, folder, env, options.words)
    figures = {f"p{share}": round(percentile(taken, share / 100) * 1000, 1) for share in (50, 95, 99)}
    worst = max(taken) * 1000
    print(f"filter at {options.leaves:,} leaves, {len(taken)} keys: {json.dumps(figures)} ms, worst {worst:.0f} ms")
    used = (much["rss"] - little["rss"]) / options.leaves / 1000
    megabytes = {name: value / 1e6 for name, value in much.items()}
    print(
        f"memory at {options.leaves:,} leaves: {megabytes['rss']:.0f} MB, {used:.2f} kB a leaf more than at 100; of it "
        f"the index of texts {megabytes['index']:.0f} MB, for {megabytes['texts']:.0f} MB of files"
    )
    met = verdict(
        "95th percentile, key to first screenful", percentile(taken, 0.95) * 1000, GOAL_MS, at_most=True, unit=" ms"
    )
    return 0 if met else 1


def labtui(root: Path) -> list[str]:
    return [sys.executable, "-m", "labtui", "--workspace", str(root)]


def open_once(root: Path, env: dict[str, str]) -> tuple[float, float]:
    """Seconds from the key to the first rows, and to the answer to another key. Nothing is remembered of any check."""
    with tempfile.TemporaryDirectory(prefix="labtui-cache-") as cache:
        screen = Screen(labtui(root), {**env, "XDG_CACHE_HOME": cache})
        try:
            screen.wait_for("the loop")
            screen.rest(1.0)
            pressed = screen.pty.press(b"8")
            shown = screen.wait(lambda: screen.cursor >= 0 and sum(map(bool, map(str.strip, screen.rows))) > 10)
            before = screen.cursor
            screen.pty.press(b"\x1b[B")
            usable = screen.wait(lambda: screen.cursor == before + 1)
        finally:
            screen.close()
    return shown - pressed, usable - pressed


def move_about(root: Path, env: dict[str, str]) -> list[float]:
    """Seconds from `down` to the cursor's next row, while everything is being checked."""
    dice = random.Random(5)
    with tempfile.TemporaryDirectory(prefix="labtui-cache-") as cache:
        screen = Screen(labtui(root), {**env, "XDG_CACHE_HOME": cache})
        try:
            screen.wait_for("the loop")
            screen.rest(1.0)
            screen.pty.press(b"8")
            screen.wait_for("checked", patience=300)
            taken = []
            for number in range(80):
                screen.rest(dice.uniform(0.02, 0.08))
                time.sleep(dice.uniform(0.05, 0.6))
                screen.rest(0.0001)
                key = (b"\x1b[B", b"\x1b[A")[number // 10 % 2]
                taken.append(screen.time_of(key, lambda before: screen.cursor != before, screen.cursor))
        finally:
            screen.close()
    return taken


def type_words(root: Path, folder: Path, env: dict[str, str], count: int) -> tuple[list[float], dict[str, float]]:
    """Seconds from each key to the rows of its answer; and what the application says of itself."""
    dice = random.Random(3)
    words = Words(random.Random(11))
    # Frequent and rare ones, with the special words among them.
    typed = [words.all[int(len(words.all) * dice.random() ** 3)] for _ in range(count)]
    typed += [f"path:{words.all[3]}", f"area {words.all[40]}"][: max(0, count - 4)]
    facts = folder / "facts.json"
    facts.unlink(missing_ok=True)
    command = [sys.executable, __file__, "--unchecked", str(root), str(facts)]
    screen = Screen(command, env)
    taken: list[float] = []
    try:
        screen.wait_for("the loop")
        screen.pty.press(b"8")
        deadline = time.monotonic() + 900
        while not facts.exists():
            if time.monotonic() > deadline:
                raise TimeoutError("the texts were not taken in")
            screen.rest(0.2)
        screen.rest(1.0)
        screen.pty.press(b"/")
        screen.rest(0.5)
        for word in typed:
            taken += type_one(screen, word, dice)
    finally:
        screen.close()
    return taken, json.loads(facts.read_text())


def type_one(screen: Screen, word: str, dice: random.Random) -> list[float]:
    answers: list[list[str]] = []
    for letter in word:
        screen.pty.press(letter.encode())
        screen.rest(1.5)
        answers.append(screen.leaves)
    screen.pty.press(b"\x7f" * len(word))
    screen.rest(1.5)
    taken = []
    for letter, answer in zip(word, answers, strict=True):
        before = screen.leaves
        if answer == before:
            screen.pty.press(letter.encode())
            screen.rest(DRAWN_AFTER)
        else:
            taken.append(screen.time_of(letter.encode(), lambda answer: screen.leaves == answer, answer))
        time.sleep(dice.uniform(0.0, 0.15))
    screen.pty.press(b"\x7f" * len(word))
    screen.rest(1.0)
    return taken


def application(root: Path, facts: Path) -> int:
    """The application with the checks left out: every leaf counts as read and clean."""
    import msgspec

    from labtui import config
    from labtui.app import Context, LabApp
    from labtui.screens.taxonomy.tree_side import TreeSide
    from labtui.taxonomy.checking import survey
    from labtui.workspace import Workspace

    def unchecked(found: list[survey.Surveyed], *_: object, **__: object) -> object:
        for at in range(0, len(found), 500):
            yield [
                msgspec.structs.replace(leaf, kind="knowledge", seeds=5, stamp=survey.stamp_of(leaf.path))
                for leaf in found[at : at + 500]
            ]

    survey.survey = unchecked  # type: ignore[assignment]

    def tell(self: Any, leaves: Sequence[survey.Surveyed], *_: object) -> None:
        """Where the leaves would be compared with each other: all of them are read."""
        import psutil

        texts = sum(leaf.path.stat().st_size for leaf in leaves)
        said = {"rss": psutil.Process().memory_info().rss, "index": self.searcher.index.bytes, "texts": texts}
        facts.with_suffix(".new").write_text(json.dumps(said))
        facts.with_suffix(".new").rename(facts)
        self.post_message(self.Compared())

    TreeSide._compare = tell  # type: ignore[assignment,method-assign]
    opened = Workspace(root)
    LabApp(Context(config=config.load(opened), workspace=opened)).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
