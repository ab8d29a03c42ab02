"""An old file in the newest version: skills without loss, knowledge with a list of what a person must still add."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from yaml.nodes import MappingNode

from labtui.errors import LabError
from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.fixing import knowledge
from labtui.taxonomy.fixing.fixable import LINT
from labtui.taxonomy.fixing.text import FileText, Overlap, in_order
from labtui.taxonomy.fixing.values import same
from labtui.taxonomy.fixing.version import NEWEST, version_edit
from labtui.taxonomy.layout import KNOWLEDGE, SKILLS
from labtui.taxonomy.source import Unreadable, decode
from labtui.taxonomy.verdict import version_of


class Upgraded(msgspec.Struct, frozen=True):
    """A file in the newest version."""

    data: bytes
    """The same bytes where it was in that version already."""
    version: int
    missing: tuple[str, ...]
    """What the reference validator still has against it, each with its line; empty: it is in order."""
    left: tuple[Finding, ...] = ()
    """Everything that is found in it."""


def upgrade(
    data: bytes, kind: str = "", attribution: bytes | None = None, path: str = "", *, name: str = ""
) -> Upgraded:
    """`data` as version 3, and tidied where version 3 asks for it. `kind` is KNOWLEDGE, SKILLS or empty: by content.

    Raises LabError for a file that cannot be read, is no leaf, or is written in a way that cannot be rearranged
    without a loss.
    """
    from labtui.taxonomy.check import check_leaf
    from labtui.taxonomy.fixing.fix import fix

    try:
        decode(data)
        file = FileText(data.decode("utf-8"))
        document, root = file.parsed
    except Unreadable as trouble:
        raise LabError(
            f"It cannot be read: {trouble.message}", where=_place(path, trouble.line), hint=trouble.hint
        ) from trouble
    if not isinstance(document, dict) or not isinstance(root, MappingNode):
        raise LabError("It holds no leaf: it must begin with keys such as created_by: NAME.", where=path)
    kind = kind or (KNOWLEDGE if "document" in document else SKILLS)
    if version_of(document) < NEWEST:
        rewritten = _rewritten(file, document, root, kind, path)
        # The first version was not linted, the newest is.
        lint = [f"lint.{rule}" for rule in LINT]
        data = fix(rewritten.data, attribution, path, kind, name=name, rules=lint).data
    left = tuple(check_leaf(data, attribution, path, kind, name=name))
    missing = tuple(
        f"Line {finding.line}: {finding.message}"
        for finding in left
        if finding.level == Level.ERROR and finding.rule.startswith(("yaml.", "lint.", "schema."))
    )
    return Upgraded(data, max(NEWEST, version_of(document)), missing, left)


def _rewritten(file: FileText, document: dict[Any, Any], root: MappingNode, kind: str, path: str) -> FileText:
    wanted = dict(document)
    edits = [version_edit(file, root, NEWEST)]
    try:
        if kind == KNOWLEDGE:
            wanted = knowledge.new_value(document)
            edits += knowledge.edits(file, root, document)
        rewritten = file.edited(in_order(edit for edit in edits if edit is not None))
        value = rewritten.parsed.value
    except (Overlap, Unreadable):
        value = None
    wanted["version"] = NEWEST
    if value is None or not same(wanted, value):
        raise LabError(
            "It is written in a way that cannot be rearranged without a loss.",
            where=path,
            hint="Write each seed as a block of its own: - question: … and below it answer: …",
        )
    return rewritten


def _place(path: str, line: int) -> str:
    return f"{path}:{line}" if path else f"line {line}"


_OF_A_SEED = re.compile(r"Line (\d+): Seed (\d+), (.*)", re.DOTALL)


def summed_up(missing: Sequence[str]) -> list[str]:
    """What is missing, with what several seeds lack alike in one sentence, in the order of the first of them."""
    lines: dict[str, tuple[str, list[int]]] = {}
    for sentence in missing:
        if found := _OF_A_SEED.match(sentence):
            lines.setdefault(found[3], (found[1], []))[1].append(int(found[2]))
        else:
            lines[sentence] = ("", [])
    return [_about(what, line, seeds) for what, (line, seeds) in lines.items()]


def _about(what: str, line: str, seeds: Sequence[int]) -> str:
    if not seeds:
        return what
    return f"Line {line}: Seed {seeds[0]}, {what}" if len(seeds) == 1 else f"Seeds {_spans(seeds)}: {what}"


def _spans(numbers: Sequence[int]) -> str:
    """`1 to 4, 6`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in spans)
