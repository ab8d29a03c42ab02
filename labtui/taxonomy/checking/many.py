"""Many leaves checked: what is remembered of their content is taken, the rest goes to processes beside this one.

What the leaves show together (near duplicates, contradictions) is remembered by the set of their contents.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from labtui.taxonomy.check import attribution_path
from labtui.taxonomy.checking import remembered
from labtui.taxonomy.checking.cache import Cache
from labtui.taxonomy.checking.facts import Facts
from labtui.taxonomy.checking.gathering import Candidate, gather, read
from labtui.taxonomy.checking.worker import Answer, Found, Request
from labtui.taxonomy.findings import Finding
from labtui.taxonomy.profiles import Profile

if TYPE_CHECKING:
    import tempfile

T = TypeVar("T")

PROCESSES = 2
WORTH_A_PROCESS = 24
"""Leaves there must be to check before a second process is worth its start."""
AT_ONCE = 512
"""Leaves looked up together, and results kept together."""


class Checked(msgspec.Struct, frozen=True):
    findings: list[Finding]
    """In the order of the files, those of a file by line."""
    files: int
    """How many were checked."""
    remembered: int
    """Of how many of them the result was known before."""


def check_paths(
    paths: Iterable[Path],
    *,
    profile: Profile = Profile.STRICT,
    changed: Collection[str] | None = None,
    cache: Cache | None = None,
    processes: int = PROCESSES,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Finding]:
    """Everything wrong with these files and folders, each by itself and all together. As `check_all`."""
    candidates = list(gather(paths, changed, newest=profile is Profile.UPSTREAM))
    return check_all(
        candidates, profile, cache=cache, processes=processes, on_progress=on_progress, cancelled=cancelled
    ).findings


def check_all(
    candidates: Sequence[Candidate],
    profile: Profile = Profile.STRICT,
    *,
    beyond: bool = True,
    cache: Cache | None = None,
    processes: int = PROCESSES,
    gently: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Checked:
    """Checks what `gather` found. `on_progress` is told how many leaves of how many are done.

    Without `beyond` it is the reference's verdict alone, and never remembered. Without a `cache` nothing is. Raises
    LabError where the checking processes cannot be started. Cancelled, it gives what was found until then.
    """
    reported = [one for one in candidates if one.reported]
    tell = on_progress or (lambda done, total: None)
    run = Run(profile, cache, beyond=beyond, processes=processes, gently=gently, cancelled=cancelled)
    with run:
        for number, one in enumerate(candidates):
            if cancelled():
                break
            if number % AT_ONCE == 0:
                tell(0, len(reported))
            read(one)
        if beyond:
            run.recall(reported)
        unknown = [one for one in reported if one.found is None]
        known = len(reported) - len(unknown)
        for done, _ in enumerate(run.check(unknown), known + 1):
            tell(done, len(reported))
        together = run.together(candidates) if beyond and not cancelled() else {}
    findings = [finding for at, one in enumerate(candidates) for finding in findings_of(one, together.get(at, ()))]
    return Checked(findings, len(reported), known)


def findings_of(one: Candidate, together: Iterable[Found] = ()) -> list[Finding]:
    """Its findings with paths, in the order of their lines; those about attribution.txt come last."""
    if not one.reported:
        return []
    beside = attribution_path(one.shown)
    found = list(one.found or ())
    if extra := list(together):
        found = sorted([*found, *extra], key=lambda each: (each.attribution, each.line, each.column))
    return [each.at(one.shown, beside) for each in found]


class Run:
    """One run over leaves with one profile. A context manager: at its end no process and no scratch file is left."""

    def __init__(
        self,
        profile: Profile,
        cache: Cache | None,
        *,
        beyond: bool = True,
        processes: int = PROCESSES,
        gently: bool = False,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._keys = remembered.Keys(profile)
        self._profile = profile
        self._beyond = beyond
        self._processes = processes
        self._gently = gently
        self._cancelled = cancelled
        self._cache = cache
        self._scratch: Cache | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._new: dict[bytes, bytes] = {}

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._keep()
        if self._scratch is not None:
            self._scratch.close()
        if self._folder is not None:
            self._folder.cleanup()

    # -- each by itself -----------------------------------------------------------------------------------------

    def recall(self, candidates: Sequence[Candidate]) -> None:
        """Fills in what is remembered."""
        for part in parts(candidates):
            keys = [(self._keys.check(one), one) for one in part if one.data and one.found is None]
            values = self._known(key for key, _ in keys)
            for key, one in keys:
                one.found = remembered.found_from(values.get(key))

    def facts(self, candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, Facts | None]]:
        """What is remembered of them, in their order."""
        for part in parts(candidates):
            keys = [self._keys.facts(one) for one in part]
            values = self._known(keys)
            yield from ((one, remembered.facts_from(values.get(key))) for one, key in zip(part, keys, strict=True))

    def check(self, candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, Answer]]:
        """Checks them in processes beside this one, fills in what is found, and remembers it."""
        if not candidates:
            return
        from labtui.taxonomy.checking.pool import Pool

        wanted = min(self._processes, os.cpu_count() or 1) if len(candidates) >= WORTH_A_PROCESS else 1
        with Pool(wanted, gently=self._gently) as pool:
            requests = (self.request(number, one) for number, one in enumerate(candidates))
            for answer in pool.run(requests, self._cancelled):
                self.take(candidates[answer.number], answer)
                yield candidates[answer.number], answer
        self._keep()

    def request(self, number: int, one: Candidate) -> Request:
        return Request(
            number, os.fsencode(one.file), one.name, one.kind, self._profile.value, one.highest, self._beyond
        )

    def take(self, one: Candidate, answer: Answer) -> None:
        """Fills in what was found, and remembers it."""
        one.found = answer.found
        if not answer.data:
            return
        # What was read there counts: the file may have changed since it was read here.
        one.data, one.attribution = answer.data, answer.attribution
        self._new[self._keys.check(one)] = remembered.as_bytes(answer.found)
        if answer.facts is not None:
            self._new[self._keys.facts(one)] = remembered.as_bytes(answer.facts)
        if len(self._new) >= AT_ONCE:
            self._keep()

    # -- all together -------------------------------------------------------------------------------------------

    def together(self, candidates: Sequence[Candidate]) -> dict[int, list[Found]]:
        """What they show together: index among the candidates -> findings."""
        known = self.known_together(candidates)
        if known is not None:
            return known
        order = in_order(candidates)
        compared = [candidates[at] for at in order]
        remarks = self._compare(compared)
        if not self._cancelled():
            # The hashes may be others by now: what was read last counts.
            self._new[self._keys.together(compared)] = remembered.as_bytes(remarks)
            self._keep()
        return _by_candidate(remarks, order)

    def known_together(self, candidates: Sequence[Candidate]) -> dict[int, list[Found]] | None:
        """As `together`, or None where that is not remembered."""
        order = in_order(candidates)
        if len({candidates[at].name for at in order}) < 2:
            return {}
        key = self._keys.together(candidates[at] for at in order)
        remarks = remembered.remarks_from(self._known([key]).get(key))
        return _by_candidate(remarks, order) if remarks is not None else None

    def _compare(self, compared: Sequence[Candidate]) -> Sequence[remembered.Remark]:
        from labtui.taxonomy.checking.neighbours import Member, compare, member

        unknown = [one for one, facts in self.facts(compared) if facts is None]
        for _ in self.check(unknown):
            pass
        members = [
            member(one.name, facts) if facts is not None else Member(one.name, (), "")
            for one, facts in self.facts(compared)
        ]
        return compare(members, lambda leaf: next(self.facts([compared[leaf]]))[1], self._cancelled)

    # -- what is known ------------------------------------------------------------------------------------------

    def _known(self, keys: Iterable[bytes]) -> Mapping[bytes, bytes]:
        wanted = list(keys)
        found = self._cache.get_many(wanted) if self._cache is not None else {}
        if self._scratch is not None:
            found |= self._scratch.get_many(key for key in wanted if key not in found)
        return found

    def _keep(self) -> None:
        """Where nothing is or can be remembered, what this run needs again still has a place that is not memory."""
        if not self._new:
            return
        new, self._new = self._new, {}
        if self._cache is not None:
            self._cache.put_many(new)
            if self._cache.writable:
                return
        if self._scratch is None:
            import tempfile

            self._folder = tempfile.TemporaryDirectory(prefix="labtui-check-")
            self._scratch = Cache(Path(self._folder.name) / "found.sqlite3")
        self._scratch.put_many(new)


def in_order(candidates: Sequence[Candidate]) -> list[int]:
    """The indices of those that are compared, in an order that depends on nothing but names and contents."""
    return sorted(
        (at for at, one in enumerate(candidates) if one.data and one.name),
        key=lambda at: (candidates[at].name, candidates[at].data, candidates[at].kind),
    )


def _by_candidate(remarks: Sequence[remembered.Remark], order: Sequence[int]) -> dict[int, list[Found]]:
    found: dict[int, list[Found]] = {}
    for remark in remarks:
        found.setdefault(order[remark.leaf], []).append(remark.found)
    return found


def parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for at in range(0, len(items), AT_ONCE):
        yield items[at : at + AT_ONCE]
