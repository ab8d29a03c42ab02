"""The generate screen against real jobs and a scripted teacher over a real socket."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from labtui import config, jobs
from labtui.app import LabApp
from labtui.jobs import JobView
from labtui.journal import JobFolder
from labtui.operations.generating import start_generate
from labtui.records import State
from labtui.screens.generate import GenerateScreen
from labtui.screens.generate_form import LeafList
from labtui.screens.generate_run import GenerateRun
from labtui.screens.generate_sample import SampleWindow
from labtui.screens.start_form import LABEL_CELLS
from labtui.widgets.plain import Plain
from labtui.workspace import Workspace
from tests.generate.teaching import FACTS, SKILL, TEXTS, answering, know, make_workspace, well
from tests.lab_app import lab_app, notices, screen_text, wait_until
from tests.scripted_server import Answer, ScriptedServer

WIDE = (120, 40)
NARROW = (80, 24)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(answering) as found:
        know(found)
        yield found


@pytest.fixture
def lab(tmp_path: Path, server: ScriptedServer) -> Iterator[Workspace]:
    made = make_workspace(tmp_path / "lab")
    yield made
    for folder in jobs.folders(made):
        if not jobs.view(folder).state.ended:
            jobs.stop(folder, wait=20)


class Generating:
    """The application on its generate screen, and what tests ask of it."""

    def __init__(self, app: LabApp, pilot: Pilot[Any], lab: Workspace) -> None:
        self.app, self.pilot, self.lab = app, pilot, lab

    @property
    def screen(self) -> GenerateScreen:
        screen = self.app.screen_named("generate")
        assert isinstance(screen, GenerateScreen)
        return screen

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def plan(self) -> str:
        # Without the folds: a fact goes on below itself.
        return str(self.screen.query_one("#plan", Plain).render()).replace("\n" + " " * LABEL_CELLS, " ")

    @property
    def view(self) -> JobView | None:
        return self.screen.query_one(GenerateRun).view

    async def until(self, true: Any) -> None:
        await wait_until(self.pilot, true)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def planned(self, words: str) -> None:
        await self.until(lambda: words in self.plan)

    async def ended(self, state: State = State.DONE) -> JobFolder:
        await self.until(lambda: self.view is not None and self.view.state is state)
        assert self.view is not None
        return self.view.folder


def until_done(folder: JobFolder, samples: int) -> None:
    while jobs.wait(folder, timeout=0.05).done < samples:
        assert not jobs.view(folder).state.ended


@asynccontextmanager
async def generating(
    lab: Workspace, size: tuple[int, int] = NARROW, overrides: tuple[str, ...] = ("generate.samples=4",), **opened: Any
) -> AsyncIterator[Generating]:
    async with lab_app(lab, size=size, overrides=overrides) as (app, pilot):
        app.open("generate", **opened)
        found = Generating(app, pilot, lab)
        await wait_until(pilot, lambda: app.here == "generate" and found.screen.query_one(GenerateRun).is_mounted)
        yield found


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_from_the_form_to_the_finished_data_set(lab: Workspace, size: tuple[int, int]) -> None:
    async with generating(lab, size) as page:
        await page.planned("scripted, served by somebody else")
        await page.press("space")
        command = page.screen.query_one("#command", Plain)
        await page.until(lambda: f"labtui generate {SKILL} --samples 4" in str(command.render()))
        assert "at most 32" in page.plan
        await page.press("enter")
        folder = await page.ended()
        assert jobs.view(folder).spec.arguments["leaves"][0]["id"] == SKILL
        await page.until(lambda: "4/4" in page.text and "t trains on it." in page.text)
        assert "4 samples and 5 seed pairs" in page.text
        assert "✔ accepted" in page.text
        assert "teacher scripted" in page.text


async def test_several_leaves_are_chosen_by_space_and_all_by_a(lab: Workspace) -> None:
    async with generating(lab) as page:
        await page.planned("samples")
        await page.press("space", "down", "down", "space")
        await page.planned("each of 2 leaves: 8")
        await page.press("a")
        await page.planned("each of 3 leaves: 12")
        assert "3 of 3 chosen" in page.text
        await page.press("a")
        await page.planned("samples  4")


async def test_the_filter_finds_leaves_and_esc_empties_it(lab: Workspace) -> None:
    async with generating(lab) as page:
        await page.planned("samples")
        await page.press("slash", *"birds")
        await page.until(lambda: page.screen.query_one(LeafList).option_count == 1)
        await page.planned("samples  4")
        assert "1 shown" in page.text
        await page.press("enter")
        assert page.screen.query_one(LeafList).has_focus
        await page.press("escape")
        await page.until(lambda: page.screen.query_one(LeafList).option_count == 3)
        assert page.app.here == "generate"


async def test_a_filter_that_finds_nothing_says_so(lab: Workspace) -> None:
    async with generating(lab) as page:
        await page.planned("samples")
        await page.press("slash", *"zzz")
        await page.planned("no leaf to generate from")


@pytest.mark.parametrize("typed", ["0", "-3", "many", "²", "9999999999"])
async def test_a_wrong_number_is_told_beside_the_field(lab: Workspace, typed: str) -> None:
    async with generating(lab) as page:
        await page.planned("samples")
        page.screen.query_one("#samples", Input).value = typed
        await page.planned("is not a whole number")
        await page.press("enter")
        assert jobs.list_jobs(lab) == []


async def test_a_leaf_that_cannot_be_used_says_why_before_the_start(lab: Workspace) -> None:
    (lab.taxonomy / SKILL / "qna.yaml").write_text("seed_examples: []\n")
    async with generating(lab, leaf=SKILL) as page:
        await page.planned("holds no seed examples")


async def test_without_any_model_it_says_how_to_get_one(lab: Workspace) -> None:
    from labtui import paths

    paths.config_file().unlink()
    async with generating(lab) as page:
        await page.planned("labtui model add")


async def test_the_taxonomy_opens_it_with_its_leaf(lab: Workspace) -> None:
    async with generating(lab, leaf=FACTS) as page:
        await page.planned("samples")
        await page.until(lambda: "1 of 3 chosen" in page.text)
        assert FACTS in page.text.replace("\n", "")


async def test_leaving_stops_nothing_and_it_is_found_again(lab: Workspace, server: ScriptedServer) -> None:
    server.answers = [lambda request: Answer(*answering(request).pieces, first_delay=0.2)]
    async with generating(lab, overrides=("generate.samples=12",), leaf=SKILL) as page:
        await page.planned("samples")
        await page.press("enter")
        await page.until(lambda: page.view is not None and page.view.done >= 1)
        job = page.view.folder.id if page.view else ""
    assert jobs.view(jobs.find(lab, job)).state is State.RUNNING
    async with lab_app(lab) as (app, pilot):
        await wait_until(pilot, lambda: app.overview.running)
        app.open("generate")
        page = Generating(app, pilot, lab)
        await page.until(lambda: page.view is not None and page.view.folder.id == job)
        await page.until(lambda: "1" in page.text and "✔ accepted" in page.text)
        folder = await page.ended()
    assert (lab.data / folder.id / "messages.jsonl").exists()


async def test_it_is_stopped_after_asking_and_resumed(lab: Workspace, server: ScriptedServer) -> None:
    server.answers = [lambda request: Answer(*answering(request).pieces, first_delay=0.2)]
    async with generating(lab, overrides=("generate.samples=10",), leaf=SKILL) as page:
        await page.planned("samples")
        await page.press("enter")
        await page.until(lambda: page.view is not None and page.view.done >= 1)
        await page.press("x")
        await page.until(lambda: "Stop this generation?" in page.text)
        await page.press("y")
        await page.ended(State.STOPPED)
        await page.until(lambda: "r resumes it" in page.text)
        asked = len(server.requests)
        assert asked
        await page.press("r")
        folder = await page.ended()
        await page.until(lambda: "10/10" in page.text)
        # What an earlier attempt decided stands once in the list.
        shown = page.screen.query_one("#samples-list", OptionList).option_count
        assert shown == len((folder.path / "samples.jsonl").read_text().splitlines())


async def test_a_sample_is_read_whole_and_its_neighbours(lab: Workspace) -> None:
    folder = start_generate(lab, config.load(lab), [TEXTS], samples=4, say=print)
    jobs.wait(folder, timeout=60)
    async with generating(lab, job=folder.id) as page:
        await page.until(lambda: page.screen.query_one("#samples-list", OptionList).option_count >= 4)
        await page.press("home", "enter")
        await page.until(lambda: isinstance(page.app.screen, SampleWindow))
        window = page.app.screen
        assert isinstance(window, SampleWindow)
        assert window.sample.number == 1
        await page.until(lambda: "topic" in page.text)
        await page.press("right")
        assert window.sample.number == 2
        await page.press("left", "left")
        assert window.sample.number == 1
        await page.press("escape")
        await page.until(lambda: page.app.here == "generate" and not isinstance(page.app.screen, SampleWindow))


async def test_accepted_or_rejected_alone_are_shown(lab: Workspace) -> None:
    folder = start_generate(lab, config.load(lab), [SKILL], samples=12, say=print)
    jobs.wait(folder, timeout=60)
    async with generating(lab, job=folder.id) as page:
        listed = page.screen.query_one("#samples-list", OptionList)
        await page.until(lambda: listed.option_count > 12)
        total = listed.option_count
        await page.press("f")
        assert listed.option_count == 12
        await page.press("f")
        assert listed.option_count == total - 12
        assert "rejected only" in page.text
        await page.press("f")
        assert listed.option_count == total


async def test_a_leaf_that_yields_nothing_is_an_alarm_with_its_reason(lab: Workspace, server: ScriptedServer) -> None:
    def half(request: dict[str, Any]) -> Answer:
        text, finish = well(request["messages"], request["seed"])
        return Answer(text, finish="length" if "birds" in request["messages"][0]["content"] else finish)

    server.answers = [half]
    folder = start_generate(lab, config.load(lab), [SKILL, FACTS], samples=6, say=print)
    jobs.wait(folder, timeout=60)
    async with generating(lab, size=WIDE, job=folder.id) as page:
        await page.until(lambda: "24 cut off: longer than" in page.text)
        line = next(line for line in page.text.splitlines() if line.startswith("│ ! birds"))
        assert "0/6" in line


async def test_rubbish_says_so_where_the_next_step_would_stand(lab: Workspace, server: ScriptedServer) -> None:
    server.answers = [Answer("")]
    folder = start_generate(lab, config.load(lab), [SKILL], samples=2, say=print)
    jobs.wait(folder, timeout=60)
    async with generating(lab, job=folder.id) as page:
        await page.ended(State.FAILED)
        await page.until(lambda: "gave no sample that can be used in 8 tries" in " ".join(page.text.split()))
        assert "train" not in {active.binding.action for active in page.screen.active_bindings.values()}


async def test_a_lost_generation_can_be_resumed(lab: Workspace, server: ScriptedServer) -> None:
    server.answers = [lambda request: Answer(*answering(request).pieces, first_delay=0.2)]
    folder = start_generate(lab, config.load(lab), [SKILL], samples=8, say=print)
    await asyncio.to_thread(until_done, folder, 1)
    status = folder.status()
    assert status is not None
    for pid in (status.supervisor_pid, status.worker_pid):
        os.kill(pid, signal.SIGKILL)
    async with generating(lab, job=folder.id) as page:
        await page.ended(State.LOST)
        await page.until(lambda: "r resumes it" in page.text)
        await page.press("r")
        await page.ended()
        await page.until(lambda: "8/8" in page.text)


async def test_a_finished_set_goes_on_to_training_with_one_key(lab: Workspace) -> None:
    folder = start_generate(lab, config.load(lab), [SKILL], samples=3, say=print)
    jobs.wait(folder, timeout=60)
    async with generating(lab, job=folder.id) as page:
        await page.ended()
        await page.press("t")
        await page.until(lambda: page.app.here == "train")
        await page.until(lambda: "opposites  8 samples" in page.text)


async def test_a_job_that_is_not_there_is_told_of(lab: Workspace) -> None:
    async with lab_app(lab) as (app, pilot):
        app.open("generate", job="nothing-like-it")
        await wait_until(pilot, lambda: "this did not work" in screen_text(app))


async def test_hostile_text_is_shown_as_it_is(lab: Workspace, server: ScriptedServer) -> None:
    hostile = "What is [/] the [@click=app.bell]opposite[/] of \x1b]52;c;aGk=\x07\x1b[2Jdark\u202e?"
    server.answers = [
        lambda request: Answer(
            hostile if request["messages"][-1]["content"].startswith("Topic") else "[red]light\x9b2J"
        )
    ]
    folder = start_generate(lab, config.load(lab), [SKILL], samples=1, say=print)
    jobs.wait(folder, timeout=60)
    async with generating(lab, size=WIDE, job=folder.id) as page:
        await page.ended()
        await page.until(lambda: "[@click=app.bell]opposite[/]" in page.text)
        await page.press("enter")
        await page.until(lambda: isinstance(page.app.screen, SampleWindow) and "[red]light" in page.text)
        assert not any(sign in page.text for sign in "\x1b\x9b\x07\u202e")


async def test_the_command_can_be_copied(lab: Workspace) -> None:
    async with generating(lab, leaf=SKILL) as page:
        await page.planned("samples")
        await page.press("w")
        assert page.app.clipboard == f"labtui generate {SKILL} --samples 4 --teacher scripted"
        assert notices(page.app) is not None
