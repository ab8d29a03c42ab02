"""Branches: whatever a user does, no turn is lost and what is on show is a true branch."""

from __future__ import annotations

import itertools

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from labtui.chat import conversations as chats
from labtui.chat.conversations import Conversation, Made, Turn


def answered(conversation: Conversation, text: str, pane: int = 0) -> Turn:
    shown = conversation.panes[pane]
    question = chats.question_of(conversation, shown)
    assert question is not None
    turn = chats.begin_answer(conversation, shown, question, Made(model="demo"))
    turn.text, turn.end = text, "done"
    return turn


def texts(conversation: Conversation, pane: int = 0) -> list[str]:
    return [turn.text for turn in chats.branch(conversation, conversation.panes[pane].leaf)]


def test_questions_and_answers_follow_one_another() -> None:
    talk = chats.new("demo")
    chats.ask(talk, talk.panes[0], "四十雀とは何ですか。")
    answered(talk, "小さな鳥です。")
    chats.ask(talk, talk.panes[0], "どこにいますか。")
    answered(talk, "森にいます。")
    assert texts(talk) == ["四十雀とは何ですか。", "小さな鳥です。", "どこにいますか。", "森にいます。"]
    assert talk.heading == "四十雀とは何ですか。"


def test_asking_again_adds_an_alternative_and_keeps_the_first() -> None:
    talk = chats.new("demo")
    pane = talk.panes[0]
    chats.ask(talk, pane, "q")
    first = answered(talk, "one")
    second = answered(talk, "two")
    assert texts(talk) == ["q", "two"]
    assert chats.siblings(talk, second) == [first, second]
    assert chats.step(talk, pane, second, 1) is first
    assert texts(talk) == ["q", "one"]
    assert chats.step(talk, pane, first, -1) is second


def test_editing_an_earlier_question_begins_a_branch_and_the_old_one_comes_back_whole() -> None:
    talk = chats.new("demo")
    pane = talk.panes[0]
    first = chats.ask(talk, pane, "q1")
    answered(talk, "a1")
    chats.ask(talk, pane, "q2")
    answered(talk, "a2")
    edited = chats.edit(talk, pane, first, "q1 in other words")
    assert texts(talk) == ["q1 in other words"]
    answered(talk, "b1")
    chats.step(talk, pane, edited, 1)
    assert texts(talk) == ["q1", "a1", "q2", "a2"]


def test_two_panes_share_a_first_question_and_part_at_the_answers() -> None:
    talk = chats.new("base")
    talk.panes.append(chats.Pane(model="base", adapter="tuned"))
    left, right = talk.panes
    assert chats.ask(talk, left, "q") is chats.ask(talk, right, "q")
    answered(talk, "from base", 0)
    answered(talk, "from tuned", 1)
    chats.ask(talk, left, "and?")
    chats.ask(talk, right, "and?")
    assert texts(talk, 0) == ["q", "from base", "and?"]
    assert texts(talk, 1) == ["q", "from tuned", "and?"]
    assert left.leaf != right.leaf


def test_a_title_of_ones_own_stays_and_long_first_lines_are_cut() -> None:
    talk = chats.new("demo")
    chats.ask(talk, talk.panes[0], "\n\n" + "word " * 40 + "\nsecond line")
    assert talk.heading.endswith("…") and len(talk.heading) <= chats.TITLE_LENGTH
    chats.rename(talk, "  birds \n of the north ")
    assert talk.heading == "birds of the north"


def copy(conversation: Conversation) -> Conversation:
    return msgspec.json.decode(msgspec.json.encode(conversation), type=Conversation)


def test_merging_unites_what_two_applications_added() -> None:
    mine = chats.new("demo")
    chats.ask(mine, mine.panes[0], "q")
    answered(mine, "a")
    theirs = copy(mine)
    chats.ask(mine, mine.panes[0], "my next")
    chats.ask(theirs, theirs.panes[0], "their next")
    chats.rename(theirs, "renamed there")
    chats.merge(mine, theirs)
    assert {turn.text for turn in mine.turns} == {"q", "a", "my next", "their next"}
    assert texts(mine)[-1] == "my next"
    assert mine.title == "renamed there"


def test_merging_takes_the_finished_form_of_an_answer_another_application_wrote() -> None:
    mine = chats.new("demo")
    question = chats.ask(mine, mine.panes[0], "q")
    half = chats.begin_answer(mine, mine.panes[0], question, Made(model="demo"))
    half.text = "half"
    theirs = copy(mine)
    theirs.turns[-1].text, theirs.turns[-1].end = "half and whole", "done"
    chats.merge(mine, theirs)
    assert (mine.turns[-1].text, mine.turns[-1].end) == ("half and whole", "done")


steps = st.lists(
    st.tuples(st.sampled_from(["ask", "answer", "edit", "next", "previous", "compare", "single"]), st.integers(0, 9)),
    max_size=40,
)


@given(steps)
@settings(max_examples=150, deadline=None)
def test_no_turn_is_ever_lost_and_every_pane_shows_a_true_branch(actions: list[tuple[str, int]]) -> None:
    talk = chats.new("demo")
    before: list[str] = []
    for number, (action, pick) in enumerate(actions):
        pane = talk.panes[pick % len(talk.panes)]
        shown = chats.branch(talk, pane.leaf)
        questions = [turn for turn in shown if turn.role == "user"]
        if action == "ask" and (not shown or shown[-1].role == "assistant"):
            chats.ask(talk, pane, f"q{number}")
        elif action == "answer" and questions:
            answered(talk, f"a{number}", talk.panes.index(pane))
        elif action == "edit" and questions:
            chats.edit(talk, pane, questions[pick % len(questions)], f"e{number}")
        elif action in ("next", "previous") and shown:
            chats.step(talk, pane, shown[pick % len(shown)], 1 if action == "next" else -1)
        elif action == "compare" and len(talk.panes) == 1:
            talk.panes.append(chats.Pane(model="other", leaf=pane.leaf))
        elif action == "single":
            del talk.panes[1:]

        assert [turn.id for turn in talk.turns][: len(before)] == before, "a turn was lost or moved"
        before = [turn.id for turn in talk.turns]
        for each in talk.panes:
            branch = chats.branch(talk, each.leaf)
            assert [turn.role for turn in branch] == ["user", "assistant"] * (len(branch) // 2) + (
                ["user"] if len(branch) % 2 else []
            )
            assert all(turn.parent == parent.id for parent, turn in itertools.pairwise(branch))
            assert not branch or branch[0].parent == ""
            for turn in branch:
                assert turn in chats.siblings(talk, turn)
    assert copy(talk) == talk


@given(steps, steps)
@settings(max_examples=60, deadline=None)
def test_merging_two_histories_keeps_both_and_twice_is_once(
    left: list[tuple[str, int]], right: list[tuple[str, int]]
) -> None:
    def play(talk: Conversation, actions: list[tuple[str, int]], name: str) -> None:
        for number, (action, _) in enumerate(actions):
            shown = chats.branch(talk, talk.panes[0].leaf)
            if action == "answer" and shown:
                answered(talk, f"{name}{number}")
            elif not shown or shown[-1].role == "assistant":
                chats.ask(talk, talk.panes[0], f"{name}{number}")

    ours = chats.new("demo")
    theirs = copy(ours)
    play(ours, left, "l")
    play(theirs, right, "r")
    every = {turn.id for turn in [*ours.turns, *theirs.turns]}
    shown = texts(ours)
    chats.merge(ours, theirs)
    once = copy(ours)
    chats.merge(ours, theirs)
    assert {turn.id for turn in ours.turns} == every
    assert ours == once
    assert texts(ours) == shown
