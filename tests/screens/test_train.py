"""The train screen: the form and its consequences, a training as it runs, is stopped, resumed, found again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from labtui import jobs, paths, workspace
from labtui.app import LabApp
from labtui.journal import JobFolder, Reporter, atomic_write, dump
from labtui.records import JobSpec, JobStatus, State, now
from labtui.screens.train import TrainScreen
from labtui.screens.train_run import TrainRun
from labtui.serve import gguf_file, models
from labtui.train import data
from labtui.train.arguments import TrainArguments
from labtui.widgets.plain import Plain
from labtui.workspace import Workspace
from tests.lab_app import lab_app, screen_text, wait_until
from tests.train.tiny import sample, write_data, write_tiny

QUICK = ("train.threads=1", "train.epochs=3", "train.rank=4", "train.checkpoint_steps=5")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Workspace]:
    made = workspace.create(tmp_path / "lab")
    write_data(made.data / "things" / data.FILE, [sample(number) for number in range(8)])
    folder = paths.models_dir() / "tiny"
    folder.mkdir(parents=True)
    file = write_tiny(folder / "model.gguf")
    models.write_model(folder, gguf_file.describe(file, name="tiny"))
    yield made
    for job in jobs.folders(made):
        jobs.stop(job, wait=60, grace=0)


def train_screen(app: LabApp) -> TrainScreen:
    screen = app.screen_named("train")
    assert isinstance(screen, TrainScreen)
    return screen


def shown_run(app: LabApp) -> TrainRun:
    return train_screen(app).query_one(TrainRun)


def state_of(app: LabApp) -> State | None:
    view = shown_run(app).view
    return view.state if view is not None else None


def shown_command(app: LabApp) -> str:
    return app.screen.query_one("#command", Plain).render().plain


def finished_job(lab: Workspace, state: State = State.DONE, steps: int = 30, attempts: int = 1) -> JobFolder:
    """A training that has ended, written as its supervisor and worker leave it."""
    arguments = TrainArguments(data="x", model="tiny", model_path="x", name="tuned", out=str(lab.models / "tuned"))
    folder = JobFolder(lab.jobs / "20260101T000000Z-train-abcde")
    folder.path.mkdir(parents=True)
    spec = JobSpec(
        id=folder.id,
        kind="train",
        title="tuned: 8 samples on tiny",
        created=now(),
        workspace=str(lab.root),
        arguments=msgspec.to_builtins(arguments),
    )
    atomic_write(folder.spec_file, dump(spec))
    for attempt in range(1, attempts + 1):
        report = Reporter(folder, attempt)
        report.stage("load")
        report.stage("train")
        for step in range(1 if attempt == 1 else 11, steps + 1 if attempt == attempts else 15):
            loss = 4.0 / step + 0.5 * attempt
            report.metric(step, loss=loss, learning_rate=1e-4, grad_norm=1.0, tokens_per_second=99.0, epoch=step / 2)
            report.progress(step, steps, "steps")
            if step % 10 == 0:
                report.artifact("checkpoint", folder.path / "checkpoints" / f"step-{step:06d}")
        report.close()
    atomic_write(folder.status_file, dump(ended(state, attempts)))
    return folder


def ended(state: State, attempt: int) -> JobStatus:
    from labtui.jobs import machine

    return JobStatus(
        state=state,
        attempt=attempt,
        host=machine.host(),
        boot=machine.boot(),
        supervisor_pid=1,
        supervisor_started=0.0,
        submitted=now(),
        started=now(),
        ended=now(),
        exit_code=0,
    )


async def until(pilot: Pilot[Any], words: str) -> None:
    await wait_until(pilot, lambda: words in screen_text(pilot.app))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_form_says_what_will_happen_and_shows_the_command(lab: Workspace, size: tuple[int, int]) -> None:
    async with lab_app(lab, size=size, overrides=QUICK) as (app, pilot):
        await pilot.press("5")
        await until(pilot, "or 3.0 passes")
        text = screen_text(app)
        for words in ("things", "tiny", "samples  8", "steps", "time", "memory", "labtui train --data", "enter"):
            assert words in text, words


async def test_what_is_typed_changes_the_plan_at_once(lab: Workspace) -> None:
    async with lab_app(lab, overrides=QUICK) as (app, pilot):
        await pilot.press("5")
        await until(pilot, "or 3.0 passes")
        app.screen.query_one("#steps", Input).focus()
        await pilot.press(*"12")
        await until(pilot, "12, or 6.0 passes")
        assert "--steps 12" in " ".join(shown_command(app).split())
        app.screen.query_one("#epochs", Input).focus()
        await pilot.press("2")
        await until(pilot, "contradict")


async def test_a_wrong_field_is_said_in_place_of_the_plan(lab: Workspace) -> None:
    async with lab_app(lab, overrides=QUICK) as (app, pilot):
        await pilot.press("5")
        await until(pilot, "or 3.0 passes")
        app.screen.query_one("#epochs", Input).focus()
        await pilot.press(*"many")
        await until(pilot, "'many' is not a number above 0.")
        await pilot.press("enter")
        await until(pilot, "'many' is not a number")
        assert not jobs.list_jobs(lab)


async def test_a_broken_data_set_names_its_line(lab: Workspace) -> None:
    (lab.data / "broken").mkdir()
    (lab.data / "broken" / data.FILE).write_text('{"id": 1}\n')
    async with lab_app(lab, size=(120, 40), overrides=QUICK) as (app, pilot):
        await pilot.press("5")
        await until(pilot, f"{data.FILE}:1")
        app.screen.query_one("#data", OptionList).focus()
        await pilot.press("down")
        await until(pilot, "or 3.0 passes")


async def test_without_data_it_says_how_to_come_by_some(lab: Workspace) -> None:
    (lab.data / "things" / data.FILE).unlink()
    async with lab_app(lab, overrides=QUICK) as (_, pilot):
        await pilot.press("5")
        await until(pilot, "There is no data set yet.")
        await until(pilot, "Press 4")


async def test_enter_trains_and_the_curve_grows_to_the_end(lab: Workspace) -> None:
    opened: list[dict[str, Any]] = []
    async with lab_app(lab, size=(120, 40), overrides=QUICK) as (app, pilot):
        await pilot.press("5")
        await until(pilot, "or 3.0 passes")
        app.screen.query_one("#name", Input).focus()
        await pilot.press(*"mine", "enter")
        await wait_until(pilot, lambda: state_of(app) is State.DONE, 240)
        await until(pilot, "Ready: c asks")
        await until(pilot, "compare")
        assert shown_run(app).history.step == 6
        text = screen_text(app)
        for words in ("loss", "learning rate", "tokens a second", "gradient", "◆", "compare"):
            assert words in text, words
        app.open = lambda name, **arguments: opened.append({"name": name, **arguments})  # type: ignore[method-assign]
        await pilot.press("c")
    assert opened == [{"name": "chat", "model": "tiny", "adapter": "mine", "compare": True}]


async def test_it_is_stopped_and_resumed_and_found_again_running(lab: Workspace) -> None:
    async with lab_app(lab, overrides=(*QUICK, "train.epochs=200")) as (app, pilot):
        await pilot.press("5")
        await until(pilot, "or 200.0 passes")
        await pilot.press("enter")
        await wait_until(pilot, lambda: shown_run(app).history.step > 2, 240)
        await until(pilot, "It goes on without labtui")
    # The application is gone; the training is not.
    (view,) = jobs.list_jobs(lab)
    assert view.state is State.RUNNING
    async with lab_app(lab, overrides=QUICK) as (app, pilot):
        await wait_until(pilot, lambda: app.overview.running)
        await pilot.press("5")
        await wait_until(pilot, lambda: shown_run(app).history.step > 2)
        await pilot.press("x")
        await until(pilot, "Stop this training?")
        await pilot.press("y")
        await wait_until(pilot, lambda: state_of(app) is State.STOPPED, 120)
        await until(pilot, "r resumes it from step")
        stopped = shown_run(app).history.step
        await pilot.press("r")
        await wait_until(pilot, lambda: shown_run(app).history.step > stopped, 240)
        assert state_of(app) is State.RUNNING
        steps = [step for step, _ in shown_run(app).history.curves["loss"]]
        assert steps == list(range(1, len(steps) + 1))


async def test_a_training_of_before_opens_from_the_form_and_esc_goes_back(lab: Workspace) -> None:
    finished_job(lab)
    async with lab_app(lab, overrides=QUICK) as (app, pilot):
        await pilot.press("5")
        await until(pilot, "tuned  done")
        app.screen.query_one("#earlier", OptionList).focus()
        await pilot.press("enter")
        await until(pilot, "Ready: c asks")
        assert shown_run(app).history.saved == [10, 20, 30]
        await pilot.press("y")
        await until(pilot, "logarithmic")
        await pilot.press("escape")
        await until(pilot, "what will happen")
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.here == "home")


async def test_steps_done_again_after_a_crash_count_once(lab: Workspace) -> None:
    finished_job(lab, attempts=2)
    async with lab_app(lab, overrides=QUICK) as (app, pilot):
        app.open("train", job="abcde")
        await until(pilot, "Ready: c asks")
        loss = shown_run(app).history.curves["loss"]
        assert [step for step, _ in loss] == list(range(1, 31))
        assert loss[9][1] == pytest.approx(4.0 / 10 + 0.5)
        assert loss[10][1] == pytest.approx(4.0 / 11 + 1.0)


@pytest.mark.parametrize("action", ["compare", "stop", "resume"])
async def test_only_what_can_be_done_is_offered(lab: Workspace, action: str) -> None:
    finished_job(lab, State.STOPPED)
    async with lab_app(lab, overrides=QUICK) as (app, pilot):
        app.open("train", job="last")
        await until(pilot, "r resumes it from step 30")
        offered = train_screen(app).check_action(action, ())
        assert offered is (action == "resume")


async def test_hostile_text_of_a_job_is_shown_as_text(lab: Workspace) -> None:
    folder = finished_job(lab)
    report = Reporter(folder, 1)
    report.warning("1 sample \x1b]52;c;evil\x07 is left out: [@click=app.bell]x[/] \u202e")
    report.close()
    async with lab_app(lab, overrides=QUICK) as (app, pilot):
        app.open("train", job="last")
        await until(pilot, "is left out: [@click=app.bell]x[/]")
        assert "\x1b" not in screen_text(app)
