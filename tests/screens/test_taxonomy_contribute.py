"""The ways into a contribution: the key on the taxonomy tree and the one on Home."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from labtui.contribute.drafts import store
from labtui.contribute.leaves.changes import ChangedLeaf
from labtui.screens.taxonomy.contributing import choices
from labtui.widgets.choose import ChooseWindow
from labtui.workspace import Workspace
from tests.contribute.drafting import BIRDS, WORDS, contexts, lab
from tests.lab_app import lab_app, notices, screen_text, wait_until
from tests.taxonomy import repos
from tests.taxonomy.leaves import SKILL

NEW = "compositional_skills/counting"


@pytest.fixture
def made(tmp_path: Path) -> Workspace:
    return lab(tmp_path)


def drafts(made: Workspace) -> list[list[str]]:
    return [[leaf.id for leaf in folder.load().leaves] for folder in store.list_drafts(made)]


def changed(*ids: str, refused: str = "") -> list[ChangedLeaf]:
    return [ChangedLeaf(id=name, change="changed", refused=refused) for name in ids]


@pytest.mark.parametrize(
    ("leaves", "here", "leaf", "keys"),
    [
        ([], "", False, ""),
        ([], "knowledge/a", True, "e"),
        (changed("knowledge/a"), "knowledge/a", True, "a"),
        (changed("knowledge/a"), "knowledge/b", True, "ae"),
        (changed("knowledge/a", "knowledge/b/c"), "knowledge/a", True, "ha"),
        (changed("knowledge/a", "knowledge/b/c"), "knowledge/b", False, "ha"),
        (changed("knowledge/a", "knowledge/b"), "knowledge", False, "a"),
        (changed("knowledge/ab"), "knowledge/a", False, "a"),
        (changed("knowledge/a", refused="no"), "knowledge/a", True, ""),
    ],
)
def test_what_can_be_taken(leaves: list[ChangedLeaf], here: str, leaf: bool, keys: str) -> None:
    assert "".join(choice.key for choice in choices(leaves, here, leaf=leaf)) == keys


@pytest.mark.parametrize(("key", "taken"), [("h", [BIRDS]), ("a", [NEW, BIRDS])])
async def test_c_takes_the_leaf_or_all_that_differs(made: Workspace, key: str, taken: list[str]) -> None:
    repos.put(made.taxonomy, {f"{NEW}/qna.yaml": SKILL, f"{BIRDS}/qna.yaml": contexts(seeds=6)})
    async with lab_app(made) as (app, pilot):
        app.open("taxonomy", leaf=BIRDS)
        await wait_until(pilot, lambda: app.here == "taxonomy" and app.screen.settled)  # type: ignore[attr-defined]
        await wait_until(pilot, lambda: app.screen.tree_side.leaf.id == BIRDS)  # type: ignore[attr-defined]
        await pilot.press("C")
        await wait_until(pilot, lambda: isinstance(app.screen, ChooseWindow))
        assert "All 2 that differ" in screen_text(app)
        await pilot.press(key)
        await wait_until(pilot, lambda: app.here == "contribute")
    assert drafts(made) == [taken]


async def test_c_on_a_leaf_as_it_is_extends_it(made: Workspace) -> None:
    async with lab_app(made) as (app, pilot):
        app.open("taxonomy", leaf=WORDS)
        await wait_until(pilot, lambda: app.screen.settled)  # type: ignore[attr-defined]
        await wait_until(pilot, lambda: app.screen.tree_side.leaf.id == WORDS)  # type: ignore[attr-defined]
        await pilot.press("C")
        await wait_until(pilot, lambda: "Extend words" in screen_text(app))
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.here == "taxonomy" and not isinstance(app.screen, ChooseWindow))
        assert drafts(made) == []
        await pilot.press("C")
        await wait_until(pilot, lambda: isinstance(app.screen, ChooseWindow))
        await pilot.press("e")
        await wait_until(pilot, lambda: app.here == "contribute")
    (folder,) = store.list_drafts(made)
    assert [(leaf.id, leaf.change) for leaf in folder.load().leaves] == [(WORDS, "changed")]


async def test_c_without_git_says_what_to_do(made: Workspace) -> None:
    shutil.rmtree(made.taxonomy / ".git")
    async with lab_app(made) as (app, pilot):
        app.open("taxonomy")
        await wait_until(pilot, lambda: "birds" in screen_text(app))
        await pilot.press("C")
        await wait_until(pilot, lambda: "not under git" in screen_text(app))
    assert drafts(made) == []


async def test_c_while_one_writes_is_a_letter(made: Workspace) -> None:
    async with lab_app(made, size=(120, 40)) as (app, pilot):
        app.open("taxonomy", leaf=WORDS)
        await wait_until(pilot, lambda: "Name three synonyms" in screen_text(app))
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen.leaf_side.has_inner_focus)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen.leaf_side.writing)  # type: ignore[attr-defined]
        await pilot.press("C")
        await wait_until(pilot, lambda: "synonyms.C" in screen_text(app))
        # What is unsaved would not come along: it is asked about.
        await pilot.press("escape", "C")
        await wait_until(pilot, lambda: "Save the unsaved edits first?" in screen_text(app))
        await pilot.press("y")
        await wait_until(pilot, lambda: isinstance(app.screen, ChooseWindow))
        await pilot.press("a")
        await wait_until(pilot, lambda: app.here == "contribute")
    (folder,) = store.list_drafts(made)
    assert "synonyms.C" in folder.leaf_file(WORDS).read_text()


async def test_n_on_home_begins_one_that_is_gone_when_nothing_was_put_into_it(made: Workspace) -> None:
    async with lab_app(made) as (app, pilot):
        await pilot.press("n")
        await wait_until(pilot, lambda: app.here == "contribute" and "knowledge" in screen_text(app))
        await wait_until(pilot, lambda: drafts(made) == [[]])
        await pilot.press("escape", "escape")  # to the steps, then to the list
        await wait_until(pilot, lambda: drafts(made) == [])
        assert not notices(app)
