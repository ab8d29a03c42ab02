"""Attribution by keyboard: every letter in attribution.txt, licences searched, several works."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual.containers import Vertical
from textual.widget import Widget

from labtui.contribute.attribution.works import WorkFields
from labtui.contribute.documents.local_documents import look, take
from labtui.contribute.drafts import store
from labtui.contribute.leaves.adding import add_leaf, read_attribution, write_attribution
from labtui.contribute.leaves.leaf_files import edit
from labtui.contribute.records import Step
from labtui.screens.contribute.attribution import AttributionPane
from labtui.screens.contribute.labelled import Line
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM
from labtui.workspace import Workspace
from tests.lab_app import notices
from tests.screens.contribute.opened import Opened, contribution


async def begun(opened: Opened, field: str = "title-0") -> AttributionPane:
    await opened.until(lambda: opened.focused == field)
    return opened.pane(AttributionPane)


async def test_knowledge_is_attributed_by_keyboard_alone(workspace: Workspace) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    leaf = folder.load().leaves[0].id
    async with contribution(folder, workspace, Step.ATTRIBUTION) as opened:
        pane = await begun(opened)
        await opened.type("四十雀の図鑑")
        await opened.press("enter")
        await opened.type("https://example.org/tits")
        await opened.press("enter")
        await opened.type("3rd edition")
        await opened.press("enter")
        await opened.type("wikipedia")
        await opened.until(lambda: "✔ CC-BY-SA-4.0" in opened.text)
        # What is being searched for is not called wrong.
        await pane.flush()
        await opened.until(lambda: "enter take the licence" in opened.text)
        assert "is not the name of a licence" not in opened.text
        await opened.press("enter")
        await opened.until(lambda: opened.focused == "creators-0")
        await opened.type("山田花子")
        await opened.press("enter")
        await opened.until(lambda: opened.focused == "on")
        await pane.flush()
        assert read_attribution(folder, leaf) == [
            WorkFields(
                title="四十雀の図鑑",
                link="https://example.org/tits",
                revision="3rd edition",
                licence="CC-BY-SA-4.0",
                creators="山田花子",
            )
        ]
        await opened.until(lambda: opened.step(Step.ATTRIBUTION).state == "done")
        await opened.press("enter")
        await opened.until(lambda: opened.wizard.step == Step.CHECK)


async def test_a_letter_is_on_disk_without_leaving_the_field(workspace: Workspace) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    leaf = folder.load().leaves[0].id
    async with contribution(folder, workspace, Step.ATTRIBUTION) as opened:
        await begun(opened)
        await opened.type("q")
        await opened.until(lambda: read_attribution(folder, leaf)[0].title == "q")
        assert opened.focused == "title-0"
    async with contribution(folder, workspace, Step.ATTRIBUTION) as opened:
        # On another day the first field that says nothing has the cursor.
        await begun(opened, "link-0")
        assert "q" in opened.text


async def test_of_a_licence_that_is_not_accepted_it_is_said_why(workspace: Workspace) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    async with contribution(folder, workspace, Step.ATTRIBUTION) as opened:
        pane = await begun(opened)
        pane.go_to_field(("licence",))
        await opened.type("cc-by-nc-4")
        await opened.until(lambda: "✖ CC-BY-NC-4.0" in opened.text and "commercial" in opened.text)
        await opened.press("down", "enter")
        await opened.until(lambda: opened.focused == "creators-0")
        await opened.until(lambda: "The licence CC-BY-NC-4.0 is not among those" in opened.text)
        await opened.until(lambda: opened.step(Step.ATTRIBUTION).state == "problem")


async def test_of_several_that_may_be_meant_one_is_chosen_by_sight(workspace: Workspace) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    async with contribution(folder, workspace, Step.ATTRIBUTION) as opened:
        pane = await begun(opened)
        pane.go_to_field(("licence",))
        await opened.type("cc by")
        await opened.until(lambda: "✔ CC-BY-4.0" in opened.text)
        await opened.press("enter")
        assert opened.focused == "licence-0"
        await opened.press("down", "enter")
        await opened.until(lambda: opened.focused == "creators-0")
        await pane.flush()
        assert read_attribution(folder, folder.load().leaves[0])[0].licence == "CC-BY-4.0"


async def test_what_one_made_up_oneself(workspace: Workspace) -> None:
    folder = store.new(workspace, FREEFORM)
    leaf = folder.load().leaves[0]
    edit(folder, leaf, lambda editor: editor.typed(("task_description",), "Say it in haiku."))
    async with contribution(folder, workspace, Step.ATTRIBUTION) as opened:
        pane = await begun(opened, "own")
        assert "Link" not in opened.text
        await opened.press("enter")
        await begun(opened, "licence-0")
        await opened.type("apache")
        await opened.press("enter")
        await pane.flush()
        assert read_attribution(folder, leaf) == [
            WorkFields(title="Say it in haiku.", licence="Apache-2.0", creators="Hanako")
        ]


async def test_several_works(workspace: Workspace) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    leaf = folder.load().leaves[0]
    async with contribution(folder, workspace, Step.ATTRIBUTION, size=(120, 40)) as opened:
        pane = await begun(opened)
        await opened.type("One")
        pane.query_one("#another").focus()
        await opened.press("enter")
        await opened.until(lambda: opened.focused == "title-1")
        await opened.type("Two")
        await pane.flush()
        assert [work.title for work in read_attribution(folder, leaf)] == ["One", "Two"]
        assert "work 2 of 2" in opened.text
        pane.query_one("#out-0").focus()
        await opened.press("enter")
        await opened.until(lambda: "Take this work out" in opened.text)
        await opened.press("y")
        await opened.until(lambda: [work.title for work in read_attribution(folder, leaf)] == ["Two"])
        await opened.until(lambda: "work 1 of" not in opened.text and "Two" in opened.text)


async def test_what_is_known_of_the_document_is_taken_over(workspace: Workspace, tmp_path: Path) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    leaf = folder.load().leaves[0]
    (tmp_path / "tide_organ.md").write_text("# The tide organ")
    take(folder, leaf.id, look(tmp_path / "tide_organ.md"), licence="CC-BY-4.0")
    async with contribution(folder, workspace, Step.ATTRIBUTION) as opened:
        pane = await begun(opened, "known")
        await opened.press("enter")
        await begun(opened, "link-0")
        await pane.flush()
        assert read_attribution(folder, leaf) == [WorkFields(title="tide organ", licence="CC-BY-4.0")]


async def test_two_leaves_have_each_their_own(workspace: Workspace) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    add_leaf(folder, KNOWLEDGE)
    first, second = folder.load().leaves
    async with contribution(folder, workspace, Step.ATTRIBUTION) as opened:
        await begun(opened)
        await opened.type("first")
        await opened.wizard.go(Step.ATTRIBUTION, second.id)
        await opened.until(lambda: opened.pane(AttributionPane).facts.leaf == second.id)
        await begun(opened)
        await opened.type("second")
        await opened.pane(AttributionPane).flush()
    assert read_attribution(folder, first)[0].title == "first"
    assert read_attribution(folder, second)[0].title == "second"


async def test_a_file_that_cannot_be_written_is_said(workspace: Workspace) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    leaf = folder.load().leaves[0]
    async with contribution(folder, workspace, Step.ATTRIBUTION) as opened:
        pane = await begun(opened)
        file = folder.attribution_file(leaf)
        file.unlink()
        file.mkdir()
        await opened.type("x")
        await pane.flush()
        assert pane.not_kept
        await opened.until(lambda: "not saved" in opened.text)
        file.rmdir()
        await opened.type("y")
        await opened.until(lambda: file.is_file() and read_attribution(folder, leaf)[0].title == "xy")
        await opened.until(lambda: not pane.not_kept)
        assert notices(opened.app) == []


async def test_enter_goes_on_although_the_step_was_read_again_while_its_fields_came(workspace: Workspace) -> None:
    """Reading anew breaks off the reading before, and that one was bringing the fields."""
    folder = store.new(workspace, FREEFORM)
    async with contribution(folder, workspace, Step.ATTRIBUTION) as opened:
        pane = await begun(opened, "own")
        works = pane.query_one("#works", Vertical)
        await works.remove_children()
        mount, mounted = works.mount, asyncio.Event()

        async def never_ends(form: Widget) -> None:
            await mount(form)
            mounted.set()
            await asyncio.Event().wait()

        works.mount = never_ends  # type: ignore[method-assign, assignment]
        pane._fill_soon()
        await mounted.wait()
        pane._fill_soon()
        await opened.press("down")
        await opened.until(lambda: opened.focused == "title-0")
        await opened.until(lambda: "of what you made up yourself" in opened.text)
        await opened.press("enter")
        await opened.until(lambda: opened.focused == "licence-0")


async def test_what_somebody_else_writes_is_not_taken_back_by_leaving_the_field(workspace: Workspace) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    leaf = folder.load().leaves[0]
    async with contribution(folder, workspace, Step.ATTRIBUTION) as opened:
        pane = await begun(opened)
        await opened.type("Mine")
        await opened.until(lambda: pane.query_one("#title-0", Line).filled == "Mine")
        write_attribution(folder, leaf, [WorkFields(title="Theirs", creators="Hanako")])
        await pane.flush()
        assert [work.title for work in read_attribution(folder, leaf)] == ["Theirs"]
