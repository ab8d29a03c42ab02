"""Document, seeds and attribution of a contribution as they look."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from labtui.contribute.documents.document_contexts import add_context
from labtui.contribute.documents.local_documents import look, set_licence, take
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.adding import read_attribution, write_attribution
from labtui.contribute.records import Evidence, ModelAnswer, ModelUsed, Step
from labtui.screens.contribute.document import DocumentPane
from labtui.screens.contribute.seeds import SeedsPane
from labtui.taxonomy.layout import KNOWLEDGE
from tests.lab_app import wait_until
from tests.snapshots import contributions
from tests.snapshots.pictured import HOME, Pictured
from tests.snapshots.test_screens import SIZES, Compare, opened, shows, sized

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the pictures were taken on Linux")
NARROW = SIZES[0]
FERRY = """# The ferry of the island

The ferry leaves at seven and at noon, and comes back an hour later. In a storm it stays in the harbour.

A bicycle travels for nothing. A car has to be announced the day before, as there is room for four.

The ship was built in 1962 for the lake, and has served the island for thirty years. It is called Petrel.
"""
PASSAGES = FERRY.split("\n\n")[1:3]


def one(name: str) -> Any:
    return pytest.mark.parametrize("size", [NARROW], ids=[f"{name}_80x24"])


def ferry(lab: Pictured) -> DraftFolder:
    """Knowledge from a document of this machine, with two contexts marked in it."""
    for setting in (("user.name", "Ann Example"), ("user.email", "ann@example.org")):
        subprocess.run(["git", "config", *setting], cwd=lab.workspace.taxonomy, check=True)
    document = HOME / "notes" / "ferry.md"
    document.parent.mkdir()
    document.write_text(FERRY, encoding="utf-8")
    folder = contributions.untitled(lab.workspace, KNOWLEDGE)
    leaf = folder.load().leaves[0].id
    take(folder, leaf, look(Path(document)))
    for passage in PASSAGES:
        add_context(folder, leaf, passage)
    return folder


@one("contribute_document")
def test_the_document(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = ferry(lab)
    set_licence(folder, folder.load().leaves[0].id, "CC-BY-4.0")

    async def settle(pilot: Pilot[Any]) -> None:
        await opened("contribute", "Goes to", draft=folder.id, step=Step.DOCUMENT)(pilot)
        await wait_until(pilot, lambda: pilot.app.focused is not None and pilot.app.focused.id == "goes_to")
        pilot.app.screen.query_one(DocumentPane).view.focus()
        await shows("seeds 1 2 found")(pilot)
        await pilot.press("end", "up", "v", "v")
        await shows("words")(pilot)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@sized("contribute_seeds")
def test_the_seeds(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = contributions.antonyms(lab.workspace, seeds=4)
    made = ModelUsed(model="smollm2-135m")
    (first, _), (second, _) = contributions.SEEDS[:2]
    folder.add_answer(ModelAnswer(leaf=contributions.ANTONYMS, question=first, answer="Quick is a word.", made=made))
    folder.add_evidence(
        Evidence(leaf=contributions.ANTONYMS, question=second, answer="Kind.", corrected="Stingy.", made=made)
    )

    async def settle(pilot: Pilot[Any]) -> None:
        await opened("contribute", "4 of 5 seeds", "variety", draft=folder.id, step=Step.SEEDS)(pilot)
        pilot.app.screen.query_one(SeedsPane).go_to_field(("seed_examples", 0, "answer"))
        await shows("smollm2-135m now")(pilot)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@one("contribute_attribution")
def test_the_attribution(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = contributions.antonyms(lab.workspace)
    leaf = folder.load().leaves[0]
    works = read_attribution(folder, leaf)
    write_attribution(folder, leaf, [type(works[0])(title="Antonyms of the island", creators="ann")])

    async def settle(pilot: Pilot[Any]) -> None:
        await opened("contribute", "Antonyms of the island", draft=folder.id, step=Step.ATTRIBUTION)(pilot)
        await wait_until(pilot, lambda: pilot.app.focused is not None and pilot.app.focused.id == "licence-0")
        await pilot.press(*"cc", "minus", *"by")
        await shows("CC-BY-2.5", "enter take the licence", "✖ attribution", "saved")(pilot)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)
