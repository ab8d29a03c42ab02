from __future__ import annotations

import msgspec
import pytest

from labtui.generate.plan import BLOCK, CONTEXT_BLOCK, LeafPlan, everyday_words, usable
from labtui.taxonomy.leaf import Pair
from labtui.workspace import Workspace
from tests.generate.teaching import FACTS, SKILL, TEXTS, arguments, leaf, plan_of


@pytest.mark.parametrize("name", [SKILL, TEXTS, FACTS])
def test_the_same_inputs_plan_the_same_requests(lab: Workspace, name: str) -> None:
    one, other = plan_of(lab, name), plan_of(lab, name)
    for number in range(1, 30):
        assert one.attempt(number) == other.attempt(number)
    attempt = one.attempt(3)
    made = {"question": "Q?", "context": "C."}
    last = len(one.pipeline.steps) - 1
    assert one.messages(attempt, last, made) == other.messages(attempt, last, made)


def test_every_try_is_another_one(lab: Workspace) -> None:
    plan = plan_of(lab)
    tries = [plan.attempt(number) for number in range(1, 61)]
    assert len({attempt.id for attempt in tries}) == 60
    assert len({attempt.topic for attempt in tries}) > 40
    assert len({sampling.seed for attempt in tries for sampling in attempt.sampling}) == 120
    assert len({attempt.seeds for attempt in tries}) > 5


@pytest.mark.parametrize(
    "change",
    [{"seed": 1}, {"temperature": 0.5}, {"teacher_sha256": "x"}, {"max_tokens": 40}, {"pipeline": "json"}],
)
def test_whatever_goes_in_changes_the_id(lab: Workspace, change: dict[str, object]) -> None:
    assert plan_of(lab).attempt(1).id != plan_of(lab, **change).attempt(1).id


def test_a_changed_leaf_changes_the_id(lab: Workspace) -> None:
    before = plan_of(lab).attempt(1).id
    path = lab.taxonomy / SKILL / "qna.yaml"
    path.write_text(path.read_text().replace("cold", "freezing"))
    assert plan_of(lab).attempt(1).id != before


def test_seeds_stand_as_earlier_turns_with_their_own_word_as_topic(lab: Workspace) -> None:
    plan = plan_of(lab)
    attempt = plan.attempt(1)
    question = plan.messages(attempt, 0, {})
    assert [message["role"] for message in question] == ["system", *["user", "assistant"] * 3, "user"]
    for asked, said in zip(question[1:-1:2], question[2:-1:2], strict=True):
        topic = asked["content"].removeprefix("Topic: ")
        assert said["content"] == f"What is the opposite of {topic}?"
    assert question[-1]["content"] == f"Topic: {attempt.topic}"
    answer = plan.messages(attempt, 1, {"question": "What is the opposite of wet?"})
    assert answer[0]["content"] == "Name the opposite of a word."
    assert answer[-1]["content"] == "What is the opposite of wet?"
    assert plan.training(attempt, {"question": "Q?", "answer": "A."}) == [
        {"role": "user", "content": "Q?"},
        {"role": "assistant", "content": "A."},
    ]


def test_tries_in_a_row_begin_alike_so_that_prefixes_are_kept(lab: Workspace) -> None:
    plan = plan_of(lab)
    block = [plan.messages(plan.attempt(number), 0, {})[:-1] for number in range(1, BLOCK + 1)]
    assert all(messages == block[0] for messages in block)
    facts = plan_of(lab, FACTS)
    assert {facts.attempt(number).seeds for number in range(1, CONTEXT_BLOCK + 1)} == {(1,)}
    assert {facts.attempt(number).seeds for number in range(1, 5 * CONTEXT_BLOCK + 1)} == {(n,) for n in range(1, 6)}


def test_a_question_about_a_text_sends_that_text_once(lab: Workspace) -> None:
    plan = plan_of(lab, FACTS)
    attempt = plan.attempt(1)
    for step, made in ((0, {}), (1, {"question": "What does it eat?"})):
        messages = plan.messages(attempt, step, made)
        assert sum(message["content"].count(attempt.context) for message in messages) == 1
    assert plan.training(attempt, {"question": "Q?", "answer": "A."})[0]["content"] == "Q?"


def test_a_grounded_skill_is_trained_with_the_text_before_the_question(lab: Workspace) -> None:
    plan = plan_of(lab, TEXTS)
    attempt = plan.attempt(1)
    assert attempt.drawn == {"question": "Shorten it."}
    record = plan.training(attempt, {**attempt.drawn, "context": "A text.", "answer": "A."})
    assert record[0]["content"] == "A text.\n\nShorten it."


def test_examples_give_way_to_a_small_window(lab: Workspace) -> None:
    wide, narrow, tiny = (plan_of(lab, FACTS, window=window) for window in (4096, 260, 150))
    counts = [len(plan.messages(plan.attempt(1), 0, {})) for plan in (wide, narrow, tiny)]
    assert counts[0] == 8 > counts[1] > counts[2] == 2
    # Without an example to hold it, the text stands in the request itself.
    assert tiny.attempt(1).context in tiny.messages(tiny.attempt(1), 0, {})[-1]["content"]


def test_topics_of_a_leaf_in_another_script_come_from_the_leaf(lab: Workspace) -> None:
    found = leaf(lab)
    seeds = tuple(
        msgspec.structs.replace(seed, pairs=(Pair(f"{word}の反対は何ですか", "答え"),))
        for seed, word in zip(found.seeds, ("暑い", "昼", "上", "開く", "満ちる"), strict=True)
    )
    plan = LeafPlan(msgspec.structs.replace(found, seeds=seeds), plan_of(lab).pipeline, arguments(lab))
    assert not {plan.attempt(number).topic for number in range(1, 20)} & set(everyday_words())


def test_seeds_without_question_or_answer_are_left_out(lab: Workspace) -> None:
    found = leaf(lab)
    broken = (Pair("", "A."), Pair("Q?", "  "))
    seeds = tuple(msgspec.structs.replace(seed, pairs=broken) for seed in found.seeds[:2]) + found.seeds[2:]
    assert [seed.number for seed in usable(msgspec.structs.replace(found, seeds=seeds))] == [3, 4, 5]
