"""One thing that is wrong, worth a look, or worth knowing about a file of the taxonomy."""

from __future__ import annotations

import enum

import msgspec


class Level(enum.StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found, and where. This is also the shape of `labtui taxonomy check --json`."""

    path: str
    line: int = 1
    """From 1."""
    column: int = 1
    """From 1, in characters."""
    level: Level = Level.ERROR
    rule: str
    """`yaml.`, `lint.`, `schema.` and `layout.` are what the reference validator reports; the rest is ours."""
    message: str
    hint: str = ""
    fixable: bool = False
    """Whether a machine can put it right without changing what the file says."""


def worst(findings: list[Finding]) -> Level | None:
    """The gravest level among them, or None where there is nothing."""
    levels = {finding.level for finding in findings}
    return next((level for level in Level if level in levels), None)
