"""Corrected answers become seeds, with their evidence, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtui import workspace as workspaces
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves import adding as leaves
from labtui.contribute.records import ModelUsed
from labtui.contribute.teaching import making_seeds as teaching
from labtui.contribute.teaching.lessons import Basket, Destination, Lesson
from labtui.errors import LabError, UsageError
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, GROUNDED, Leaf, read_leaf_file
from labtui.workspace import Workspace
from tests.contribute.owls import FEEDING, add_owls

MADE = ModelUsed(
    model="smollm2-135m", model_sha256="ab" * 32, engine="native", sampling={"temperature": 0.7, "seed": None}
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = workspaces.create(tmp_path / "lab")
    add_owls(made)
    return made


def taught(workspace: Workspace, question: str, corrected: str, context: str = "", turn: str = "t") -> Lesson:
    basket = Basket(workspace)
    one = basket.begin(
        Lesson(
            question=question,
            answer="I do not know.",
            corrected=corrected,
            context=context,
            made=MADE,
            conversation="talk",
            turn=turn,
        )
    )
    basket.keep(one)
    return one


def leaf_of(folder: DraftFolder, name: str) -> Leaf:
    return read_leaf_file(folder.leaf_file(name), name)


def test_several_answers_become_the_seeds_of_a_new_skill(workspace: Workspace) -> None:
    lessons = [
        taught(workspace, "What do tits eat?", "Seeds.", turn="1"),
        taught(workspace, "And owls?", "Mice.", turn="2"),
    ]
    written = teaching.write(workspace, lessons, Destination())
    folder = store.find(workspace, written.draft)
    leaf = leaf_of(folder, written.leaf)
    assert [(seed.pairs[0].question, seed.pairs[0].answer) for seed in leaf.seeds] == [
        ("What do tits eat?", "Seeds."),
        ("And owls?", "Mice."),
    ]
    assert leaf.kind == FREEFORM and written.seeds == 2 and not written.left
    evidence = folder.evidence()
    assert [(one.question, one.answer, one.corrected) for one in evidence] == [
        ("What do tits eat?", "I do not know.", "Seeds."),
        ("And owls?", "I do not know.", "Mice."),
    ]
    assert evidence[0].made == MADE and (evidence[0].conversation, evidence[0].turn) == ("talk", "1")
    assert Basket(workspace).lessons() == []
    assert folder.load().title == "What do tits eat?"


def test_a_context_makes_a_grounded_skill_and_knowledge_keeps_it(workspace: Workspace) -> None:
    text = "Tits eat seeds in winter."
    written = teaching.write(
        workspace, [taught(workspace, "What do tits eat?", "Seeds.", text)], Destination(kind=FREEFORM)
    )
    leaf = leaf_of(store.find(workspace, written.draft), written.leaf)
    assert leaf.kind == GROUNDED and leaf.seeds[0].context.strip() == text
    lessons = [taught(workspace, f"Question {number}?", f"Answer {number}.", text) for number in range(3)]
    written = teaching.write(workspace, lessons, Destination(kind=KNOWLEDGE))
    leaf = leaf_of(store.find(workspace, written.draft), written.leaf)
    assert [len(seed.pairs) for seed in leaf.seeds] == [3], "questions about one passage stand together"


def test_an_empty_skill_of_an_open_contribution_may_become_grounded(workspace: Workspace) -> None:
    folder = store.new(workspace, FREEFORM)
    destination = Destination(where="draft", draft=folder.id, leaf=folder.load().leaves[0].id)
    lessons = [
        taught(workspace, "What do tits eat?", "Seeds.", "Tits eat seeds."),
        taught(workspace, "Who?", "Tits.", "Tits."),
    ]
    written = teaching.write(workspace, lessons, destination)
    assert [leaf.id for leaf in folder.load().leaves] == [written.leaf]
    assert len(leaf_of(folder, written.leaf).seeds) == 2 and {one.leaf for one in folder.evidence()} == {written.leaf}


def test_an_existing_leaf_is_extended_in_a_copy(workspace: Workspace) -> None:
    before = (workspace.taxonomy / FEEDING / "qna.yaml").read_bytes()
    written = teaching.write(
        workspace, [taught(workspace, "And tits?", "Seeds.")], Destination(where="leaf", leaf=FEEDING)
    )
    leaf = leaf_of(store.find(workspace, written.draft), FEEDING)
    assert [seed.pairs[0].question for seed in leaf.seeds] == ["What do owls eat?", "And tits?"]
    assert (workspace.taxonomy / FEEDING / "qna.yaml").read_bytes() == before
    again = Destination(where="leaf", leaf=FEEDING, draft=written.draft)
    assert (
        teaching.write(workspace, [taught(workspace, "And wrens?", "Spiders.", turn="2")], again).draft == written.draft
    )
    assert len(store.list_drafts(workspace)) == 1


def test_a_leaf_that_is_not_there_leaves_no_contribution_behind(workspace: Workspace) -> None:
    with pytest.raises(LabError):
        teaching.write(workspace, [taught(workspace, "Q?", "A.")], Destination(where="leaf", leaf="knowledge/none"))
    assert store.list_drafts(workspace) == [] and len(Basket(workspace).lessons()) == 1


def test_done_again_after_a_crash_it_writes_nothing_twice(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons = [taught(workspace, f"Question {number}?", f"Answer {number}.", turn=str(number)) for number in range(3)]
    add_seed, count = leaves.add_seed, 0

    def dies(*arguments: object) -> object:
        nonlocal count
        count += 1
        if count == 2:
            raise KeyboardInterrupt
        return add_seed(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(leaves, "add_seed", dies)
    with pytest.raises(KeyboardInterrupt):
        teaching.write(workspace, lessons, Destination(kind=FREEFORM))
    monkeypatch.setattr(leaves, "add_seed", add_seed)
    left = Basket(workspace).lessons()
    assert len(left) == 2 and left[0].destination is not None
    # As if it had died between the evidence and the end.
    Basket(workspace).keep(lessons[0])
    written = teaching.write(workspace, Basket(workspace).lessons(), left[0].destination)
    folder = store.find(workspace, written.draft)
    assert len(store.list_drafts(workspace)) == 1
    assert [seed.pairs[0].answer for seed in leaf_of(folder, written.leaf).seeds] == [
        "Answer 0.",
        "Answer 1.",
        "Answer 2.",
    ]
    assert sorted(one.turn for one in folder.evidence()) == ["0", "1", "2"]


def test_what_cannot_be_a_seed_stays_in_the_basket_with_the_reason(workspace: Workspace) -> None:
    good, empty = taught(workspace, "Q?", "A."), taught(workspace, "What is that?", " \n")
    written = teaching.write(workspace, [good, empty], Destination())
    assert written.seeds == 1 and "There is no answer" in written.left[0] and "What is that?" in written.left[0]
    assert [left.id for left in Basket(workspace).lessons()] == [empty.id]
    other = taught(workspace, "q", "Something else.")
    again = Destination(where="draft", draft=written.draft, leaf=written.leaf)
    written = teaching.write(workspace, [other], again)
    assert written.seeds == 0 and "another answer" in written.left[0]
    with pytest.raises(UsageError, match="nothing to write"):
        teaching.write(workspace, [empty], again)


def test_the_same_question_twice_is_said_while_it_is_collected(workspace: Workspace) -> None:
    first, second = taught(workspace, "Who sings?", "The wren."), taught(workspace, "who sings", "The robin.")
    assert "collected already" in teaching.trouble(second, [first, second])
    assert not teaching.trouble(first, [first])
    second.context = "At night."
    assert not teaching.trouble(second, [first, second])


def test_an_answer_left_as_it_was_is_remarked(workspace: Workspace) -> None:
    assert "This is what the model says" in teaching.remark(taught(workspace, "Q?", "I do not know"))
    assert not teaching.remark(taught(workspace, "Q?", "It is so."))


def test_a_leaf_that_was_placed_since_is_found_again(workspace: Workspace) -> None:
    written = teaching.write(workspace, [taught(workspace, "Q?", "A.")], Destination())
    folder = store.find(workspace, written.draft)
    leaves.place(folder, written.leaf, "compositional_skills/science/birds/singing")
    stale = Destination(where="draft", draft=written.draft, leaf=written.leaf)
    written = teaching.write(workspace, [taught(workspace, "Q2?", "A2.", turn="2")], stale)
    assert written.leaf == "compositional_skills/science/birds/singing"
