"""The generation job: `python -m labtui.generate.worker DIR`."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import msgspec

from labtui import worker
from labtui.errors import LabError
from labtui.generate import dataset, leaves, pipeline, teacher
from labtui.generate.arguments import GenerateArguments, Plan
from labtui.generate.engine import LeafRun, Run
from labtui.generate.journal import Request, Sample, requests_file, samples_file
from labtui.generate.outcome import nothing_accepted, shortfall, why_rejected
from labtui.generate.plan import LeafPlan
from labtui.generate.remote import remote_target
from labtui.journal import JsonLines, atomic_write, dump, read_lines
from labtui.records import Sample as SampleEvent
from labtui.serve.client import Client, ServerGone
from labtui.serve.target import Target
from labtui.worker import Job

PLAN = "plan.json"
SHOWN = 240
"""Characters of question and answer in an event; the journal holds them whole."""
PROGRESS_SECONDS = 0.25
METRIC_SECONDS = 2.0


def work(job: Job, teacher_at: Target | None = None) -> None:
    """Generates until every leaf has ended, then writes the data set.

    `teacher_at` is where the teacher answers, from a caller that serves it; else it is looked for.
    """
    arguments = job.arguments(GenerateArguments)
    out = arguments.folder(job.workspace, job.spec.id)
    dataset.check_out(out, job.spec.id)
    dataset.check_writable(out)
    job.report.stage("prepare", f"{len(arguments.leaves)} leaves" if len(arguments.leaves) > 1 else "1 leaf")
    taken = [
        leaves.take(Path(arguments.taxonomy), asked, job.folder.path, number)
        for number, asked in enumerate(arguments.leaves)
    ]
    job.report.stage("teacher", arguments.teacher)
    target = teacher_at or _target(job, arguments)
    if target is None:
        return
    pipelines = {leaf.kind: pipeline.load(arguments.pipeline, leaf.kind) for leaf in taken}
    plan = _plan(
        job,
        Plan(
            engine=target.engine,
            served_as=target.model,
            window=target.context,
            pipelines={kind: used.sha256 for kind, used in pipelines.items()},
            training={kind: used.training for kind, used in pipelines.items()},
        ),
    )
    runs = [
        LeafRun(LeafPlan(leaf, pipelines[leaf.kind], arguments, plan.window), asked.samples, arguments.tries)
        for leaf, asked in zip(taken, arguments.leaves, strict=True)
    ]
    job.report.stage("generate", arguments.teacher)
    asyncio.run(_generate(job, arguments, target, runs))
    if not job.stopping:
        _finish(job, arguments, plan, runs, out)


def _target(job: Job, arguments: GenerateArguments) -> Target | None:
    """Where the teacher answers; None when asked to stop before it does."""
    if arguments.remote is not None:
        return remote_target(arguments.teacher_model, arguments.remote)
    try:
        return teacher.wait_for(job.workspace.jobs, arguments, lambda: job.stopping)
    except LabError:
        if job.stopping:
            return None
        raise


def _plan(job: Job, found: Plan) -> Plan:
    """What the first attempt found. A later one keeps its window, so that its requests are the same."""
    path = job.folder.path / PLAN
    try:
        first = msgspec.json.decode(path.read_bytes(), type=Plan)
    except (OSError, msgspec.MsgspecError):
        atomic_write(path, dump(found))
        return found
    if first.pipelines != found.pipelines:
        job.report.warning(
            "The prompts are not those the job began with, so its samples are made anew.",
            "Its earlier answers stay in requests.jsonl.",
        )
    return first


async def _generate(job: Job, arguments: GenerateArguments, target: Target, runs: list[LeafRun]) -> None:
    notes = _Notes(job, arguments, runs)
    async with Client(target) as client:
        run = Run(
            runs,
            teacher.Patient(client, target, job.report.warning),
            notes,
            attempt=job.attempt,
            concurrency=arguments.concurrency or teacher.takes(target),
            stopping=lambda: job.stopping,
            answered=read_lines(requests_file(job.folder), Request),
            decided=notes.decided,
        )
        try:
            await run.go()
        except ServerGone as error:
            raise LabError(
                f"The teacher went away after {run.accepted} of {arguments.wanted} samples. {error.what}",
                where=error.where,
                hint=f"Nothing made so far is lost. Continue with: labtui jobs resume {job.spec.id}\n{error.hint}",
            ) from error
        finally:
            notes.end(run)


class _Notes:
    """Writes a run into the job folder."""

    def __init__(self, job: Job, arguments: GenerateArguments, runs: list[LeafRun]) -> None:
        self._job = job
        self._wanted = arguments.wanted
        earlier = _earlier(job, runs)
        self.decided = {sample.id for sample in earlier}
        """Ids of the samples earlier attempts decided."""
        # Rate and ETA are this attempt's: what stands in the journal already was not made by it.
        self._base = sum(sample.accepted for sample in earlier)
        self._requests = JsonLines(requests_file(job.folder))
        self._samples = JsonLines(samples_file(job.folder))
        self._told = 0
        """Samples decided when it was last said how far the run is."""
        self._said = self._measured = 0.0
        self._say(0)

    def request(self, request: Request) -> None:
        self._requests.append(request)

    def sample(self, sample: Sample) -> None:
        self._samples.append(sample)
        self._job.report.send(
            SampleEvent(
                id=sample.id,
                leaf=sample.leaf,
                accepted=sample.accepted,
                reason=sample.reason,
                question=sample.question[:SHOWN],
                answer=sample.answer[:SHOWN],
            )
        )

    def dried(self, leaf: LeafRun) -> None:
        self._job.report.warning(
            f"{leaf.plan.leaf.id} has dried up after {leaf.decided} tries with {len(leaf.accepted)} samples: "
            f"{why_rejected(leaf)}.",
            "Another teacher, or more and plainer seed examples, may help.",
        )

    def progress(self, run: Run) -> None:
        if run.decided == self._told:
            # Said for nothing, it would hide that a job is silent.
            return
        moment = time.monotonic()
        if moment - self._said >= PROGRESS_SECONDS:
            self._said, self._told = moment, run.decided
            self._say(run.accepted)
        if moment - self._measured >= METRIC_SECONDS and run.asked:
            self._measured = moment
            self._measure(run)

    def _say(self, accepted: int) -> None:
        # While the samples of earlier attempts are gone through again, the run has fewer than the journal.
        self._job.report.progress(max(accepted, self._base), self._wanted, "samples", self._base)

    def end(self, run: Run) -> None:
        self._say(run.accepted)
        if run.asked:
            self._measure(run)
        self._requests.sync()
        self._samples.sync()
        self._requests.close()
        self._samples.close()
        sys.stderr.write(f"{run.asked} requests; {run.accepted} samples accepted of {run.decided} tried\n")

    def _measure(self, run: Run) -> None:
        seconds = max(1e-6, time.monotonic() - run.began)
        self._job.report.metric(
            run.decided,
            requests=float(run.asked),
            completion_tokens=float(run.completion_tokens),
            tokens_per_second=round(run.completion_tokens / seconds, 2),
        )


def _earlier(job: Job, runs: list[LeafRun]) -> list[Sample]:
    """What the journal of samples holds. One with tries of another plan (changed prompts) is put aside."""
    path = samples_file(job.folder)
    plans = {run.plan.leaf.id: run.plan for run in runs}
    found = list(read_lines(path, Sample))
    if any(sample.leaf in plans and plans[sample.leaf].attempt(sample.number).id != sample.id for sample in found):
        path.rename(path.with_name(f"samples.before-{job.attempt}.jsonl"))
        return []
    return found


def _finish(job: Job, arguments: GenerateArguments, plan: Plan, runs: list[LeafRun], out: Path) -> None:
    if not any(run.accepted for run in runs):
        raise nothing_accepted(arguments, runs, job.folder)
    card = dataset.write(out, runs, arguments, job=job.spec.id, commit=job.spec.commit, engine=plan.engine)
    for run in runs:
        if warning := shortfall(run):
            job.report.warning(warning, "The data set holds what there is.")
    note = f"{card.samples} samples" + (f" and {card.seeds} seed pairs" if card.seeds else "")
    job.report.artifact("data", out, card.id, note)


if __name__ == "__main__":
    worker.main(work)
