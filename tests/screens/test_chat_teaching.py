"""From a wrong answer in the chat to a seed of a contribution, by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, OptionList

from labtui import workspace as workspaces
from labtui.contribute.drafts import store
from labtui.contribute.teaching.lessons import Basket
from labtui.screens.chat.basket_window import BasketWindow
from labtui.screens.chat.destination_window import DestinationWindow
from labtui.screens.chat.teach_window import LessonText, TeachWindow
from labtui.taxonomy.leaf import read_leaf_file
from labtui.workspace import Workspace
from tests.contribute.owls import FEEDING, add_owls
from tests.lab_app import notices
from tests.screens.test_chat import NARROW, WIDE, Chat, chat_on
from tests.scripted_server import Answer, ScriptedServer

WRONG = "A chickadee eats bread."


@pytest.fixture
def lab(tmp_path: Path) -> Workspace:
    return workspaces.create(tmp_path / "lab")


def field(chat: Chat, name: str) -> LessonText:
    return chat.app.screen.query_one(f"#{name}", LessonText)


async def teach(chat: Chat, text: str) -> None:
    await chat.press("ctrl+t")
    await chat.until(lambda: isinstance(chat.app.screen, TeachWindow))
    await chat.press(*text)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_two_answers_are_corrected_collected_and_written(lab: Workspace, size: tuple[int, int]) -> None:
    with ScriptedServer(Answer(WRONG), Answer("In summer.")) as server:
        async with chat_on(lab.root, server, size=size) as chat:
            await chat.ask("What does a chickadee eat?")
            await teach(chat, "Seeds.")
            assert "A chickadee eats bread." in chat.text, "the model's own answer stands beside"
            await chat.until(lambda: [one.corrected for one in Basket(lab).lessons()] == ["Seeds."])
            await chat.press("ctrl+s")
            await chat.until(lambda: "1 to be taught" in chat.text and "collected to be taught" in chat.text)
            await chat.ask("When does it sing?")
            await teach(chat, "In spring.")
            await chat.press("ctrl+t")
            await chat.until(lambda: isinstance(chat.app.screen, BasketWindow))
            await chat.until(lambda: "a new contribution, a freeform skill" in chat.text)
            assert "What does a chickadee eat?" in chat.text and "When does it sing?" in chat.text
            await chat.press("w")
            await chat.until(lambda: chat.app.here == "contribute")
            [folder] = store.list_drafts(lab)
            [leaf] = folder.load().leaves
            seeds = read_leaf_file(folder.leaf_file(leaf), leaf.id).seeds
            assert [(seed.pairs[0].question, seed.pairs[0].answer) for seed in seeds] == [
                ("What does a chickadee eat?", "Seeds."),
                ("When does it sing?", "In spring."),
            ]
            evidence = folder.evidence()
            assert [one.answer for one in evidence] == [WRONG, "In summer."]
            assert evidence[0].made is not None and evidence[0].made.model == "box"
            assert evidence[0].made.sampling["temperature"] == 0.7
            assert [one.turn for one in evidence] == [chat.turns()[1].id, chat.turns()[3].id]
            await chat.press("escape", "escape")
            chat.app.open("chat")
            await chat.until(lambda: f"taught in contribution {folder.short_id}" in chat.text)
            assert "to be taught" not in chat.text
            await chat.press("ctrl+t")
            await chat.until(lambda: f"taught in contribution {folder.short_id} already" in chat.text)


async def test_closed_by_accident_nothing_typed_is_lost(lab: Workspace) -> None:
    with ScriptedServer(Answer(WRONG)) as server:
        async with chat_on(lab.root, server) as chat:
            await chat.ask("What does a chickadee eat?")
            await teach(chat, "種を食べます")
            await chat.press("escape")
            await chat.until(lambda: not isinstance(chat.app.screen, TeachWindow))
            await chat.press("ctrl+t")
            await chat.until(lambda: isinstance(chat.app.screen, TeachWindow))
            assert field(chat, "corrected").text == "種を食べます"
            await chat.press("enter", *"!")
        # The application ended with the window open.
        assert [one.corrected for one in Basket(lab).lessons()] == ["種を食べます\n!"]


async def test_keys_that_were_typed_at_once_land_where_they_belong(lab: Workspace) -> None:
    """A slow line delivers a burst: teach, the answer, to the basket, and back to the chat."""
    with ScriptedServer(Answer(WRONG)) as server:
        async with chat_on(lab.root, server) as chat:
            await chat.ask("What does a chickadee eat?")
            for key in ("ctrl+t", *"Seeds", "tab", *"Text", "ctrl+t", "escape", *"next"):
                chat.app.post_message(events.Key(key, key if len(key) == 1 else None))
            await chat.until(lambda: chat.screen.prompt.text == "next")
            [lesson] = Basket(lab).lessons()
            assert (lesson.corrected, lesson.context) == ("Seeds", "Text")


async def test_only_looking_collects_nothing(lab: Workspace) -> None:
    with ScriptedServer(Answer(WRONG)) as server:
        async with chat_on(lab.root, server) as chat:
            await chat.press("ctrl+t")
            await chat.until(lambda: any("no answer here" in text for text in notices(chat.app)))
            await chat.ask("What does a chickadee eat?")
            await chat.press("ctrl+t")
            await chat.until(lambda: isinstance(chat.app.screen, TeachWindow))
            assert "what the model says. Correct" in chat.text
            assert field(chat, "corrected").text == WRONG
            await chat.press("escape")
            await chat.until(lambda: not isinstance(chat.app.screen, TeachWindow))
            assert Basket(lab).lessons() == []


async def test_while_an_answer_comes_the_one_before_is_not_taken_for_it(lab: Workspace) -> None:
    with ScriptedServer(Answer("First."), Answer("Sec", "ond.", wait_after=1)) as server:
        async with chat_on(lab.root, server) as chat:
            await chat.ask("One?")
            await chat.type("Two?")
            await chat.press("enter")
            await chat.until(server.waiting.is_set)
            await chat.press("ctrl+t")
            await chat.until(lambda: any("still on its way" in text for text in notices(chat.app)))
            assert not isinstance(chat.app.screen, TeachWindow)
            server.go()
            await chat.idle()
            await chat.press("ctrl+t")
            await chat.until(lambda: isinstance(chat.app.screen, TeachWindow))
            assert field(chat, "corrected").text == "Second."


async def test_an_earlier_answer_is_taught_from_its_turn(lab: Workspace) -> None:
    with ScriptedServer(Answer("First."), Answer("Second.")) as server:
        async with chat_on(lab.root, server) as chat:
            await chat.ask("One?")
            await chat.ask("Two?")
            await chat.press("ctrl+up", "home", "t")
            await chat.until(lambda: isinstance(chat.app.screen, TeachWindow))
            assert (field(chat, "question").text, field(chat, "corrected").text) == ("One?", "First.")


async def test_what_is_dropped_comes_back(lab: Workspace) -> None:
    with ScriptedServer(Answer(WRONG)) as server:
        async with chat_on(lab.root, server) as chat:
            await chat.ask("What does a chickadee eat?")
            await teach(chat, "Seeds.")
            await chat.press("f8")
            await chat.until(lambda: not isinstance(chat.app.screen, TeachWindow))
            assert Basket(lab).lessons() == []
            await chat.press("f6")
            await chat.until(lambda: "Nothing is collected" in chat.text)
            await chat.press("u")
            await chat.until(lambda: "Seeds." in chat.text)
            await chat.press("d")
            await chat.until(lambda: "Nothing is collected" in chat.text)
            await chat.press("u", "enter")
            await chat.until(lambda: isinstance(chat.app.screen, TeachWindow))
            assert field(chat, "corrected").text == "Seeds."


async def test_a_leaf_of_the_taxonomy_is_found_by_words_and_extended(lab: Workspace) -> None:
    add_owls(lab)
    name = FEEDING
    with ScriptedServer(Answer(WRONG)) as server:
        async with chat_on(lab.root, server) as chat:
            await chat.ask("What does a chickadee eat?")
            await teach(chat, "Seeds.")
            await chat.press("ctrl+t")
            await chat.until(lambda: isinstance(chat.app.screen, BasketWindow))
            for key in ("o", *"feed"):
                chat.app.post_message(events.Key(key, key))
            await chat.until(lambda: isinstance(chat.app.screen, DestinationWindow))
            await chat.until(lambda: f"extend: {name}" in chat.text and "new: knowledge" not in chat.text)
            assert chat.app.screen.query_one(Input).value == "feed"
            assert chat.app.screen.query_one(OptionList).highlighted == 0
            await chat.press("enter")
            await chat.until(lambda: "taxonomy, in a new contribution" in chat.text)
            await chat.press("w")
            await chat.until(lambda: chat.app.here == "contribute")
            [folder] = store.list_drafts(lab)
            leaf = read_leaf_file(folder.leaf_file(name), name)
            assert [seed.pairs[0].question for seed in leaf.seeds] == [
                "What do owls eat?",
                "What does a chickadee eat?",
            ]


async def test_a_leaf_that_is_much_alike_is_named_unasked_and_extended_on_a_key(lab: Workspace) -> None:
    add_owls(lab)
    with ScriptedServer(Answer("Grass.")) as server:
        async with chat_on(lab.root, server) as chat:
            await chat.ask("What do young owls eat?")
            await teach(chat, "Mice.")
            await chat.press("ctrl+t")
            await chat.until(lambda: "much alike" in chat.text and FEEDING in chat.text)
            await chat.press("e")
            await chat.until(lambda: "taxonomy, in a new contribution" in chat.text and "much alike" not in chat.text)
            await chat.press("w")
            await chat.until(lambda: chat.app.here == "contribute")
            [folder] = store.list_drafts(lab)
            assert [leaf.id for leaf in folder.load().leaves] == [FEEDING]


async def test_what_cannot_be_written_stays_and_says_why(lab: Workspace) -> None:
    with ScriptedServer(Answer(WRONG)) as server:
        async with chat_on(lab.root, server) as chat:
            await chat.ask("What does a chickadee eat?")
            await teach(chat, "Seeds.")
            await chat.press("ctrl+a", "ctrl+k")
            await chat.until(lambda: "There is no answer" in chat.text)
            await chat.press("ctrl+t")
            await chat.until(lambda: isinstance(chat.app.screen, BasketWindow) and "There is no answer" in chat.text)
            await chat.press("w")
            await chat.until(lambda: "There is nothing to write" in chat.text)
            assert len(Basket(lab).lessons()) == 1 and store.list_drafts(lab) == []


async def test_a_disk_that_refuses_is_said_while_one_types(lab: Workspace) -> None:
    with ScriptedServer(Answer(WRONG)) as server:
        async with chat_on(lab.root, server) as chat:
            await chat.ask("What does a chickadee eat?")
            Basket(lab).folder.write_text("a file stands in its place")
            await teach(chat, "Seeds.")
            await chat.until(lambda: "cannot be kept" in chat.text)
            await chat.press("ctrl+s")
            assert isinstance(chat.app.screen, TeachWindow), "it does not pretend to have kept it"
            Basket(lab).folder.unlink()
            await chat.press("ctrl+s")
            await chat.until(lambda: not isinstance(chat.app.screen, TeachWindow))
            assert [one.corrected for one in Basket(lab).lessons()] == ["Seeds."]


async def test_an_answer_with_terminal_sequences_is_shown_and_written_harmlessly(lab: Workspace) -> None:
    with ScriptedServer(Answer("\x1b[2Jgone\x1b]52;c;aGk=\x07 [/] [b]bold")) as server:
        async with chat_on(lab.root, server) as chat:
            await chat.ask("[/] What?\x1b[31m")
            await chat.press("ctrl+t")
            await chat.until(lambda: isinstance(chat.app.screen, TeachWindow))
            assert field(chat, "corrected").text == "gone [/] [b]bold"
            assert "\x1b" not in chat.text
            await chat.press("ctrl+s")
            await chat.until(lambda: "1 to be taught" in chat.text)
            [lesson] = Basket(lab).lessons()
            assert "\x1b" in lesson.answer, "the evidence is what the model wrote"
            await chat.press("f6")
            await chat.until(lambda: isinstance(chat.app.screen, BasketWindow))
            await chat.until(lambda: "gone [/] [b]bold" in chat.text)
            assert "\x1b" not in chat.text
