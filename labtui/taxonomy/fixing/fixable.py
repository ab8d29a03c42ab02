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

_TWICE = "`labtui taxonomy fix` does it where both say the same, word for word."
_WHEN = {
    "yaml.syntax": "`labtui taxonomy fix` can replace tabs between words; the rest is for a person.",
    "schema.required": "Of a skill `labtui taxonomy fix` can add the `version`, which profile upstream asks for.",
    "schema.const": "`labtui taxonomy fix` does it for a skill that is in order in the newest version.",
    "quality.old-version": "`labtui taxonomy fix` does it where the skill is in order afterwards.",
    "lint.key-duplicates": _TWICE,
    "quality.key-duplicates": _TWICE,
}


def when(rule: str) -> str:
    """A sentence on when a machine puts this rule's findings right, as Markdown; empty where it never does."""
    return _WHEN.get(rule, "`labtui taxonomy fix` does it where that changes nothing else.") if rule in FIXABLE else ""
