"""Planning and starting a try of a contribution: what the wizard's pane and `labtui contribute try` both call. Blocks.

problems = question_problems(folder, questions)         # at every key
plan = plan_try(workspace, config, folder, questions)   # what would happen, how long it takes
job = start_try(workspace, config, folder, questions, say=say)
tries.latest(folder)                                    # once it is done
"""

from __future__ import annotations

import contextlib
import math
import shlex
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from labtui import jobs
from labtui.config import Config
from labtui.contribute.check_questions import CheckQuestion, confirmed
from labtui.contribute.draft_folder import DraftFolder
from labtui.errors import LabError, UsageError
from labtui.generate import leaves as usable_leaves
from labtui.generate import pipeline
from labtui.generate.arguments import GenerateArguments
from labtui.journal import JobFolder
from labtui.operations import generating, serving, training
from labtui.operations.training_facts import free_memory, on_gpu
from labtui.operations.training_plan import size, span
from labtui.operations.trying_time import disk_bytes, expected_seconds, memory_bytes
from labtui.serve.find import ServeArguments
from labtui.serve.models import ModelInfo
from labtui.taxonomy.leaf import Leaf, read_leaf
from labtui.train.arguments import CPU_SLOT
from labtui.trying import questions as checking
from labtui.trying.arguments import (
    AFTER,
    BEFORE,
    GENERATE,
    KIND,
    LOAD,
    LOAD_AFTER,
    LOAD_BEFORE,
    SAMPLES,
    TUNE,
    LeafTried,
    TryArguments,
)
from labtui.workspace import Workspace

Say = Callable[[str], None]
LEAST_SAMPLES = 2
"""Of each leaf, however many there are."""


class TryPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a try would do, before it is started. Times are estimates."""

    model: str
    teacher: str
    leaves: tuple[str, ...]
    questions: int
    samples: int
    """Wanted, over all leaves."""
    seed_pairs: int
    steps: int
    seconds: dict[str, float]
    """Stage -> how long it may take."""
    device: str
    """`cpu` or `cuda`."""
    warnings: tuple[str, ...] = ()
    command: tuple[str, ...]

    @property
    def command_line(self) -> str:
        return shlex.join(self.command)

    @property
    def seconds_in_all(self) -> float:
        return sum(self.seconds.values())


def tried_leaves(folder: DraftFolder) -> list[Leaf]:
    """The contribution's leaves that can be tried, as they are now. Raises LabError where there is none, saying why."""
    found, why = [], ""
    for leaf in folder.load().leaves:
        if leaf.change == "deleted":
            continue
        try:
            read = read_leaf(folder.taxonomy, leaf.id, tolerant=True)
        except LabError as error:
            why = why or error.what
            continue
        if problem := usable_leaves.why_unusable(read):
            why = why or f"{leaf.id}: {problem}"
        else:
            found.append(read)
    if not found:
        hint = "Write its seeds first."
        raise LabError(f"There is nothing to try yet. {why}".strip(), where=folder.id, hint=hint)
    return found


def question_problems(folder: DraftFolder, questions: Sequence[CheckQuestion]) -> list[checking.QuestionProblem]:
    """What keeps these questions from being asked. Raises LabError where the contribution has nothing to try."""
    return checking.problems(questions, tried_leaves(folder))


def plan_try(
    workspace: Workspace,
    config: Config,
    folder: DraftFolder,
    questions: Sequence[CheckQuestion],
    *,
    model: str = "",
    teacher: str = "",
    samples: int | None = None,
    steps: int | None = None,
) -> TryPlan:
    """What `start_try` would do with the same words. Raises LabError where it could not be started."""
    return _plan(_trial(workspace, config, folder, questions, model, teacher, samples, steps), folder, config)


def start_try(
    workspace: Workspace,
    config: Config,
    folder: DraftFolder,
    questions: Sequence[CheckQuestion],
    *,
    model: str = "",
    teacher: str = "",
    samples: int | None = None,
    steps: int | None = None,
    say: Say,
) -> JobFolder:
    """Starts the try as a job and returns at once. Its result comes into the contribution's tries.jsonl.

    Raises UsageError for questions that cannot be asked and models that cannot be tuned, and LabError where a try of
    this contribution is under way, the disk is full, or packages are missing.
    """
    training.require_packages()
    trial = _trial(workspace, config, folder, questions, model, teacher, samples, steps)
    arguments, plan = trial.arguments, _plan(trial, folder, config)
    running = job_of(workspace, folder)
    if running is not None and not jobs.view(running).state.ended:
        raise LabError(
            "A try of this contribution is under way.",
            where=running.id,
            hint=f"Follow it with: labtui jobs attach {running.id}",
        )
    _require_room(workspace, trial)
    for warning in plan.warnings:
        say(warning)
    what = plan.leaves[0] if len(plan.leaves) == 1 else f"{len(plan.leaves)} leaves"
    say(f"Trying {what} on {plan.model}: about {span(plan.seconds_in_all)}.")
    return jobs.submit(
        workspace,
        KIND,
        _title(folder, arguments),
        msgspec.to_builtins(arguments),
        inputs={leaf.id: leaf.sha256 for leaf in arguments.leaves} | {"model": arguments.model_sha256},
        slots=(CPU_SLOT if plan.device == "cpu" else training.GPU_SLOT,),
        grace_seconds=config.settings.jobs.grace_seconds,
        command=plan.command,
    )


def plan_facts(plan: TryPlan) -> list[tuple[str, str]]:
    """The plan in words, as (what, how much)."""
    stages = ", ".join(f"{stage} {span(seconds)}" for stage, seconds in plan.seconds.items())
    writer = "" if plan.teacher == plan.model else f", written by {plan.teacher}"
    return [
        ("model", plan.model),
        ("leaves", ", ".join(plan.leaves)),
        ("questions", str(plan.questions)),
        ("samples", f"{plan.samples:,}{writer}"),
        ("learnt", f"{plan.seed_pairs:,} pairs of the seeds and those samples, in about {plan.steps:,} steps"),
        ("on", "CPU" if plan.device == "cpu" else "graphics card"),
        ("time", f"about {span(plan.seconds_in_all)}: {stages}"),
        *(("careful", warning) for warning in plan.warnings),
    ]


def job_of(workspace: Workspace, folder: DraftFolder) -> JobFolder | None:
    """The newest try of that contribution, under way or ended; None where there is none."""
    for job in jobs.folders(workspace):
        if f"-{KIND}-" in job.id:
            with contextlib.suppress(LabError):
                if Path(str(job.spec().arguments.get("draft", ""))).name == folder.id:
                    return job
    return None


class _Trial(NamedTuple):
    arguments: TryArguments
    info: ModelInfo
    leaves: list[Leaf]


def _trial(
    workspace: Workspace,
    config: Config,
    folder: DraftFolder,
    questions: Sequence[CheckQuestion],
    model: str,
    teacher: str,
    samples: int | None,
    steps: int | None,
) -> _Trial:
    if samples is not None and samples < 1:
        raise UsageError("At least one sample is needed.", where="--samples")
    if steps is not None and steps < 1:
        raise UsageError("At least one step is needed.", where="--steps")
    read = tried_leaves(folder)
    checking.require(questions, read)
    asked = confirmed(questions)
    info = training.student(workspace, config, model or config.settings.train.model)
    choice = serving.Choice(info)
    each = max(LEAST_SAMPLES, math.ceil((SAMPLES if samples is None else samples) / len(read)))
    generate = generating.arguments_for(
        workspace, config, read, each, teacher=teacher or config.settings.generate.teacher or info.name
    )
    # The seeds are what is tried: they are always learnt.
    generate = msgspec.structs.replace(generate, include_seeds=True, concurrency=_concurrency(config, generate))
    for leaf in read:
        pipeline.load(generate.pipeline, leaf.kind)
    learn = training.arguments_for(config, info, name="try", data=Path(), out=Path(), steps=steps)
    found = TryArguments(
        draft=str(folder.path.absolute()),
        leaves=tuple(
            LeafTried(id=leaf.id, sha256=leaf.sha256, kind=leaf.kind, text=_text(leaf), samples=each) for leaf in read
        ),
        questions=asked,
        model=serving.arguments_for(config, choice),
        model_sha256=info.sha256,
        teacher=_own_teacher(workspace, config, generate, info),
        generate=generate,
        train=learn,
    )
    seconds = expected_seconds(workspace, config, info, found, read)
    return _Trial(msgspec.structs.replace(found, expected=seconds), info, read)


def _text(leaf: Leaf) -> str:
    """The file as it is; the job's copy must have the same sum."""
    return leaf.path.read_bytes().decode("utf-8")


def _concurrency(config: Config, generate: GenerateArguments) -> int:
    asked = generate.concurrency or config.settings.serve.parallel
    return asked if generate.remote is None else generate.concurrency


def _own_teacher(
    workspace: Workspace, config: Config, generate: GenerateArguments, info: ModelInfo
) -> ServeArguments | None:
    """How the teacher is served, where it is another model of this machine than the one that is tuned."""
    if generate.remote is not None or (generate.teacher_model, generate.teacher_adapter) == (info.name, ""):
        return None
    choice = serving.choose(workspace, config, generate.teacher_model, generate.teacher_adapter)
    return serving.arguments_for(config, choice)


def _plan(trial: _Trial, folder: DraftFolder, config: Config) -> TryPlan:
    arguments, gpu = trial.arguments, on_gpu(config)
    expected = arguments.expected
    seconds = {
        BEFORE: expected[LOAD_BEFORE] + expected[BEFORE],
        GENERATE: expected[GENERATE],
        TUNE: expected[LOAD] + expected[TUNE],
        AFTER: expected[LOAD_AFTER] + expected[AFTER],
    }
    pairs = sum(len(usable_leaves.own_pairs(leaf)) for leaf in trial.leaves)
    memory, free = memory_bytes(trial.info, arguments.train, trial.leaves), free_memory()
    scarce = (
        f"Tuning may need {size(memory)} of memory and {size(free)} are free: lower train.batch, or close something."
    )
    return TryPlan(
        model=arguments.model.model,
        teacher=arguments.generate.teacher,
        leaves=tuple(leaf.id for leaf in arguments.leaves),
        questions=len(arguments.questions),
        samples=arguments.samples,
        seed_pairs=pairs,
        steps=arguments.steps(pairs + arguments.samples),
        seconds=seconds,
        device="cuda" if gpu else "cpu",
        warnings=(scarce,) if memory > free and not gpu else (),
        command=_command(folder, arguments),
    )


def _command(folder: DraftFolder, arguments: TryArguments) -> tuple[str, ...]:
    words = ["labtui", "contribute", "try", folder.id, "--model", arguments.model.model]
    words += ["--samples", str(arguments.samples)] if arguments.samples != SAMPLES else []
    words += ["--steps", str(arguments.train.steps)] if arguments.train.steps else []
    return tuple(words)


def _title(folder: DraftFolder, arguments: TryArguments) -> str:
    title = folder.load().title.strip()
    ends = [leaf.id.rpartition("/")[2] for leaf in arguments.leaves]
    return title or (ends[0] if len(ends) == 1 else f"{ends[0]} and {len(ends) - 1} more")


def _require_room(workspace: Workspace, trial: _Trial) -> None:
    needed, free = disk_bytes(trial.info, trial.arguments.train), shutil.disk_usage(workspace.root).free
    if free < needed:
        raise LabError(
            f"The disk is too full: {size(needed)} are needed for checkpoints and adapter, {size(free)} are free.",
            where=str(workspace.root),
            hint="Make room, or lower train.rank.",
        )
