"""Putting right what a machine can put right safely, and saying beforehand what that is.

A finding is fixable exactly where `fix` makes it go away: every repair is tried, and holds only if afterwards the
file reads as before (but for blanks at the end of a line where the repair is about those) and no rule finds more
than it did. Nothing is written anew: edits are made by position, and every other byte stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

import msgspec

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.fixing.fixable import FIXABLE, TABS
from labtui.taxonomy.profiles import Profile
from labtui.taxonomy.source import Unreadable, decode

if TYPE_CHECKING:
    from labtui.taxonomy.fixing.text import FileText


class Fixed(msgspec.Struct, frozen=True):
    """A file after what could be put right was."""

    data: bytes
    done: tuple[Finding, ...]
    """What was wrong and no longer is, where it stood before."""
    left: tuple[Finding, ...]
    """What is wrong with the file as it is now, and where; none of it is fixable, unless it was left out on purpose."""


def fix(
    data: bytes,
    attribution: bytes | None = None,
    path: str = "",
    kind: str = "",
    *,
    name: str = "",
    profile: Profile = Profile.STRICT,
    highest: bool = False,
    rules: Collection[str] | None = None,
) -> Fixed:
    """`data` with everything put right that a machine can; the same bytes where there is nothing.

    Arguments as those of `check_leaf`; `rules`, if given, are all that is put right. Never raises for what the file
    holds.
    """
    from labtui.taxonomy.check import untried

    def check(content: bytes) -> list[Finding]:
        return untried(content, attribution, path, kind, name=name, profile=profile, highest=highest)[0]

    return repaired(data, check(data), check, kind, rules)


def repaired(
    data: bytes,
    findings: Sequence[Finding],
    check: Callable[[bytes], list[Finding]],
    kind: str = "",
    rules: Collection[str] | None = None,
) -> Fixed:
    """As `fix`, for a file whose `findings` are known; `check` finds them in other bytes."""
    from labtui.taxonomy.fixing.engine import Engine
    from labtui.taxonomy.fixing.tabs import with_blanks
    from labtui.taxonomy.fixing.text import FileText

    nothing = Fixed(data, (), tuple(_marked(findings, ())))
    if not any(finding.rule in FIXABLE for finding in findings):
        return nothing
    try:
        decode(data)
        file = FileText(data.decode("utf-8"))
    except Unreadable:
        return nothing
    try:
        state = Engine(check, kind, rules).run(file, findings)
    except Unreadable:
        readable = with_blanks(file) if rules is None or TABS in rules else None
        return _read_at_last(readable, findings, check, kind, rules) if readable is not None else nothing
    except RecursionError:
        return nothing
    left = set(state.firsts)
    done = [number for number in range(len(findings)) if number not in left]
    gone = _marked([findings[number] for number in done], range(len(done)))
    return Fixed(state.file.data, tuple(gone), tuple(_marked(state.findings, ())))


def _read_at_last(
    file: FileText,
    findings: Sequence[Finding],
    check: Callable[[bytes], list[Finding]],
    kind: str,
    rules: Collection[str] | None,
) -> Fixed:
    """The file now that it can be read: what is wrong with it is found for the first time, and put right as well."""
    fixed = repaired(file.data, check(file.data), check, kind, rules)
    gone = [finding for finding in findings if finding.rule == TABS]
    return Fixed(fixed.data, tuple(_marked(gone, range(len(gone)))), fixed.left)


def mark(
    data: bytes, findings: Sequence[Finding], check: Callable[[bytes], list[Finding]], kind: str = ""
) -> list[Finding]:
    """The findings, each `fixable` or not. Costs something only for a file that may be repaired at all."""
    done = list(repaired(data, findings, check, kind).done)
    marked = []
    for finding in findings:
        fixable = msgspec.structs.replace(finding, fixable=True)
        found = fixable in done
        if found:
            done.remove(fixable)
        marked.append(fixable if found else msgspec.structs.replace(finding, fixable=False))
    return marked


def _marked(findings: Sequence[Finding], fixable: Sequence[int]) -> list[Finding]:
    return [
        finding
        if finding.fixable == (number in fixable)
        else msgspec.structs.replace(finding, fixable=number in fixable)
        for number, finding in enumerate(findings)
    ]
