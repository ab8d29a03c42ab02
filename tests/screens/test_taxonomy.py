"""The taxonomy screen: what is there, what is wrong, and the ways on from a leaf."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from labtui.app import LabApp
from labtui.operations.init import init_workspace
from labtui.screens.taxonomy import TaxonomyScreen
from labtui.screens.taxonomy.leaf_side import FORM, YAML
from labtui.text import width
from labtui.widgets.leaf_tree import LeafTree
from labtui.widgets.view_tabs import ViewTabs
from labtui.workspace import Workspace
from tests.lab_app import lab_app, notices, screen_text, wait_until
from tests.taxonomy.leaves import SKILL, attributed, write

JAPANESE = """\
version: 3
domain: 鳥類
created_by: ann
seed_examples:
  - context: シジュウカラは日本全国に分布する身近な野鳥である。
    questions_and_answers:
      - question: 四十雀は何科ですか。
        answer: シジュウカラ科です。
document_outline: 四十雀について
"""


# Other questions than in SKILL: what leaves repeat of each other is a finding too.
BAD = SKILL.replace("answer: tre", "answer: yes")
for number in ("One", "Two", "Three", "Four", "Five"):
    BAD = BAD.replace(f"{number}?", f"How does somebody say {number.lower()} in that place?")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = init_workspace(tmp_path / "lab")
    attributed(made.taxonomy, "compositional_skills/good")
    attributed(made.taxonomy, "compositional_skills/bad", BAD)
    attributed(made.taxonomy, "knowledge/鳥/四十雀", JAPANESE)
    attributed(made.taxonomy, "knowledge/broken", "a: 'b\n")
    return made


async def opened(app: LabApp, pilot: Pilot[int], **arguments: str) -> TaxonomyScreen:
    app.open("taxonomy", **arguments)
    await wait_until(pilot, lambda: isinstance(app.screen, TaxonomyScreen) and app.screen.settled)
    assert isinstance(app.screen, TaxonomyScreen)
    return app.screen


def shown(screen: TaxonomyScreen) -> str:
    return screen_text(screen.app)


async def test_the_tree_shows_states_and_counts(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        await opened(app, pilot)
        text = screen_text(app)
        assert "taxonomy · 4 leaves · 3 ✖" in text
        for line in ("✖ bad +", "✔ good +", "✖ 四十雀 +", "✖ broken +"):
            assert line in text, line
        assert "unreadable" in text
        assert "5 seeds" in text


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_leaf_three_ways(workspace: Workspace, size: tuple[int, int]) -> None:
    async with lab_app(workspace, size=size) as (app, pilot):
        screen = await opened(app, pilot, leaf="compositional_skills/bad")
        await pilot.press("enter")
        await wait_until(pilot, lambda: "seed 3 of 5" in shown(screen))
        await pilot.press("n")
        await wait_until(pilot, lambda: "✖ Seed 3, 'answer' is read as yes (true)" in shown(screen))
        await pilot.press("v")
        await wait_until(pilot, lambda: "✖ 10 " in shown(screen))
        await pilot.press("p")
        await wait_until(pilot, lambda: "line 10, column 13" in shown(screen))
        assert "[Problems 1]" in screen_text(app)
        assert screen.leaf_side.has_focus_within


async def test_in_a_narrow_terminal_one_pane_at_a_time(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(80, 24)) as (app, pilot):
        screen = await opened(app, pilot)
        assert not screen.query_one("#leaf").display
        await pilot.press("enter")
        await wait_until(pilot, lambda: screen.query_one("#leaf").display)
        assert not screen.query_one("#tree").display
        await pilot.press("escape")
        assert screen.query_one("#tree").display
        await pilot.press("escape")
        assert app.here == "home"


async def test_japanese_is_laid_out_by_cells(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(80, 24)) as (app, pilot):
        screen = await opened(app, pilot, leaf="knowledge/鳥/四十雀")
        await pilot.press("enter")
        await wait_until(pilot, lambda: "四十雀は何科ですか。" in shown(screen))
        framed = [line for line in shown(screen).splitlines() if " │ " in line or " ┌" in line or " └" in line]
        assert len(framed) > 4 and {width(line) for line in framed} == {80}


async def test_an_unreadable_leaf_is_shown_as_it_is(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(80, 24)) as (app, pilot):
        screen = await opened(app, pilot, leaf="knowledge/broken")
        await pilot.press("enter")
        await wait_until(pilot, lambda: "Not valid YAML" in shown(screen))
        await pilot.press("v")
        await wait_until(pilot, lambda: "a: 'b" in shown(screen))
        await pilot.press("g")
        await wait_until(pilot, lambda: any("cannot be read" in text for text in notices(app)))
        assert app.here == "taxonomy"


async def test_the_filter_looks_at_path_author_and_rule(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(80, 24)) as (app, pilot):
        screen = await opened(app, pilot)
        tree = screen.query_one(LeafTree)
        await pilot.press("slash")
        for typed, expected in (
            ("四十", ["knowledge/鳥/四十雀"]),
            ("ANN good", ["compositional_skills/good"]),
            ("schema.type", ["compositional_skills/bad"]),
            ("knowledge", ["knowledge/broken", "knowledge/鳥/四十雀"]),
            ("nothing at all", []),
        ):
            screen.query_one("#filter", Input).value = typed
            await wait_until(pilot, lambda expected=expected: sorted(tree.matching()) == expected)
            assert len(expected) == 0 or all(name.rpartition("/")[2] in screen_text(app) for name in expected)
        assert "No leaf holds “nothing at all”." in screen_text(app)
        await pilot.press("escape")
        await wait_until(pilot, lambda: len(tree.matching()) == 4)
        assert tree.has_focus


async def test_digits_and_letters_go_into_the_filter(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(80, 24)) as (app, pilot):
        screen = await opened(app, pilot)
        await pilot.press("slash", "g", "o", "1", "q")
        assert screen.query_one("#filter", Input).value == "go1q"
        assert app.here == "taxonomy"


async def test_folding(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(80, 24)) as (app, pilot):
        screen = await opened(app, pilot)
        tree = screen.query_one(LeafTree)
        await pilot.press("home", "left")
        assert "good" not in screen_text(app)
        assert "▸ compositional_skills" in screen_text(app)
        await pilot.press("right", "right")
        assert tree.leaf is not None and tree.leaf.id == "compositional_skills/bad"
        await pilot.press("left")
        assert tree.row is not None and tree.row.key == "compositional_skills"


async def test_the_next_problem(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        screen = await opened(app, pilot)
        tree = screen.query_one(LeafTree)
        seen = []
        for _ in range(3):
            await pilot.press("n")
            assert tree.leaf is not None
            seen.append(tree.leaf.id)
        assert sorted(seen) == ["compositional_skills/bad", "knowledge/broken", "knowledge/鳥/四十雀"]


async def test_in_the_leaf_the_next_problem_is_its_line(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(80, 24)) as (app, pilot):
        screen = await opened(app, pilot, leaf="compositional_skills/bad")
        await pilot.press("enter")
        await wait_until(pilot, lambda: "seed 3 of 5" in shown(screen))
        await pilot.press("n")
        assert screen.query_one(ViewTabs).chosen == FORM
        await wait_until(pilot, lambda: "✖ Seed 3" in shown(screen))
        await pilot.press("v")
        assert screen.query_one(ViewTabs).chosen == YAML
        await wait_until(pilot, lambda: "✖ 10 " in shown(screen))


async def test_generate_and_chat_get_the_leaf(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    async with lab_app(workspace, size=(80, 24)) as (app, pilot):
        screen = await opened(app, pilot, leaf="compositional_skills/good")
        await wait_until(pilot, lambda: screen.leaf_side.state is not None)
        asked: list[tuple[str, dict[str, str]]] = []
        monkeypatch.setattr(app, "open", lambda name, **arguments: asked.append((name, arguments)))
        await pilot.press("g", "c")
        assert asked == [("generate", {"leaf": "compositional_skills/good"}), ("chat", {"question": "One?"})]


async def test_copying(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    async with lab_app(workspace, size=(80, 24)) as (app, pilot):
        screen = await opened(app, pilot, leaf="compositional_skills/good")
        await wait_until(pilot, lambda: screen.leaf_side.state is not None)
        copied: list[str] = []
        monkeypatch.setattr(app, "copy_text", copied.append)
        await pilot.press("y", "enter", "y", "v", "y")
        assert copied == ["compositional_skills/good", "Name three synonyms.", SKILL]


async def test_a_change_from_outside_is_seen_on_return(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        screen = await opened(app, pilot, leaf="compositional_skills/good")
        write(workspace.taxonomy, "compositional_skills/good", SKILL + "extra: 1\n")
        other = SKILL
        for number, word in zip(("One", "Two", "Three", "Four", "Five"), "abcde", strict=True):
            other = other.replace(f"{number}?", f"Welcher Buchstabe folgt im Alphabet auf {word * 3}?")
        attributed(workspace.taxonomy, "compositional_skills/new", other)
        app.open("home")
        await pilot.pause()
        await opened(app, pilot)
        await wait_until(pilot, lambda: "✖ good" in screen_text(app) and "✔ new" in screen_text(app))
        await wait_until(pilot, lambda: "'extra' does not belong" in shown(screen))


async def test_the_editor_is_started_on_the_file(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "my editor"
    editor.write_text("#!/bin/sh\nprintf 'extra: 1\\n' >> \"$2\"\nexit 3\n")
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("VISUAL", f"'{editor}' -x")
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        screen = await opened(app, pilot, leaf="compositional_skills/good")
        app._driver.__class__.can_suspend = property(lambda self: True)  # type: ignore[union-attr,method-assign,assignment]
        monkeypatch.setattr(app._driver, "suspend_application_mode", lambda: None, raising=False)
        monkeypatch.setattr(app._driver, "resume_application_mode", lambda: None, raising=False)
        await pilot.press("e")
        await wait_until(pilot, lambda: "✖ good" in screen_text(app))
        assert any("exit code 3" in text for text in notices(app))
        assert screen.query_one(LeafTree).leaf is not None


async def test_an_editor_that_is_not_there(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "/nowhere/editor")
    async with lab_app(workspace, size=(80, 24)) as (app, pilot):
        await opened(app, pilot, leaf="compositional_skills/good")
        await pilot.press("e")
        await wait_until(
            pilot, lambda: "editor" in screen_text(app).lower() and "✖ this did not work" in screen_text(app)
        )


async def test_no_leaves_and_no_taxonomy(tmp_path: Path) -> None:
    made = init_workspace(tmp_path / "lab")
    async with lab_app(made, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        await wait_until(pilot, lambda: "holds no leaves yet" in screen_text(app))
        await pilot.press("enter", "g", "e", "n", "v", "p", "space", "left", "right")
        assert app.here == "taxonomy"
        await pilot.press("escape")
        made.taxonomy.rename(tmp_path / "away")
        made.taxonomy.symlink_to(tmp_path / "nowhere")
        await opened(app, pilot)
        await wait_until(pilot, lambda: "that is gone" in screen_text(app))


async def test_names_and_values_with_markup_are_text(workspace: Workspace) -> None:
    write(workspace.taxonomy, "knowledge/[red]x[", SKILL.replace("uno", '"[/] [@click=app.bell]hi[/] \\e[31m \\x9b2J"'))
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        screen = await opened(app, pilot, leaf="knowledge/[red]x[")
        await pilot.press("enter")
        await wait_until(pilot, lambda: "[@click=app.bell]hi[/]" in shown(screen))
        assert "[red]x[" in screen_text(app)
        assert "\x1b" not in screen_text(app) and "\x9b" not in screen_text(app)
        for key in ("v", "p", "f"):
            await pilot.press(key)
            await pilot.pause()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX")
async def test_a_terminal_that_changes_its_size(workspace: Workspace) -> None:
    async with lab_app(workspace, size=(120, 40)) as (app, pilot):
        screen = await opened(app, pilot, leaf="compositional_skills/good")
        await pilot.press("enter")
        for size in ((80, 24), (62, 20), (120, 40), (300, 80)):
            await pilot.resize_terminal(*size)
            await wait_until(pilot, lambda: "seed 1 of 5" in shown(screen))
            await wait_until(pilot, lambda cells=size[0]: {*map(width, shown(screen).splitlines())} == {cells})
