"""What is wrong with one leaf: the reference validator's verdict with positions, and the rules beyond it.

Nothing here raises for what a file holds: whatever is wrong with it is a finding.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from labtui.errors import UsageError
from labtui.taxonomy.findings import Finding
from labtui.taxonomy.layout import KNOWLEDGE, LEAF_FILE, ROOTS, SKILLS, candidates
from labtui.taxonomy.profiles import Profile
from labtui.taxonomy.source import Unreadable, read_bytes

if TYPE_CHECKING:
    from labtui.taxonomy.rules.subject import Subject

CHECK_VERSION = 2
"""Part of the key of every remembered result: raise it with each change of what a check finds or says."""

ATTRIBUTION = "attribution.txt"
ATTRIBUTION_LIMIT = 64 * 1024
"""Bytes of an attribution.txt that are read."""


def check(paths: Iterable[Path], *, profile: Profile = Profile.STRICT) -> list[Finding]:
    """Everything wrong with these files and folders, in the order given. Raises UsageError for a missing one."""
    findings: list[Finding] = []
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError("There is no such file or folder.", where=str(path))
        for file in candidates(path):
            findings.extend(check_file(file, profile=profile))
    return findings


def check_file(
    path: Path, shown: str = "", profile: Profile = Profile.STRICT, *, highest: bool = False, name: str = ""
) -> list[Finding]:
    """Everything wrong with one file and the attribution.txt beside it.

    `shown` is the path the findings carry, `name` the leaf's id (else as the folders on the way say), `highest` holds
    the file to the newest version of the schema instead of its own.
    """
    shown = shown or str(path)
    if path.name != LEAF_FILE and path.is_file():
        from labtui.taxonomy.fixing.naming import right_name

        return [
            Finding(
                path=shown,
                rule="layout.name",
                message=f"A leaf's file is named {LEAF_FILE}, not {path.name}.",
                hint=f"Rename it to {LEAF_FILE}; otherwise it is not read.",
                fixable=right_name(path) is not None,
            )
        ]
    try:
        data = read_bytes(path)
    except Unreadable as trouble:
        from labtui.taxonomy.verdict import unreadable

        return [unreadable(trouble, shown)]
    return check_leaf(
        data,
        read_attribution(path),
        shown,
        kind_by_path(path),
        name=name or name_by_path(path),
        profile=profile,
        highest=highest,
    )


def check_leaf(
    data: bytes,
    attribution: bytes | None,
    path: str,
    kind: str,
    *,
    name: str = "",
    profile: Profile = Profile.STRICT,
    highest: bool = False,
) -> list[Finding]:
    """Everything wrong with a leaf by its content alone, in the order of its lines; attribution.txt comes last.

    `data` is qna.yaml, `attribution` the file beside it (None: there is none), `path` what the findings carry,
    `kind` KNOWLEDGE, SKILLS or empty: by what it holds. `name` is the leaf's id, or empty outside of a taxonomy.
    Findings about attribution.txt carry `attribution_path(path)`. The result depends on nothing else.
    """
    return inspect(data, attribution, path, kind, name=name, profile=profile, highest=highest)[0]


def inspect(
    data: bytes,
    attribution: bytes | None,
    path: str,
    kind: str,
    *,
    name: str = "",
    profile: Profile = Profile.STRICT,
    highest: bool = False,
) -> tuple[list[Finding], Subject]:
    """As `check_leaf`, with the leaf as it was read on the way."""
    from labtui.taxonomy.fixing.fix import mark

    def find(content: bytes) -> tuple[list[Finding], Subject]:
        return untried(content, attribution, path, kind, name=name, profile=profile, highest=highest)

    findings, subject = find(data)
    return mark(data, findings, lambda content: find(content)[0], kind), subject


def untried(
    data: bytes,
    attribution: bytes | None,
    path: str,
    kind: str,
    *,
    name: str = "",
    profile: Profile = Profile.STRICT,
    highest: bool = False,
) -> tuple[list[Finding], Subject]:
    """As `inspect`, before anybody tried which of the findings a machine can put right."""
    from labtui.taxonomy.rules.registry import beyond
    from labtui.taxonomy.verdict import verdict

    findings, subject = verdict(data, path, kind, name=name, profile=profile, highest=highest)
    findings.extend(beyond(subject, attribution, attribution_path(path)))
    return sorted(findings, key=lambda finding: (finding.path != path, finding.line, finding.column)), subject


def check_bytes(data: bytes, path: str, kind: str = "") -> list[Finding]:
    """The reference's verdict alone on the content of a qna.yaml. `kind` is KNOWLEDGE, SKILLS or empty."""
    from labtui.taxonomy.verdict import verdict

    return verdict(data, path, kind)[0]


def attribution_path(path: str) -> str:
    """The path of the attribution.txt beside the qna.yaml `path`."""
    folder, slash, _ = path.rpartition("/")
    return f"{folder}{slash}{ATTRIBUTION}"


def read_attribution(path: Path) -> bytes | None:
    """The attribution.txt beside the qna.yaml `path`; None where there is none, empty where it cannot be read."""
    file = path.with_name(ATTRIBUTION)
    try:
        return read_bytes(file, ATTRIBUTION_LIMIT)
    except Unreadable:
        return b"" if os.path.lexists(file) else None


def kind_by_path(path: Path) -> str:
    """KNOWLEDGE or SKILLS by the last folder so named on the way, or empty."""
    for part in reversed(Path(os.path.abspath(path)).parts):
        if part in (KNOWLEDGE, SKILLS):
            return part
    return ""


def name_by_path(path: Path) -> str:
    """A leaf's id by the last folder on the way that is a taxonomy's root, such as `knowledge/a/b`; or empty."""
    folders = Path(os.path.abspath(path)).parts[:-1]
    for index in reversed(range(len(folders))):
        if folders[index] in ROOTS:
            return "/".join(folders[index:]).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return ""
