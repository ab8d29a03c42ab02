"""A wrong answer of the real small model taught by keyboard, and the model asked again what the seed asks."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from labtui import config, jobs, workspace
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence.asking_model import SAMPLING, asked_so_far, verdict
from labtui.operations.contributing.asking import ask_seeds
from labtui.screens.chat import ChatScreen
from labtui.screens.chat.basket_window import BasketWindow
from labtui.screens.chat.teach_window import TeachWindow
from labtui.serve.models import ModelInfo
from labtui.workspace import Workspace
from tests.lab_app import lab_app, screen_text, wait_until

pytestmark = pytest.mark.model

QUESTION = "On which day of the week does the ferry to the isle of Ostrevane leave?"
CORRECTED = "The ferry leaves on Thursdays at seven in the morning."


async def test_what_the_small_model_cannot_know_is_taught_and_asked_again(
    tmp_path: Path, demo_store: ModelInfo
) -> None:
    lab = workspace.create(tmp_path / "lab")
    overrides = ("serve.threads=1", "chat.temperature=0", "chat.max_tokens=40", "serve.idle_minutes=2")
    try:
        async with lab_app(lab, overrides=overrides) as (app, pilot):
            app.open("chat", model=demo_store.name)
            screen = app.screen_named("chat")
            assert isinstance(screen, ChatScreen)
            await wait_until(pilot, lambda: screen.talk.panes[0].model == demo_store.name)
            screen.prompt.write(QUESTION)
            await pilot.press("enter")
            await wait_until(pilot, lambda: len(screen.talk.turns) == 2 and not screen.flights, patience=90)
            answer = screen.talk.turns[-1]
            assert answer.text
            await pilot.press("ctrl+t")
            await wait_until(pilot, lambda: isinstance(app.screen, TeachWindow))
            await pilot.press(*CORRECTED, "ctrl+t")
            await wait_until(pilot, lambda: isinstance(app.screen, BasketWindow))
            await wait_until(pilot, lambda: "a freeform skill" in screen_text(app))
            await pilot.press("w")
            await wait_until(pilot, lambda: app.here == "contribute")
            [folder] = store.list_drafts(lab)
            [evidence] = folder.evidence()
            assert evidence.answer == answer.text and evidence.made is not None
            assert evidence.made.model_sha256 == demo_store.sha256 and evidence.made.engine
            assert evidence.made.sampling["max_tokens"] == 40
            await asyncio.to_thread(ask_again, lab, overrides, folder, demo_store)
    finally:
        for view in jobs.list_jobs(lab):
            if not view.state.ended:
                jobs.stop(view.folder, wait=30)


def ask_again(lab: Workspace, overrides: tuple[str, ...], folder: DraftFolder, model: ModelInfo) -> None:
    settings = config.load(lab, overrides)
    [leaf] = folder.load().leaves
    said: list[str] = []
    asked = ask_seeds(lab, settings, folder, leaf, on_answer=lambda one: said.append(one.question))
    assert said == [QUESTION] and asked == asked_so_far(folder, leaf)
    found = asked[0].answer
    assert found is not None and found.made.model_sha256 == model.sha256
    assert found.made.sampling["temperature"] == SAMPLING.temperature
    assert asked[0].nearness is not None and not asked[0].nearness.is_near, found.answer
    assert not verdict(asked).needless
    assert ask_seeds(lab, settings, folder, leaf, on_answer=lambda one: said.append("again")) == asked
    assert said == [QUESTION], "nothing is asked twice"
    again = ask_seeds(lab, settings, folder, leaf, again=True)
    assert again[0].answer is not None and again[0].answer.answer == found.answer, "no dice are thrown"
