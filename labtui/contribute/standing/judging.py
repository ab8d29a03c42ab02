"""What is wrong with the leaves of a contribution, each problem at the step and the field where it is put right.

The taxonomy rules are applied as upstream's checks do. Beyond that a new leaf is held to what a maintainer asks for:
a licence that is accepted, whole attributions, no question twice. In a leaf that exists already such things count only
where the contribution brought them in.
"""

from __future__ import annotations

import contextlib
import functools
import os
from pathlib import Path
from typing import Any

import msgspec
from yaml.nodes import Node

from labtui.contribute.attribution import works as attribution
from labtui.contribute.documents.local_documents import of_leaf
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import ContributedLeaf, Draft, Problem, Step
from labtui.taxonomy.check import ATTRIBUTION, ATTRIBUTION_LIMIT, untried
from labtui.taxonomy.fields import PAIRS, SEEDS, fields_of
from labtui.taxonomy.fields import Path as Path_
from labtui.taxonomy.finding_places import BESIDE, by_place
from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.layout import KNOWLEDGE, LEAF_FILE, SKILLS
from labtui.taxonomy.leaf import UNREADABLE, Leaf, leaf_of
from labtui.taxonomy.parse import parse
from labtui.taxonomy.profiles import Profile
from labtui.taxonomy.source import Unreadable, decode, read_bytes

UNFINISHED = frozenset(
    (
        "schema.required",
        "schema.minItems",
        "schema.minLength",
        "legal.attribution-missing",
        "legal.attribution-empty",
        "legal.attribution-field",
        "legal.licence-missing",
        "quality.blank",
        "quality.few-seeds",
        "place.missing",
        "document.licence",
        "document.repository",
    )
)
"""Rules about what only waits to be written."""
ASKED_FOR = frozenset(
    (
        "yaml.empty",
        "legal.attribution-unparsable",
        "legal.attribution-field",
        "legal.licence-missing",
        "legal.licence-unknown",
        "legal.licence-not-accepted",
        "quality.mixed-grounding",
        "quality.question-repeated",
        "quality.context-repeated",
        "quality.few-seeds",
        "quality.placeholder",
        "quality.answer-repeats-question",
        "safety.invisible",
        "safety.direction",
    )
)
"""Warnings of the rules that a maintainer sends a contribution back for: in what is contributed they are errors."""
TWICE = "quality.question-repeated"
"""Refused however mild it is elsewhere: a second answer to the same question is no further example."""
DOCUMENT_FIELDS = frozenset((("document",), ("document", "repo"), ("document", "commit"), ("document", "patterns")))


class Judged(msgspec.Struct, frozen=True):
    """One leaf as it stands."""

    leaf: Leaf
    problems: tuple[tuple[Step, Problem], ...]

    def at(self, step: Step) -> tuple[Problem, ...]:
        return tuple(problem for found, problem in self.problems if found is step)


def judge(folder: DraftFolder, draft: Draft, leaf: ContributedLeaf) -> Judged:
    """Reads the leaf's files and says what is wrong with them. Never raises for what a file holds.

    What was judged once is remembered by its content.
    """
    try:
        data = _read(folder.leaf_file(leaf))
    except Unreadable as trouble:
        return _nothing(leaf.id, trouble.message, trouble.hint, trouble.rule)
    if data is None:
        hint = "Take the leaf out of the contribution, or put the file back."
        return _nothing(leaf.id, "The leaf's file is gone.", hint, "layout.missing")
    beside = _attribution(folder.attribution_file(leaf))
    before: tuple[bytes | None, bytes | None] = (None, None)
    if (base := folder.base_file(leaf)) is not None:
        with contextlib.suppress(Unreadable):
            before = _read(base), _attribution(base.with_name(ATTRIBUTION))
    document = of_leaf(draft, leaf.id)
    # Address and commit of one's own document are written into the leaf once it is committed.
    waits = document is not None and not document.commit
    return _judged(leaf.id, leaf.was, data, beside, before, waits)


def unfinished(problem: Problem) -> bool:
    """Whether it only waits to be written, as opposed to being there and wrong."""
    return problem.rule in UNFINISHED or (
        problem.rule == "schema.type" and problem.message.endswith("is empty, not text.")
    )


def _read(path: Path) -> bytes | None:
    """None where there is no such file. Raises Unreadable."""
    return read_bytes(path) if os.path.lexists(path) else None


def _attribution(path: Path) -> bytes | None:
    """One that cannot be read counts as empty, as in the rules."""
    try:
        return read_bytes(path, ATTRIBUTION_LIMIT) if os.path.lexists(path) else None
    except Unreadable:
        return b""


def _nothing(name: str, message: str, hint: str, rule: str) -> Judged:
    problem = Problem(message=message, hint=hint, leaf=name, rule=rule)
    return Judged(Leaf(id=name, path=Path(name, LEAF_FILE), kind=UNREADABLE), ((Step.CHECK, problem),))


@functools.lru_cache(maxsize=64)
def _judged(
    name: str,
    was: str,
    data: bytes,
    beside: bytes | None,
    before: tuple[bytes | None, bytes | None],
    document_waits: bool,
) -> Judged:
    kind = KNOWLEDGE if name.startswith(f"{KNOWLEDGE}/") else SKILLS
    findings = _findings(data, beside, name, kind)
    known = {_key(one) for one in _findings(before[0], before[1], was, kind)} if before[0] is not None else set()
    read = _parsed(data)
    leaf = leaf_of(name, Path(name, LEAF_FILE), data, _text(data), read, _text(beside or b""))
    value, root = (None, None) if isinstance(read, Unreadable) else read
    problems = []
    for place, found in by_place(fields_of(value, root, kind), findings).items():
        for finding in found:
            if not (document_waits and place in DOCUMENT_FIELDS) and not _blank_twice(value, finding, place):
                problem = _problem(name, finding, place, _text(beside or b""), raised=_key(finding) not in known)
                problems.append((step_of(finding.rule, place), problem))
    return Judged(leaf, tuple(problems))


def _findings(data: bytes | None, beside: bytes | None, name: str, kind: str) -> list[Finding]:
    if data is None:
        return []
    return untried(data, beside, LEAF_FILE, kind, name=name, profile=Profile.UPSTREAM, highest=True)[0]


def _blank_twice(value: Any, finding: Finding, place: Path_) -> bool:
    """Whether it says that entries are the same, and all that are the same have nothing written in them yet."""
    if finding.rule != "schema.uniqueItems" or not isinstance(value, dict):
        return False
    seeds = value.get(SEEDS)
    entries: Any = seeds if isinstance(seeds, list) else []
    if len(place) > 1 and isinstance(place[1], int) and place[1] < len(entries):
        seed = entries[place[1]]
        entries = seed.get(PAIRS) if isinstance(seed, dict) else None
    try:
        written = [msgspec.json.encode(entry) for entry in entries or () if not _is_blank(entry)]
    except (TypeError, ValueError, OverflowError, RecursionError):
        return False  # YAML holds values that no JSON does
    return len(written) == len(set(written))


def _is_blank(entry: Any) -> bool:
    if isinstance(entry, dict):
        return all(_is_blank(part) for part in entry.values())
    if isinstance(entry, list):
        return all(_is_blank(part) for part in entry)
    return entry is None or (isinstance(entry, str) and not entry.strip())


def _key(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.message


def _parsed(data: bytes) -> tuple[Any, Node | None] | Unreadable:
    try:
        return parse(decode(data).text)
    except Unreadable as trouble:
        return trouble


def _text(data: bytes) -> str:
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")


def _problem(name: str, finding: Finding, place: Path_, beside: str, *, raised: bool) -> Problem:
    level = finding.level
    if raised and finding.rule in ASKED_FOR and (level is Level.WARNING or finding.rule == TWICE):
        level = Level.ERROR
    return Problem(
        message=finding.message,
        hint=finding.hint,
        leaf=name,
        field=_attribution_field(finding, beside) if place == BESIDE else place,
        rule=finding.rule,
        level=level.value,
    )


def _attribution_field(finding: Finding, text: str) -> Path_:
    """The key of attribution.txt; of a later work with the work's number, from 0: `("licence", 1)`."""
    found = attribution.place_of(text, finding.line) if finding.path.endswith(ATTRIBUTION) else None
    if finding.rule == "legal.licence-missing" and found is not None:
        return ("licence", found.work) if found.work else ("licence",)
    if found is None:
        return ("title",)
    return (found.name, found.work) if found.work else (found.name,)


def step_of(rule: str, place: Path_) -> Step:
    """The step in which it is put right: what `rule` found (empty: not known) at `place`, a path in qna.yaml or the one
    key ATTRIBUTION; empty is the leaf as a whole."""
    if place == BESIDE:
        return Step.ATTRIBUTION
    if place in DOCUMENT_FIELDS or rule.startswith("quality.document"):
        return Step.DOCUMENT
    if place and place[0] == SEEDS:
        return Step.SEEDS
    if place:
        return Step.DOCUMENT if place[0] == "document" else Step.DESCRIPTION
    return Step.PLACE if rule == "quality.folder-name" else Step.CHECK
