"""Repairs of white space within a line and of empty lines. Each gives one group of edits a finding."""

from __future__ import annotations

import re
from collections.abc import Iterable

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.fixing.text import Edit, FileText

Group = tuple[Edit, ...]
"""Edits that only make sense together."""

_COUNT = re.compile(r"\((\d+) > (\d+)\)")


def trailing(file: FileText, findings: Iterable[Finding]) -> list[Group]:
    """Takes away what stands between the column of the finding and the end of its line."""
    return [(Edit(file.offset(finding.line, finding.column), file.line_end(finding.line), ""),) for finding in findings]


def blank_lines(file: FileText, findings: Iterable[Finding]) -> list[Group]:
    """Removes lines of nothing but blanks: emptied, they would be one empty line too many."""
    return [
        (Edit(file.line_start(finding.line), file.line_start(finding.line + 1), ""),)
        for finding in findings
        if not file.line(finding.line).strip()
    ]


def blank_runs(file: FileText, findings: Iterable[Finding]) -> list[Group]:
    """The same with the empty lines that follow: at the file's beginning they would be left as a fault of their own."""
    groups: list[Group] = []
    for finding in findings:
        if not file.line(finding.line).strip():
            end = file.line_start(finding.line + 1)
            while file.text.startswith(("\n", "\r\n"), end):
                end = file.text.index("\n", end) + 1
            groups.append((Edit(file.line_start(finding.line), end, ""),))
    return groups


def final_newline(file: FileText, findings: Iterable[Finding]) -> list[Group]:
    end = len(file.text)
    return [] if file.text.endswith("\n") else [(Edit(end, end, "\n"),)]


def empty_lines(file: FileText, findings: Iterable[Finding]) -> list[Group]:
    """The finding stands on the last line of a run of empty ones and says how many there may be."""
    groups: list[Group] = []
    for finding in findings:
        if found := _COUNT.search(finding.message):
            surplus = int(found[1]) - int(found[2])
            first = max(1, finding.line - surplus + 1)
            groups.append((Edit(file.line_start(first), file.line_start(finding.line + 1), ""),))
    return groups


def around_signs(file: FileText, findings: Iterable[Finding]) -> list[Group]:
    """Blanks around a colon, a comma, a question mark or a bracket."""
    return [(edit,) for finding in findings if (edit := blanks(file, finding)) is not None]


def blanks(file: FileText, finding: Finding) -> Edit | None:
    """Of too many blanks the finding names the last one; where one is missing, the place it belongs to."""
    at = file.offset(finding.line, finding.column)
    if "too few" in finding.message.lower():
        return Edit(at, at, " ")
    start = end = min(at + 1, file.line_end(finding.line))
    while start > file.line_start(finding.line) and file.text[start - 1] == " ":
        start -= 1
    if start in (end, file.line_start(finding.line)):
        return None
    return Edit(start, end, "" if "before" in finding.message else " ")
