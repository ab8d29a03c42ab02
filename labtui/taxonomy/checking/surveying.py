"""How a survey goes: what is remembered of a content is taken, the rest goes to processes, what is in sight first."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from labtui.taxonomy.checking import remembered
from labtui.taxonomy.checking.cache import Cache
from labtui.taxonomy.checking.facts import Facts
from labtui.taxonomy.checking.gathering import Candidate, candidate, read
from labtui.taxonomy.checking.many import PROCESSES, WORTH_A_PROCESS, Run, findings_of
from labtui.taxonomy.checking.neighbours import RULES
from labtui.taxonomy.checking.pool import Pool
from labtui.taxonomy.checking.survey import Surveyed, stamp_of
from labtui.taxonomy.checking.together_worker import Compared
from labtui.taxonomy.findings import Finding
from labtui.taxonomy.profiles import Profile

BATCH_SECONDS = 0.1
LOOKED_UP = 64
"""Leaves that are read and looked up together; between two such parts the screen has its turn."""
WAITING = 24
"""So many leaves wait to be checked before more are read."""


class Survey:
    def __init__(
        self,
        found: Sequence[Surveyed],
        known: Mapping[str, Surveyed],
        cancelled: Callable[[], bool],
        in_sight: Callable[[], Iterable[str]],
        cache: Cache | None,
    ) -> None:
        self._unread: dict[str, Surveyed] = {leaf.id: leaf for leaf in found}
        """Not looked at yet."""
        self._order = deque(self._unread)
        self._waiting: dict[str, tuple[Surveyed, Candidate]] = {}
        """Read, not remembered: to be checked."""
        self._asked: dict[int, tuple[Surveyed, Candidate]] = {}
        self._known = known
        self._cancelled = cancelled
        self._in_sight = in_sight
        self._done: list[Surveyed] = []
        self._numbers = itertools.count()
        self._cache = cache or Cache()
        self._own = cache is None
        self._run = Run(Profile.STRICT, self._cache)
        self._pool: Pool | None = None

    def batches(self) -> Iterator[list[Surveyed]]:
        told = time.monotonic()
        try:
            while (self._unread or self._waiting or self._asked) and not self._cancelled():
                self._look_up()
                self._check()
                if self._done and time.monotonic() - told > BATCH_SECONDS:
                    batch, self._done = self._done, []
                    yield batch
                    told = time.monotonic()
            if self._done and not self._cancelled():
                yield self._done
        finally:
            if self._pool is not None:
                self._pool.close()
            self._run.close()
            if self._own:
                self._cache.close()

    # -- what is remembered -------------------------------------------------------------------------------------

    def _look_up(self) -> None:
        """Reads the next leaves; those that are known are done."""
        if len(self._waiting) >= WAITING:
            return
        read_: list[tuple[Surveyed, Candidate]] = []
        for name in self._next():
            leaf = self._unread.pop(name)
            stamp = stamp_of(leaf.path)
            before = self._known.get(name)
            if before is not None and before.read and before.stamp == stamp:
                self._done.append(before)
                continue
            one = candidate(os.path.abspath(leaf.path), str(leaf.path))
            read(one)
            read_.append((msgspec.structs.replace(leaf, stamp=stamp), one))
        self._run.recall([one for _, one in read_])
        facts = [facts for _, facts in self._run.facts([one for _, one in read_])]
        for (leaf, one), known in zip(read_, facts, strict=True):
            if one.found is not None and (known is not None or not one.data):
                self._done.append(_surveyed(leaf, one, known))
            else:
                self._waiting[leaf.id] = leaf, one

    def _next(self) -> list[str]:
        """The ids of the leaves to be read next."""
        names = [name for name in self._in_sight() if name in self._unread]
        while self._order and len(names) < LOOKED_UP:
            name = self._order.popleft()
            if name in self._unread and name not in names:
                names.append(name)
        return names

    # -- what is not --------------------------------------------------------------------------------------------

    def _check(self) -> None:
        if not self._waiting and not self._asked:
            return
        if self._pool is None:
            few = len(self._unread) + len(self._waiting) < WORTH_A_PROCESS
            self._pool = Pool(1 if few else min(PROCESSES, os.cpu_count() or 1), gently=True)
        first = [name for name in self._in_sight() if name in self._waiting]
        while self._waiting and self._pool.room:
            name = first.pop(0) if first else next(iter(self._waiting))
            leaf, one = self._waiting.pop(name)
            number = next(self._numbers)
            self._asked[number] = leaf, one
            self._pool.give(self._run.request(number, one))
        idle = not self._unread or len(self._waiting) >= WAITING
        for answer in self._pool.listen(BATCH_SECONDS if idle else 0):
            leaf, one = self._asked.pop(answer.number)
            self._run.take(one, answer)
            self._done.append(_surveyed(leaf, one, answer.facts))


def _surveyed(leaf: Surveyed, one: Candidate, facts: Facts | None) -> Surveyed:
    findings = tuple(findings_of(one))
    facts = facts or Facts()
    rules = " ".join({finding.rule for finding in findings})
    return Surveyed(
        id=leaf.id,
        path=leaf.path,
        kind=sys.intern(facts.kind),
        seeds=facts.seeds,
        author=sys.intern(facts.author),
        about=f"{facts.kind} {facts.description} {facts.author} {rules}".lower(),
        findings=findings,
        stamp=leaf.stamp,
        data=one.data,
    )


def show_together(
    leaves: Sequence[Surveyed], cancelled: Callable[[], bool], cache: Cache | None
) -> Iterator[list[Surveyed]]:
    compared = [leaf for leaf in leaves if leaf.data]
    remarks = _remarks(compared, cancelled, cache)
    if remarks is None:
        return
    found: dict[int, list[Finding]] = {}
    for remark in remarks:
        shown = str(compared[remark.leaf].path)
        found.setdefault(remark.leaf, []).append(remark.found.at(shown, shown))
    batch: list[Surveyed] = []
    for number, leaf in enumerate(compared):
        own = [finding for finding in leaf.findings if finding.rule not in RULES]
        if number not in found and len(own) == len(leaf.findings):
            continue
        # What is said of attribution.txt comes last.
        shown = str(leaf.path)
        findings = sorted([*own, *found.get(number, [])], key=lambda one: (one.path != shown, one.line, one.column))
        if tuple(findings) != leaf.findings:
            rules = " ".join({finding.rule for finding in found.get(number, [])})
            about = leaf.about if rules in leaf.about else f"{leaf.about} {rules}"
            batch.append(msgspec.structs.replace(leaf, findings=tuple(findings), about=about))
    if batch and not cancelled():
        yield batch


def _remarks(
    leaves: Sequence[Surveyed], cancelled: Callable[[], bool], cache: Cache | None
) -> Sequence[remembered.Remark] | None:
    """About the leaves by their index; None where nobody wants to know any more, or it cannot be found out."""
    candidates = [candidate(os.path.abspath(leaf.path), str(leaf.path)) for leaf in leaves]
    for leaf, one in zip(leaves, candidates, strict=True):
        one.data = leaf.data
    own = Cache() if cache is None else cache
    try:
        known = Run(Profile.STRICT, own).known_together(candidates)
    finally:
        if cache is None:
            own.close()
    if known is not None:
        return [remembered.Remark(at, one) for at, found in known.items() for one in found]
    wanted = [Compared(os.fsencode(one.file), one.name, one.kind, one.data) for one in candidates]
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as answered:
        asked.write(msgspec.msgpack.encode(wanted))
        asked.seek(0)
        if not _asked(own.file, asked, answered, cancelled):
            return None
        answered.seek(0)
        return remembered.remarks_from(answered.read())


def _asked(file: Path, asked: BinaryIO, answered: BinaryIO, cancelled: Callable[[], bool]) -> bool:
    """Whether the process came to a good end. It is ended when nobody wants to know any more."""
    command = [sys.executable, "-P", "-m", "labtui.taxonomy.checking.together_worker", os.fspath(file)]
    process = subprocess.Popen(command, stdin=asked, stdout=answered, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        while process.poll() is None:
            if cancelled():
                return False
            time.sleep(BATCH_SECONDS / 2)
        return process.returncode == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
