"""The job "try it": `python -m labtui.trying.worker DIR`.

    before      the model answers the check questions                       answers.jsonl
    generate    a teacher writes a few samples from the seeds               generate/, generated/
    tune        a small adapter learns seeds and samples                    trained/, tune/, adapter/
    after       the model with the adapter answers the same questions       answers.jsonl

Each stage keeps what it did as it does it, so that an attempt after a kill begins where the one before was.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import shutil
import sys
from collections.abc import Callable

import msgspec

from labtui import records, worker
from labtui.records import AnyEvent
from labtui.serve.models import ADAPTER_FILE
from labtui.serve.target import Target
from labtui.train import recipe
from labtui.train import worker as training
from labtui.trying import answers, result, samples
from labtui.trying.arguments import AFTER, BEFORE, GENERATE, LOAD, LOAD_AFTER, LOAD_BEFORE, TUNE, TryArguments
from labtui.trying.course import Course
from labtui.trying.part import Part
from labtui.trying.result import ADAPTER
from labtui.trying.samples import Data
from labtui.trying.server import served
from labtui.worker import Job


def work(job: Job) -> None:
    """Goes through the stages, leaving out what earlier attempts did."""
    arguments = job.arguments(TryArguments)
    course = Course(job, arguments.expected)
    if not _prepare(job, arguments, course):
        return
    data = samples.choose(job, arguments.questions)
    if _tune(job, arguments, course, data) and _answer_tuned(job, arguments, course):
        result.keep(job, arguments, data, course.took)
        shutil.rmtree(job.folder.path / TUNE / "checkpoints", ignore_errors=True)


def _prepare(job: Job, arguments: TryArguments, course: Course) -> bool:
    """The answers before, and the samples. True where they are there, False where the job was asked to stop."""
    generate = samples.lay_out(job, arguments)
    writes = arguments.teacher is None and arguments.generate.remote is None and not samples.generated(job)
    # The model's server ends with the block: tuning needs the memory.
    with contextlib.ExitStack() as servers:
        model = None
        if writes or _missing(job, arguments, BEFORE):
            with course.stage(LOAD_BEFORE, BEFORE, "load"):
                model = servers.enter_context(served(job, "serve", arguments.model))
            if model is None or not _answer(job, arguments, course, BEFORE, model):
                return False
        if _goes_on(job) and not samples.generated(job):
            with course.stage(GENERATE, GENERATE, arguments.generate.teacher):
                teacher = model
                if arguments.teacher is not None:
                    teacher = servers.enter_context(served(job, "serve-teacher", arguments.teacher))
                if teacher is None and arguments.generate.remote is None:
                    return False
                part = Part(job, GENERATE, generate, _Ears(job, course).generating)
                # One that somebody else serves has its address in the arguments.
                samples.generate(part, generate, None if arguments.generate.remote else teacher)
    return samples.generated(job) and _goes_on(job)


def _goes_on(job: Job) -> bool:
    return not job.stopping


def _missing(job: Job, arguments: TryArguments, stage: str) -> bool:
    return len(answers.read(job.folder, stage)) < len(arguments.questions)


def _answer(job: Job, arguments: TryArguments, course: Course, stage: str, model: Target) -> bool:
    """Asks what was not asked yet; False where the job was asked to stop before all was."""
    if not _missing(job, arguments, stage):
        return True
    total = len(arguments.questions)
    with course.stage(stage, stage, model.label):
        course.begin_at(len(answers.read(job.folder, stage)) / total)

        def told(count: int) -> None:
            job.report.metric(count, **{f"answered_{stage}": float(count)})
            course.reach(count / total)

        answers.ask(job, model, stage, arguments.questions, arguments.answer_tokens, told)
    return not _missing(job, arguments, stage)


def _answer_tuned(job: Job, arguments: TryArguments, course: Course) -> bool:
    if not _missing(job, arguments, AFTER):
        return True
    path = str(job.folder.path / ADAPTER / ADAPTER_FILE)
    # Asked one question at a time, beside what tuning left in memory.
    tuned = msgspec.structs.replace(arguments.model, adapter=ADAPTER, adapter_path=path, parallel=1)
    with contextlib.ExitStack() as servers:
        with course.stage(LOAD_AFTER, AFTER, "load"):
            model = servers.enter_context(served(job, "serve-tuned", tuned))
        return model is not None and _answer(job, arguments, course, AFTER, model)


def _tune(job: Job, arguments: TryArguments, course: Course, data: Data) -> bool:
    """The small adapter, from the newest checkpoint where there is one; False where it was asked to stop before."""
    out = job.folder.path / ADAPTER
    if recipe.read(out) is None:
        pairs = data.seed_pairs + data.samples
        asked = msgspec.structs.replace(
            arguments.train, data=str(data.path), out=str(out), steps=arguments.steps(pairs)
        )
        with contextlib.ExitStack() as stages:

            def steps_begin() -> None:
                stages.close()
                stages.enter_context(course.stage(TUNE, TUNE, f"{pairs} pairs"))

            stages.enter_context(course.stage(LOAD, TUNE, "load"))
            training.work(Part(job, TUNE, asked, _Ears(job, course, steps_begin).tuning))
        _give_memory_back()
    return recipe.read(out) is not None


def _give_memory_back() -> None:
    """The tuned model is served by another process next, on the same card."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
    with contextlib.suppress(OSError, AttributeError):
        # glibc keeps what was freed for itself; elsewhere there is no such call.
        ctypes.CDLL(None).malloc_trim(0)


class _Ears:
    """What the whole job says of what its stages say."""

    def __init__(self, job: Job, course: Course, steps_begin: Callable[[], None] = lambda: None) -> None:
        self._job = job
        self._course = course
        self._steps_begin = steps_begin
        self._working = False
        self._samples = 0.0

    def generating(self, event: AnyEvent) -> None:
        match event:
            case records.Progress() if event.total > 0:
                self._reach(event)
                if event.done != self._samples:
                    self._samples = event.done
                    self._job.report.metric(int(event.done), samples=event.done)
            case records.Sample() | records.Warning():
                self._job.report.send(event)

    def tuning(self, event: AnyEvent) -> None:
        match event:
            case records.Stage(name="train"):
                self._working = False
                self._steps_begin()
            case records.Progress() if event.total > 0:
                if event.unit == "steps" and not self._working:
                    self._job.report.metric(int(event.done), tune_steps_in_all=event.total)
                self._reach(event)
            case records.Metric():
                values = {**event.values, "tune_steps": float(event.step)}
                self._job.report.send(msgspec.structs.replace(event, values=values))
            case records.Warning():
                self._job.report.send(event)

    def _reach(self, event: records.Progress) -> None:
        """The first time it is said where this attempt begins."""
        tell, self._working = (self._course.reach if self._working else self._course.begin_at), True
        tell(event.done / event.total)


if __name__ == "__main__":
    worker.main(work)
