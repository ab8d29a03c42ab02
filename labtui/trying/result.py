"""The end of a try: its result, kept in the job and with the contribution."""

from __future__ import annotations

from pathlib import Path

import msgspec

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence import tries
from labtui.contribute.evidence.tries import Asked, TriedLeaf, TryResult, Tuning
from labtui.contribute.records import ModelUsed
from labtui.errors import LabError
from labtui.generate import dataset
from labtui.journal import atomic_write, dump
from labtui.serve.models import read_model
from labtui.taxonomy.leaf import read_leaf
from labtui.train import recipe
from labtui.trying import answers, samples
from labtui.trying.arguments import AFTER, BEFORE, TryArguments
from labtui.trying.samples import Data
from labtui.worker import Job

FILE = "result.json"
ADAPTER = "adapter"
"""The folder the small adapter lies in."""


def keep(job: Job, arguments: TryArguments, data: Data, took: dict[str, float]) -> TryResult:
    """Writes the result into the job's folder and the contribution's tries.jsonl, there once only.

    A contribution that is gone meanwhile is no failure: the result stays in the job, and a warning says so.
    """
    made = result_of(job, arguments, data, took)
    path = job.folder.path / FILE
    atomic_write(path, dump(made), mode=0o600)
    folder = DraftFolder(Path(job.here(arguments.draft)))
    try:
        folder.load()
        tries.record(folder, made)
        path = folder.trying / tries.TRIES
    except LabError as error:
        job.report.warning(
            f"The answers could not be kept with the contribution. {error.what}", f"They stand in {path}"
        )
    job.report.artifact("try", path, note=tries.counts(made, {}))
    return made


def result_of(job: Job, arguments: TryArguments, data: Data, took: dict[str, float]) -> TryResult:
    """What came of a job whose stages are all done. Raises LabError where one of them left nothing behind."""
    learnt = recipe.read(job.folder.path / ADAPTER)
    card = dataset.read_card(job.folder.path / samples.GENERATED)
    before, after = (answers.read(job.folder, stage) for stage in (BEFORE, AFTER))
    if learnt is None or card is None or len(before) < len(arguments.questions) or len(after) < len(before):
        raise LabError("A stage of the try left nothing behind.", where=str(job.folder.path), hint="Try it anew.")
    root = job.folder.path / samples.TAXONOMY
    return TryResult(
        job=job.spec.id,
        leaves=tuple(
            TriedLeaf(id=leaf.id, sha256=leaf.sha256, seeds=len(read_leaf(root, leaf.id).seeds))
            for leaf in arguments.leaves
        ),
        made=ModelUsed(
            model=arguments.model.model,
            model_sha256=arguments.model_sha256,
            engine=arguments.model.engine,
            sampling=_sampling(arguments),
        ),
        tuning=Tuning(
            seed_pairs=data.seed_pairs,
            samples=data.samples,
            left_out=data.left_out,
            steps=learnt.steps,
            loss_first=learnt.loss_first,
            loss_last=learnt.loss_last,
            rank=learnt.settings.rank,
            adapter_sha256=_adapter_sha256(job),
            teacher=arguments.generate.teacher,
        ),
        asked=tuple(
            Asked(
                number=number,
                question=question.question,
                context=question.context,
                leaf=question.leaf,
                before=before[number],
                after=after[number],
            )
            for number, question in enumerate(arguments.questions, 1)
        ),
        seconds=took,
        notes=tuple(_notes(arguments, data, card, len(learnt.left_out))),
    )


def _notes(arguments: TryArguments, data: Data, card: dataset.Card, too_long: int) -> list[str]:
    notes = []
    if not card.samples:
        notes.append("No sample could be generated from the seeds, so the seeds alone were learnt.")
    elif card.samples < arguments.samples:
        notes.append(f"Of {arguments.samples} samples wanted {card.samples} could be generated.")
    if data.left_out:
        many = "1 sample was" if data.left_out == 1 else f"{data.left_out} samples were"
        notes.append(f"{many} left out for asking the same as a check question.")
    if too_long:
        many = "1 pair was" if too_long == 1 else f"{too_long} pairs were"
        notes.append(f"{many} too long to be learnt.")
    return notes


def _sampling(arguments: TryArguments) -> dict[str, float | int | None]:
    return dict(msgspec.structs.asdict(answers.sampling_of(arguments.answer_tokens)))


def _adapter_sha256(job: Job) -> str:
    return read_model(job.folder.path / ADAPTER).sha256
