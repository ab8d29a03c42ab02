"""What a try is tuned on: the samples a generation made and the seeds' own pairs, less what the check questions ask."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.errors import LabError
from labtui.generate import dataset, leaves, pipeline
from labtui.generate import worker as generation
from labtui.generate.arguments import GenerateArguments, LeafAsked
from labtui.generate.engine import LeafRun
from labtui.generate.outcome import NothingAccepted
from labtui.generate.plan import LeafPlan
from labtui.journal import atomic_write
from labtui.serve.target import Target
from labtui.taxonomy.layout import LEAF_FILE
from labtui.trying import questions as check
from labtui.trying.arguments import TryArguments
from labtui.trying.part import Part
from labtui.worker import Job

TAXONOMY = "taxonomy"
GENERATED = "generated"
TRAINED = "trained"


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """The data set that is tuned on."""

    path: Path
    """The messages.jsonl."""
    seed_pairs: int
    samples: int
    left_out: int
    """Generated samples too near to a check question."""


def lay_out(job: Job, arguments: TryArguments) -> GenerateArguments:
    """Writes the leaves into the job's folder and says what is to be generated from them."""
    root = job.folder.path / TAXONOMY
    for leaf in arguments.leaves:
        path = root / leaf.id / LEAF_FILE
        if not path.resolve().is_relative_to(root.resolve()):
            # A workspace may come from a stranger, and its jobs with it.
            raise LabError(f"'{leaf.id}' is no name of a leaf.", where=str(job.folder.spec_file))
        if not path.is_file():
            atomic_write(path, leaf.text.encode("utf-8"))
    asked = tuple(
        LeafAsked(id=leaf.id, sha256=leaf.sha256, kind=leaf.kind, samples=leaf.samples) for leaf in arguments.leaves
    )
    out = job.folder.path / GENERATED
    return msgspec.structs.replace(arguments.generate, taxonomy=str(root), leaves=asked, out=str(out))


def generated(job: Job) -> bool:
    """Whether an earlier attempt has finished the data set."""
    return dataset.read_card(job.folder.path / GENERATED) is not None


def generate(part: Part, arguments: GenerateArguments, target: Target | None) -> None:
    """Generates until the data set is there, or until asked to stop. Raises LabError where the teacher cannot be asked.

    One whose answers are all unusable is no error here: the seeds themselves can still be tried.
    """
    out = Path(arguments.out)
    if dataset.read_card(out) is None:
        # Half of what an earlier attempt was killed at writing.
        shutil.rmtree(out, ignore_errors=True)
    try:
        generation.work(part, target)
    except NothingAccepted as error:
        part.report.warning(error.what, "The seeds alone are learnt.")
        read = [
            leaves.take(Path(arguments.taxonomy), leaf, part.folder.path, number)
            for number, leaf in enumerate(arguments.leaves)
        ]
        plans = [LeafPlan(leaf, pipeline.load(arguments.pipeline, leaf.kind), arguments) for leaf in read]
        dataset.write(out, [LeafRun(plan, 0, 1.0) for plan in plans], arguments, job=part.spec.id)


def choose(job: Job, asked: Sequence[CheckQuestion]) -> Data:
    """Writes what of the generated data set is tuned on. The same every time it is called."""
    lines, left_out, seeds, samples = [], 0, 0, 0
    for line in (job.folder.path / GENERATED / dataset.MESSAGES).read_bytes().splitlines():
        record: dict[str, Any] = msgspec.json.decode(line)
        said = next((message["content"] for message in record["messages"] if message["role"] == "user"), "")
        seed = msgspec.json.decode(record["metadata"]).get("kind") == "seed"
        if any(check.near(question, [said]) for question in asked):
            left_out += 1
            continue
        seeds, samples = seeds + seed, samples + (not seed)
        lines.append(line + b"\n")
    path = job.folder.path / TRAINED / dataset.MESSAGES
    atomic_write(path, b"".join(lines))
    return Data(path=path, seed_pairs=seeds, samples=samples, left_out=left_out)
