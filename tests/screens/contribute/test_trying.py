"""Trying by keyboard: questions typed and proposed, the job followed, the answers and what one thinks of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from labtui import jobs
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence import check_questions, tries
from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.contribute.evidence.tries import Answer, Asked, TriedLeaf, TryResult, Tuning
from labtui.contribute.records import ModelUsed, Step
from labtui.screens.contribute.trying import ANSWERS, JOB, TryPane
from labtui.workspace import Workspace
from tests.screens.contribute.finished import PLACE, finished
from tests.screens.contribute.opened import Opened, contribution
from tests.trying.conftest import draft, lab, teacher

__all__ = ["draft", "lab", "teacher"]
HOSTILE = "Slack \x1b]52;c;ZXZpbA==\x07water [bold]now[/]"


def asked(folder: DraftFolder) -> list[str]:
    return [question.question for question in check_questions.read(folder)]


async def begun(opened: Opened) -> TryPane:
    pane = opened.pane(TryPane)
    await opened.until(lambda: pane._loaded and opened.focused == "try-question")
    return pane


def tried(folder: DraftFolder, count: int = 3) -> TryResult:
    sha256 = hashlib.sha256(folder.leaf_file(PLACE).read_bytes()).hexdigest()
    found = TryResult(
        job="20260101T000000Z-trying-abcde",
        leaves=(TriedLeaf(id=PLACE, sha256=sha256, seeds=5),),
        made=ModelUsed(model="small"),
        tuning=Tuning(seed_pairs=5, samples=12, steps=40, loss_first=2.0, loss_last=0.5, rank=4),
        asked=tuple(
            Asked(
                number=number,
                question=f"What is word {number}?",
                before=Answer(text="I do not know."),
                after=Answer(text=HOSTILE if number == 1 else "I do not know."),
            )
            for number in range(1, count + 1)
        ),
        seconds={"before": 10.0, "generate": 60.0, "tune": 50.0, "after": 10.0},
    )
    tries.record(folder, found)
    return found


async def test_a_question_is_kept_while_it_is_typed(workspace: Workspace) -> None:
    folder = finished(workspace)
    async with contribution(folder, workspace, Step.TRY) as opened:
        pane = await begun(opened)
        await opened.type("潮とは何で")
        await opened.until(lambda: asked(folder) == ["潮とは何で"])
        await opened.type("すか")
        await opened.press("enter")
        assert pane.line.value == ""
        await opened.type("Second")
        await opened.until(lambda: asked(folder) == ["潮とは何ですか", "Second"])
        await opened.press(*["backspace"] * 6, "enter")
        await opened.until(lambda: asked(folder) == ["潮とは何ですか"])
        await opened.until(lambda: "2 more to go" in opened.text)


async def test_a_question_of_the_seeds_is_refused_beside_it_and_edited_in_place(workspace: Workspace) -> None:
    folder = finished(workspace)
    async with contribution(folder, workspace, Step.TRY) as opened:
        pane = await begun(opened)
        await opened.type("Explain the word ebb to a child")
        await opened.until(lambda: "It asks the same as seed 1" in opened.text)
        await opened.press("enter", "enter")
        await opened.until(lambda: opened.app.focused is pane.sheet)
        await opened.press("e")
        await opened.until(lambda: opened.focused == "try-question")
        await opened.press("ctrl+u")
        await opened.type("What does it mean that the sea is out?")
        await opened.until(lambda: "It asks the same" not in opened.text)
        await opened.press("enter")
        await opened.until(lambda: asked(folder) == ["What does it mean that the sea is out?"])
        await opened.press("enter", "d")
        await opened.until(lambda: asked(folder) == [])


async def test_a_proposed_question_counts_once_it_is_taken(workspace: Workspace) -> None:
    folder = finished(workspace)
    proposed = [CheckQuestion(question=f"Proposed {n}?", origin="generated", confirmed=False) for n in (1, 2)]
    check_questions.write(folder, proposed)
    async with contribution(folder, workspace, Step.TRY) as opened:
        pane = await begun(opened)
        pane.sheet.focus()
        await opened.until(lambda: "enter take this question" in opened.text)
        await opened.press("enter")
        await opened.until(lambda: [one.confirmed for one in check_questions.read(folder)] == [True, False])
        await opened.press("down", "d")
        await opened.until(lambda: asked(folder) == ["Proposed 1?"])


async def test_answers_stand_one_by_one_with_what_one_thinks_of_them(workspace: Workspace) -> None:
    folder = finished(workspace)
    result = tried(folder)
    async with contribution(folder, workspace, Step.TRY) as opened:
        pane = opened.pane(TryPane)
        await opened.until(lambda: pane.view == ANSWERS and opened.app.focused is pane.sheet)
        shown = "\n".join(pane.sheet.shown)
        assert "1 of 3 answers changed." in shown
        assert "%" not in shown
        assert "[bold]now[/]" in shown
        assert "\x1b" not in shown
        await opened.press("b")
        await opened.until(lambda: tries.verdicts(folder, result.job) == {1: "better"})
        await opened.press("down", "w")
        await opened.until(lambda: tries.verdicts(folder, result.job) == {1: "better", 2: "worse"})
        await opened.until(lambda: "worse, you say" in opened.text)
        await opened.press("w")
        await opened.until(lambda: tries.verdicts(folder, result.job) == {1: "better"})
        leaf = folder.leaf_file(PLACE)
        leaf.write_text(leaf.read_text().replace("walks away", "goes away"))
        opened.wizard.look()
        await opened.until(lambda: "The seeds were changed since" in opened.text)
        await opened.press("enter")
        await opened.until(lambda: opened.wizard.step == Step.REVIEW)


@pytest.mark.usefixtures("ends")
async def test_a_model_proposes_and_the_contributor_decides(lab: Workspace, draft: DraftFolder) -> None:
    async with contribution(draft, lab, Step.TRY) as opened:
        pane = await begun(opened)
        pane.sheet.focus()
        await opened.until(lambda: "p propose" in opened.text)
        await opened.press("p")
        await opened.until(lambda: len(asked(draft)) == 3 and pane._proposing is None)
        assert not any(one.confirmed for one in check_questions.read(draft))
        await opened.press("home", "enter")
        await opened.until(lambda: [one.confirmed for one in check_questions.read(draft)] == [True, False, False])
        await opened.until(lambda: "2 more to go" in " ".join("\n".join(pane.sheet.shown).split()))


@pytest.fixture
def ends(lab: Workspace) -> Iterator[None]:
    yield
    for job in jobs.folders(lab):
        jobs.stop(job, wait=60, grace=0)


@pytest.mark.usefixtures("ends")
async def test_it_is_tried_by_keyboard_alone(lab: Workspace, draft: DraftFolder) -> None:
    async with contribution(draft, lab, Step.TRY) as opened:
        pane = await begun(opened)
        for word in ("big", "early", "loud"):
            await opened.type(f"What is the opposite of {word}?")
            await opened.press("enter")
        await opened.until(lambda: pane._enough and "on this CPU, with tiny" in opened.text)
        await opened.press("enter")
        await opened.until(lambda: opened.app.focused is pane.sheet)
        assert "enter try it" in opened.text
        await opened.press("enter")
        await opened.until(lambda: pane.view == JOB and "answers before" in opened.text)
        await opened.until(lambda: pane.running)
        await opened.press("x")
        await opened.until(lambda: "Stop this try?" in opened.text)
        await opened.press("n")
        await opened.until(lambda: pane._view is not None and pane._view.state.ended)
        assert str(pane._view.state) == "done", opened.text  # type: ignore[union-attr]
        await opened.until(lambda: "enter see the answers" in opened.text)
        await opened.press("enter")
        await opened.until(lambda: pane.view == ANSWERS and "What is the opposite of big?" in opened.text)
    result = tries.latest(draft)
    assert result is not None
    assert [one.question for one in result.asked] == asked(draft)
