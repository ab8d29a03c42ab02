"""Home: the loop itself, the jobs, the machine."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from labtui.actions import bindings_for
from labtui.operations.meters import Meter
from labtui.operations.overview import Overview
from labtui.screens.base import LabScreen
from labtui.widgets.header import HeaderLine
from labtui.widgets.hints import HintLine
from labtui.widgets.home_jobs import HomeJobs
from labtui.widgets.loop_map import LoopMap
from labtui.widgets.meter import Meters


class HomeScreen(LabScreen):
    NAME = "home"
    TITLE = "home"
    HELP = """\
The loop is the way a model is developed here, as software is: **experiment** with a model, **contribute** what it
should know or do as a leaf of the taxonomy, **review**, let a teacher **generate** samples from it, **train** an
adapter on them, **evaluate** it beside its base, **release** it.

Each stage shows how it stands. Arrow keys move along the loop, enter opens a stage; its number does so from anywhere.
Below are the jobs: every long piece of work runs on its own and goes on when you leave.
"""
    BINDINGS = bindings_for("home")

    def compose(self) -> ComposeResult:
        # No containers: each would be painted once more below its parts, and this is the first paint.
        yield HeaderLine(self.TITLE or "")
        yield LoopMap()
        yield HomeJobs()
        yield Meters(id="machine", classes="panel")
        yield HintLine()

    def overview_changed(self, overview: Overview) -> None:
        self.query_one(LoopMap).show(overview)
        self.query_one(Meters).show_served(overview.served)
        self.query_one(HomeJobs).show(overview.jobs)

    def meters_changed(self, meters: tuple[Meter, ...]) -> None:
        self.query_one(Meters).show(meters)

    def action_open(self) -> None:
        jobs = self.query_one(HomeJobs)
        if jobs.has_focus:
            if jobs.view is not None:
                self.app.open("jobs", job=jobs.view.folder.id)
        else:
            self.app.open(self.query_one(LoopMap).stage.screen)

    def action_contribute(self) -> None:
        """Begins a contribution."""
        self.app.open("contribute", new=True)

    @on(LoopMap.Opened)
    def _stage_opened(self, event: LoopMap.Opened) -> None:
        self.app.open(event.screen)

    @on(HomeJobs.Opened)
    def _job_opened(self, event: HomeJobs.Opened) -> None:
        self.app.open("jobs", job=event.job)
