"""The left side of the taxonomy screen: filter, order, recent leaves, and what happens on disk meanwhile."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from labtui.app import LabApp
from labtui.operations.init import init_workspace
from labtui.screens.taxonomy import TaxonomyScreen
from labtui.screens.taxonomy.leaf_side import LeafSide
from labtui.screens.taxonomy.tree_side import TreeSide
from labtui.taxonomy.browsing.orders import Order
from labtui.workspace import Workspace
from tests.lab_app import lab_app, notices, screen_text, wait_until
from tests.taxonomy.leaves import SKILL, attributed


def skill(*words: str) -> str:
    """A skill that repeats nothing of another one, with these words in its answers."""
    text = SKILL
    for number, (word, answer) in enumerate(
        zip(("One", "Two", "Three", "Four", "Five"), ("uno", "due", "tre", "quattro", "cinque"), strict=True)
    ):
        mine = words[number % len(words)]
        text = text.replace(f"{word}?", f"Was heißt {mine} {number} hier?").replace(answer, f"{mine} {answer}")
    return text


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = init_workspace(tmp_path / "lab")
    attributed(made.taxonomy, "compositional_skills/words/synonyms", skill("happy", "glad", "merry", "jolly", "cheery"))
    attributed(made.taxonomy, "compositional_skills/words/rhymes", skill("cat", "hat", "mat", "bat", "rat"))
    attributed(
        made.taxonomy,
        "compositional_skills/sums",
        skill("plus", "minus", "times", "over", "root").replace("answer: root cinque", "answer: yes"),
    )
    attributed(
        made.taxonomy, "foundational_skills/鳥/四十雀", skill("鳥", "空", "木", "水", "火").replace("ann", "花子")
    )
    return made


async def opened(app: LabApp, pilot: Pilot[int], **arguments: str) -> tuple[TaxonomyScreen, TreeSide]:
    app.open("taxonomy", **arguments)
    await wait_until(pilot, lambda: isinstance(app.screen, TaxonomyScreen) and app.screen.settled)
    assert isinstance(app.screen, TaxonomyScreen)
    return app.screen, app.screen.tree_side


async def filtered(pilot: Pilot[int], side: TreeSide, text: str) -> list[str]:
    """What is found for that, in the order of the rows."""
    side.query_one("#filter", Input).value = text
    await pilot.pause()
    await wait_until(pilot, lambda: side.settled)
    return [name.rpartition("/")[2] for name in side.leaf_tree.matching()]


async def test_the_filter_looks_into_texts_and_states(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        _, side = await opened(app, pilot)
        await pilot.press("slash")
        assert await filtered(pilot, side, "jolly") == ["synonyms"]
        await wait_until(pilot, lambda: "taxonomy · 1 of 4 leaves" in screen_text(app))
        assert await filtered(pilot, side, "木") == ["四十雀"]
        assert await filtered(pilot, side, "heißt words") == ["rhymes", "synonyms"]
        assert await filtered(pilot, side, "by:花") == ["四十雀"]
        assert await filtered(pilot, side, "rule:schema") == ["sums"]
        assert await filtered(pilot, side, "is:error") == ["sums"]
        assert await filtered(pilot, side, "is:clean is:new by:ann") == ["rhymes", "synonyms"]
        assert await filtered(pilot, side, "nobody wrote this") == []
        await wait_until(pilot, lambda: "No leaf holds “nobody wrote this”." in screen_text(app))
        await filtered(pilot, side, "is:whatever")
        await wait_until(pilot, lambda: "“is:whatever” says nothing" in screen_text(app))
        await pilot.press("escape")
        await wait_until(pilot, lambda: len(side.leaf_tree.matching()) == 4)
        await wait_until(pilot, lambda: "taxonomy · 4 leaves" in screen_text(app))


async def test_the_filter_keeps_up_with_what_changes(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        _, side = await opened(app, pilot)
        await pilot.press("slash")
        assert await filtered(pilot, side, "jolly") == ["synonyms"]
        attributed(workspace.taxonomy, "compositional_skills/more", skill("jolly good"))
        attributed(workspace.taxonomy, "compositional_skills/words/synonyms", skill("sad"))
        await wait_until(pilot, lambda: side.leaf_tree.matching() == ["compositional_skills/more"])


async def test_changes_on_disk_are_noticed(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        _, side = await opened(app, pilot, leaf="compositional_skills/words/rhymes")
        path = workspace.taxonomy / "compositional_skills/words/rhymes/qna.yaml"
        path.write_text(path.read_text() + "extra: 1\n")
        await wait_until(pilot, lambda: "✖ rhymes" in screen_text(app))
        attributed(workspace.taxonomy, "compositional_skills/words/antonyms", skill("up", "down"))
        await wait_until(pilot, lambda: "antonyms +" in screen_text(app))
        assert side.leaf is not None and side.leaf.id == "compositional_skills/words/rhymes"
        shutil.rmtree(workspace.taxonomy / "compositional_skills/words/antonyms")
        shutil.rmtree(path.parent)
        await wait_until(pilot, lambda: "rhymes" not in screen_text(app) and "antonyms" not in screen_text(app))
        await wait_until(pilot, lambda: "3 leaves" in screen_text(app))


async def test_a_screen_that_is_not_in_front_looks_at_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labtui.screens.taxonomy.tree_side.WATCH_EVERY", 0.05)
    async with lab_app(workspace, size=(80, 24)) as (app, pilot):
        _, side = await opened(app, pilot)
        looked: list[int] = []
        monkeypatch.setattr(side, "watch_disk", lambda *_: looked.append(1))
        await wait_until(pilot, lambda: looked)
        app.open("home")
        await pilot.pause()
        looked.clear()
        await pilot.pause(0.4)
        assert not looked
        app.open("taxonomy")
        await wait_until(pilot, lambda: looked)


async def test_orders_and_problems_by_key(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        _, side = await opened(app, pilot)
        await pilot.press("s")
        assert side.leaf_tree.order is Order.WORST
        await wait_until(pilot, lambda: "worst first" in screen_text(app))
        text = screen_text(app)
        assert text.index("sums") < text.index("words") < text.index("foundational_skills")
        await pilot.press("s", "s", "s")
        assert side.leaf_tree.order is Order.PATH
        await pilot.press("n")
        assert side.leaf is not None and side.leaf.id == "compositional_skills/sums"
        await pilot.press("end", "P")
        assert side.leaf is not None and side.leaf.id == "compositional_skills/sums"
        await pilot.press("n")
        assert any("No other leaf" in text for text in notices(app))


async def test_recent_leaves_are_remembered(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        screen, side = await opened(app, pilot)
        await pilot.press("R")
        await wait_until(pilot, lambda: "No leaf was opened yet" in screen_text(app))
        await pilot.press("escape")
        for name in ("foundational_skills/鳥/四十雀", "compositional_skills/sums"):
            side.go_to(name)
            await pilot.press("enter")
            await wait_until(pilot, lambda: screen.has_class("-reading"))
            await pilot.press("escape")
            await wait_until(pilot, lambda: not screen.has_class("-reading"))
        screen.post_message(LeafSide.Saved("compositional_skills/words/rhymes"))
        await wait_until(pilot, lambda: side.settled and all(worker.is_finished for worker in app.workers))
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        _, side = await opened(app, pilot)
        await pilot.press("R")
        await wait_until(pilot, lambda: "recent leaves" in screen_text(app))
        text = screen_text(app)
        # Seconds on a quiet machine, minutes on a busy one.
        assert "✔ compositional_skills/words/rhymes +  edited " in text
        assert "✖ compositional_skills/sums +  read " in text
        await pilot.press("down", "down", "enter")
        await wait_until(pilot, lambda: side.leaf is not None and side.leaf.id == "foundational_skills/鳥/四十雀")


async def test_unsaved_edits_show_and_roll_up(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        screen, _ = await opened(app, pilot)
        screen.leaf_side.post_message(LeafSide.Unsaved({"compositional_skills/sums"}))
        await wait_until(pilot, lambda: "✖ sums + ✎" in screen_text(app))
        await wait_until(pilot, lambda: "1 ✖ 3 ● 1 ✎" in screen_text(app))
        screen.leaf_side.post_message(LeafSide.Unsaved(set()))
        await wait_until(pilot, lambda: "✎" not in screen_text(app))


async def test_without_git(workspace: Workspace) -> None:
    shutil.rmtree(workspace.taxonomy / ".git")
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        await opened(app, pilot)
        await wait_until(pilot, lambda: "no git repository: changes are not marked" in screen_text(app))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
async def test_a_folder_nobody_may_read(workspace: Workspace) -> None:
    closed = workspace.taxonomy / "knowledge"
    closed.chmod(0)
    try:
        async with lab_app(workspace, size=(120, 40)) as (app, pilot):
            await opened(app, pilot)
            await wait_until(pilot, lambda: "cannot be read" in screen_text(app))
    finally:
        closed.chmod(0o755)


async def test_a_thread_that_breaks_is_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no such thing")

    monkeypatch.setattr("labtui.screens.taxonomy.reading.leaf_files", broken)
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        app.open("taxonomy")
        await wait_until(pilot, lambda: "was not read to the end" in screen_text(app))


async def test_a_taxonomy_of_one_leaf(tmp_path: Path) -> None:
    made = init_workspace(tmp_path / "lab")
    attributed(made.taxonomy, "knowledge/only")
    async with lab_app(made, size=(80, 24)) as (app, pilot):
        _, side = await opened(app, pilot)
        assert "taxonomy · 1 leaf" in screen_text(app)
        await pilot.press("n", "P", "s", "slash", "x", "escape", "down", "up", "left", "left", "right")
        await wait_until(pilot, lambda: side.settled)
        assert app.here == "taxonomy"


async def test_a_leaf_the_filter_hides_is_shown_when_asked_for(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        _, side = await opened(app, pilot)
        await pilot.press("slash")
        assert await filtered(pilot, side, "jolly") == ["synonyms"]
        app.open("taxonomy", leaf="foundational_skills/鳥/四十雀")
        await wait_until(pilot, lambda: side.leaf is not None and side.leaf.id == "foundational_skills/鳥/四十雀")
        assert side.box.value == ""
