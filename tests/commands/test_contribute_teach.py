"""`labtui contribute teach`: the last answer of a chat, corrected from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labtui import workspace as workspaces
from labtui.chat import conversations as chats
from labtui.chat.conversations import Made
from labtui.chat.store import ChatStore
from labtui.contribute.drafts import store
from labtui.contribute.teaching.lessons import Basket, Lesson
from labtui.taxonomy.leaf import read_leaf_file
from labtui.workspace import Workspace
from tests.contribute.owls import FEEDING, add_owls
from tests.terminal import labtui
from tests.test_cli_docs import fits


@pytest.fixture
def lab(tmp_path: Path) -> Workspace:
    return workspaces.create(tmp_path / "lab")


def asked(lab: Workspace, question: str, answer: str) -> str:
    """A conversation on disk with one question and its answer; its id."""
    talk = chats.new("box")
    turn = chats.begin_answer(talk, talk.panes[0], chats.ask(talk, talk.panes[0], question), Made(model="box"))
    turn.text, turn.end = answer, "done"
    ChatStore(lab.chats).save(talk)
    return talk.id


def teach(lab: Workspace, *words: str, code: int = 0, stdin: str = "") -> str:
    done = labtui("contribute", "teach", *words, "--workspace", str(lab.root), input=stdin)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def test_the_last_answer_becomes_a_seed_with_its_evidence_once(lab: Workspace) -> None:
    asked(lab, "What do cranes eat?", "Steel.")
    talk = asked(lab, "What do tits eat?", "Bread.")
    draft = teach(lab, "Seeds", "and insects.").strip()
    folder = store.find(lab, draft)
    [leaf] = folder.load().leaves
    [seed] = read_leaf_file(folder.leaf_file(leaf), leaf.id).seeds
    assert (seed.pairs[0].question, seed.pairs[0].answer) == ("What do tits eat?", "Seeds and insects.")
    [evidence] = folder.evidence()
    assert (evidence.answer, evidence.conversation, evidence.made and evidence.made.model) == ("Bread.", talk, "box")
    again = json.loads(teach(lab, "--into", "last", "--json", stdin="Seeds and insects.\n"))
    fits(again, "What was taught")
    assert (again["id"], again["seeds"]) == (draft, 0) and len(folder.evidence()) == 1


def test_another_conversation_another_question_and_a_leaf_of_the_taxonomy(lab: Workspace) -> None:
    add_owls(lab)
    talk = asked(lab, "And tits?", "Bread.")
    asked(lab, "What is two and two?", "Five.")
    words = ("Seeds.", "--chat", talk, "--question", "What do tits eat?", "--leaf", FEEDING)
    written = json.loads(teach(lab, *words, "--json"))
    leaf = read_leaf_file(store.find(lab, written["id"]).leaf_file(FEEDING), FEEDING)
    assert [seed.pairs[0].question for seed in leaf.seeds] == ["What do owls eat?", "What do tits eat?"]


def test_what_cannot_be_is_refused_and_leaves_nothing_behind(lab: Workspace) -> None:
    assert "no answer to correct" in teach(lab, "Seeds.", code=2)
    asked(lab, "What do tits eat?", "Bread.")
    assert "no answer to teach" in teach(lab, code=2)
    assert "There are no contributions" in teach(lab, "Seeds.", "--into", "nowhere", code=2)
    assert "has its kind" in teach(lab, "Seeds.", "--leaf", FEEDING, "--kind", "freeform", code=2)
    assert store.list_drafts(lab) == [] and Basket(lab).lessons() == []
    draft = teach(lab, "Seeds.").strip()
    assert "another answer" in teach(lab, "Mice.", "--into", draft, code=2)
    assert Basket(lab).lessons() == []


def test_what_the_application_collected_of_the_answer_survives_a_refusal(lab: Workspace) -> None:
    talk = asked(lab, "What do tits eat?", "Bread.")
    draft = teach(lab, "Seeds.").strip()
    basket = Basket(lab)
    turn = store.find(lab, draft).evidence()[0].turn
    mine = basket.begin(Lesson(question="Q", answer="A", corrected="Typed by hand.", conversation=talk, turn=turn))
    basket.keep(mine)
    teach(lab, "Mice.", "--into", draft, "--question", "What do tits eat?", code=2)
    assert [one.corrected for one in basket.lessons()] == ["Typed by hand."]
