"""The chat screen against a scripted server over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from labtui import paths, workspace
from labtui.app import LabApp
from labtui.chat import conversations as chats
from labtui.chat.conversations import Conversation, Made, Turn
from labtui.chat.store import ChatStore
from labtui.screens.chat import ChatScreen
from labtui.screens.chat.full_window import FullWindow
from labtui.screens.chat.listing import Names
from labtui.screens.chat.picker import ModelPicker
from labtui.screens.chat.settings_window import SettingsWindow
from labtui.widgets.prompt_line import LineWindow
from tests.lab_app import lab_app, notices, screen_text, wait_until
from tests.scripted_server import Answer, ScriptedServer

WIDE = (120, 40)
NARROW = (80, 24)


class Chat:
    """The application on its chat screen, and what tests ask of it."""

    def __init__(self, app: LabApp, pilot: Pilot[Any], store: ChatStore) -> None:
        self.app, self.pilot, self.store = app, pilot, store

    @property
    def screen(self) -> ChatScreen:
        screen = self.app.screen_named("chat")
        assert isinstance(screen, ChatScreen)
        return screen

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def talk(self) -> Conversation:
        return self.screen.talk

    def turns(self, pane: int = 0) -> list[Turn]:
        return chats.branch(self.talk, self.talk.panes[pane].leaf)

    def texts(self, pane: int = 0) -> list[str]:
        return [turn.text for turn in self.turns(pane)]

    async def until(self, true: Callable[[], object]) -> None:
        await wait_until(self.pilot, true)

    async def idle(self) -> None:
        """No answer is on its way, and all is saved."""
        await self.until(lambda: not self.screen.flights and self.saved() == self.talk)

    def saved(self) -> Conversation:
        return ChatStore(self.store.folder).load(self.talk.id)

    async def type(self, text: str) -> None:
        self.screen.prompt.write(text)
        await self.pilot.pause()

    async def ask(self, text: str) -> None:
        await self.type(text)
        await self.pilot.press("enter")
        await self.idle()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()


@asynccontextmanager
async def chat_on(
    root: Path, *servers: ScriptedServer, size: tuple[int, int] = NARROW, **opened: Any
) -> AsyncIterator[Chat]:
    """Models `box`, `box2`, … are the servers. Opens the chat with `opened`, by default a new one with `box`."""
    names = ["box", *(f"box{number}" for number in range(2, len(servers) + 1))]
    lines = [
        f"    {name}: {{url: '{server.url}', context: {server.context}}}"
        for name, server in zip(names, servers, strict=False)
    ]
    paths.config_file().parent.mkdir(parents=True, exist_ok=True)
    if lines:
        paths.config_file().write_text("serve:\n  remotes:\n" + "\n".join(lines) + "\n", encoding="utf-8")
    opened = opened if opened or not servers else {"model": "box"}
    async with lab_app(root, size=size) as (app, pilot):
        chat = Chat(app, pilot, ChatStore(workspace.Workspace(root).chats))
        app.open("chat", **opened)
        await wait_until(pilot, lambda: chat.screen.panes and chat.talk.id)
        await pilot.pause()
        yield chat


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_japanese_conversation_is_asked_answered_and_saved(tmp_path: Path, size: tuple[int, int]) -> None:
    answers = Answer("四十雀は", "小さな鳥です。", cut=2), Answer("森に", "います。")
    with ScriptedServer(*answers) as server:
        async with chat_on(tmp_path / "lab", server, size=size) as chat:
            await chat.ask("四十雀とは何ですか。")
            await chat.ask("どこにいますか。")
            assert chat.texts() == [
                "四十雀とは何ですか。",
                "四十雀は小さな鳥です。",
                "どこにいますか。",
                "森にいます。",
            ]
            assert "四十雀は小さな鳥です。" in chat.text
            assert "tok/s" in chat.text
            assert "context" in chat.text and "/ 4,096" in chat.text
            made = chat.turns()[1].made
            assert made is not None and made.model == "box" and made.context == 4096
            sent = server.requests[1]["messages"]
            assert [message["content"] for message in sent] == chat.texts()[:3]


async def test_the_answer_grows_while_it_comes_and_esc_stops_it(tmp_path: Path) -> None:
    with ScriptedServer(Answer("one ", "two ", "three ", wait_after=2)) as server:
        async with chat_on(tmp_path / "lab", server) as chat:
            await chat.type("count")
            await chat.press("enter")
            await chat.until(lambda: "one two" in chat.text)
            assert server.waiting.is_set(), "it is shown before it is whole"
            await chat.type("a draft")
            await chat.press("escape")
            server.go()
            await chat.idle()
            turn = chat.turns()[1]
            assert (turn.text, turn.end) == ("one two ", "stopped")
            assert "■ stopped" in chat.text
            assert chat.screen.prompt.text == "a draft", "esc stopped the answer and nothing else"
            await chat.press("escape")
            assert chat.screen.prompt.text == ""
            await chat.press("up")
            assert chat.screen.prompt.text == "a draft", "what esc put away comes back"
            await chat.press("escape")
            assert chat.app.here == "chat"
            await chat.press("escape")
            await chat.until(lambda: chat.app.here == "home")


async def test_what_is_half_written_is_on_disk_before_the_answer_ends(tmp_path: Path) -> None:
    with ScriptedServer(Answer("one ", "two ", "three", wait_after=2)) as server:
        async with chat_on(tmp_path / "lab", server) as chat:
            await chat.type("count")
            await chat.press("enter")
            await chat.until(lambda: chat.saved().turns[-1].text == "one two ")
            assert chat.saved().turns[-1].end == "writing"
            server.go()
            await chat.idle()
            assert chat.saved().turns[-1].end == "done"


async def test_asking_again_adds_an_alternative_and_the_arrows_change_between_them(tmp_path: Path) -> None:
    with ScriptedServer(Answer("first"), Answer("second")) as server:
        async with chat_on(tmp_path / "lab", server) as chat:
            await chat.ask("q")
            await chat.press("ctrl+r")
            await chat.until(lambda: chat.texts() == ["q", "second"])
            await chat.idle()
            await chat.until(lambda: "‹ 2 of 2 ›" in chat.text)
            await chat.press("ctrl+up", "left")
            await chat.until(lambda: "‹ 1 of 2 ›" in chat.text and "first" in chat.text)
            assert chat.texts() == ["q", "first"]
        assert server.requests[0]["messages"] == server.requests[1]["messages"]


async def test_an_earlier_question_is_edited_into_a_branch_and_both_stay(tmp_path: Path) -> None:
    with ScriptedServer(Answer("a1"), Answer("a2"), Answer("b1")) as server:
        async with chat_on(tmp_path / "lab", server) as chat:
            await chat.ask("q1")
            await chat.ask("q2")
            await chat.type("my draft")
            await chat.press("ctrl+up", "up", "up", "up", "e")
            await chat.until(lambda: chat.screen.prompt.text == "q1")
            assert "an earlier question" in chat.text
            await chat.press("escape")
            assert chat.screen.prompt.text == "my draft", "going back gives the draft back"
            await chat.press("ctrl+up", "up", "up", "up", "e")
            await chat.ask("q1 in other words")
            assert chat.texts() == ["q1 in other words", "b1"]
            assert len(server.requests[2]["messages"]) == 1
            await chat.press("ctrl+up", "up", "left")
            await chat.until(lambda: chat.texts() == ["q1", "a1", "q2", "a2"])


async def test_reasoning_is_folded_never_sent_back_and_unfolds(tmp_path: Path) -> None:
    with ScriptedServer(Answer("<thi", "nk>SECRET thoughts</th", "ink>\n\nBlue."), Answer("Yes.")) as server:
        async with chat_on(tmp_path / "lab", server) as chat:
            await chat.ask("colour?")
            assert "thought · 2 words" in chat.text and "SECRET" not in chat.text
            await chat.press("alt+o")
            assert "SECRET thoughts" in chat.text
            await chat.ask("sure?")
            assert "SECRET" not in str(server.requests)
            assert chat.turns()[1].text == "Blue."


async def test_a_server_that_dies_leaves_the_partial_answer_the_reason_and_one_key(tmp_path: Path) -> None:
    with ScriptedServer(Answer("half ", "an ", "answer", die_after=2), Answer("a whole answer")) as server:
        async with chat_on(tmp_path / "lab", server) as chat:
            await chat.ask("q")
            assert "half an" in chat.text
            assert "✖" in chat.text and "the connection broke" in chat.text
            assert chat.turns()[1].end == "failed"
            await chat.press("ctrl+r")
            await chat.until(lambda: chat.texts() == ["q", "a whole answer"])
            assert {turn.text for turn in chat.talk.turns} >= {"half an ", "a whole answer"}


async def test_a_model_that_is_not_there_is_said_where_the_answer_would_be(tmp_path: Path) -> None:
    with ScriptedServer() as server:
        async with chat_on(tmp_path / "lab", server, model="nope") as chat:
            await chat.ask("q")
            assert "There is no model 'nope'" in chat.text
            assert chat.texts()[0] == "q"


async def test_two_models_answer_the_same_question_side_by_side(tmp_path: Path) -> None:
    with (
        ScriptedServer(Answer("from the left")) as left,
        ScriptedServer(Answer("from ", "the right")) as right,
    ):
        async with chat_on(tmp_path / "lab", left, right, size=WIDE) as chat:
            await chat.press("f3")
            await chat.until(lambda: isinstance(chat.app.screen, ModelPicker))
            await chat.press("down", "enter")
            await chat.until(lambda: len(chat.screen.panes) == 2)
            await chat.ask("which?")
            assert chat.texts(0) == ["which?", "from the left"]
            assert chat.texts(1) == ["which?", "from the right"]
            halves = ["\n".join(line[place : place + 60] for line in chat.text.splitlines()) for place in (0, 60)]
            assert ["from the left" in half for half in halves] == [True, False]
            assert ["from the right" in half for half in halves] == [False, True]
            assert ["which?" in half for half in halves] == [True, True]
            assert len({turn.id for turn in chat.talk.turns if turn.role == "user"}) == 1, "one question, two answers"
            await chat.ask("and now?")
            assert [len(server.requests[1]["messages"]) for server in (left, right)] == [3, 3]
            assert "from the right" in str(right.requests[1]) and "from the right" not in str(left.requests[1])
            await chat.press("f3")
            await chat.until(lambda: len(chat.screen.panes) == 1)
            assert len(chat.talk.turns) == 7, "nothing is lost: two questions shared or apart, four answers"


async def test_a_model_and_its_tuned_self_open_side_by_side(tmp_path: Path) -> None:
    with ScriptedServer(Answer("from the base")) as server:
        opened = {"model": "box", "adapter": "birds-v2", "compare": True}
        async with chat_on(tmp_path / "lab", server, size=WIDE, **opened) as chat:
            assert [(pane.model, pane.adapter) for pane in chat.talk.panes] == [("box", ""), ("box", "birds-v2")]
            assert "box (base)" in chat.text and "box + birds-v2" in chat.text
            await chat.ask("q")
            assert chat.texts(0) == ["q", "from the base"]
            # An adapter that is not there fails in its own pane alone.
            assert chat.turns(1)[-1].end == "failed" and "birds-v2" in chat.turns(1)[-1].reason
            # Asking again in one pane leaves the other alone.
            await chat.press("ctrl+up", "r")
            await chat.until(lambda: len(server.requests) == 2)
            await chat.idle()
            assert len(chat.talk.turns) == 4


async def test_both_answers_of_a_comparison_stop_with_one_key(tmp_path: Path) -> None:
    slow = [Answer("one ", "two", wait_after=1) for _ in range(2)]
    with ScriptedServer(slow[0]) as left, ScriptedServer(slow[1]) as right:
        async with chat_on(tmp_path / "lab", left, right, size=WIDE) as chat:
            chat.talk.panes.append(chats.Pane(model="box2"))
            await chat.screen.show_panes()
            await chat.type("q")
            await chat.press("enter")
            await chat.until(lambda: left.waiting.is_set() and right.waiting.is_set())
            await chat.until(lambda: chat.text.count("one") == 2)
            await chat.press("escape")
            left.go()
            right.go()
            await chat.idle()
            assert [chat.turns(place)[-1].end for place in (0, 1)] == ["stopped", "stopped"]


def long_talk(store: ChatStore, words: int = 300, pairs: int = 3) -> Conversation:
    talk = chats.new("box")
    for number in range(pairs):
        question = chats.ask(talk, talk.panes[0], f"question {number} " + "word " * words)
        answer = chats.begin_answer(talk, talk.panes[0], question, Made(model="box"))
        answer.text, answer.end = f"answer {number}", "done"
    store.save(talk)
    return talk


async def test_a_full_window_asks_and_sends_nothing_before(tmp_path: Path) -> None:
    store = ChatStore(workspace.create(tmp_path / "lab").chats)
    talk = long_talk(store)
    with ScriptedServer(Answer("fine"), context=1200) as server:
        async with chat_on(tmp_path / "lab", server, conversation=talk.id) as chat:
            await chat.type("one more")
            await chat.press("enter")
            await chat.until(lambda: isinstance(chat.app.screen, FullWindow))
            assert server.requests == []
            await chat.press("escape")
            await chat.until(lambda: chat.screen.prompt.text == "one more")
            assert chat.texts()[-1] == "answer 2", "the question went back to the prompt"
            await chat.press("enter")
            await chat.until(lambda: isinstance(chat.app.screen, FullWindow))
            await chat.press("d")
            await chat.idle()
            sent = str(server.requests[0]["messages"])
            assert "question 0" not in sent and "question 2" in sent and "one more" in sent
            assert chat.turns()[0].id in chat.talk.left_out
            made = chat.turns()[-1].made
            assert made is not None and chat.turns()[0].id in made.left_out
            assert "turns not sent" in chat.text
            await chat.press("ctrl+up", "home")
            await chat.until(lambda: "not sent any more" in chat.text)
            assert chat.saved().left_out == chat.talk.left_out


async def test_a_full_window_can_be_left_for_a_new_conversation(tmp_path: Path) -> None:
    store = ChatStore(workspace.create(tmp_path / "lab").chats)
    talk = long_talk(store)
    with ScriptedServer(Answer("fine"), context=1200) as server:
        async with chat_on(tmp_path / "lab", server, conversation=talk.id) as chat:
            await chat.type("one more")
            await chat.press("enter")
            await chat.until(lambda: isinstance(chat.app.screen, FullWindow))
            await chat.press("n")
            await chat.until(lambda: chat.talk.id != talk.id and chat.texts() == ["one more", "fine"])
            assert len(server.requests[0]["messages"]) == 1
            assert len(store.load(talk.id).turns) == 7


async def test_an_answer_goes_on_while_another_screen_and_another_conversation_are_shown(tmp_path: Path) -> None:
    with ScriptedServer(Answer("one ", "two", wait_after=1)) as server:
        async with chat_on(tmp_path / "lab", server) as chat:
            await chat.type("count")
            await chat.press("enter")
            await chat.until(server.waiting.is_set)
            first = chat.talk
            chat.app.open("home")
            await chat.until(lambda: chat.app.here == "home")
            chat.app.open("chat")
            await chat.until(lambda: chat.app.here == "chat")
            await chat.press("ctrl+n")
            await chat.until(lambda: chat.talk is not first)
            assert "count" not in chat.text
            server.go()
            await chat.until(lambda: first.turns[-1].end == "done")
            assert first.turns[-1].text == "one two"
            await chat.until(lambda: chat.store.load(first.id).turns[-1].text == "one two")


async def test_scrolling_up_stops_the_following_and_end_resumes_it(tmp_path: Path) -> None:
    lines = [f"line {number}\n\n" for number in range(60)]
    with ScriptedServer(Answer(*lines, wait_after=40)) as server:
        async with chat_on(tmp_path / "lab", server) as chat:
            await chat.type("many")
            await chat.press("enter")
            await chat.until(lambda: "line 39" in chat.text)
            await chat.press("ctrl+up", "up", "up", "up")
            await chat.until(lambda: "line 39" not in chat.text)
            place = chat.screen.panes[0].transcript.scroll_offset.y
            server.go()
            await chat.idle()
            assert chat.screen.panes[0].transcript.scroll_offset.y == place
            await chat.press("end")
            await chat.until(lambda: "line 59" in chat.text)


async def test_conversations_are_listed_searched_renamed_deleted_and_brought_back(tmp_path: Path) -> None:
    store = ChatStore(workspace.create(tmp_path / "lab").chats)
    old = long_talk(store, words=2, pairs=1)
    with ScriptedServer(Answer("小さな鳥です。")) as server:
        async with chat_on(tmp_path / "lab", server, size=WIDE) as chat:
            await chat.ask("四十雀?")
            await chat.press("ctrl+l")
            names = chat.screen.query_one(Names)
            await chat.until(lambda: names.option_count == 2)
            assert "question 0" in chat.text
            await chat.press("slash")
            await chat.until(lambda: isinstance(chat.app.focused, Input))
            await chat.press(*"answer", "enter")
            await chat.until(lambda: names.option_count == 1)
            await chat.press("r")
            await chat.until(lambda: isinstance(chat.app.screen, LineWindow))
            chat.app.screen.query_one(Input).value = "an old one"
            await chat.press("enter")
            await chat.until(lambda: store.load(old.id).title == "an old one")
            await chat.press("enter")
            await chat.until(lambda: chat.talk.id == old.id)
            await chat.press("ctrl+l")
            await chat.until(lambda: names.has_focus and names.option_count == 1)
            await chat.press("d")
            await chat.until(lambda: not store.path(old.id).exists())
            assert any("Deleted" in notice for notice in notices(chat.app))
            await chat.until(lambda: chat.talk.id != old.id)
            await chat.press("u")
            await chat.until(lambda: store.path(old.id).exists())


async def test_a_conversation_is_exported(tmp_path: Path) -> None:
    with ScriptedServer(Answer("an answer")) as server:
        async with chat_on(tmp_path / "lab", server) as chat:
            await chat.ask("a question")
            await chat.press("f8")
            await chat.until(lambda: isinstance(chat.app.screen, LineWindow))
            line = chat.app.screen.query_one(Input)
            assert line.value.endswith("a-question.md")
            line.value = str(tmp_path / "out.json")
            await chat.press("enter")
            await chat.until(lambda: (tmp_path / "out.json").exists())
            panes = msgspec.json.decode((tmp_path / "out.json").read_bytes())
            assert [message["content"] for message in panes[0]["messages"]] == ["a question", "an answer"]


async def test_system_prompt_and_sampling_count_from_the_next_answer(tmp_path: Path) -> None:
    with ScriptedServer(Answer("ok")) as server:
        async with chat_on(tmp_path / "lab", server, size=WIDE) as chat:
            await chat.press("f4")
            await chat.until(lambda: isinstance(chat.app.screen, SettingsWindow))
            await chat.press(*"Be kind.")
            temperature = chat.app.screen.query_one("#temperature", Input)
            temperature.value = "9"
            await chat.until(lambda: "! " in chat.text)
            assert chat.talk.sampling.temperature == 0.7, "a wrong value does not count"
            temperature.value = "0.1"
            chat.app.screen.query_one("#seed", Input).value = "7"
            await chat.pilot.pause()
            await chat.press("escape")
            await chat.ask("q")
            request = server.requests[0]
            assert (request["temperature"], request["seed"]) == (0.1, 7)
            assert request["messages"][0] == {"role": "system", "content": "Be kind."}
            made = chat.saved().turns[1].made
            assert made is not None and made.system == "Be kind." and made.sampling.seed == 7


async def test_draft_and_conversation_come_back_when_the_application_does(tmp_path: Path) -> None:
    with ScriptedServer(Answer("kept")) as server:
        async with chat_on(tmp_path / "lab", server) as chat:
            await chat.ask("q")
            await chat.type("not sent yet")
            talk = chat.talk.id
        async with chat_on(tmp_path / "lab", server, conversation="") as chat:
            await chat.until(lambda: chat.talk.id == talk)
            assert chat.screen.prompt.text == "not sent yet"
            assert "kept" in chat.text


async def test_an_answer_that_was_being_written_when_labtui_died_is_marked(tmp_path: Path) -> None:
    store = ChatStore(workspace.create(tmp_path / "lab").chats)
    talk = long_talk(store, words=2, pairs=1)
    talk.turns[-1].end, talk.turns[-1].text = "writing", "half of it"
    store.save(talk)
    with ScriptedServer(Answer("whole")) as server:
        async with chat_on(tmp_path / "lab", server, conversation=talk.id) as chat:
            assert "half of it" in chat.text and "broken off" in chat.text
            await chat.press("ctrl+r")
            await chat.until(lambda: chat.texts()[-1] == "whole")


async def test_a_disk_that_refuses_is_said_and_nothing_shown_is_lost(tmp_path: Path) -> None:
    with ScriptedServer(Answer("an answer")) as server:
        async with chat_on(tmp_path / "lab", server) as chat:
            folder = chat.store.folder
            folder.rename(tmp_path / "elsewhere")
            folder.write_text("in the way")
            await chat.type("q")
            await chat.press("enter")
            await chat.until(lambda: "cannot be saved" in chat.text and "an answer" in chat.text)
            folder.unlink()
            (tmp_path / "elsewhere").rename(folder)
            await chat.ask("once more")
            assert "cannot be saved" not in chat.text
            assert chat.saved().turns[0].text == "q"


HOSTILE = (
    "\x1b]52;c;QQ==\x07 \x1b[2J \x9b31m \x1b]8;;http://evil.example\x07link\x1b]8;;\x07 \u202ertl "
    "[red]x[/] [@click=app.bell]y[/]"
)


async def test_hostile_text_is_shown_and_nothing_of_it_is_obeyed(tmp_path: Path) -> None:
    pieces = [HOSTILE[place : place + 3] for place in range(0, len(HOSTILE), 3)]
    answer = Answer(*pieces, " [text](javascript:alert) <http://a.example/%1b%5b2J> &#x202e; ![i](http://i.example)")
    with ScriptedServer(answer) as server:
        async with chat_on(tmp_path / "lab", server, size=WIDE) as chat:
            chat.screen.prompt.focus()
            await chat.ask("q " + HOSTILE)
            assert "[red]x[/]" in chat.text and "[@click=app.bell]y[/]" in chat.text
            assert "javascript:alert" in chat.text, "an address is shown, not hidden behind its text"
            for strip in chat.app.screen._compositor.render_strips():
                for segment in strip:
                    assert not set(segment.text) & set("\x1b\x07\x9b\u202e")
                    assert segment.style is None or segment.style.link is None
                    assert segment.style is None or "@click" not in (segment.style.meta or {})


async def test_copying_takes_the_answer_alone_and_clean(tmp_path: Path) -> None:
    with ScriptedServer(Answer("<think>no</think>", "an \x1b[31manswer")) as server:
        async with chat_on(tmp_path / "lab", server) as chat:
            await chat.ask("q")
            await chat.press("alt+c")
            await chat.until(lambda: "answer" in chat.app.clipboard)
            assert "\x1b" not in chat.app.clipboard and "no" not in chat.app.clipboard


async def test_a_question_asked_while_an_answer_comes_waits_in_the_prompt(tmp_path: Path) -> None:
    with ScriptedServer(Answer("one ", "two", wait_after=1)) as server:
        async with chat_on(tmp_path / "lab", server) as chat:
            await chat.type("first")
            await chat.press("enter")
            await chat.until(server.waiting.is_set)
            await chat.type("second")
            await chat.press("enter")
            assert chat.screen.prompt.text == "second"
            assert "on its way" in chat.text
            server.go()
            await chat.idle()
            assert len(server.requests) == 1


async def test_without_a_model_the_choice_is_offered_and_the_question_kept(tmp_path: Path) -> None:
    async with chat_on(tmp_path / "lab") as chat:
        await chat.type("q")
        await chat.press("enter")
        await chat.until(lambda: isinstance(chat.app.screen, ModelPicker))
        assert "There is no model yet" in chat.text
        await chat.press("escape")
        assert chat.screen.prompt.text == "q"


async def test_the_list_takes_the_whole_screen_where_it_is_narrow(tmp_path: Path) -> None:
    with ScriptedServer() as server:
        async with chat_on(tmp_path / "lab", server, size=NARROW) as chat:
            await chat.ask("q")
            await chat.press("ctrl+l")
            names = chat.screen.query_one(Names)
            await chat.until(lambda: names.option_count == 1)
            assert "tok/s" not in chat.text
            await chat.press("enter")
            await chat.until(lambda: "tok/s" in chat.text)
            assert chat.screen.prompt.has_focus


async def test_the_picker_says_who_answers_now(tmp_path: Path) -> None:
    with ScriptedServer() as one, ScriptedServer() as two:
        async with chat_on(tmp_path / "lab", one, two) as chat:
            await chat.press("f2")
            await chat.until(lambda: isinstance(chat.app.screen, ModelPicker))
            assert chat.app.screen.query_one(OptionList).highlighted == 0
            await chat.press("down", "enter")
            await chat.until(lambda: chat.talk.panes[0].model == "box2")
            await chat.ask("q")
            assert len(two.requests) == 1 and one.requests == []
