"""submit.jsonl read back: which submissions of a draft there were, and how far each came."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft
from labtui.contribute.submitting.records import Identity, Signing, SubmitRecord, SubmitStepName
from labtui.errors import LabError
from labtui.journal import JsonLines, read_lines


class Run(msgspec.Struct, kw_only=True):
    """One submission."""

    id: str
    facts: dict[str, str] = {}
    """What it began with: fingerprint, branch, author line, whether git was set to sign, whether it was signed."""
    begun: dict[str, dict[str, str]] = {}
    """By step: what was noted before it was begun, the last time."""
    done: dict[str, dict[str, str]] = {}
    """By step: what came of it; a step that was not needed is here too, with nothing."""
    skipped: set[str] = set()
    ended: bool = False

    def is_done(self, step: SubmitStepName) -> bool:
        return step in self.done and step not in self.skipped


def runs(folder: DraftFolder) -> list[Run]:
    """All submissions of this draft, the oldest first. What cannot be read counts as not written; what was written of
    another draft, whose folder was copied, is none of this one's."""
    found: dict[str, Run] = {}
    for line in read_lines(folder.submit_file, SubmitRecord):
        run = found.setdefault(line.run, Run(id=line.run))
        if line.step is None:
            if line.state == "begun":
                run.facts |= line.facts
                run.ended = False
            else:
                run.ended = line.state == "done"
        elif line.state == "begun":
            # What was done before still holds: it is only looked at again.
            run.begun[line.step] = line.facts
        elif line.state in ("done", "skipped"):
            run.done[line.step] = line.facts
            run.skipped.discard(line.step)
            if line.state == "skipped":
                run.skipped.add(line.step)
    return [run for run in found.values() if run.facts.get("draft", folder.id) == folder.id]


def submitted_before(folder: DraftFolder, draft: Draft) -> bool:
    """Whether the branch and the request the draft speaks of are its own: not of the one it is a copy of."""
    return bool(draft.branch) and bool(runs(folder))


def our_commits(history: list[Run]) -> set[str]:
    """Every commit a submission of this draft made."""
    return {run.done[SubmitStepName.COMMIT]["commit"] for run in history if run.is_done(SubmitStepName.COMMIT)}


def made_by(who: Identity | None, signs: Signing) -> dict[str, str]:
    """What git's settings would put into a commit, as the facts of a run: author line and switch for signing."""
    return {"author": who.signature if who is not None else "", "signing": switch(signs.on)}


def switch(on: bool) -> str:
    return "on" if on else "off"


def agrees(run: Run, name: str, now: dict[str, str]) -> bool:
    """Whether a run was begun with the same fact; what was not noted then is taken to be the same."""
    return run.facts.get(name, now[name]) == now[name]


class Pen:
    """Appends to submit.jsonl; each line is on its way to the disk before the step goes on."""

    def __init__(self, lines: JsonLines, run: str) -> None:
        self._lines = lines
        self.run = run

    def write(self, record: SubmitRecord) -> None:
        try:
            self._lines.append(record)
            self._lines.sync()
        except OSError as error:
            raise LabError(
                f"The submission's journal cannot be written: {error.strerror}.",
                where=str(self._lines.path),
                hint="Make room and submit again: it goes on from here.",
            ) from error


@contextlib.contextmanager
def pen(folder: DraftFolder, run: str) -> Iterator[Pen]:
    """Only for the holder of `folder.submission()`."""
    _refuse_link(folder.submit_file)
    try:
        lines = JsonLines(folder.submit_file)
    except OSError as error:
        raise LabError(
            f"The submission's journal cannot be written: {error.strerror}.", where=str(folder.submit_file)
        ) from error
    try:
        yield Pen(lines, run)
    finally:
        lines.close()


def new_id() -> str:
    return os.urandom(4).hex()


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise LabError("A link stands where the submission's journal should be.", where=str(path))
