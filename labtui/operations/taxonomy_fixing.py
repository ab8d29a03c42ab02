"""Fixing and upgrading leaves: what would be written, worked out before anything is. `taxonomy_writing` writes it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from labtui.errors import LabError, UsageError
from labtui.taxonomy.findings import Finding
from labtui.taxonomy.profiles import Profile

if TYPE_CHECKING:
    from labtui.taxonomy.checking.cache import Cache


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it is and as it would be."""

    path: Path
    shown: str
    """The path as it was asked for; foreign text."""
    before: bytes
    after: bytes
    target: Path
    """Where it stands afterwards: somewhere else only where its name is put right."""
    shown_target: str
    done: tuple[Finding, ...] = ()
    """What is put right."""
    left: tuple[Finding, ...] = ()
    """What is wrong with it afterwards."""
    missing: tuple[str, ...] = ()
    """Upgrades: what a person must still add."""


class Refused(msgspec.Struct, frozen=True):
    """A file that cannot be changed, or a folder that cannot be looked into, and why."""

    path: str
    what: str
    hint: str = ""


class Plan(msgspec.Struct, frozen=True):
    """What would be written."""

    changes: tuple[Change, ...]
    refused: tuple[Refused, ...]
    files: int
    """How many were looked at."""
    left: int = 0
    """Errors and warnings in files of which nothing is changed."""


Progress = Callable[[int, int], None]
"""(files done, files in all)"""

FEW = 20
"""Files up to which each is simply tried."""
UNREAD = ("yaml.unreadable", "layout.missing", "safety.size")
"""What is found where a file cannot be read from the disk."""


def plan_fix(
    paths: Iterable[Path],
    on_progress: Progress | None = None,
    *,
    profile: Profile = Profile.STRICT,
    cache: Cache | None = None,
) -> Plan:
    """Everything a machine can put right in these files and folders. Raises UsageError for a path that is not there.

    Of many files those are found first that are worth it, as a check does: remembered, and in several processes.
    """
    files, unlisted = _files(paths)
    if len(files) <= FEW:
        return _plan(files, unlisted, lambda file: fixed(file, profile=profile), on_progress)
    worth, left = _worth_it(files, profile, cache, on_progress)
    plan = _plan(worth, unlisted, lambda file: fixed(file, profile=profile), None)
    return msgspec.structs.replace(plan, files=len(files), left=plan.left + left)


def plan_upgrade(paths: Iterable[Path], on_progress: Progress | None = None) -> Plan:
    """These files and folders in the newest version. Raises UsageError for a path that is not there."""
    files, unlisted = _files(paths)
    return _plan(files, unlisted, upgraded, on_progress)


def _files(paths: Iterable[Path]) -> tuple[list[Path], list[Refused]]:
    """The candidates in these files and folders, none twice, and the folders that cannot be listed."""
    from labtui.taxonomy.layout import candidate_names

    files: dict[str, Path] = {}
    refused: list[Refused] = []

    def unlisted(folder: str, error: OSError) -> None:
        shown = _shown(Path(folder))
        what = f"The folder cannot be listed, and nothing in it was looked at: {error.strerror}."
        refused.append(Refused(shown, what, f"Give yourself the right to: chmod u+rx {shlex.quote(shown)}"))

    for path in paths:
        if not os.path.lexists(path):
            raise UsageError("There is no such file or folder.", where=str(path))
        for file in candidate_names(path, unlisted):
            files.setdefault(os.path.abspath(file), Path(file))
    return list(files.values()), refused


def _worth_it(
    files: Sequence[Path], profile: Profile, cache: Cache | None, on_progress: Progress | None
) -> tuple[list[Path], int]:
    """The files in which something can be put right or that cannot be read, and how many findings the others have."""
    from labtui.taxonomy.checking.gathering import candidate
    from labtui.taxonomy.checking.many import check_all

    candidates = [candidate(os.path.abspath(file), str(file)) for file in files]
    for one in candidates:
        one.highest = profile is Profile.UPSTREAM
    by_file: dict[str, list[Finding]] = {}
    for finding in check_all(candidates, profile, cache=cache, on_progress=on_progress).findings:
        by_file.setdefault(finding.path, []).append(finding)
    worth, left = [], 0
    for file, one in zip(files, candidates, strict=True):
        found = by_file.get(one.shown, [])
        if any(finding.fixable or finding.rule in UNREAD for finding in found):
            worth.append(file)
        else:
            left += sum(finding.level != "info" for finding in found)
    return worth, left


def _plan(
    files: Sequence[Path], unlisted: Sequence[Refused], look: Callable[[Path], Change], on_progress: Progress | None
) -> Plan:
    from labtui.taxonomy.source import Unreadable

    changes, refused, left = [], list(unlisted), 0
    for number, file in enumerate(files, 1):
        try:
            change = look(file)
        except Unreadable as trouble:
            refused.append(Refused(_shown(file), trouble.message, trouble.hint))
        except LabError as error:
            refused.append(Refused(_shown(file), error.what, error.hint))
        else:
            if change.after != change.before or change.target != change.path:
                changes.append(change)
            else:
                left += sum(finding.level != "info" for finding in change.left)
        if on_progress is not None:
            on_progress(number, len(files))
    return Plan(tuple(changes), tuple(refused), len(files), left)


def _shown(path: Path) -> str:
    """A path as text that can be written: bytes that are not UTF-8 as escapes."""
    from labtui.taxonomy.checking.gathering import as_text

    return as_text(str(path))


def fixed(path: Path, data: bytes | None = None, *, profile: Profile = Profile.STRICT) -> Change:
    """One file put right. Raises Unreadable where it cannot be read from the disk.

    `data` is what to put right instead of what is on the disk: a text that is not saved yet.
    """
    from labtui.taxonomy.check import check_file, kind_by_path, name_by_path, read_attribution
    from labtui.taxonomy.fixing.fix import fix
    from labtui.taxonomy.fixing.naming import right_name
    from labtui.taxonomy.layout import LEAF_FILE
    from labtui.taxonomy.source import read_bytes

    shown = _shown(path)
    target = right_name(path)
    if target is None and path.name != LEAF_FILE:
        return Change(
            path=path, shown=shown, before=b"", after=b"", target=path, shown_target=shown, left=tuple(check_file(path))
        )
    data = read_bytes(path) if data is None else data
    shown_target = _shown(target) if target is not None else shown
    result = fix(
        data,
        read_attribution(path),
        shown_target,
        kind_by_path(path),
        name=name_by_path(path),
        profile=profile,
        highest=profile == Profile.UPSTREAM,
    )
    return Change(
        path=path,
        shown=shown,
        before=data,
        after=result.data,
        target=target or path,
        shown_target=shown_target,
        done=(*(check_file(path) if target is not None else ()), *result.done),
        left=result.left,
    )


def upgraded(path: Path, data: bytes | None = None) -> Change:
    """One file in the newest version; `data` as for `fixed`. Raises Unreadable and LabError."""
    from labtui.taxonomy.check import kind_by_path, name_by_path, read_attribution
    from labtui.taxonomy.fixing.upgrade import upgrade
    from labtui.taxonomy.source import read_bytes

    data = read_bytes(path) if data is None else data
    result = upgrade(data, kind_by_path(path), read_attribution(path), _shown(path), name=name_by_path(path))
    return Change(
        path=path,
        shown=_shown(path),
        before=data,
        after=result.data,
        target=path,
        shown_target=_shown(path),
        left=result.left,
        missing=result.missing,
    )
