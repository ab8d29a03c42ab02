"""Planning and starting a training: what the train screen and `labtui train` both call. Blocks; light imports."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from labtui import jobs, paths
from labtui.config import Config
from labtui.errors import LabError, MissingExtra, UsageError
from labtui.journal import JobFolder
from labtui.operations import serving
from labtui.operations.training_choices import default_name, free_name, under_way
from labtui.operations.training_facts import free_memory, on_gpu, pace_of, shape_of
from labtui.operations.training_plan import TrainPlan, size
from labtui.serve import models
from labtui.serve.models import ModelInfo
from labtui.train import architectures, data, device, estimate
from labtui.train.arguments import CPU_SLOT, KIND, TrainArguments
from labtui.train.batches import steps_an_epoch, total_steps
from labtui.train.data import DataSet
from labtui.workspace import Workspace

Say = Callable[[str], None]

PACKAGES = ("torch", "transformers", "peft", "safetensors", "gguf")
GPU_SLOT = "gpu0"


def plan_training(
    workspace: Workspace,
    config: Config,
    chosen: Path,
    *,
    model: str = "",
    steps: int | None = None,
    epochs: float | None = None,
    rank: int | None = None,
    out: str = "",
    replace: bool = False,
) -> TrainPlan:
    """What `start_training` would do with the same words. Raises LabError where it could not be started."""
    found, review = _reviewed(workspace, config, chosen)
    arguments, info = _arguments(workspace, config, found, model, steps, epochs, rank, out, replace)
    return _plan(workspace, config, found, arguments, info, review)


def start_training(
    workspace: Workspace,
    config: Config,
    chosen: Path,
    *,
    model: str = "",
    steps: int | None = None,
    epochs: float | None = None,
    rank: int | None = None,
    out: str = "",
    replace: bool = False,
    say: Say,
) -> JobFolder:
    """Starts the training as a job and returns at once. Raises LabError."""
    require_packages()
    found, review = _reviewed(workspace, config, chosen, keep=True)
    arguments, info = _arguments(workspace, config, found, model, steps, epochs, rank, out, replace)
    plan = _plan(workspace, config, found, arguments, info, review)
    free = shutil.disk_usage(workspace.root).free
    if free < plan.disk_bytes:
        raise LabError(
            f"The disk is too full: {size(plan.disk_bytes)} are needed for checkpoints and adapter, "
            f"{size(free)} are free.",
            where=str(workspace.root),
            hint="Make room, or lower train.rank.",
        )
    for warning in plan.warnings:
        say(warning)
    folder = jobs.submit(
        workspace,
        KIND,
        f"{arguments.name}: {plan.samples} samples on {arguments.model}",
        msgspec.to_builtins(arguments),
        inputs={"data": found.sha256, "model": arguments.model_sha256},
        slots=(CPU_SLOT if plan.device == "cpu" else GPU_SLOT,),
        command=plan.command,
    )
    say(f"Training {arguments.name}, {plan.samples} samples, steps: {plan.steps}: job {folder.id}")
    return folder


def _reviewed(workspace: Workspace, config: Config, chosen: Path, *, keep: bool = False) -> tuple[DataSet, str]:
    """The samples as reviewers leave them, and in words what they changed; with `keep`, in a file of its own."""
    # Reading data sets of generations brings YAML along: not before a plan is made.
    from labtui.operations import reviewing

    path = data.locate(chosen)
    found = reviewing.reviewed_data(workspace, config, path)
    if found is None:
        return data.read(path), ""
    reviewed, made = found
    if keep and reviewed.changed and (kept := reviewing.keep_reviewed(workspace, config, path)) is not None:
        return data.read(Path(kept.path)), kept.words
    if not made.strip():
        raise LabError(
            "Reviewers have left nothing of the data set.",
            where=str(path),
            hint="Look at more samples (labtui review list), or train on all: --set review.policy=everything",
        )
    return data.parse(made, path), reviewed.words


def _arguments(
    workspace: Workspace,
    config: Config,
    found: DataSet,
    model: str,
    steps: int | None,
    epochs: float | None,
    rank: int | None,
    out: str,
    replace: bool,
) -> tuple[TrainArguments, ModelInfo]:
    settings = config.settings.train
    if steps is not None and epochs is not None:
        raise UsageError("Steps and epochs contradict each other.", where="--steps, --epochs", hint="Give one of them.")
    if (steps is not None and steps < 1) or (epochs is not None and epochs <= 0):
        raise UsageError("At least one step is needed.", where="--steps" if steps is not None else "--epochs")
    if rank is not None and rank < 1:
        raise UsageError("The rank must be at least 1.", where="--rank")
    info = student(workspace, config, model or settings.model)
    name = models.check_name(out or free_name(workspace, default_name(found.path)))
    folder = workspace.models / name
    taken = (folder.exists() and not replace) or (paths.models_dir() / name).exists()
    if taken or (out and name in under_way(workspace)):
        raise UsageError(
            f"The name '{name}' is in use.",
            where="--out",
            hint=f"Take another, such as {free_name(workspace, name)}, or overwrite an adapter with --replace.",
        )
    arguments = arguments_for(
        config, info, name=name, data=found.path, out=folder, steps=steps, epochs=epochs, rank=rank, replace=replace
    )
    return arguments, info


def arguments_for(
    config: Config,
    info: ModelInfo,
    *,
    name: str,
    data: Path,
    out: Path,
    steps: int | None = None,
    epochs: float | None = None,
    rank: int | None = None,
    replace: bool = False,
) -> TrainArguments:
    """What a training of that model is asked, with the settings as they are where nothing else is said."""
    settings = config.settings.train
    return TrainArguments(
        data=str(data),
        model=info.name,
        model_path=info.path,
        model_sha256=info.sha256,
        name=name,
        out=str(out),
        replace=replace,
        steps=steps or 0,
        epochs=settings.epochs if epochs is None else epochs,
        batch=settings.batch,
        max_tokens=settings.max_tokens,
        rank=settings.rank if rank is None else rank,
        # The adapter counts alpha/rank: another rank keeps that.
        alpha=settings.alpha if rank is None else settings.alpha * rank / settings.rank,
        dropout=settings.dropout,
        learning_rate=settings.learning_rate,
        warmup_steps=settings.warmup_steps,
        checkpoint_steps=settings.checkpoint_steps,
        # A resumed training must add up its sums in the same order, so the number is fixed now.
        threads=settings.threads or device.default_threads(),
        seed=settings.seed,
    )


def student(workspace: Workspace, config: Config, model: str) -> ModelInfo:
    """The model that can be trained by that name, or without one the usual. Raises UsageError and LabError."""
    name = model or serving.default_model(workspace, config)
    info = models.find_model(name, workspace, config.settings)
    if info.kind == "adapter":
        raise UsageError(
            f"'{name}' is an adapter; adapters are trained on a base model.",
            where="--model",
            hint=f"Train on its base instead: --model {info.base}" if info.base else "",
        )
    if info.kind == "remote":
        raise UsageError(
            f"'{name}' is served by somebody else; only models that lie here can be trained.",
            where="--model",
            hint=models.ADD_HINT,
        )
    architectures.find(info.architecture, info.path)
    if not info.template:
        raise LabError(
            "The model has no chat template, so conversations cannot be put to it.",
            where=info.name,
            hint="Train its instruct or chat variant.",
        )
    return info


def _plan(
    workspace: Workspace,
    config: Config,
    found: DataSet,
    arguments: TrainArguments,
    info: ModelInfo,
    review: str = "",
) -> TrainPlan:
    shape = shape_of(info)
    counts = [estimate.sample_counts(sample) for sample in found.samples]
    fit = [count for count in counts if count.tokens <= arguments.max_tokens]
    if not fit:
        raise LabError(
            f"Every sample seems longer than {arguments.max_tokens} tokens.",
            where=str(found.path),
            hint="Allow more with --set train.max_tokens=2048, which takes more memory and time.",
        )
    tokens, trained = sum(count.tokens for count in fit), sum(count.trained for count in fit)
    share = estimate.share_computed(fit, arguments.batch)
    steps = total_steps(len(fit), arguments.batch, steps=arguments.steps, epochs=arguments.epochs)
    epochs = steps / steps_an_epoch(len(fit), arguments.batch)
    gpu = on_gpu(config)
    pace = pace_of(workspace, info, arguments, gpu)
    parameters = estimate.adapter_parameters(shape, arguments.rank, arguments.targets)
    memory = estimate.memory(shape, arguments, max(count.tokens for count in fit), trained / tokens)
    free = free_memory()
    warnings = []
    if len(fit) < len(counts):
        warnings.append(f"{len(counts) - len(fit)} of {len(counts)} samples look too long and will be left out.")
    if not gpu and memory.expected > free:
        warnings.append(
            f"It may need {size(memory.expected)} of memory and {size(free)} are free: lower train.batch "
            "or train.max_tokens."
        )
    rule = "a rule of thumb; your first training measures it"
    return TrainPlan(
        data=found.path,
        model=info.name,
        name=arguments.name,
        samples=len(fit),
        left_out=len(counts) - len(fit),
        tokens=tokens,
        trained_tokens=trained,
        steps=steps,
        epochs=epochs,
        parameters=parameters,
        memory_bytes=memory,
        memory_free=free,
        seconds=estimate.seconds(shape, epochs * tokens, share, arguments.threads, gpu, pace),
        basis=f"what {pace.name} took here" if pace else rule,
        # Three checkpoints of weights and two moments, the adapter as PEFT and as GGUF.
        disk_bytes=parameters * 4 * (3 * 3 + 2),
        device="cuda" if gpu else "cpu",
        threads=arguments.threads,
        review=review,
        warnings=warnings,
        example=found.samples[-1].messages,
        command=_command(config, arguments),
    )


def _command(config: Config, arguments: TrainArguments) -> tuple[str, ...]:
    """The labtui command line that asks for the same, beyond the settings as they are."""
    settings = config.settings.train
    from labtui.review.reviewed_set import source_of

    path = source_of(Path(arguments.data))
    place = path.parent if path.name == data.FILE else path
    words = ["labtui", "train", "--data", str(place), "--model", arguments.model]
    if arguments.steps:
        words += ["--steps", str(arguments.steps)]
    else:
        words += ["--epochs", f"{arguments.epochs:g}"]
    words += ["--out", arguments.name]
    if arguments.rank != settings.rank:
        words += ["--rank", str(arguments.rank)]
    return (*words, "--replace") if arguments.replace else tuple(words)


def require_packages() -> None:
    """Raises MissingExtra where a training could not run."""
    if any(importlib.util.find_spec(package) is None for package in PACKAGES):
        raise MissingExtra("Training", "train")
