"""The worker of a training: `python -m labtui.train.worker DIR`."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import msgspec

from labtui import records, worker
from labtui.errors import LabError, MissingExtra
from labtui.train import checkpoint, data, device, recipe, result
from labtui.train.arguments import CPU_SLOT, TrainArguments
from labtui.train.batches import steps_an_epoch
from labtui.train.loop import Loop
from labtui.train.recipe import Recipe
from labtui.train.tokens import Encoded, LeftOut, encode_all
from labtui.worker import Job

LEAST_SHARE = 0.5
"""Of the samples must be fit to train on; with fewer the data is not what was meant."""
NAMED = 8
"""Ids of left-out samples named in one warning."""
LOAD_PARTS = 10


def work(job: Job) -> None:
    """Trains the adapter the spec asks for, from the newest checkpoint where there is one."""
    arguments = job.arguments(TrainArguments)
    arguments = msgspec.structs.replace(arguments, data=job.here(arguments.data), out=job.here(arguments.out))
    if result.is_made(arguments, job.spec.id):
        job.report.artifact("adapter", arguments.out)
        return
    threads = arguments.threads or device.default_threads()
    device.prepare_environment(threads)
    began = time.perf_counter()
    job.report.stage("load", "packages")
    _import_packages()
    prepared = _prepare(job, arguments)
    if job.stopping:
        return
    loop = _loop(job, arguments, prepared.samples, threads)
    load_seconds = time.perf_counter() - began
    _train(job, loop)
    if loop.finished:
        _finish(job, loop, prepared, load_seconds, threads)


def _import_packages() -> None:
    """Brings torch and transformers along; most of the wait for the first step."""
    try:
        import peft  # noqa: F401
    except ImportError as error:
        raise MissingExtra("Training", "train") from error


class _Prepared(msgspec.Struct, frozen=True):
    samples: list[Encoded]
    left_out: list[LeftOut]
    sha256: str


def _prepare(job: Job, arguments: TrainArguments) -> _Prepared:
    """The tokens of every sample that can be trained on. Raises LabError where too few can."""
    from labtui.train.weights import load_tokenizer

    found = data.read(Path(arguments.data))
    expected = job.spec.inputs.get("data", found.sha256)
    if found.sha256 != expected:
        raise LabError(
            "The data set was changed since the training was asked for.",
            where=str(found.path),
            hint="Start a new training with it, or put the old file back.",
        )
    job.report.stage("load", "tokenizer")
    tokenizer = load_tokenizer(Path(arguments.model_path), arguments.model_sha256)
    samples, left_out = encode_all(tokenizer, found.samples, arguments.max_tokens)
    _say_left_out(job, left_out, len(found.samples))
    if len(samples) < LEAST_SHARE * len(found.samples):
        first = left_out[0]
        raise LabError(
            f"Only {len(samples)} of {len(found.samples)} samples can be trained on.",
            where=str(found.path),
            hint=f"Sample {first.id} was left out because {first.reason}.",
        )
    return _Prepared(samples, left_out, found.sha256)


def _say_left_out(job: Job, left_out: list[LeftOut], total: int) -> None:
    for sample in left_out:
        print(f"left out: {sample.id}: {sample.reason}")  # noqa: T201 - the job's own log
    if not left_out or job.attempt > 1:
        return
    named = "; ".join(f"{sample.id}: {sample.reason}" for sample in left_out[:NAMED])
    more = f"; and {len(left_out) - NAMED} more, in the log" if len(left_out) > NAMED else ""
    job.report.warning(f"{len(left_out)} of {total} samples are left out: {named}{more}")


def _loop(job: Job, arguments: TrainArguments, samples: list[Encoded], threads: int) -> Loop:
    """Model, adapter and optimiser, where the last attempt left them."""
    import torch

    from labtui.train.weights import load_model

    torch.set_num_threads(threads)

    def say(done: int, total: int) -> None:
        if done % max(1, total // LOAD_PARTS) == 0:
            job.report.progress(done, total, "tensors")

    job.report.stage("load", "weights")
    model = load_model(Path(arguments.model_path), say)
    loop = Loop(model, samples, arguments, _device(job))
    found = checkpoint.newest(job.folder.path / "checkpoints")
    if found is not None:
        loop.restore(*found)
        job.report.stage("resume", f"from the checkpoint of step {loop.state.step}")
    return loop


def _device(job: Job) -> str:
    """Where to train: as the slot says that the job has taken. Raises LabError."""
    import torch

    if all(slot == CPU_SLOT for slot in job.spec.slots):
        return "cpu"
    if not torch.cuda.is_available():
        raise LabError(
            "torch cannot use the graphics card.",
            where="train.device",
            hint="Install a torch built for it, or train on the CPU: --set train.device=cpu",
        )
    return "cuda"


def _train(job: Job, loop: Loop) -> None:
    """Steps until the last one or until asked to stop; a checkpoint every so often and at the end of both."""
    arguments = loop.arguments
    base = saved = loop.state.step
    job.report.stage("train", f"{len(loop.samples)} samples, {loop.total} steps on {loop.device}")
    job.report.progress(base, loop.total, "steps", base)
    while not (loop.finished or job.stopping):
        done = loop.step()
        job.report.metric(
            done.step,
            loss=done.loss,
            learning_rate=done.rate,
            grad_norm=done.grad_norm,
            tokens_per_second=done.tokens_per_second,
            epoch=done.epoch,
            memory=float(device.peak_memory()),
        )
        job.report.progress(done.step, loop.total, "steps", base)
        if job.stopping or loop.finished or done.step - saved >= arguments.checkpoint_steps:
            saved = done.step
            path = checkpoint.save(job.folder.path / "checkpoints", loop.state, loop.tensors())
            job.report.artifact("checkpoint", path, note=f"step {saved}")


def _finish(job: Job, loop: Loop, prepared: _Prepared, load_seconds: float, threads: int) -> None:
    """Puts the adapter in place and says so."""
    arguments = loop.arguments
    job.report.stage("save", arguments.name)
    made = _recipe(job, loop, prepared, load_seconds, threads)
    digest = result.save(loop.model, arguments, made)
    # A new stage starts its own count; what the whole job did is what its end should show.
    job.report.progress(loop.total, loop.total, "steps", loop.total)
    job.report.artifact("adapter", arguments.out, digest, note=f"loss {made.loss_first:.2f} to {made.loss_last:.2f}")


def _recipe(job: Job, loop: Loop, prepared: _Prepared, load_seconds: float, threads: int) -> Recipe:
    state = loop.state
    epoch = steps_an_epoch(len(loop.samples), loop.arguments.batch)
    return Recipe(
        name=loop.arguments.name,
        job=job.spec.id,
        made=records.now(),
        settings=loop.arguments,
        data_sha256=prepared.sha256,
        samples=len(loop.samples),
        left_out=prepared.left_out,
        versions=recipe.versions(),
        device=loop.device,
        threads=threads,
        machine=device.processor(),
        attempts=job.attempt,
        steps=state.step,
        epochs=state.step / epoch,
        tokens=state.tokens,
        trained_tokens=state.trained_tokens,
        loss_first=statistics.fmean(state.losses[:epoch]),
        loss_last=statistics.fmean(state.losses[-epoch:]),
        seconds=state.seconds,
        load_seconds=load_seconds,
        tokens_per_second=state.tokens / max(state.seconds, 1e-9),
        peak_memory=device.peak_memory(),
    )


if __name__ == "__main__":
    worker.main(work)
