"""Killed at any moment while answers become seeds, and done again: each is there once, in one contribution."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from labtui import workspace as workspaces
from labtui.contribute.drafts import store
from labtui.contribute.teaching import destinations
from labtui.contribute.teaching import making_seeds as teaching
from labtui.contribute.teaching.lessons import Basket, Destination, Lesson
from labtui.taxonomy.leaf import FREEFORM, read_leaf_file
from labtui.workspace import Workspace
from tests.contribute.owls import FEEDING, add_owls

WRITER = """
import sys
from pathlib import Path
from labtui.contribute.teaching import destinations
from labtui.contribute.leaves import existing
from labtui.contribute.leaves import adding as leaves
from labtui.contribute.teaching import making_seeds as teaching
from labtui.contribute.teaching.lessons import Basket, Destination
from labtui.workspace import Workspace
lab = Workspace(Path(sys.argv[1]))
lessons = Basket(lab).lessons()
print("ready", flush=True)
teaching.write(lab, lessons, destinations.usual(lab, lessons))
"""
COUNT = 6


def collect(lab: Workspace, destination: Destination) -> None:
    basket = Basket(lab)
    for number in range(COUNT):
        lesson = Lesson(question=f"Question {number}?", answer="?", corrected=f"Answer {number}.", turn=str(number))
        lesson.destination = destination
        basket.keep(basket.begin(lesson))


@pytest.mark.parametrize("destination", [Destination(kind=FREEFORM), Destination(where="leaf", leaf=FEEDING)])
def test_killed_and_done_again(tmp_path: Path, fault_rounds: int, destination: Destination) -> None:
    dice = random.Random(7)
    for number in range(fault_rounds):
        lab = workspaces.create(tmp_path / f"lab{number}")
        add_owls(lab)
        collect(lab, destination)
        for _ in range(2):
            with subprocess.Popen(
                [sys.executable, "-c", WRITER, str(lab.root)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
            ) as writer:
                assert writer.stdout is not None and writer.stdout.readline() == b"ready\n"
                time.sleep(dice.random() * 0.15)
                writer.send_signal(signal.SIGKILL)
        left = Basket(lab).lessons()
        if left:
            teaching.write(lab, left, destinations.usual(lab, left))
        [folder] = store.list_drafts(lab)
        [leaf] = folder.load().leaves
        pairs = [pair for seed in read_leaf_file(folder.leaf_file(leaf), leaf.id).seeds for pair in seed.pairs]
        asked = sorted(pair.question for pair in pairs if "owls" not in pair.question)
        assert asked == [f"Question {number}?" for number in range(COUNT)]
        assert sorted(one.turn for one in folder.evidence()) == [str(number) for number in range(COUNT)]
        assert Basket(lab).lessons() == []
