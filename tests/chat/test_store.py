"""Conversations on disk: saved whole, found again, never overwritten by another holder, deleted with a way back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from labtui.chat import conversations as chats
from labtui.chat.conversations import Conversation, Made
from labtui.chat.store import ChatStore
from labtui.errors import LabError, UsageError
from labtui.serve.client import Sampling


@pytest.fixture
def store(tmp_path: Path) -> ChatStore:
    return ChatStore(tmp_path / "chats")


def talk_of(*pairs: tuple[str, str], model: str = "demo") -> Conversation:
    talk = chats.new(model, system="Be short.", sampling=Sampling(temperature=0.2))
    for question, answer in pairs:
        asked = chats.ask(talk, talk.panes[0], question)
        turn = chats.begin_answer(talk, talk.panes[0], asked, Made(model=model))
        turn.text, turn.end = answer, "done"
    return talk


def test_what_was_saved_comes_back_the_same(store: ChatStore) -> None:
    talk = talk_of(("四十雀とは何ですか。", "小さな\x1b[31m鳥です。"))
    assert store.save(talk) is None
    assert ChatStore(store.folder).load(talk.id) == talk
    assert os.stat(store.path(talk.id)).st_mode & 0o077 == 0


def test_the_list_shows_the_last_changed_first_and_what_cannot_be_read(store: ChatStore) -> None:
    first, second = talk_of(("one", "1")), talk_of(("two", "2"))
    second.id += "x"
    second.changed = first.changed.replace(year=first.changed.year + 1)
    store.save(first)
    store.save(second)
    (store.folder / "broken.json").write_text("{")
    (store.folder / "newer.json").write_text('{"v": 99, "id": "newer"}')
    listed = {summary.id: summary for summary in store.summaries()}
    assert [summary.heading for summary in store.summaries() if not summary.problem] == ["two", "one"]
    assert "not a conversation" in listed["broken"].problem
    assert "newer labtui" in listed["newer"].problem
    assert listed[first.id].questions == 1 and listed[first.id].models == ("demo",)


def test_the_search_looks_into_titles_and_texts(store: ChatStore) -> None:
    birds = talk_of(("四十雀とは何ですか。", "小さな鳥です。"), ("and robins?", "They SING at dawn."))
    other = talk_of(("synonyms for quick", "fast"))
    other.id += "x"
    chats.rename(other, "words")
    store.save(birds)
    store.save(other)
    assert [hit.id for hit in store.summaries("sing dawn")] == [birds.id]
    assert "SING at dawn" in store.summaries("sing dawn")[0].found
    assert [hit.id for hit in store.summaries("小さな")] == [birds.id]
    assert [hit.id for hit in store.summaries("WORDS")] == [other.id]
    assert store.summaries("nowhere") == []


def test_a_changed_file_is_listed_anew(store: ChatStore) -> None:
    talk = talk_of(("before", "a"))
    store.save(talk)
    assert store.summaries()[0].heading == "before"
    chats.rename(talk, "after")
    store.save(talk)
    assert store.summaries()[0].heading == "after"


def test_two_holders_of_one_conversation_lose_nothing(store: ChatStore) -> None:
    talk = talk_of(("q", "a"))
    store.save(talk)
    other_store = ChatStore(store.folder)
    other = other_store.load(talk.id)
    chats.ask(other, other.panes[0], "from the other application")
    other_store.save(other)
    chats.ask(talk, talk.panes[0], "from this one")
    theirs = store.save(talk)
    assert theirs is not None
    chats.merge(talk, theirs)
    assert store.save(talk) is None
    wanted = {"q", "a", "from the other application", "from this one"}
    assert {turn.text for turn in talk.turns} == wanted
    assert {turn.text for turn in ChatStore(store.folder).load(talk.id).turns} == wanted


def test_deleting_can_be_undone(store: ChatStore) -> None:
    talk = talk_of(("q", "a"))
    store.save(talk)
    store.delete(talk.id)
    assert store.summaries() == []
    with pytest.raises(UsageError):
        store.load(talk.id)
    store.undelete(talk.id)
    assert store.load(talk.id) == talk
    with pytest.raises(UsageError):
        store.delete("no-such")


def test_a_conversation_without_turns_can_be_discarded_and_any_other_not(store: ChatStore) -> None:
    empty, full = chats.new("demo"), talk_of(("q", "a"))
    full.id += "x"
    store.save(empty)
    store.save(full)
    store.discard(empty.id)
    store.discard(full.id)
    assert [summary.id for summary in store.summaries()] == [full.id]


def test_prompts_come_oldest_first_each_once(store: ChatStore) -> None:
    talk = talk_of(("one", "1"), ("two", "2"), ("one", "1 again"))
    start = talk.created
    for place, turn in enumerate(talk.turns):
        turn.created = start.replace(microsecond=place * 1000)
    store.save(talk)
    assert store.prompts() == ["two", "one"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said(store: ChatStore) -> None:
    store.folder.mkdir()
    store.folder.chmod(0o500)
    with pytest.raises(LabError, match="cannot be saved"):
        store.save(talk_of(("q", "a")))


def test_a_file_in_the_way_of_the_folder_is_said(store: ChatStore) -> None:
    store.folder.write_text("")
    with pytest.raises(LabError, match="cannot be saved"):
        store.save(talk_of(("q", "a")))
    assert store.summaries() == []
