"""The rules whose findings a machine may be able to put right. Whether it can is tried by `fix.py`, file by file."""

from __future__ import annotations

LINT = (
    "trailing-spaces",
    "new-line-at-end-of-file",
    "empty-lines",
    "key-duplicates",
    "colons",
    "commas",
    "braces",
    "brackets",
    "hyphens",
    "indentation",
)
QUALITY = ("byte-order-mark", "line-ends", "key-duplicates", "field-order", "old-version")

SCHEMA = ("const", "required")
"""Only where they ask for the newest version."""

TABS = "yaml.syntax"
"""Only where nothing but tabs between words keeps a file from being read."""

FIXABLE = frozenset(
    [
        *(f"lint.{rule}" for rule in LINT),
        *(f"quality.{rule}" for rule in QUALITY),
        *(f"schema.{rule}" for rule in SCHEMA),
        TABS,
    ]
)
"""Cheap to ask: a file with none of these needs no trial. Each has its repair in `fixing/repairs.py`."""
