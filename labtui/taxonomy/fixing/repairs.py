"""Which repair belongs to which rule, in the order they are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.fixing import fields, shifting, spaces, version
from labtui.taxonomy.fixing.spaces import Group
from labtui.taxonomy.fixing.text import BYTE_ORDER_MARK, Edit, FileText
from labtui.taxonomy.fixing.values import alike_but_line_ends, same


def _edited(file: FileText, edits: Sequence[Edit]) -> FileText:
    return file.edited(edits)


class Repair(NamedTuple):
    """How findings of some rules are put right, and what must stay the same."""

    rules: frozenset[str]
    propose: Callable[[FileText, Iterable[Finding]], list[Group]]
    """Groups of edits, each of which may be left out."""
    same: Callable[[Any, Any], bool] = same
    """Whether what the file says afterwards is what it said before."""
    apply: Callable[[FileText, Sequence[Edit]], FileText] = _edited
    tidies: bool = False
    """Whether it may need the other repairs to hold: it brings forth what was not asked before, or was hidden."""


def _same_but_line_ends(one: Any, other: Any) -> bool:
    return same(one, other, alike_but_line_ends)


def _whole_file(file: FileText, findings: Iterable[Finding]) -> list[Group]:
    """One group without edits: the repair concerns what no position names."""
    return [()]


def _without_mark(file: FileText, edits: Sequence[Edit]) -> FileText:
    return FileText(file.raw.lstrip(BYTE_ORDER_MARK))


def _one_line_end(file: FileText, edits: Sequence[Edit]) -> FileText:
    return file.with_line_ends(file.newline)


def _rules(*names: str) -> frozenset[str]:
    return frozenset(names)


UPGRADE = Repair(
    _rules("quality.old-version", "schema.const", "schema.required"),
    version.raised,
    version.same_but_version,
    tidies=True,
)
"""Skills only: knowledge of an old version lacks what nobody but a person can add."""

REPAIRS = (
    Repair(_rules("quality.byte-order-mark"), _whole_file, apply=_without_mark, tidies=True),
    Repair(_rules("quality.line-ends"), _whole_file, apply=_one_line_end),
    Repair(_rules("lint.trailing-spaces"), spaces.trailing, _same_but_line_ends),
    Repair(_rules("lint.trailing-spaces"), spaces.blank_lines, _same_but_line_ends),
    Repair(_rules("lint.trailing-spaces"), spaces.blank_runs, _same_but_line_ends),
    Repair(_rules("lint.new-line-at-end-of-file"), spaces.final_newline, _same_but_line_ends),
    Repair(_rules("lint.empty-lines"), spaces.empty_lines),
    Repair(_rules("lint.key-duplicates", "quality.key-duplicates"), fields.duplicates),
    Repair(_rules("lint.colons", "lint.commas", "lint.braces", "lint.brackets"), spaces.around_signs),
    Repair(_rules("lint.hyphens"), shifting.hyphens),
    Repair(_rules("lint.indentation"), shifting.indentation),
    Repair(_rules("quality.field-order"), fields.ordered),
)
