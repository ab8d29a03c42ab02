"""The whole wizard by keyboard alone, typed in Japanese: from an empty list to the signed-off branch on the fork."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui.contribute.drafts import store
from labtui.contribute.records import Step
from labtui.screens.contribute import ContributeScreen
from labtui.screens.contribute.seeds import SeedsPane
from labtui.screens.contribute.submit import SubmitPane
from tests.contribute.submitting.lab import Lab, cloned, make, served
from tests.git_server import GitServer, available
from tests.lab_app import lab_app, wait_until
from tests.screens.contribute.opened import Opened

pytestmark = pytest.mark.skipif(not available(), reason="git has no http-backend here")

PLACE = "compositional_skills/言葉/反対語"
DESCRIPTION = "言葉の反対の意味を答える"
SEEDS = (
    ("速いの反対は何ですか。", "遅い、です。"),
    ("明るい部屋と反対の部屋は。", "暗い部屋です。"),
    ("高い山に対して、谷は何と言う。", "深い谷と言います。"),
    ("始まると逆のことを表す動詞を一つ。", "終わる、が逆の動詞です。"),
    ("賑やかな町とは違う静けさを何と呼ぶ。", "ひっそりした町と呼びます。"),
)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return make(tmp_path, Path.home())


@pytest.fixture
def server(lab: Lab) -> Iterator[GitServer]:
    with served(lab) as server:
        cloned(lab, f"{server.address}/upstream.git", f"{server.address}/fork.git")
        yield server


async def at(opened: Opened, step: str) -> None:
    """Waits until the step stands and the keys go to it."""

    def stands() -> bool:
        pane = opened.wizard.pane
        return opened.wizard.step == step and pane is not None and pane.has_focus_within

    await opened.until(stands)


async def test_from_an_empty_list_to_the_fork(lab: Lab, server: GitServer) -> None:
    async with lab_app(lab.workspace) as (app, pilot):
        opened = Opened(app, pilot)
        await opened.press("2")
        await wait_until(pilot, lambda: isinstance(app.screen, ContributeScreen) and "Nothing here yet" in opened.text)
        await opened.press("n")
        await at(opened, Step.KIND)
        await opened.press("down", "down", "enter")
        await at(opened, Step.PLACE)
        await opened.type(PLACE.removeprefix("compositional_skills/"))
        await opened.press("enter")
        await at(opened, Step.DESCRIPTION)
        for text in (DESCRIPTION, "花子", "反対語", "反対の言葉を聞いても、似た言葉を答える。"):
            await opened.type(text)
            await opened.press("enter")
        await at(opened, Step.SEEDS)
        await seeds(opened)
        await at(opened, Step.ATTRIBUTION)
        await attribution(opened)
        await at(opened, Step.CHECK)
        await opened.until(lambda: "enter go on" in opened.text)
        await opened.press("enter")
        await at(opened, Step.TRY)
        await opened.press("ctrl+down")
        await at(opened, Step.REVIEW)
        await opened.until(lambda: "enter go on to submit" in opened.text)
        await opened.press("enter")
        await at(opened, Step.SUBMIT)
        await submitted(opened)
        (folder,) = store.list_drafts(lab.workspace)
        draft = folder.load()
    assert lab.branches(lab.fork)[draft.branch] == draft.commit
    assert [leaf.id for leaf in draft.leaves] == [PLACE]
    written = lab.git(lab.fork, "-c", "core.quotePath=false", "show", f"{draft.commit}:{PLACE}/qna.yaml")
    for text in (DESCRIPTION, "花子", *(part for seed in SEEDS for part in seed)):
        assert text in written
    message = lab.git(lab.fork, "log", "-1", "--format=%B", draft.commit)
    assert "Signed-off-by: " in message


async def seeds(opened: Opened) -> None:
    pane = opened.pane(SeedsPane)
    for number, (question, answer) in enumerate(SEEDS):
        await opened.until(lambda number=number: pane.form.writing and pane.form.path[1] == number)
        await opened.type(question)
        await opened.press("enter")
        await opened.until(lambda: pane.form.path[-1] == "answer")
        await opened.type(answer)
        await opened.press("enter")
        await opened.until(lambda: not pane.form.writing)
        if number < len(SEEDS) - 1:
            await opened.press("enter")
    await opened.until(lambda: opened.step(Step.SEEDS).state == "done")
    await opened.press("down")
    await opened.until(lambda: "enter go on" in opened.text)
    await opened.press("enter")


async def attribution(opened: Opened) -> None:
    await opened.until(lambda: opened.focused == "title-0")
    await opened.type("自分で作った例")
    await opened.press("enter")
    await opened.type("apache-2")
    await opened.until(lambda: "✔ Apache-2.0" in opened.text)
    await opened.press("enter")
    await opened.until(lambda: opened.focused == "creators-0")
    await opened.press("enter")
    await opened.until(lambda: opened.step(Step.ATTRIBUTION).state == "done" and "enter go on" in opened.text)
    await opened.press("enter")


async def submitted(opened: Opened) -> None:
    pane = opened.pane(SubmitPane)
    await opened.until(lambda: pane.phase == "certificate" and opened.app.focused is pane.sheet)
    await opened.press("end")
    await opened.until(lambda: "enter agree, and sign it off" in opened.text)
    await opened.press("enter")
    await opened.until(lambda: pane.phase == "ready" and opened.app.focused is pane.sheet)
    await opened.press("enter")
    await opened.until(lambda: pane.phase == "done")
