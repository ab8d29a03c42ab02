"""The train screen: a form with what will happen beside it, and every training as curves while it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from labtui.actions import bindings_for
from labtui.errors import LabError
from labtui.jobs import JobView
from labtui.journal import JobFolder
from labtui.operations.training_plan import TrainPlan
from labtui.records import State
from labtui.screens.form_run import FormAndRunScreen, Lab
from labtui.screens.train_form import Choices, Request, TrainForm
from labtui.screens.train_run import TrainRun


class TrainScreen(FormAndRunScreen[Request, TrainPlan]):
    NAME = KIND = "train"
    TITLE = "train"
    BINDINGS = bindings_for("train")
    RUN_ACTIONS = {"compare", "scale"}
    FORM_FOCUS = "#data"
    STOP_QUESTION = "Stop this training?"
    STOP_DETAIL = "It saves a checkpoint first and can be resumed from it."
    HELP = """\
Training teaches a model from a data set: it makes an **adapter** (LoRA), a small file that is laid over the base
model and can be taken off again. The base model itself is never changed.

Choose a data set and enter starts. What will happen stands on the right; time and memory are estimates and say
what they rest on. A training is a job: it goes on when labtui or the terminal is closed, saves checkpoints (the
marks under the curve), and after a stop or a crash goes on from the last one.

When it is done, `c` asks the base and the tuned model the same question, side by side.
"""

    def form(self) -> TrainForm:
        return TrainForm()

    def run_view(self) -> TrainRun:
        return TrainRun()

    def receive(self, job: str = "", data: str | Path = "", new: bool = False) -> None:
        """`job` shows that training, `data` chooses a data set for a new one; else one that runs, else the form."""
        if job:
            self.show_run(job)
        elif data or new:
            self.show_form(Path(data) if data else None)
        else:
            self.show_present()

    # -- in a thread --------------------------------------------------------------------------------------------

    def read_choices(self, lab: Lab, earlier: list[JobView]) -> Choices:
        from labtui.operations import serving, training_choices

        settings = lab.config.settings
        try:
            model = settings.train.model or serving.default_model(lab.workspace, lab.config)
        except LabError:
            model = ""
        return Choices(
            data=training_choices.data_sets(lab.workspace),
            models=training_choices.trainable_models(lab.workspace, lab.config),
            model=model,
            earlier=earlier,
            epochs=settings.train.epochs,
        )

    def make_plan(self, lab: Lab, request: Request) -> TrainPlan:
        from labtui.operations import training

        return training.plan_training(
            lab.workspace,
            lab.config,
            request.data,
            model=request.model,
            steps=request.steps,
            epochs=request.epochs,
            out=request.name,
        )

    def start_job(self, lab: Lab, request: Request, say: Callable[[str], None]) -> JobFolder:
        from labtui.operations import training

        # The run shows at once what is said here.
        return training.start_training(
            lab.workspace,
            lab.config,
            request.data,
            model=request.model,
            steps=request.steps,
            epochs=request.epochs,
            out=request.name,
            say=lambda words: None,
        )

    # -- a training ---------------------------------------------------------------------------------------------

    def allows(self, action: str, view: JobView | None) -> bool:
        return action != "compare" or (view is not None and view.state is State.DONE)

    def action_compare(self) -> None:
        if self.view is not None:
            arguments = self.view.spec.arguments
            self.app.open("chat", model=arguments["model"], adapter=arguments["name"], compare=True)

    def action_scale(self) -> None:
        self.query_one(TrainRun).toggle_scale()
