"""The verdict of the reference validator (instructlab-schema) on files, folders and texts, with positions.

`check` never raises for what a file holds: whatever is wrong with it is a finding.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from labtui.errors import UsageError
from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.layout import KNOWLEDGE, LEAF_FILE, SKILLS, candidates
from labtui.taxonomy.source import Unreadable, decode, read_bytes


def check(paths: Iterable[Path]) -> list[Finding]:
    """Everything wrong with these files and folders, in the order given. Raises UsageError for a missing one."""
    findings: list[Finding] = []
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError("There is no such file or folder.", where=str(path))
        for file in candidates(path):
            findings.extend(check_file(file))
    return findings


def check_file(path: Path, shown: str = "") -> list[Finding]:
    """Everything wrong with one file; `shown` is the path the findings carry."""
    shown = shown or str(path)
    if path.name != LEAF_FILE and path.is_file():
        return [
            Finding(
                path=shown,
                rule="layout.name",
                message=f"A leaf's file is named {LEAF_FILE}, not {path.name}.",
                hint=f"Rename it to {LEAF_FILE}; otherwise it is not read.",
            )
        ]
    try:
        data = read_bytes(path)
    except Unreadable as trouble:
        return [_finding(trouble, shown)]
    return check_bytes(data, shown, kind_by_path(path))


def check_bytes(data: bytes, path: str, kind: str = "") -> list[Finding]:
    """Everything wrong with the content of a qna.yaml. `kind` is KNOWLEDGE, SKILLS or empty: by what it holds."""
    from labtui.taxonomy.parse import parse

    try:
        source = decode(data)
        parsed = parse(source.text)
    except Unreadable as trouble:
        return [_finding(trouble, path)]
    document = parsed.value
    if not document:
        return [
            Finding(
                path=path,
                level=Level.WARNING,
                rule="yaml.empty",
                message="The file is empty.",
                hint="A leaf without content is skipped without a word when samples are generated.",
            )
        ]
    if not isinstance(document, Mapping):
        return [
            Finding(
                path=path,
                rule="schema.type",
                message="The file is not a mapping of keys at its top.",
                hint="It must begin with keys such as version: 3 and created_by: NAME.",
            )
        ]
    try:
        return list(_rules(source.text, document, parsed.root, path, kind))
    except (Exception, RecursionError) as error:
        # The reference gives up on such a file as well; what it is made of is not ours to know.
        return [
            Finding(
                path=path,
                rule="yaml.value",
                message=f"The file holds values that cannot be checked ({type(error).__name__}).",
                hint="Keys and values must be plain text, numbers and lists.",
            )
        ]


def _rules(text: str, document: Mapping[Any, Any], root: Any, path: str, kind: str) -> Iterator[Finding]:
    from labtui.taxonomy.lint import lint
    from labtui.taxonomy.schema import apply

    version = version_of(document)
    if version > 1:  # the reference lints no files of version 1
        yield from lint(text, path)
    kind = kind or (KNOWLEDGE if "document" in document else SKILLS)
    yield from apply(document, root, version, kind, path)


def version_of(document: Mapping[Any, Any]) -> int:
    """The version a file is checked against: its own, or 1 where that says nothing."""
    version = document.get("version", 1)
    if isinstance(version, int):
        return version
    try:
        return int(version)
    except (ValueError, TypeError, OverflowError):
        return 1


def kind_by_path(path: Path) -> str:
    """KNOWLEDGE or SKILLS by the last folder so named on the way, or empty."""
    for part in reversed(Path(os.path.abspath(path)).parts):
        if part in (KNOWLEDGE, SKILLS):
            return part
    return ""


def _finding(trouble: Unreadable, path: str) -> Finding:
    return Finding(
        path=path,
        line=trouble.line,
        column=trouble.column,
        rule=trouble.rule,
        message=trouble.message,
        hint=trouble.hint,
    )
