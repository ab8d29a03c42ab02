"""Findings as a person reads them: by file on a terminal, a line each in a pipe, and counted by rule at the end."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from labtui import signs
from labtui.commands._common import out, table
from labtui.commands.taxonomy import _shared as shared

if TYPE_CHECKING:
    from labtui.taxonomy.findings import Finding

SIGNS = {"error": signs.FAILED, "warning": signs.WARNING, "info": "·"}
SUMMED_UP_FROM = 10
"""Findings from which on a summary says more than they do themselves."""
SHOWN = 100
"""Findings of one rule in one file that are shown; of more than these it is said how many they are."""
LEAST_WIDTH = 40
MOST_WIDTH = 120


def report(findings: Sequence[Finding]) -> None:
    """On standard output; those of a flood are counted only.

    In a pipe each begins with `PATH:LINE:COLUMN:`, as editors understand it.
    """
    shown = _without_floods(findings)
    if sys.stdout.isatty():
        for path, group in groupby(shown, key=lambda finding: finding.path):
            out("\n".join(_file(path, list(group))))
    else:
        for finding in shown:
            out(shared.line(finding))
    if len(findings) > SUMMED_UP_FROM and len({finding.rule for finding in findings}) > 1:
        out(_summary(findings))


def _without_floods(findings: Sequence[Finding]) -> Iterator[Finding]:
    """At most SHOWN of a rule in a file; in place of the next one stands how many more there are."""
    import msgspec

    all_of_them = Counter((finding.path, finding.rule) for finding in findings)
    seen: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        key = finding.path, finding.rule
        seen[key] += 1
        if seen[key] <= SHOWN:
            yield finding
        elif seen[key] == SHOWN + 1:
            more = f"{all_of_them[key] - SHOWN:,} more of the kind from here on; --json lists each."
            yield msgspec.structs.replace(finding, message=more, hint="")


def _file(path: str, findings: list[Finding]) -> Iterator[str]:
    places = [f"{finding.line}:{finding.column}" for finding in findings]
    widest = max(map(len, places))
    before = ""
    yield path
    for place, finding in zip(places, findings, strict=True):
        head = f"  {place:>{widest}}  {SIGNS[finding.level]} "
        yield from _wrapped(f"{finding.message}  [{finding.rule}]", head)
        # The same advice once is enough.
        if finding.hint and finding.hint != before:
            yield from _wrapped(finding.hint, " " * (len(head) + 2))
        before = finding.hint
    yield ""


def _wrapped(text: str, head: str) -> list[str]:
    import shutil
    import textwrap

    from labtui.text import clean

    room = max(LEAST_WIDTH, min(MOST_WIDTH, shutil.get_terminal_size().columns))
    cleaned = " ".join(clean(text, lines=False).split(" "))
    return textwrap.wrap(
        cleaned,
        room,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [head]


def _summary(findings: Sequence[Finding]) -> str:
    levels = ["error", "warning", "info"]
    counts = Counter((finding.rule, finding.level) for finding in findings)
    files = Counter((rule, level) for rule, level, _ in {(one.rule, one.level, one.path) for one in findings})
    fixable = Counter((finding.rule, finding.level) for finding in findings if finding.fixable)
    rows = [
        [f"{count:,}", f"{files[key]:,}", f"{fixable[key]:,}" if fixable[key] else "", key[1], key[0]]
        for key, count in sorted(counts.items(), key=lambda item: (levels.index(item[0][1]), -item[1], item[0]))
    ]
    lead = "" if sys.stdout.isatty() else "\n"
    return lead + table(rows, ["COUNT", "FILES", "FIXABLE", "LEVEL", "RULE"])
