"""The chat with the real small model: started on the way, its engine killed in the middle of an answer, restarted."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from labtui import jobs, workspace
from labtui.operations import serving
from labtui.records import State
from labtui.screens.chat import ChatScreen
from labtui.serve.models import ModelInfo
from tests.lab_app import lab_app, screen_text, wait_until

pytestmark = pytest.mark.model


async def test_a_killed_engine_leaves_the_partial_answer_and_one_key_restarts(
    tmp_path: Path, demo_store: ModelInfo
) -> None:
    lab = workspace.create(tmp_path / "lab")
    overrides = ("serve.threads=1", "chat.temperature=0", "chat.max_tokens=400", "serve.idle_minutes=2")
    async with lab_app(lab, size=(100, 40), overrides=overrides) as (app, pilot):
        app.open("chat", model=demo_store.name)
        screen = app.screen_named("chat")
        assert isinstance(screen, ChatScreen)
        await wait_until(pilot, lambda: screen.talk.panes[0].model == demo_store.name)
        try:
            screen.prompt.write("Write a long story about a bird.")
            await pilot.pause()
            await pilot.press("enter")
            await wait_until(pilot, lambda: "start" in screen_text(app).lower())
            await wait_until(pilot, lambda: screen.flights and screen.flights[0].turn, patience=90)
            await wait_until(pilot, lambda: len(screen.talk.turns[-1].text) > 40, patience=90)
            running = [view for view, _ in serving.served(lab) if view.state is State.RUNNING]
            assert running[0].status is not None
            os.killpg(running[0].status.worker_pid, signal.SIGKILL)
            await wait_until(pilot, lambda: not screen.flights, patience=60)
            partial = screen.talk.turns[-1]
            assert partial.end == "failed" and len(partial.text) > 40
            await wait_until(pilot, lambda: "is gone" in screen_text(app))
            await wait_until(pilot, lambda: "the last lines of its log" in screen_text(app))
            assert partial.made is not None and partial.made.model_sha256 == demo_store.sha256

            await pilot.press("ctrl+r")
            await wait_until(pilot, lambda: screen.talk.turns[-1] is not partial, patience=90)
            await wait_until(pilot, lambda: len(screen.talk.turns[-1].text) > 20, patience=90)
            await pilot.press("escape")
            await wait_until(pilot, lambda: not screen.flights)
            assert screen.talk.turns[-1].end == "stopped"
            assert partial in screen.talk.turns
        finally:
            for view in jobs.list_jobs(lab):
                if not view.state.ended:
                    jobs.stop(view.folder, wait=30)
