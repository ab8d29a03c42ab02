"""What was generated from one leaf: in the samples of every job, and in the data sets that lie in the workspace.

Journals can be gigabytes. They are read in pieces, by a thread, and what is known so far is given on the way.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from labtui.errors import LabError
from labtui.generate.arguments import KIND
from labtui.generate.dataset import CARD, MESSAGES, read_card
from labtui.generate.journal import Sample, samples_file
from labtui.jobs.folders import folders
from labtui.journal import JobFolder, LineFollower
from labtui.workspace import Workspace

PIECE = 4 * 1024 * 1024
"""Bytes read at once."""
NEWEST = 50
"""Samples that are given whole, the newest ones."""
PAUSE = 0.3
"""Seconds between two reports on the way."""


class FromJob(msgspec.Struct, kw_only=True):
    """What one job made of the leaf."""

    job: str
    """Its id."""
    title: str = ""
    accepted: int = 0
    rejected: int = 0
    present: int = 0
    """Of the accepted: made from the leaf as it is now."""
    reasons: Counter[str] = msgspec.field(default_factory=Counter)
    """Why samples were rejected -> how many."""
    last: datetime | None = None


class InSet(msgspec.Struct, frozen=True, kw_only=True):
    """What one data set holds of the leaf."""

    name: str
    """Its folder below data/."""
    samples: int
    seeds: int = 0
    """Records that are the leaf's own pairs."""
    present: bool | None = None
    """Whether they were made from the leaf as it is now; None where the data set does not say."""
    made: datetime | None = None


class LeafData(msgspec.Struct, frozen=True, kw_only=True):
    leaf: str
    jobs: tuple[FromJob, ...] = ()
    """Newest first; those that made nothing of the leaf are left out."""
    sets: tuple[InSet, ...] = ()
    samples: tuple[Sample, ...] = ()
    """The newest, newest first, accepted or not."""
    sha256: str = ""
    """Of the leaf as it is now."""
    done: bool = False
    """False while there is more to read."""

    @property
    def accepted(self) -> int:
        return sum(job.accepted for job in self.jobs)

    @property
    def rejected(self) -> int:
        return sum(job.rejected for job in self.jobs)

    @property
    def present(self) -> int:
        return sum(job.present for job in self.jobs)

    @property
    def reasons(self) -> Counter[str]:
        return sum((job.reasons for job in self.jobs), Counter())


def look(
    workspace: Workspace, leaf: str, sha256: str, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[LeafData]:
    """What is known of the leaf's samples, again and again until the last one is `done`.

    `sha256` is that of its qna.yaml now. Samples of the same content under another name count too: the leaf was
    moved. Damaged lines and folders are passed over. Nothing more is given once `cancelled()`.
    """
    jobs: list[FromJob] = []
    newest: list[Sample] = []
    sets = tuple(_sets(workspace, leaf, sha256, cancelled))
    last = time.monotonic()
    for folder in _generations(workspace, leaf, sha256):
        found = FromJob(job=folder.id, title=_title(folder))
        recent: deque[Sample] = deque(maxlen=NEWEST)
        for sample in _samples(samples_file(folder), leaf, sha256, cancelled):
            if sample is None:
                if time.monotonic() - last > PAUSE:
                    yield _data(leaf, sha256, [*jobs, found], sets, [*newest, *recent], done=False)
                    last = time.monotonic()
                continue
            _count(found, sample, sha256)
            recent.append(sample)
        if cancelled():
            return
        if found.accepted or found.rejected:
            jobs.append(found)
        newest = _newest([*newest, *recent])
    yield _data(leaf, sha256, jobs, sets, newest, done=True)


def _data(
    leaf: str, sha256: str, jobs: list[FromJob], sets: tuple[InSet, ...], samples: list[Sample], *, done: bool
) -> LeafData:
    told = tuple(
        msgspec.structs.replace(job, reasons=Counter(job.reasons)) for job in jobs if job.accepted or job.rejected
    )
    return LeafData(leaf=leaf, jobs=told, sets=sets, samples=tuple(_newest(samples)), sha256=sha256, done=done)


def _newest(samples: list[Sample]) -> list[Sample]:
    return sorted(samples, key=lambda sample: sample.t, reverse=True)[:NEWEST]


def _count(found: FromJob, sample: Sample, sha256: str) -> None:
    if sample.accepted:
        found.accepted += 1
        found.present += sample.leaf_sha256 == sha256
    else:
        found.rejected += 1
        found.reasons[sample.reason] += 1
    found.last = sample.t if found.last is None else max(found.last, sample.t)


def _generations(workspace: Workspace, leaf: str, sha256: str) -> Iterator[JobFolder]:
    """The jobs that may hold samples of the leaf, newest first."""
    try:
        every = folders(workspace)
    except LabError:
        return
    for folder in every:
        if samples_file(folder).is_file() and _asked_for(folder, leaf, sha256):
            yield folder


def _asked_for(folder: JobFolder, leaf: str, sha256: str) -> bool:
    try:
        spec = folder.spec()
    except LabError:
        return True
    if spec.kind != KIND:
        return False
    asked: Any = spec.arguments.get("leaves")
    if not isinstance(asked, list):
        return True
    return any(isinstance(one, dict) and (one.get("id") == leaf or one.get("sha256") == sha256) for one in asked)


def _title(folder: JobFolder) -> str:
    try:
        return folder.spec().title
    except LabError:
        return ""


def _samples(path: Path, leaf: str, sha256: str, cancelled: Callable[[], bool]) -> Iterator[Sample | None]:
    """The leaf's samples, and None after each piece of the file that was read."""
    wanted = (b'"leaf":' + msgspec.json.encode(leaf), b'"leaf_sha256":' + msgspec.json.encode(sha256))
    decoder = msgspec.json.Decoder(Sample)
    follower = LineFollower(path)
    try:
        while not cancelled():
            for line in follower.poll(PIECE):
                if wanted[0] in line or wanted[1] in line:
                    with contextlib.suppress(msgspec.MsgspecError):
                        sample = decoder.decode(line)
                        if leaf == sample.leaf or (sha256 and sha256 == sample.leaf_sha256):
                            yield sample
            yield None
            if not follower.behind:
                return
    except OSError:
        return


def _sets(workspace: Workspace, leaf: str, sha256: str, cancelled: Callable[[], bool]) -> Iterator[InSet]:
    """Every data set that holds something of the leaf, newest first."""
    try:
        names = sorted((entry.name for entry in os.scandir(workspace.data) if entry.is_dir()), reverse=True)
    except OSError:
        return
    for name in names:
        if cancelled():
            return
        folder = workspace.data / name
        if not (folder / CARD).exists():
            if count := _records(folder / MESSAGES, leaf, cancelled):
                yield InSet(name=name, samples=count)
            continue
        card = read_card(folder)
        for part in card.leaves if card is not None else ():
            if part.id == leaf or (sha256 and part.sha256 == sha256):
                present = part.sha256 == sha256
                yield InSet(name=name, samples=part.accepted, seeds=part.seeds, present=present, made=card.made)  # type: ignore[union-attr]


def _records(path: Path, leaf: str, cancelled: Callable[[], bool]) -> int:
    """How many lines of a data set without a card say that they come from the leaf."""
    # Their metadata is JSON within JSON.
    inside = b'"leaf":' + msgspec.json.encode(leaf)
    wanted = msgspec.json.encode(inside.decode())[1:-1]
    follower, count = LineFollower(path), 0
    try:
        while not cancelled():
            count += sum(wanted in line for line in follower.poll(PIECE))
            if not follower.behind:
                break
    except OSError:
        pass
    return count
