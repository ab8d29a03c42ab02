"""The steps of one submission: noted in its journal before they begin and when they are done, and told as they go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from labtui import git
from labtui.contribute.submitting.records import SubmitRecord, SubmitState, SubmitStep, SubmitStepName
from labtui.contribute.submitting.runs import Pen, Run
from labtui.errors import LabError

Facts = dict[str, str]


class Step:
    """One step while it is looked at. `needed`, `again`, `facts` and `says` are set by whoever does it."""

    def __init__(self, begin: Callable[[], None], done: bool) -> None:
        self._begin = begin
        self._done = done
        self.needed = True
        self.again = False
        """Whether it is done although it was done before: looking whether it still holds is part of it."""
        self.facts: Facts = {}
        self.says = ""
        self.went = False

    def begins(self) -> bool:
        """Notes that it begins, if it is to be done at all, and says whether it is. To be asked once."""
        if self.needed and (self.again or not self._done):
            self._begin()
            self.went = True
        return self.went


class Steps:
    """All of them. `standing` is how each stands."""

    def __init__(self, on_step: Callable[[SubmitStep], None], stop: threading.Event) -> None:
        self._on_step = on_step
        self._stop = stop
        self.standing: dict[SubmitStepName, SubmitStep] = {}
        for name in SubmitStepName:
            self._tell(name, "waiting")

    @contextmanager
    def step(self, journal: Pen, run: Run, name: SubmitStepName, begun: Facts | None = None) -> Iterator[Step]:
        """One step. Inside it is asked whether it `begins`; what it raises is noted and passed on."""
        step = Step(lambda: self._begin(journal, run, name, begun or {}), run.is_done(name))
        try:
            yield step
        except LabError as error:
            self._tell(name, "failed", str(error.what), error.hint)
            journal.write(SubmitRecord(run=run.id, step=name, state="failed", facts={"what": error.what}))
            raise
        if step.went:
            journal.write(SubmitRecord(run=run.id, step=name, state="done", facts=step.facts))
            run.done[name] = step.facts
            run.skipped.discard(name)
            self._tell(name, "done", step.says)
        elif not step.needed and not run.is_done(name):
            if name not in run.skipped:
                journal.write(SubmitRecord(run=run.id, step=name, state="skipped", facts=step.facts))
            run.done[name] = step.facts
            run.skipped.add(name)
            self._tell(name, "skipped", step.says)
        else:
            self._tell(name, "done", step.says or "done before")

    def progress(self, name: SubmitStepName) -> Callable[[git.Step], None]:
        """What to give git, so that how far a step is becomes known."""

        def tell(progress: git.Step) -> None:
            step = SubmitStep(name=name, state="running", says=progress.stage, done=progress.done, total=progress.total)
            self._on_step(step)

        return tell

    def _begin(self, journal: Pen, run: Run, name: SubmitStepName, facts: Facts) -> None:
        if self._stop.is_set():
            raise LabError("It was stopped.", hint="Submit again: it goes on from here.")
        self._tell(name, "running")
        journal.write(SubmitRecord(run=run.id, step=name, state="begun", facts=facts))
        run.begun[name] = facts

    def _tell(self, name: SubmitStepName, state: SubmitState, says: str = "", hint: str = "") -> None:
        self.standing[name] = SubmitStep(name=name, state=state, says=says, hint=hint)
        self._on_step(self.standing[name])
