"""A contribution whose application is killed at any moment: it opens again, and every leaf of it is whole."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.drafts.views import contribution
from labtui.contribute.leaves.adding import add_leaf, add_seed, place, remove_leaf, set_kind
from labtui.contribute.standing.steps import standings
from labtui.errors import LabError
from labtui.taxonomy.leaf import read_leaf_file
from labtui.taxonomy.parse import parse
from tests.contribute.drafting import lab

WORKER = """
import random, sys
from pathlib import Path
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.adding import KINDS, add_leaf, add_seed, place, remove_leaf, set_kind
from labtui.contribute.records import Evidence
from labtui.errors import LabError

folder, dice = DraftFolder(Path(sys.argv[1])), random.Random(int(sys.argv[2]))
print("begun", flush=True)
count = 0
while True:
    count += 1
    leaves = folder.load().leaves
    try:
        if not leaves or (len(leaves) < 3 and dice.random() < 0.2):
            add_leaf(folder, dice.choice(KINDS))
            continue
        leaf = dice.choice(leaves)
        act = dice.choice(["seed", "seed", "seed", "kind", "place", "remove", "evidence", "title"])
        if act == "seed":
            context = "" if leaf.kind.startswith("free") else f"Context {count % 3}"
            add_seed(folder, leaf, f"Question {count}?", f"Answer {count}", context)
        elif act == "kind":
            set_kind(folder, leaf, dice.choice(KINDS))
        elif act == "place":
            place(folder, leaf, f"place_{count}")
        elif act == "remove" and len(leaves) > 2:
            remove_leaf(folder, leaf)
        elif act == "evidence":
            folder.add_evidence(Evidence(leaf=leaf.id, question=f"Question {count}?", answer="no", corrected="yes"))
        elif act == "title":
            folder.change(lambda draft: setattr(draft, "title", f"Title {count}"))
    except LabError as error:
        print(error, flush=True)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DraftFolder:
    """One for all rounds: what a killed application left behind is what the next one begins with."""
    return store.new(lab(tmp_path_factory.mktemp("made")), "knowledge")


def test_killed_at_any_moment_it_opens_again(folder: DraftFolder, fault_rounds: int) -> None:
    # The commands' own entry: the package may be run from its checkout.
    root = Path(__file__).parents[3]
    for number in range(fault_rounds):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(folder.path), str(number)],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "begun\n"
            time.sleep(random.Random(number).uniform(0.02, 0.8))
        finally:
            worker.send_signal(signal.SIGKILL)
            said, _ = worker.communicate()
        assert "Traceback" not in said
        check(folder)
    assert folder.load().leaves


def check(folder: DraftFolder) -> None:
    draft = folder.load()
    ids = [leaf.id for leaf in draft.leaves]
    assert len(set(ids)) == len(ids)
    for leaf in draft.leaves:
        file = folder.leaf_file(leaf)
        assert file.is_file(), f"{leaf.id} has no file"
        value, _ = parse(file.read_text())
        assert value["version"] == 3
        assert set(folder.files(leaf)) == {f"{leaf.id}/qna.yaml", f"{leaf.id}/attribution.txt"}
        assert not read_leaf_file(file, leaf.id).problem
        # What was begun can be done again, whatever was left behind.
        try:
            add_seed(folder, leaf, f"Once more {len(draft.leaves)} {leaf.id}?", "Yes.")
        except LabError as error:
            assert "already" in error.what
    standings(folder)
    contribution(folder)
    folder.fingerprint()
    folder.evidence()


def test_all_of_it_can_be_done_afterwards(folder: DraftFolder) -> None:
    for leaf in folder.load().leaves:
        kind = "freeform skill" if leaf.kind == "knowledge" else "knowledge"
        moved = place(folder, set_kind(folder, leaf, kind), f"after_{leaf.id.replace('/', '_')}")
        remove_leaf(folder, moved)
    leaf = place(folder, add_leaf(folder, "knowledge"), "at_last")
    assert [one.id for one in folder.load().leaves] == [leaf.id]
