"""The generate screen: a form with what will happen beside it, and every generation sample by sample."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from textual import on
from textual.widgets import Input

from labtui.actions import bindings_for
from labtui.errors import LabError
from labtui.generate.progress import SampleFollower
from labtui.jobs import JobView
from labtui.journal import JobFolder
from labtui.operations.generating import GeneratePlan
from labtui.records import AnyEvent, State
from labtui.screens.form_run import POLL_SECONDS, FormAndRunScreen, Lab, News
from labtui.screens.generate_form import Choices, GenerateForm, Request
from labtui.screens.generate_run import GenerateRun
from labtui.screens.generate_sample import SampleWindow


class GenerateScreen(FormAndRunScreen[Request, GeneratePlan]):
    NAME = KIND = "generate"
    TITLE = "generate"
    BINDINGS = bindings_for("generate")
    RUN_ACTIONS = {"train", "show"}
    FORM_FOCUS, RUN_FOCUS = "#leaves", "#samples-list"
    STOP_QUESTION = "Stop this generation?"
    STOP_DETAIL = "What was made is kept; it can be resumed and asks nothing twice."
    STARTING = "The teacher is being started for the generation already."
    HELP = """\
A teacher model writes training samples in the manner of a leaf's seed examples: a question on a drawn topic, then
its answer. What is cut off, a copy, or not in the form of the seeds is rejected and kept with its reason.

Choose leaves with space (or take the one under the cursor) and enter starts. A generation is a job: it goes on when
labtui or the terminal is closed, and after a stop or a crash it goes on without asking anything twice.

The finished data set holds the samples and, marked as such, the leaf's own pairs (`generate.include_seeds`). A small
teacher learns a form well and knows little: read what it wrote before you trust it. `t` trains on it.
"""

    def form(self) -> GenerateForm:
        return GenerateForm()

    def run_view(self) -> GenerateRun:
        return GenerateRun()

    def receive(self, job: str = "", leaf: str = "", leaves: Sequence[str] = (), new: bool = False) -> None:
        """`job` shows that generation, `leaf` or `leaves` are chosen for a new one; else one that runs, or the form."""
        if job:
            self.show_run(job)
        elif leaf or leaves or new:
            self.show_form((leaf, *leaves) if leaf else tuple(leaves))
        else:
            self.show_present()

    def action_find(self) -> None:
        if not self.job:
            self.set_focus(self.query_one("#filter", Input))

    # -- in a thread --------------------------------------------------------------------------------------------

    def read_choices(self, lab: Lab, earlier: list[JobView]) -> Choices:
        from labtui.operations import serving
        from labtui.serve.models import list_models
        from labtui.taxonomy.tree import scan

        workspace, settings = lab.workspace, lab.config.settings
        try:
            teacher = settings.generate.teacher or serving.default_model(workspace, lab.config)
        except LabError:
            teacher = ""
        return Choices(
            leaves=scan(workspace.taxonomy) if workspace.taxonomy.is_dir() else [],
            teachers=[info.name for info in list_models(workspace, settings) if not info.missing],
            teacher=teacher,
            samples=settings.generate.samples,
            earlier=earlier,
        )

    def make_plan(self, lab: Lab, request: Request) -> GeneratePlan:
        from labtui.operations import generating

        return generating.plan_generate(
            lab.workspace, lab.config, request.leaves, samples=request.samples, teacher=request.teacher
        )

    def start_job(self, lab: Lab, request: Request, say: Callable[[str], None]) -> JobFolder:
        from labtui.operations import generating

        return generating.start_generate(
            lab.workspace, lab.config, request.leaves, samples=request.samples, teacher=request.teacher, say=say
        )

    def reader(self, folder: JobFolder) -> Callable[[list[AnyEvent]], News]:
        follower = SampleFollower(folder)
        return lambda events: _catch_up(follower)

    # -- a generation -------------------------------------------------------------------------------------------

    def allows(self, action: str, view: JobView | None) -> bool:
        return action != "train" or (view is not None and view.state is State.DONE and _data_of(view) is not None)

    def action_train(self) -> None:
        if self.view is not None and (data := _data_of(self.view)) is not None:
            self.app.open("train", data=data)

    def action_show(self) -> None:
        self.query_one(GenerateRun).cycle()

    @on(GenerateRun.Chosen)
    def _chosen(self, event: GenerateRun.Chosen) -> None:
        self.app.push_screen(SampleWindow(event.samples, event.place))


def _data_of(view: JobView) -> Path | None:
    """The finished data set's folder."""
    found = [artifact for artifact in view.artifacts if artifact.kind == "data"]
    return Path(found[-1].path) if found else None


def _catch_up(follower: SampleFollower) -> News:
    """What came since, of a long journal as much as can be read until the screen should hear of it."""
    until = time.monotonic() + POLL_SECONDS
    samples, fresh = follower.poll()
    while samples and time.monotonic() < until:
        more, anew = follower.poll()
        if not more:
            break
        if anew:
            samples, fresh = more, True
        else:
            samples.extend(more)
    return News(samples, fresh, more=bool(samples))
