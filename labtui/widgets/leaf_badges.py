"""The signs the taxonomy's tree is marked with, each with the word that says what it means."""

from __future__ import annotations

from collections.abc import Sequence

from labtui import signs
from labtui.taxonomy.browsing.forest import CHANGED, ERRORS, UNREAD, UNSAVED, WARNINGS
from labtui.taxonomy.checking.survey import Surveyed
from labtui.taxonomy.findings import Level

Piece = tuple[str, str]
"""A text and its style."""

CLEAN = (signs.DONE, "$success")
LEVELS = {Level.ERROR: (signs.FAILED, "$error"), Level.WARNING: (signs.WARNING, "$warning")}
UNCHECKED = (signs.WAITING, "$quiet")
NEW = "+"
"""Of one cell, as every sign here: the wide plus of `signs` would move what follows it."""
OPEN, SHUT = "▾", "▸"

LEGEND = f"""\
| sign | before or behind a name |
| --- | --- |
| `{signs.DONE}` | clean: nothing is wrong with the leaf |
| `{signs.WARNING}` | warnings; at a folder: how many leaves have them |
| `{signs.FAILED}` | errors; at a folder: how many leaves have them |
| `{signs.WAITING}` | not checked yet |
| `{NEW}` | new: git does not know it yet |
| `{signs.CHANGED}` | changed since the last commit; at a folder: how many leaves are new or changed |
| `{signs.UNSAVED}` | edited here and not saved yet |
| `{OPEN}` `{SHUT}` | an open and a folded folder; behind a folded one, how many leaves it holds |
"""


def state(leaf: Surveyed) -> Piece:
    """What the checks say of a leaf."""
    if not leaf.read:
        return UNCHECKED
    return LEVELS.get(leaf.level, CLEAN) if leaf.level is not None else CLEAN


def marks(changed: str, unsaved: bool) -> list[Piece]:
    """What stands behind a leaf's name: how it differs from git, and from the file."""
    found = []
    if changed:
        found.append((f" {NEW if changed == 'new' else signs.CHANGED}", "bold $accent"))
    if unsaved:
        found.append((f" {signs.UNSAVED}", "bold $warning"))
    return found


def rolled_up(sums: Sequence[int]) -> list[Piece]:
    """What stands at the right of a folder: counts with their signs, the gravest first."""
    parts: list[Piece] = [
        (f"{sums[kind]:,} {sign}", f"bold {style}")
        for kind, (sign, style) in ((ERRORS, LEVELS[Level.ERROR]), (WARNINGS, LEVELS[Level.WARNING]))
        if sums[kind]
    ]
    if not parts and sums[UNREAD]:
        parts.append(UNCHECKED)
    if sums[CHANGED]:
        parts.append((f"{sums[CHANGED]:,} {signs.CHANGED}", "$accent"))
    if sums[UNSAVED]:
        parts.append((f"{sums[UNSAVED]:,} {signs.UNSAVED}", "$warning"))
    return [piece for part in parts for piece in ((" ", ""), part)][1:]
