"""The decisions of a workspace on disk: one append-only journal a reviewer, `reviews/<reviewer>.jsonl`.

A file each, so that journals of several people (or machines) lie side by side, in git as well, and never conflict.
What somebody else wrote comes in by `add`, each line once, however often it is brought.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import msgspec

from labtui.errors import LabError, UsageError
from labtui.journal import Follower, JsonLines, read_lines
from labtui.review.records import FORMAT, Decision
from labtui.review.standing import Standings
from labtui.workspace import Workspace

SUFFIX = ".jsonl"
PIECE = 4 * 1024 * 1024
"""Bytes read at once."""
LONGEST_NAME = 60
MOMENT = timedelta(microseconds=1)


class DecisionBook:
    """Reads what is new at each `refresh`; several applications may write at once."""

    def __init__(self, workspace: Workspace) -> None:
        self.folder = workspace.reviews
        self.standings = Standings()
        self._followers: dict[Path, Follower[Decision]] = {}
        self._files: dict[Path, int] = {}
        """Inode of each journal read."""

    def refresh(self) -> Standings:
        """What all reviewers have decided by now. Raises LabError where a journal cannot be read."""
        journals = self._journals()
        found = {path: _inode(path) for path in journals}
        if any(found.get(path) != inode for path, inode in self._files.items()):
            # One was replaced or went away, by git or by hand: what it said before does not count any more.
            self._followers, self.standings = {}, Standings()
        self._files = found
        for path in journals:
            follower = self._followers.setdefault(path, Follower(path, Decision))
            try:
                while True:
                    self.standings.take(one for one in follower.read(PIECE) if one.v <= FORMAT)
                    if not follower.behind:
                        break
            except OSError as error:
                raise LabError(f"The decisions cannot be read ({error.strerror}).", where=str(path)) from error
        return self.standings

    def write(self, decisions: Iterable[Decision]) -> list[Decision]:
        """Appends decisions of one reviewer, each later than all before. Gives them as written. Raises LabError.

        All of them are on disk when it returns, or an error says what is not.
        """
        given = list(decisions)
        if not given:
            return []
        path = self._journal_of(given[0].reviewer)
        written = []
        with self._writing(path) as lines:
            latest = max((one.t for one in read_lines(path, Decision)), default=None)
            for one in given:
                moment = one.t if latest is None or one.t > latest else latest + MOMENT
                latest = moment
                kept = msgspec.structs.replace(one, t=moment)
                lines.append(kept)
                written.append(kept)
            lines.sync()
        self.refresh()
        return written

    def add(self, decisions: Iterable[Decision]) -> tuple[int, int]:
        """Takes in decisions of anybody: (how many were new, how many stood here already). Raises LabError."""
        by_reviewer: dict[str, list[Decision]] = {}
        for one in decisions:
            by_reviewer.setdefault(one.reviewer, []).append(one)
        new = known = 0
        for reviewer, theirs in by_reviewer.items():
            path = self._journal_of(reviewer)
            with self._writing(path) as lines:
                there = {msgspec.json.encode(one) for one in read_lines(path, Decision)}
                for one in sorted(theirs, key=lambda one: one.t):
                    if (line := msgspec.json.encode(one)) in there:
                        known += 1
                        continue
                    there.add(line)
                    lines.append(one)
                    new += 1
                lines.sync()
        self.refresh()
        return new, known

    def every(self) -> Iterator[Decision]:
        """All decisions as they were written, journal by journal."""
        for path in self._journals():
            yield from read_lines(path, Decision)

    def _journals(self) -> list[Path]:
        try:
            names = sorted(entry.name for entry in os.scandir(self.folder) if entry.is_file(follow_symlinks=False))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise LabError(f"The decisions cannot be listed ({error.strerror}).", where=str(self.folder)) from error
        return [self.folder / name for name in names if name.endswith(SUFFIX) and not name.startswith(".")]

    def _journal_of(self, reviewer: str) -> Path:
        return self.folder / f"{file_name(reviewer)}{SUFFIX}"

    @contextmanager
    def _writing(self, path: Path) -> Iterator[JsonLines]:
        """The journal, open for writing, to oneself."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if path.is_symlink():
                    raise UsageError("A journal of decisions may not be a link.", where=str(path))
                lines = JsonLines(path)
                try:
                    yield lines
                finally:
                    lines.close()
            finally:
                os.close(descriptor)
        except OSError as error:
            raise LabError(
                f"The decision could not be written ({error.strerror}).",
                where=str(path),
                hint="Make room or rights, and decide it again.",
            ) from error


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def file_name(reviewer: str) -> str:
    """A name for somebody's journal: readable, and never that of another."""
    readable = re.sub(r"[^\w.@-]+", "-", reviewer.casefold()).strip("-.")[:LONGEST_NAME]
    return f"{readable or 'reviewer'}-{hashlib.sha256(reviewer.encode('utf-8', 'replace')).hexdigest()[:8]}"
