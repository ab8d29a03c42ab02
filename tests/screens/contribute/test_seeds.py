"""Seeds by keyboard: cards written in place, each letter on disk, how alike they are, what the model says."""

from __future__ import annotations

import pytest

from labtui import paths
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.adding import add_leaf, add_seed
from labtui.contribute.records import Evidence, ModelAnswer, ModelUsed, Step
from labtui.screens.contribute.seeds import SeedsPane
from labtui.taxonomy.fields import PAIRS, SEEDS
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, GROUNDED, Leaf, read_leaf_file
from labtui.workspace import Workspace
from tests.lab_app import notices
from tests.screens.contribute.opened import Opened, contribution
from tests.scripted_server import Answer, ScriptedServer

JAPANESE = (
    ("四十雀の餌は。", "虫と種。"),
    ("翼の色は何色か。", "青灰色。"),
    ("どこに巣を作る。", "木の洞。"),
    ("卵はいくつ産む。", "七個ほど。"),
    ("冬の過ごし方は。", "群れる。"),
)


def leaf_of(folder: DraftFolder, number: int = 0) -> Leaf:
    leaf = folder.load().leaves[number]
    return read_leaf_file(folder.leaf_file(leaf), leaf.id)


def asked(folder: DraftFolder) -> list[str]:
    return [pair.question for seed in leaf_of(folder).seeds for pair in seed.pairs]


async def begun(opened: Opened) -> SeedsPane:
    pane = opened.pane(SeedsPane)
    await opened.until(lambda: pane.facts is not None and pane.form.has_focus_within)
    return pane


async def test_five_seeds_typed_in_japanese_by_keyboard_alone(workspace: Workspace) -> None:
    folder = store.new(workspace, FREEFORM)
    async with contribution(folder, workspace, Step.SEEDS) as opened:
        pane = await begun(opened)
        for number, (question, answer) in enumerate(JAPANESE):
            await opened.until(lambda number=number: pane.form.writing and pane.form.path[1] == number)
            assert "enter next field" in opened.text
            await opened.type(question)
            await opened.press("enter")
            await opened.until(lambda: pane.form.path[-1] == "answer")
            await opened.type(answer)
            await opened.press("enter")
            await opened.until(lambda: not pane.form.writing)
            if number < 4:
                assert "enter add it" in opened.text
                await opened.press("enter")
        await opened.until(lambda: opened.step(Step.SEEDS).state == "done")
        await opened.until(lambda: "5 seeds" in opened.text and "variety" in opened.text)
        await opened.press("down")
        await opened.until(lambda: "enter go on" in opened.text)
        await opened.press("enter")
        await opened.until(lambda: opened.wizard.step == Step.ATTRIBUTION)
    assert [(seed.pairs[0].question, seed.pairs[0].answer) for seed in leaf_of(folder).seeds] == list(JAPANESE)


async def test_a_letter_is_on_disk_while_the_field_is_open(workspace: Workspace) -> None:
    folder = store.new(workspace, FREEFORM)
    async with contribution(folder, workspace, Step.SEEDS) as opened:
        pane = await begun(opened)
        await opened.type("q")
        await opened.until(lambda: asked(folder) == ["q"])
        assert pane.form.writing
        await opened.press("ctrl+j")
        await opened.type("r")
        await opened.until(lambda: asked(folder) == ["q\nr\n"])
        assert pane.form.text.text == "q\nr"
        await opened.press("ctrl+z")
        await opened.until(lambda: asked(folder) == [""])
    # Nothing was saved by leaving; the next time it is there.
    async with contribution(folder, workspace, Step.SEEDS) as opened:
        pane = await begun(opened)
        assert pane.form.writing


async def test_keys_of_the_cards(workspace: Workspace) -> None:
    folder = store.new(workspace, FREEFORM)
    leaf = folder.load().leaves[0]
    for number in range(3):
        add_seed(folder, leaf, f"Question number {number}?", f"answer {number}")
    async with contribution(folder, workspace, Step.SEEDS, size=(120, 40)) as opened:
        pane = await begun(opened)
        pane.form.sheet.go_to((SEEDS, 1))
        await opened.press("a")
        await opened.until(lambda: pane.form.writing)
        await opened.type("New?")
        await opened.press("escape")
        await opened.until(lambda: not pane.form.writing)
        assert asked(folder) == ["Question number 0?", "Question number 1?", "New?", "Question number 2?"]
        await opened.press("delete")
        await opened.until(lambda: len(asked(folder)) == 3)
        assert any("Seed 3 is deleted" in text for text in notices(opened.app))
        await opened.press("ctrl+z")
        await opened.until(lambda: len(asked(folder)) == 4)
        await opened.press("ctrl+y")
        await opened.until(lambda: len(asked(folder)) == 3)
        pane.form.sheet.go_to((SEEDS, 2))
        await opened.press("shift+up")
        await opened.until(lambda: asked(folder)[1] == "Question number 2?")


async def test_a_question_is_not_asked_twice(workspace: Workspace) -> None:
    folder = store.new(workspace, FREEFORM)
    leaf = folder.load().leaves[0]
    for number in range(5):
        add_seed(folder, leaf, JAPANESE[number][0], JAPANESE[number % 4][1])
    async with contribution(folder, workspace, Step.SEEDS) as opened:
        pane = await begun(opened)
        assert opened.step(Step.SEEDS).state == "done"
        pane.go_to_field((SEEDS, 4, "question"))
        await opened.press("home", "shift+end", "delete")
        await opened.type(JAPANESE[0][0])
        await opened.press("escape")
        await opened.until(lambda: any("asks the same as seed 1" in text for text in notices(opened.app)))
        await opened.until(lambda: opened.step(Step.SEEDS).state == "problem")
        await opened.until(lambda: "! seed 5 asks the same as seed 1" in opened.text)
        pane.form.sheet.go_to(("go on",))
        await opened.press("enter")
        # The cursor goes to what is not right; the wizard does not go on.
        await opened.until(lambda: pane.form.path != ("go on",))
        assert opened.wizard.step == Step.SEEDS


async def test_seeds_that_are_alike_are_named(workspace: Workspace) -> None:
    folder = store.new(workspace, FREEFORM)
    leaf = folder.load().leaves[0]
    for colour in ("red", "blue", "green"):
        add_seed(folder, leaf, f"What is another word for the colour {colour} in a poem?", f"A poet may say {colour}.")
    async with contribution(folder, workspace, Step.SEEDS) as opened:
        await begun(opened)
        await opened.until(lambda: "very alike" in opened.text)
        assert "of their wording" in opened.text
        assert "3 of 5 seeds" in opened.text


async def test_knowledge_has_pairs_and_contexts(workspace: Workspace) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    async with contribution(folder, workspace, Step.SEEDS, size=(120, 40)) as opened:
        pane = await begun(opened)
        assert pane.form.path == (SEEDS, 0, "context")
        await opened.type("A tit is a small bird.")
        await opened.press("enter")
        await opened.type("What is a tit?")
        await opened.press("enter")
        await opened.type("A small bird.")
        await opened.press("enter")
        await opened.until(lambda: "enter add it" in opened.text)
        await opened.press("enter")
        await opened.until(lambda: pane.form.writing and pane.form.path == (SEEDS, 0, PAIRS, 1, "question"))
        await opened.type("Is it big?")
        await opened.press("escape")
        await opened.until(lambda: asked(folder) == ["What is a tit?", "Is it big?"])
        pane.form.sheet.go_to(("mark",))
        await opened.until(lambda: "enter open the document" in opened.text)


async def test_limits_are_counted_while_one_types(workspace: Workspace) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    async with contribution(folder, workspace, Step.SEEDS) as opened:
        await begun(opened)
        await opened.press("enter")
        await opened.type("one two three")
        await opened.until(lambda: "3/250" in opened.text)


async def test_what_the_model_says_stands_below_the_answer(workspace: Workspace) -> None:
    folder = store.new(workspace, FREEFORM)
    leaf = folder.load().leaves[0]
    made = ModelUsed(model="smollm2", system="Be brief.", sampling={"temperature": 0.0})
    add_seed(folder, leaf, "What do titmice eat?", "They eat insects and seeds.")
    add_seed(folder, leaf, "Where do they nest?", "In holes of trees.")
    folder.add_answer(ModelAnswer(leaf=leaf.id, question="What do titmice eat?", answer="Rocks\x1b[2J.", made=made))
    folder.add_evidence(
        Evidence(leaf=leaf.id, question="Where do they nest?", answer="On Mars.", corrected="In holes.", made=made)
    )
    async with contribution(folder, workspace, Step.SEEDS, size=(120, 40)) as opened:
        pane = await begun(opened)
        await opened.until(lambda: "smollm2 now: Rocks␛." in opened.text)
        assert "far: 0 of" in opened.text
        assert "smollm2 answered before: On Mars." in opened.text
        await opened.press("escape")
        pane.form.sheet.focus()
        pane.form.sheet.go_to((SEEDS, 1))
        await opened.press("e")
        await opened.until(lambda: "Corrected to" in opened.text and "Be brief." in opened.text)


async def test_the_model_is_asked_by_a_key_and_what_it_says_is_kept(workspace: Workspace) -> None:
    folder = store.new(workspace, FREEFORM)
    leaf = folder.load().leaves[0]
    add_seed(folder, leaf, "What do titmice eat?", "They eat insects and seeds.")
    add_seed(folder, leaf, "Where do they nest?", "In holes of trees.")
    with ScriptedServer(Answer("Rocks\x1b[2J", " and [bold]sand[/bold].")) as model:
        paths.config_file().parent.mkdir(parents=True, exist_ok=True)
        remote = f"{{url: '{model.url}', context: {model.context}}}"
        paths.config_file().write_text(f"serve:\n  remotes:\n    box: {remote}\nchat:\n  model: box\n")
        async with contribution(folder, workspace, Step.SEEDS, size=(120, 40)) as opened:
            pane = await begun(opened)
            pane.form.sheet.focus()
            await opened.press("m")
            await opened.until(lambda: "box now: Rocks␛" in opened.text)
            await opened.until(lambda: pane._asking is None)
            assert opened.text.count("[bold]sand[/bold]") == 2
        asked = [one["messages"][-1]["content"] for one in model.requests if "messages" in one]
    assert asked == ["What do titmice eat?", "Where do they nest?"]
    assert [one.question for one in folder.answers()] == asked
    # It is found again without the model.
    async with contribution(folder, workspace, Step.SEEDS, size=(120, 40)) as opened:
        await begun(opened)
        await opened.until(lambda: "box now: Rocks␛" in opened.text)


async def test_without_a_model_asking_says_what_to_do(workspace: Workspace) -> None:
    folder = store.new(workspace, FREEFORM)
    add_seed(folder, folder.load().leaves[0], "What do titmice eat?", "Insects.")
    async with contribution(folder, workspace, Step.SEEDS) as opened:
        pane = await begun(opened)
        pane.form.sheet.focus()
        await opened.press("m")
        await opened.until(lambda: "model" in opened.text and len(opened.app.screen_stack) > 1)
        await opened.press("escape")
        await opened.until(lambda: pane._asking is None)


async def test_what_another_pane_or_application_writes_is_taken_in(workspace: Workspace) -> None:
    folder = store.new(workspace, FREEFORM)
    leaf = folder.load().leaves[0]
    async with contribution(folder, workspace, Step.SEEDS) as opened:
        pane = await begun(opened)
        await opened.type("mine")
        await pane.flush()
        file = folder.leaf_file(leaf)
        file.write_text(file.read_text().replace("task_description: ''", "task_description: theirs"))
        await opened.type("!")
        await pane.flush()
        found = leaf_of(folder)
        assert (found.description, found.seeds[0].pairs[0].question) == ("theirs", "mine!")


async def test_two_leaves_keep_apart(workspace: Workspace) -> None:
    folder = store.new(workspace, FREEFORM)
    add_leaf(folder, GROUNDED)
    first, second = folder.load().leaves
    async with contribution(folder, workspace, Step.SEEDS) as opened:
        pane = await begun(opened)
        await opened.type("first")
        await opened.wizard.go(Step.SEEDS, second.id)
        await opened.until(lambda: pane.session is not None and pane.session.id == second.id and pane.form.writing)
        await opened.type("second")
        await pane.flush()
    assert leaf_of(folder, 0).seeds[0].pairs[0].question == "first"
    assert leaf_of(folder, 1).seeds[0].context == "second"
    assert first.id != second.id


@pytest.mark.parametrize("size", [(40, 12), (200, 60)])
async def test_every_size_shows_something(workspace: Workspace, size: tuple[int, int]) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    async with contribution(folder, workspace, Step.SEEDS, size=size) as opened:
        await begun(opened)


async def test_a_file_that_is_no_yaml_is_said(workspace: Workspace) -> None:
    folder = store.new(workspace, FREEFORM)
    folder.leaf_file(folder.load().leaves[0]).write_text("a: 'b\n")
    async with contribution(folder, workspace, Step.SEEDS) as opened:
        pane = await begun(opened)
        await opened.until(lambda: "Line" in opened.text)
        await opened.press("enter", "a", "m", "e", "delete")
        assert not pane.form.writing
