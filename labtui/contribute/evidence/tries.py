"""What came of trying a contribution: answers before and after, in the draft's `try/tries.jsonl`.

One line a finished try, appended by its job; what the contributor thinks of the answers is a line of its own in
`try/verdicts.jsonl`. A try belongs to the seeds it was made with: `stale` says which of them changed since.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import Literal, TypeVar

import msgspec

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import ModelUsed
from labtui.errors import LabError, UsageError
from labtui.journal import JsonLines, read_lines
from labtui.records import Moment, now

FORMAT = 1
TRIES = "tries.jsonl"
VERDICTS = "verdicts.jsonl"
FEW = 10
"""From so many questions on a share may be given in percent; below, only the numbers are told."""

Verdict = Literal["better", "same", "worse"]
T = TypeVar("T")


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of a model, as it wrote it: clean it before showing."""

    text: str
    cut: bool = False
    """It reached the longest answer allowed and was cut there."""
    tokens: int = 0
    seconds: float = 0.0


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One check question and both answers to it."""

    number: int
    """From 1."""
    question: str
    context: str = ""
    leaf: str = ""
    before: Answer
    after: Answer

    @property
    def changed(self) -> bool:
        return self.before.text.split() != self.after.text.split()


class TriedLeaf(msgspec.Struct, frozen=True, kw_only=True):
    """A leaf as it was tried."""

    id: str
    sha256: str
    """Of its qna.yaml."""
    seeds: int


class Tuning(msgspec.Struct, frozen=True, kw_only=True):
    """How the small adapter was made."""

    seed_pairs: int
    """Of the contribution's own questions and answers."""
    samples: int
    """Generated from the seeds and used."""
    left_out: int = 0
    """Generated, but too near to a check question: not trained on."""
    steps: int
    loss_first: float
    loss_last: float
    rank: int
    adapter_sha256: str = ""
    teacher: str = ""


class TryResult(msgspec.Struct, frozen=True, kw_only=True):
    """One line of tries.jsonl."""

    v: int = FORMAT
    at: Moment = msgspec.field(default_factory=now)
    job: str
    """The job's id."""
    leaves: tuple[TriedLeaf, ...]
    made: ModelUsed
    """The model that answered "before"; "after" is the same with the adapter on it."""
    tuning: Tuning
    asked: tuple[Asked, ...]
    seconds: dict[str, float] = {}
    """Stage -> how long it took, over all attempts."""
    notes: tuple[str, ...] = ()
    """What a reader should know, such as that no sample could be generated. Sentences."""


class TryVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """One line of verdicts.jsonl; the last one about an answer counts."""

    v: int = FORMAT
    at: Moment = msgspec.field(default_factory=now)
    job: str
    number: int
    verdict: Verdict | Literal[""]
    """What the contributor thinks of the answer after, against the one before; empty takes it back."""


def results(folder: DraftFolder) -> list[TryResult]:
    """Every finished try of a contribution, oldest first; lines that cannot be read are left out."""
    return _lines(folder, TRIES, TryResult)


def latest(folder: DraftFolder) -> TryResult | None:
    found = results(folder)
    return found[-1] if found else None


def record(folder: DraftFolder, result: TryResult) -> None:
    """Keeps a result, once a job. Raises LabError where it cannot be written."""
    with folder.locked():
        if all(known.job != result.job for known in results(folder)):
            _append(folder, TRIES, result)


def judge(folder: DraftFolder, job: str, number: int, verdict: Verdict | Literal[""]) -> None:
    """Keeps what the contributor thinks of an answer. Raises UsageError where there is none of that number."""
    if not any(asked.number == number for result in results(folder) if result.job == job for asked in result.asked):
        raise UsageError(f"That try has no answer {number}.", where=job)
    with folder.locked():
        _append(folder, VERDICTS, TryVerdict(job=job, number=number, verdict=verdict))


def verdicts(folder: DraftFolder, job: str) -> dict[int, Verdict]:
    """Number of the question -> what the contributor thinks; those without a verdict are not in it."""
    found: dict[int, Verdict] = {}
    for line in _lines(folder, VERDICTS, TryVerdict):
        if line.job != job:
            continue
        if line.verdict:
            found[line.number] = line.verdict
        else:
            found.pop(line.number, None)
    return found


def stale(folder: DraftFolder, result: TryResult) -> list[str]:
    """Ids of the leaves that are not what was tried: changed since, come since, or gone. Empty: it still holds."""
    tried = {leaf.id: leaf.sha256 for leaf in result.leaves}
    present = {}
    for leaf in folder.load().leaves:
        if leaf.change != "deleted":
            with contextlib.suppress(OSError):
                present[leaf.id] = hashlib.sha256(folder.leaf_file(leaf).read_bytes()).hexdigest()
    # A leaf that was only placed elsewhere is the same words.
    words = set(present.values())
    gone = [name for name, sha256 in tried.items() if sha256 not in words]
    known = set(tried.values())
    new = [name for name, sha256 in present.items() if sha256 not in known]
    return sorted({*gone, *new})


def counts(result: TryResult, judged: dict[int, Verdict]) -> str:
    """In words what came of it: `3 of 4 answers changed; better in 2, worse in 1, by the contributor's judgement`."""
    total = len(result.asked)
    changed = sum(asked.changed for asked in result.asked)
    words = f"{_of(changed, total)} answers changed"
    named = [(name, sum(verdict == name for verdict in judged.values())) for name in ("better", "same", "worse")]
    told = ", ".join(f"{name} in {_share(count, total)}" for name, count in named if count)
    return f"{words}; {told}, by the contributor's judgement" if told else words


def _of(count: int, total: int) -> str:
    return f"{count} of {total}" + (f" ({count / total:.0%})" if total >= FEW else "")


def _share(count: int, total: int) -> str:
    return f"{count} ({count / total:.0%})" if total >= FEW else str(count)


def _lines(folder: DraftFolder, name: str, kind: type[T]) -> list[T]:
    path = folder.trying / name
    try:
        return list(read_lines(path, kind))
    except OSError as error:
        raise LabError(f"cannot be read: {error.strerror}.", where=str(path)) from error


def _append(folder: DraftFolder, name: str, value: object) -> None:
    path = folder.trying / name
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with contextlib.closing(JsonLines(path)) as lines:
            lines.append(value)
    except OSError as error:
        raise LabError(f"The result cannot be kept: {error.strerror or error}.", where=str(path)) from error
