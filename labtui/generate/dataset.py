"""The finished data set: `messages.jsonl` as instructlab-training reads it, and `dataset.json` saying what made it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from labtui.errors import LabError, UsageError
from labtui.generate.arguments import GenerateArguments
from labtui.generate.engine import LeafRun
from labtui.generate.plan import content_hash
from labtui.journal import atomic_write, dump
from labtui.records import now

FORMAT = 1
MESSAGES = "messages.jsonl"
CARD = "dataset.json"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One line of messages.jsonl."""

    id: str
    messages: list[dict[str, str]]
    metadata: str
    """JSON as text: which leaf, seeds, pipeline and teacher made it."""
    unmask: bool = False
    """Training counts the assistant's turns alone."""


class LeafCount(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    sha256: str
    kind: str
    wanted: int
    accepted: int
    seeds: int
    """Records that are the leaf's own pairs."""
    tries: int
    rejected: dict[str, int]
    """Reason -> how many."""
    ending: str
    """`enough`, `tries used up` or `dried up`."""
    pipeline: str
    pipeline_sha256: str


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """dataset.json."""

    v: int = FORMAT
    id: str
    """Also sha256 of messages.jsonl: equal data, equal id."""
    made: datetime = msgspec.field(default_factory=now)
    job: str
    commit: str = ""
    """The taxonomy's, where it is a repository."""
    records: int
    samples: int
    seeds: int
    teacher: str
    teacher_sha256: str = ""
    engine: str = ""
    temperature: float
    min_p: float
    max_tokens: int
    seed: int
    leaves: list[LeafCount]


def read_card(folder: Path) -> Card | None:
    """The card of a data set folder; None where there is none that can be read."""
    try:
        return msgspec.json.decode((folder / CARD).read_bytes(), type=Card)
    except (OSError, msgspec.MsgspecError):
        return None


def check_out(out: Path, job: str = "") -> None:
    """Raises UsageError where a data set of another job, or anything else, lies in `out` already."""
    if out.is_dir() and any(out.iterdir()):
        card = read_card(out)
        if card is None or card.job != job:
            raise UsageError("The folder is not empty.", where=str(out), hint="Choose another one with --out.")
    elif out.exists() and not out.is_dir():
        raise UsageError("is a file, not a folder.", where=str(out), hint="Choose a folder with --out.")


def check_writable(out: Path) -> None:
    """Raises LabError where no data set could be written: better before the work than after it. Leaves nothing."""
    made: list[Path] = []
    try:
        for folder in [*reversed(out.parents), out]:
            if not folder.exists():
                folder.mkdir()
                made.append(folder)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise _unwritable(out, error, "Choose another folder with --out.") from error
    finally:
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()


def _unwritable(out: Path, error: OSError, hint: str) -> LabError:
    return LabError(
        f"The data set cannot be written: {error.strerror or error}.", where=str(error.filename or out), hint=hint
    )


def write(
    out: Path, runs: list[LeafRun], arguments: GenerateArguments, *, job: str, commit: str = "", engine: str = ""
) -> Card:
    """Writes both files, each whole or not at all. Raises LabError where the disk does not take them."""
    try:
        return _write(out, runs, arguments, job=job, commit=commit, engine=engine)
    except OSError as error:
        kept = "The samples are kept in the job. Make room or rights, then resume it."
        raise _unwritable(out, error, kept) from error


def _write(out: Path, runs: list[LeafRun], arguments: GenerateArguments, *, job: str, commit: str, engine: str) -> Card:
    out.mkdir(parents=True, exist_ok=True)
    sha256, records = _write_lines(out / MESSAGES, _records(runs, arguments))
    counts = [_count(run, arguments) for run in runs]
    card = Card(
        id=sha256,
        job=job,
        commit=commit,
        records=records,
        samples=sum(count.accepted for count in counts),
        seeds=sum(count.seeds for count in counts),
        teacher=arguments.teacher,
        teacher_sha256=arguments.teacher_sha256,
        engine=engine,
        temperature=arguments.temperature,
        min_p=arguments.min_p,
        max_tokens=arguments.max_tokens,
        seed=arguments.seed,
        leaves=counts,
    )
    atomic_write(out / CARD, dump(card))
    return card


def _write_lines(path: Path, records: Iterator[Record]) -> tuple[str, int]:
    """Like journal.atomic_write, line by line: a data set can be larger than memory."""
    digest, count = hashlib.sha256(), 0
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            for record in records:
                line = msgspec.json.encode(record) + b"\n"
                digest.update(line)
                stream.write(line)
                count += 1
            stream.flush()
            os.fchmod(stream.fileno(), 0o644)
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    return digest.hexdigest(), count


def _records(runs: list[LeafRun], arguments: GenerateArguments) -> Iterator[Record]:
    for run in runs:
        common: dict[str, Any] = {
            "leaf": run.plan.leaf.id,
            "leaf_sha256": run.plan.leaf.sha256,
            "leaf_kind": run.plan.leaf.kind,
        }
        if arguments.include_seeds:
            for place, (seed, messages) in enumerate(run.plan.seed_records()):
                content = content_hash(messages)
                key = f"{run.plan.leaf.id}\n{run.plan.leaf.sha256}\n{seed.number}\n{place}".encode()
                yield Record(
                    id=hashlib.sha256(key).hexdigest()[:32],
                    messages=messages,
                    metadata=_text({"kind": "seed", **common, "seeds": [seed.number], "content": content}),
                )
        for sample in run.accepted:
            messages = run.plan.training(run.plan.attempt(sample.number), sample.parts)
            facts = {
                "kind": "generated",
                **common,
                "seeds": list(sample.seeds),
                "number": sample.number,
                "topic": sample.topic,
                "pipeline": sample.pipeline,
                "pipeline_sha256": sample.pipeline_sha256,
                "teacher": sample.teacher,
                "teacher_sha256": sample.teacher_sha256,
                "content": sample.content,
            }
            yield Record(id=sample.id, messages=messages, metadata=_text(facts))


def _text(facts: dict[str, Any]) -> str:
    return msgspec.json.encode(facts).decode()


def _count(run: LeafRun, arguments: GenerateArguments) -> LeafCount:
    return LeafCount(
        id=run.plan.leaf.id,
        sha256=run.plan.leaf.sha256,
        kind=run.plan.leaf.kind,
        wanted=run.samples,
        accepted=len(run.accepted),
        seeds=len(run.plan.seed_records()) if arguments.include_seeds else 0,
        tries=run.decided,
        rejected=dict(run.reasons.most_common()),
        ending=run.ending,
        pipeline=run.plan.pipeline.id,
        pipeline_sha256=run.plan.pipeline.sha256,
    )
