"""What reviewers and checks say stands where it speaks of, and finds its place again after edits."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui.contribute.records import Comment, Draft, Request, Step
from labtui.screens.contribute.after import AfterPane
from labtui.screens.contribute.after_lines import Found, Said
from labtui.screens.contribute.attribution import AttributionPane
from labtui.screens.contribute.document import DocumentPane
from labtui.screens.contribute.document_base import name_of
from labtui.screens.contribute.labelled import Labelled
from labtui.screens.contribute.panes import AFTER
from labtui.screens.contribute.seeds import SeedsPane
from labtui.widgets.lines_window import LinesWindow
from labtui.widgets.plain import Plain
from labtui.workspace import Workspace
from tests.contribute import drafting
from tests.contribute.submitting.lab import BIRDS, FEEDING
from tests.forge import making
from tests.git_server import GitServer, available
from tests.screens.contribute.opened import Opened, contribution
from tests.screens.contribute.test_forge import World, submitted

pytestmark = pytest.mark.skipif(not available(), reason="git has no http-backend here")
QNA, BESIDE = f"{BIRDS}/qna.yaml", f"{BIRDS}/attribution.txt"
LONG = " ".join(f"word{number}" for number in range(300))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("THE_TOKEN", "token-of-ann")
    folder = tmp_path / "forge"
    folder.mkdir()
    with making.make("github", folder) as forge, GitServer(folder) as git:
        yield World(tmp_path, forge, git)


def line_of(words: str, text: str = FEEDING) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if words in line)


async def reviewed(opened: Opened, world: World, *notes: tuple[str, str, int], lint: str = "") -> AfterPane:
    """Handed in, and read by rita, who wrote (text, path, line)s; the forge was asked."""
    await submitted(opened)
    state = world.forge.state
    (request,) = state.requests
    state.review(request, "rita", "changes", "", tuple(state.note("rita", *note) for note in notes))
    if lint:
        state.check(request, "lint", "failed", lint)
    await opened.press("enter")
    await opened.until(lambda: opened.wizard.step == AFTER)
    pane = opened.pane(AfterPane)
    await opened.until(lambda: opened.app.focused is pane.sheet)
    await opened.press("r")
    await opened.until(lambda: any(isinstance(item, (Said, Found)) for item in pane.sheet.items))
    return pane


def card(opened: Opened, number: int) -> str:
    """The card of a seed, as it is drawn."""
    shown = "\n".join(opened.pane(SeedsPane).form.sheet.shown)
    return shown.partition(f" seed {number} of ")[2].partition("└")[0]


async def at_seeds(opened: Opened, words: str) -> SeedsPane:
    await opened.until(lambda: opened.wizard.step == Step.SEEDS)
    pane = opened.pane(SeedsPane)
    await opened.until(lambda: words in "\n".join(pane.form.sheet.shown))
    return pane


async def landed(opened: Opened, number: int, words: str) -> None:
    """The cursor is on a seed's card, and what was said of it is in sight."""
    pane = await at_seeds(opened, words)
    await opened.until(lambda: pane.form.path == ("seed_examples", number - 1))
    assert words in card(opened, number)
    await opened.until(lambda: words in opened.text)


async def test_a_comment_stands_in_its_card_and_the_jump_lands_so_that_it_is_in_sight(world: World) -> None:
    folder = world.draft()
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        await reviewed(opened, world, ("Which\x1b[2J [red]five[/]?", QNA, line_of("cinque")))
        await opened.press("enter")
        pane = await at_seeds(opened, "[red]five[/]?")
        assert "rita" in card(opened, 5)
        assert pane.form.path == ("seed_examples", 4)
        await opened.until(lambda: "[red]five[/]?" in opened.text and "seed 5 of 5" in opened.text)
        assert "\x1b" not in opened.text
        assert "enter write here" in opened.text
        await opened.press("enter")
        await opened.until(lambda: pane.form.writing)
        assert pane.form.path[:2] == ("seed_examples", 4)
        assert "[red]five[/]?" in opened.text


async def test_a_long_thread_is_folded_and_one_key_opens_the_whole(world: World) -> None:
    folder = world.draft()
    line = line_of("due")
    notes = [(f"Number {number}. {LONG}", QNA, line) for number in range(12)]
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        await reviewed(opened, world, *notes)
        await opened.press("enter")
        pane = await at_seeds(opened, "Number 0.")
        shown = card(opened, 2)
        assert sum(row.startswith("│ ┃") for row in shown.split("\n")) == 5
        assert "8 more (f5 shows all)" in shown
        assert "due" in shown
        assert "word299" not in shown
        assert "f5 comments" in opened.text
        await opened.press("f5")
        await opened.until(lambda: isinstance(opened.app.screen, LinesWindow))
        window = opened.app.screen.query_one(Plain)
        whole = " ".join(str(window.content).split())
        order = [whole.index(f"Number {number}.") for number in range(12)]
        assert order == sorted(order)
        assert whole.count("word299") == 12
        # Its lines are not broken a second time.
        assert max(map(len, str(window.content).split("\n"))) <= window.content_size.width
        await opened.press("escape")
        await opened.until(lambda: opened.app.focused is pane.form.sheet)
        # The same key from inside a field, and what is typed there goes on being written.
        await opened.press("enter")
        await opened.until(lambda: pane.form.writing)
        await opened.press("f5")
        await opened.until(lambda: isinstance(opened.app.screen, LinesWindow))
        await opened.press("escape")
        await opened.until(lambda: pane.form.writing and opened.app.focused is pane.form.text)


async def test_a_seed_that_moved_or_was_edited_since_keeps_what_was_said_of_it(world: World) -> None:
    folder = world.draft()
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        pane = await reviewed(
            opened,
            world,
            ("Of the second", QNA, line_of("due")),
            ("Of the third", QNA, line_of("tre")),
            ("Of the fifth", QNA, line_of("cinque")),
        )
        # The first seed goes, the third one says something else, the fifth is replaced by another at another place.
        text = FEEDING.replace("  - question: One?\n    answer: uno\n", "").replace("answer: tre", "answer: three")
        folder.leaf_file(BIRDS).write_text(f"# a line more\n{text.partition('  - question: Five?')[0]}")
        await opened.until(lambda: any(isinstance(item, Said) and item.comment.seed == 1 for item in pane.sheet.items))
        assert "of what is gone since" in "\n".join(pane.sheet.shown)
        await opened.press("enter")
        seeds = await at_seeds(opened, "Of the second")
        assert seeds.form.path == ("seed_examples", 0)
        assert "Of the second" in card(opened, 1)
        assert "earlier" not in card(opened, 1)
        edited = " ".join(card(opened, 2).split())
        assert "rita" in edited and "of an earlier version" in edited
        assert "Of the" not in card(opened, 3)
        # What is about a seed that is gone stands at the step as a whole.
        await opened.until(lambda: "of what is gone since: Of the" in " ".join(opened.text.replace("┃", " ").split()))
        await opened.press("f5")
        await opened.until(lambda: isinstance(opened.app.screen, LinesWindow))
        assert "Of the second" in opened.text
        await opened.press("escape")


async def test_the_next_thing_that_is_not_right_is_what_a_reviewer_asks_for(world: World) -> None:
    folder = world.draft()
    said = (("Two", QNA, line_of("due")), ("Five", QNA, line_of("cinque")), ("Task", QNA, line_of("task_description")))
    lint = f"{QNA}:{line_of('quattro')}:5: too short"
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        await reviewed(opened, world, *said, lint=lint)
        await opened.press("f4")
        await opened.until(lambda: opened.wizard.step == Step.DESCRIPTION and opened.focused == "about")
        assert "rita" in opened.text and "Task" in opened.text
        for number, words in ((2, "Two"), (4, "too short"), (5, "Five")):
            await opened.press("f4")
            await landed(opened, number, words)
        assert "✖ lint" in card(opened, 4)
        await opened.press("f4")
        await opened.until(lambda: opened.wizard.step == Step.DESCRIPTION)
        # What was changed since needs no second look.
        folder.leaf_file(BIRDS).write_text(FEEDING.replace("Say what a bird eats.", "Say what a bird drinks."))
        await opened.until(lambda: "of an earlier version" in opened.text)
        await opened.press("f4")
        await at_seeds(opened, "Two")
        await opened.press("f4", "f4", "f4")
        await opened.until(lambda: opened.pane(SeedsPane).form.path == ("seed_examples", 1))


async def test_what_is_said_of_other_fields_stands_below_them(world: World) -> None:
    folder = world.draft()
    said = (("Which birds?", QNA, line_of("task_description")), ("Why three?", QNA, line_of("version: 3")))
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        await reviewed(opened, world, *said, ("Is that so?", BESIDE, 3), ("All of it?", QNA, 0))
        await opened.wizard.go(Step.DESCRIPTION)
        await opened.until(lambda: "Which birds?" in opened.text)
        heard = {str(one.field.id): one.query_one(".said", Plain) for one in opened.wizard.query(Labelled)}
        assert [name for name, plain in heard.items() if plain.display] == ["about"]
        # What no field of the step shows stands at its end.
        await opened.until(lambda: "Why three?" in opened.text)
        await opened.wizard.go(Step.ATTRIBUTION)
        pane = opened.pane(AttributionPane)
        await opened.until(lambda: "Is that so?" in opened.text)
        shown = [one for one in pane.query(Labelled) if one.query_one(".said", Plain).display]
        assert [one.id or str(type(one.field).__name__) for one in shown] == ["LicenceLine"]
        file = folder.attribution_file(BIRDS)
        file.write_text(file.read_text().replace("CC-BY-SA-4.0", "CC0-1.0"))
        await opened.until(lambda: "of an earlier version" in " ".join(opened.text.split()))


async def test_nothing_is_shown_of_a_request_that_is_over(world: World) -> None:
    folder = world.draft()
    async with contribution(folder, world.workspace, Step.SUBMIT) as opened:
        await reviewed(opened, world, ("Which?", QNA, line_of("due")))
        world.forge.state.merge(world.forge.state.requests[0])
        await opened.press("r")
        await opened.until(lambda: "It is merged" in opened.text)
        await opened.wizard.go(Step.SEEDS)
        pane = await at_seeds(opened, "due")
        assert "Which?" not in "\n".join(pane.form.sheet.shown)
        assert "f5" not in opened.text


def pushed(workspace: Workspace, path: str, text: str) -> str:
    """A commit that holds the file, as it would have been pushed."""
    file = workspace.taxonomy / path
    file.parent.mkdir(parents=True)
    file.write_text(text)
    for words in (("add", "--all"), ("commit", "--quiet", "-m", "Owls")):
        subprocess.run(["git", *words], cwd=workspace.taxonomy, check=True)
    return subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=workspace.taxonomy, text=True).strip()


async def test_what_is_said_of_the_document_stands_below_its_fields(workspace: Workspace) -> None:
    folder = drafting.whole(workspace)
    leaf = "knowledge/owls"
    path, text = f"{leaf}/qna.yaml", folder.leaf_file(leaf).read_text()
    commit = pushed(workspace, path, text)

    def reviewed(draft: Draft) -> None:
        draft.branch, draft.commit = "contribute/owls", commit
        lines = {words: line_of(words, text) for words in ("commit: 0", "- owls.md", "The 3th owl")}
        draft.request = Request(
            forge="github",
            number=1,
            url="https://forge.example/1",
            comments=tuple(
                Comment(author="rita", text=f"Of {words}", path=path, line=line, leaf=leaf)
                for words, line in lines.items()
            ),
        )

    folder.change(reviewed)
    async with contribution(folder, workspace, Step.DOCUMENT) as opened:
        pane = opened.pane(DocumentPane)

        def heard() -> list[str]:
            return [name_of(one) for one in pane.query(Labelled) if one.query_one(".said", Plain).display]

        await opened.until(lambda: heard() == ["commit", "patterns"] and "Of commit: 0" in opened.text)
        assert "The 3th owl" not in opened.text
        await opened.press("f4")
        await landed(opened, 3, "Of The 3th owl")
        await opened.press("f4")
        await opened.until(lambda: opened.wizard.step == Step.DOCUMENT and opened.focused == "commit")
        await opened.press("f4")
        await opened.until(lambda: opened.focused == "patterns")
        await opened.until(lambda: "Of - owls.md" in opened.text)
