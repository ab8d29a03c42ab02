"""Planning and starting a try of a contribution: what the wizard's pane and `labtui contribute try` both call.

    problems = question_problems(folder, questions)         # at every key
    plan = plan_try(workspace, config, folder, questions)   # what would happen, how long it takes
    job = start_try(workspace, config, folder, questions, say=say)
    tries.latest(folder)                                    # once it is done

All of it blocks for a moment.
"""

from __future__ import annotations

import contextlib
import shlex
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from labtui import jobs
from labtui.config import Config
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.errors import LabError
from labtui.generate import leaves as usable_leaves
from labtui.journal import JobFolder
from labtui.operations import training
from labtui.operations.training_facts import free_memory, on_gpu
from labtui.operations.training_plan import size, span
from labtui.operations.trying_asked import Trial, trial_of, tried_leaves
from labtui.operations.trying_time import disk_bytes, memory_bytes
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
    TryArguments,
)
from labtui.workspace import Workspace

Say = Callable[[str], None]


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
    return _plan(trial_of(workspace, config, folder, questions, model, teacher, samples, steps), folder, config)


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
    trial = trial_of(workspace, config, folder, questions, model, teacher, samples, steps)
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


def _plan(trial: Trial, folder: DraftFolder, config: Config) -> TryPlan:
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


def _require_room(workspace: Workspace, trial: Trial) -> None:
    needed, free = disk_bytes(trial.info, trial.arguments.train), shutil.disk_usage(workspace.root).free
    if free < needed:
        raise LabError(
            f"The disk is too full: {size(needed)} are needed for checkpoints and adapter, {size(free)} are free.",
            where=str(workspace.root),
            hint="Make room, or lower train.rank.",
        )
