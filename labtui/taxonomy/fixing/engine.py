"""Applying repairs, and only those after which the file says the same and nothing new is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.fixing.repairs import REPAIRS, UPGRADE, Repair
from labtui.taxonomy.fixing.spaces import Group
from labtui.taxonomy.fixing.text import Edit, FileText, Overlap, in_order, origin
from labtui.taxonomy.layout import KNOWLEDGE, SKILLS
from labtui.taxonomy.source import Unreadable

ROUNDS = 3
PASSES = 6
TRIES = 60
"""Candidates that are checked for one file."""
LINES = 60_000
"""Lines that are checked for one file: of large ones fewer candidates, of the largest only one (some 4 seconds)."""

Check = Callable[[bytes], list[Finding]]


@dataclass(frozen=True)
class State:
    """A file on its way, what is wrong with it now, and which of the first findings each of these was."""

    file: FileText
    value: Any
    findings: tuple[Finding, ...]
    firsts: tuple[int, ...]


class Engine:
    """Repairs one file. `check` says what is wrong with its bytes, `kind` is KNOWLEDGE, SKILLS or empty.

    `rules`, if given, are all that is repaired.
    """

    def __init__(self, check: Check, kind: str = "", rules: Collection[str] | None = None) -> None:
        self._check = check
        self._kind = kind
        self._rules = rules
        self._tries = TRIES
        self._lines = LINES

    def run(self, file: FileText, findings: Sequence[Finding]) -> State:
        """The file after every repair that holds. Raises Unreadable for a file that cannot be read at all."""
        value = file.parsed.value
        kind = self._kind or (KNOWLEDGE if isinstance(value, dict) and "document" in value else SKILLS)
        repairs: Sequence[Repair] = (UPGRADE, *REPAIRS) if kind == SKILLS else REPAIRS
        if self._rules is not None:
            repairs = tuple(repair for repair in repairs if repair.rules & set(self._rules))
        return self._run(State(file, value, tuple(findings), tuple(range(len(findings)))), repairs)

    def _run(self, state: State, repairs: Sequence[Repair]) -> State:
        for _ in range(ROUNDS):
            before = state
            for repair in repairs:
                for _ in range(PASSES):
                    after = self._repaired(state, repair)
                    if after is state:
                        break
                    state = after
            if state is before:
                break
        return state

    def _repaired(self, state: State, repair: Repair) -> State:
        wanted = [finding for finding in state.findings if finding.rule in repair.rules]
        if not wanted:
            return state
        try:
            groups = repair.propose(state.file, wanted)
        except Unreadable:
            return state
        return self._as_many(state, repair, (), groups, state)[0]

    def _as_many(
        self, start: State, repair: Repair, taken: tuple[Group, ...], more: Sequence[Group], best: State
    ) -> tuple[State, tuple[Group, ...]]:
        """`best` with as many of the groups `more` as go together with those `taken`."""
        if not more:
            return best, taken
        together = (*taken, *more)
        found = self._tried(start, repair, together, best)
        if found is not None:
            return found, together
        if len(more) == 1:
            return best, taken
        half = len(more) // 2
        best, taken = self._as_many(start, repair, taken, more[:half], best)
        return self._as_many(start, repair, taken, more[half:], best)

    def _tried(self, start: State, repair: Repair, groups: Sequence[Group], best: State) -> State | None:
        """The state after these edits; None where they do not hold, or no more may be tried."""
        self._tries -= 1
        self._lines -= start.file.text.count("\n")
        if self._tries < 0 or self._lines < 0:
            return None
        try:
            edits = in_order(edit for group in groups for edit in group)
            file = repair.apply(start.file, edits)
            value = file.parsed.value
        except (Overlap, Unreadable):
            return None
        if not repair.same(start.value, value):
            return None
        findings = self._check(file.data)
        after = State(file, value, tuple(findings), _matched(start, file, findings, edits))
        if repair.tidies:
            after = self._run(after, REPAIRS)
        return after if _better(best.findings, after.findings, repair) else None


def _better(before: Sequence[Finding], after: Sequence[Finding], repair: Repair) -> bool:
    """Whether fewer of the repair's findings are left, and of no rule there are more."""
    was, now = (Counter(finding.rule for finding in findings) for findings in (before, after))
    fewer = sum(now[rule] for rule in repair.rules) < sum(was[rule] for rule in repair.rules)
    return fewer and all(count <= was[rule] for rule, count in now.items())


def _matched(start: State, file: FileText, findings: Sequence[Finding], edits: Sequence[Edit]) -> tuple[int, ...]:
    """For each finding after the edits the first one it is: of the same rule and nearest to where it stood before."""
    free = list(range(len(start.findings)))
    firsts = []
    for finding in findings:
        at = origin(edits, file.offset(finding.line, finding.column))
        alike = [number for number in free if start.findings[number].rule == finding.rule]
        nearest = min(alike, key=lambda number: abs(_offset(start, number) - at), default=None)
        if nearest is not None:
            free.remove(nearest)
        firsts.append(start.firsts[nearest] if nearest is not None else -1)
    return tuple(firsts)


def _offset(state: State, number: int) -> int:
    finding = state.findings[number]
    return state.file.offset(finding.line, finding.column)
