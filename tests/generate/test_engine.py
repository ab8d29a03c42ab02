"""The engine against teachers inside the process; against servers and kills see test_worker.py."""

from __future__ import annotations

import random

import pytest

from labtui.errors import LabError
from labtui.generate.engine import DRY_TRIES
from labtui.generate.journal import Request
from labtui.serve.client import Busy, Messages, Sampling, ServerGone
from labtui.workspace import Workspace
from tests.generate.teaching import (
    FACTS,
    SKILL,
    TEXTS,
    Notebook,
    Teacher,
    by_leaf,
    number_of,
    plain,
    plan_of,
    run_of,
    well,
)

ALL = (SKILL, TEXTS, FACTS)


async def test_it_asks_until_there_are_enough(lab: Workspace) -> None:
    notes, teacher = Notebook(), Teacher()
    run = run_of([plan_of(lab, name) for name in ALL], teacher, notes, samples=8, concurrency=3)
    await run.go()
    assert [len(leaf.accepted) for leaf in run.leaves] == [8, 8, 8]
    assert [leaf.ending for leaf in run.leaves] == ["enough"] * 3
    assert teacher.most == 3
    for samples in by_leaf(notes.samples).values():
        assert [sample["number"] for sample in samples] == list(range(1, len(samples) + 1))
        assert samples[-1]["accepted"]
    accepted = [sample for sample in notes.samples if sample.accepted]
    assert all(sample.content and sample.question and sample.answer for sample in accepted)
    assert {sample.reason for sample in notes.samples} >= {"", "cut off", "empty"}


async def test_no_two_accepted_samples_ask_the_same(lab: Workspace) -> None:
    notes = Notebook()
    run = run_of([plan_of(lab)], Teacher(), notes, samples=20, tries=9)
    await run.go()
    questions = [sample.question for sample in notes.samples if sample.accepted]
    assert len(questions) == len(set(questions)) == 20
    again = [sample for sample in notes.samples if sample.reason == "duplicate"]
    assert again
    for sample in again:
        assert sample.question in questions
        # Whether its answer was asked for depends on arrival; the sample does not.
        assert not sample.answer


@pytest.mark.parametrize("concurrency", [2, 5, 16])
async def test_the_result_does_not_depend_on_arrival(lab: Workspace, concurrency: int) -> None:
    alone, many = Notebook(), Notebook()
    for notes, at_once in ((alone, 1), (many, concurrency)):
        run = run_of([plan_of(lab, name) for name in ALL], Teacher(), notes, samples=12, concurrency=at_once)
        await run.go()
    assert by_leaf(alone.samples) == by_leaf(many.samples)


async def test_a_run_broken_off_anywhere_and_resumed_equals_an_unbroken_one(lab: Workspace) -> None:
    whole = Notebook()
    await run_of([plan_of(lab, name) for name in ALL], Teacher(), whole, samples=9, concurrency=4).go()
    drawn = random.Random(5)
    for _ in range(12):
        requests: list[Request] = []
        samples: list[dict[str, object]] = []
        decided: set[str] = set()
        for attempt in range(20):
            notes, polls = Notebook(), iter(range(drawn.randint(1, 40), -1, -1))
            run = run_of(
                [plan_of(lab, name) for name in ALL],
                Teacher(),
                notes,
                samples=9,
                concurrency=drawn.choice([1, 4]),
                attempt=attempt + 1,
                stopping=lambda polls=polls: next(polls, 0) == 0,
                answered=requests,
                decided=decided,
            )
            await run.go()
            requests += notes.requests
            samples += plain(notes.samples)
            decided |= {sample.id for sample in notes.samples}
            if all(leaf.ended for leaf in run.leaves):
                break
        else:
            pytest.fail("it never came to its end")
        found: dict[str, list[dict[str, object]]] = {}
        for sample in samples:
            found.setdefault(str(sample["leaf"]), []).append(sample)
        assert found == by_leaf(whole.samples)
        keys = [(request.sample, request.step) for request in requests]
        assert len(keys) == len(set(keys))


async def test_a_resume_of_a_finished_run_asks_nothing(lab: Workspace) -> None:
    first, second, idle = Notebook(), Notebook(), Teacher()
    await run_of([plan_of(lab)], Teacher(), first).go()
    run = run_of([plan_of(lab)], idle, second, answered=first.requests, decided={s.id for s in first.samples})
    await run.go()
    assert (idle.asked, second.samples, second.requests) == ([], [], [])
    assert run.accepted == 6


async def test_a_teacher_that_answers_rubbish_dries_up(lab: Workspace) -> None:
    notes, teacher = Notebook(), Teacher(lambda messages, seed: ("", "stop"))
    run = run_of([plan_of(lab)], teacher, notes, samples=1000, tries=1000, concurrency=4)
    await run.go()
    assert run.leaves[0].ending == "dried up"
    assert run.leaves[0].decided == DRY_TRIES
    assert notes.dry == [SKILL]
    assert len(teacher.asked) < 2 * DRY_TRIES


async def test_the_limit_of_tries_holds(lab: Workspace) -> None:
    notes = Notebook()
    run = run_of([plan_of(lab)], Teacher(lambda messages, seed: ("x", "length")), notes, samples=5, tries=2)
    await run.go()
    assert (run.leaves[0].ending, run.leaves[0].decided) == ("tries used up", 10)
    assert run.leaves[0].reasons == {"cut off": 10}


async def test_hardly_more_is_asked_than_is_needed(lab: Workspace) -> None:
    def good(messages: Messages, seed: int | None) -> tuple[str, str]:
        word = number_of(messages, seed)
        return (
            f"What is the opposite of w{word}?" if "Topic:" in messages[-1]["content"] else f"It is w{word}."
        ), "stop"

    teacher = Teacher(good)
    run = run_of([plan_of(lab)], teacher, Notebook(), samples=10, concurrency=16)
    await run.go()
    assert run.leaves[0].decided == 10
    assert len(teacher.asked) <= 2 * 11


async def test_what_lacks_the_seeds_form_is_rejected(lab: Workspace) -> None:
    def lines(messages: Messages, seed: int | None) -> tuple[str, str]:
        text, finish = well(messages, seed)
        return (text if "Topic:" in messages[-1]["content"] else f"{text}\nAnd one more line."), finish

    notes = Notebook()
    await run_of([plan_of(lab)], Teacher(lines), notes, tries=2).go()
    assert {sample.reason for sample in notes.samples} >= {"not in the form"}
    assert not any(sample.accepted and "\n" in sample.answer for sample in notes.samples)


async def test_an_answer_that_leaves_its_text_is_rejected(lab: Workspace) -> None:
    def stray(messages: Messages, seed: int | None) -> tuple[str, str]:
        if "the text answers" in messages[-1]["content"]:
            return f"What about the nest number {number_of(messages, seed)}?", "stop"
        return "Pirates sailed around the frozen southern continent.", "stop"

    notes = Notebook()
    await run_of([plan_of(lab, FACTS)], Teacher(stray), notes, tries=1).go()
    assert {sample.reason for sample in notes.samples} == {"not from the text"}


async def test_the_answer_of_a_seed_to_another_question_is_a_copy(lab: Workspace) -> None:
    def parrot(messages: Messages, seed: int | None) -> tuple[str, str]:
        text, finish = well(messages, seed)
        return (text if "Topic:" in messages[-1]["content"] else "The opposite of hot is cold."), finish

    notes = Notebook()
    await run_of([plan_of(lab)], Teacher(parrot), notes, tries=2).go()
    assert {(sample.reason, sample.detail) for sample in notes.samples} >= {("copy of a seed", "its answer")}
    assert not any(sample.accepted for sample in notes.samples)


class Moody:
    """Raises what it is given, one a request, then answers as `well`."""

    def __init__(self, *moods: Exception) -> None:
        self.moods = list(moods)
        self.teacher = Teacher()

    async def complete(self, messages: Messages, sampling: Sampling, *, schema: object = None) -> object:
        if self.moods:
            raise self.moods.pop(0)
        return await self.teacher.complete(messages, sampling)


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses between tries are noted instead of waited."""
    import asyncio

    pauses: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        if seconds:
            pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr("labtui.generate.teacher.asyncio.sleep", note)
    return pauses


async def test_a_busy_teacher_is_waited_for_as_it_says(lab: Workspace, no_waiting: list[float]) -> None:
    run = run_of([plan_of(lab)], Moody(Busy("busy", retry_after=7.0), Busy("busy"), ServerGone("gone")), Notebook())
    await run.go()
    assert run.accepted == 6
    assert no_waiting[:2] == [7.0, 2.0]


async def test_a_teacher_that_stays_away_ends_the_run(lab: Workspace, no_waiting: list[float]) -> None:
    notes = Notebook()
    run = run_of([plan_of(lab)], Moody(*[ServerGone("gone") for _ in range(99)]), notes)
    with pytest.raises(ServerGone):
        await run.go()
    assert notes.samples == []


async def test_a_refusal_ends_the_run_at_once(lab: Workspace, no_waiting: list[float]) -> None:
    with pytest.raises(LabError, match="access key"):
        await run_of([plan_of(lab)], Moody(LabError("The server refuses the access key.")), Notebook()).go()
    assert no_waiting == []
