"""The one place that says which findings a machine can put right: exactly those that `fix.py` fixes."""

from __future__ import annotations

FIXABLE = frozenset(
    f"lint.{rule}"
    for rule in (
        "trailing-spaces",
        "new-line-at-end-of-file",
        "empty-lines",
        "indentation",
        "colons",
        "commas",
        "hyphens",
    )
)
