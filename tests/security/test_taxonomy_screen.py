"""The taxonomy screen over a taxonomy full of bad leaves: every one in every view, at both sizes; alive after it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from labtui import git, workspace
from labtui.screens.taxonomy.screen import TaxonomyScreen
from labtui.taxonomy.checking.survey import places
from labtui.widgets.sheet import Sheet
from labtui.workspace import Workspace
from tests.lab_app import lab_app, screen_text, wait_until
from tests.operations.test_leaf_data import job, sample
from tests.security.bad_leaves import BELOW, HONEST, lay
from tests.security.hostile import attack, traces
from tests.security.odd_repositories import LEAF, STATES, sound
from tests.taxonomy.leaves import write
from tests.terminal import Terminal, labtui_command
from tests.test_git import make

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

VIEWS = ("f", "v", "p", "x", "o", "b")
"""The keys of a leaf's views."""
PATIENCE = 120.0
ENDLESS = ("watch", "overview", "meters")
"""Parts of the names of workers that never end."""


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, dict[str, Path]]]:
    made = workspace.create(tmp_path_factory.mktemp("bad") / "lab")
    leaves = lay(made.taxonomy)
    yield made, leaves
    for path in leaves.values():
        if path.parent.exists():
            path.parent.chmod(0o755)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_every_leaf_in_every_view(bad: tuple[Workspace, dict[str, Path]], size: tuple[int, int]) -> None:
    made, _ = bad
    async with lab_app(made, size=size) as (app, pilot):
        await pilot.press("8")
        await wait_until(
            pilot, lambda: isinstance(app.screen, TaxonomyScreen) and app.screen.tree_side.settled, PATIENCE
        )
        screen = app.screen
        assert isinstance(screen, TaxonomyScreen)
        ids = sorted(leaf.id for leaf in places(made.taxonomy))
        assert len(ids) > 60 and any(BELOW in name for name in ids)
        if size != (80, 24):
            ids = [name for name in ids if name.rpartition("/")[2] in (*HOSTILE, *HONEST)]
        for name in ids:
            screen.tree_side.go_to(name)
            await wait_until(
                pilot,
                lambda name=name: screen.leaf_side.state is not None and screen.leaf_side.state.id == name,
                PATIENCE,
            )
            for number, key in enumerate(VIEWS):
                await pilot.press(key)
                await wait_until(pilot, lambda number=number: screen.leaf_side.view == number, PATIENCE)
                await pilot.pause()
                assert "\x1b" not in screen_text(app)
        await wait_until(
            pilot, lambda: not [one for one in app.workers if one.is_running and not endless(one.name)], PATIENCE
        )


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
async def test_the_screen_over_a_repository_in_an_odd_state(tmp_path: Path, state: Callable[[Path], None]) -> None:
    made = workspace.create(tmp_path / "lab")
    sound(made.taxonomy)
    state(made.taxonomy)
    async with lab_app(made, size=(120, 40)) as (app, pilot):
        await pilot.press("8")
        await wait_until(pilot, lambda: isinstance(app.screen, TaxonomyScreen), PATIENCE)
        screen = app.screen
        assert isinstance(screen, TaxonomyScreen)
        screen.tree_side.go_to(LEAF)
        await wait_until(
            pilot, lambda: screen.leaf_side.state is not None and screen.leaf_side.state.id == LEAF, PATIENCE
        )
        for key in VIEWS:
            await pilot.press(key)
            await pilot.pause()
        await pilot.press("x")
        diff = screen.leaf_side.view_widget(3)
        assert isinstance(diff, Sheet)
        await wait_until(pilot, lambda: "".join(diff.shown).strip(), PATIENCE)
        await wait_until(pilot, lambda: screen.tree_side.settled, PATIENCE)
    assert not made_by_others(tmp_path)


def made_by_others(folder: Path) -> list[Path]:
    """What a program named by a repository would have left."""
    return list(folder.rglob("PWNED"))


def endless(name: str) -> bool:
    return any(part in name for part in ENDLESS)


HOSTILE = ("control", "hostile_keys", "not_utf8", "noise", "rtl", "markup", "conflict", "name")


@pytest.mark.parametrize("name", HOSTILE)
def test_no_attack_reaches_the_terminal_from_any_view(bad: tuple[Workspace, dict[str, Path]], name: str) -> None:
    made, _ = bad
    with Terminal(labtui_command("--workspace", str(made.root)), columns=120, rows=40) as terminal:
        terminal.wait_for("no samples yet")
        terminal.press("8")
        terminal.wait_for("leaves")
        terminal.press("/", *name, "enter")
        terminal.wait_for(lambda text: " of " in text and name in text)
        terminal.press("end", "enter")
        for key in VIEWS:
            terminal.press(key, "pagedown")
            # What a view shows comes from a thread: the raw bytes are searched, whatever they are by then.
            time.sleep(0.5)
        assert terminal.alive, terminal.text
        assert "taxonomy" in terminal.text
        assert traces(bytes(terminal.raw)) == {}


def test_a_hostile_document_and_hostile_samples_are_only_text(tmp_path: Path) -> None:
    made = workspace.create(tmp_path / "lab")
    document = f"# {attack('heading', lines=False)}\n\n{attack('document')}\n\nOne plain line to mark.\n"
    repository = make(tmp_path / "docs", {f"{attack('file', short=True)}.md": document})
    head = git.head(repository)
    assert head is not None
    seeds = [
        {"context": "One plain line to mark.", "questions_and_answers": [{"question": "q", "answer": "a"}] * 3}
    ] * 5
    points_to = {"repo": str(repository), "commit": head.sha, "patterns": ["*.md", attack("pattern", short=True)]}
    leaf = {"version": 3, "created_by": "ann", "domain": "x", "document_outline": "y", "seed_examples": seeds}
    path = write(made.taxonomy, "knowledge/k", yaml.safe_dump({**leaf, "document": points_to}))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    evil = attack("sample")
    samples = [
        sample(number, leaf="knowledge/k", sha256=sha256, text=evil, reason=evil * (number % 2)) for number in range(4)
    ]
    job(made, "20261101T000000Z", samples)
    with Terminal(labtui_command("--workspace", str(made.root)), columns=120, rows=50) as terminal:
        terminal.wait_for("the loop")
        terminal.press("8")
        terminal.wait_for("1 leaf")
        terminal.press("enter", "o")
        # The file, shown before, holds the same line.
        terminal.wait_for("[Document]")
        terminal.wait_for("One plain line")
        terminal.press("end", "v", "pageup", "pageup")
        terminal.wait_for("words")
        terminal.press("esc", "/", *"plain", "enter", "n")
        terminal.wait_for("found: plain")
        terminal.press("esc", "b")
        terminal.wait_for("2 accepted and 2 rejected")
        terminal.press("pagedown", "end")
        terminal.wait_for("mixtral")
        assert traces(bytes(terminal.raw)) == {}
